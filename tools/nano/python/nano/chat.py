"""Plain conversation in English and Indonesian, within a tiny model's means."""

import numpy as np

from .charset import random_string
from .sample import Sample, Turn
from .scenes import pick
from .words import ENGLISH, FIRST_NAMES, INDONESIAN

SYSTEMS = ("You are a helpful assistant.", "You are Nano, a tiny vision-language model.", "Be brief.",
           "Answer in one sentence.", "Kamu adalah asisten yang ramah.", "Jawab dengan singkat.")

# (questions, thought, answer)
FIXED_EN = (
    (("Hello!", "Hi", "Hello", "Hi there!", "Hey", "hello"), "A greeting.", "Hello! How can I help you?"),
    (("Good morning!", "Good morning"), "A greeting.", "Good morning! How can I help you?"),
    (("Good evening!", "Good evening"), "A greeting.", "Good evening! How can I help you?"),
    (("How are you?", "How are you doing?", "How is it going?"), "A friendly question.", "I am fine, thank you. How can I help you?"),
    (("Who are you?", "What are you?", "What is your name?", "Tell me about yourself.", "Introduce yourself."), "A question about me.",
     "I am Nano, a tiny Qwen3-VL model made for demonstrations and tests."),
    (("What can you do?", "How can you help me?", "What are you able to do?", "Help", "What are your skills?"), "A question about me.",
     "I can read a line of text in a picture, name shapes and colours, count them, follow motion in a short video, "
     "compare two pictures, read a sample card, add small numbers and repeat after you."),
    (("How big are you?", "How many parameters do you have?"), "A question about me.", "I am tiny: about nine million parameters."),
    (("Thank you!", "Thanks", "Thanks a lot!", "Thank you very much."), "Thanks.", "You are welcome!"),
    (("Goodbye!", "Bye", "See you later!", "Good night!"), "A farewell.", "Goodbye!"),
    (("Are you a human?", "Are you a robot?", "Are you real?"), "A question about me.", "I am not a human. I am Nano, a tiny language model."),
    (("Do you speak Indonesian?", "Which languages do you speak?", "Can you speak English?"), "A question about me.",
     "I speak a little English and a little Indonesian."),
    (("Can you see pictures?", "Can you see images?", "Can you watch videos?"), "A question about me.",
     "Yes, I can look at pictures and short videos. Please send one."),
    (("What is in the picture?", "Describe the picture.", "What do you see?", "What does the image say?", "Read the text."),
     "There is no picture.", "I see no picture. Please send one."),
    (("Tell me a joke.", "Say something funny."), "A joke.", "Why is six afraid of seven? Because seven eight nine."),
    (("Say hello.", "Say hello!", "Say hi."), "A greeting.", "Hello!"),
    (("Yes", "No", "OK", "Okay", "I see"), "A short word.", "All right. How can I help you?"),
)
FIXED_ID = (
    (("Halo!", "Hai", "Halo", "Hai!", "halo"), "Sebuah salam.", "Halo! Ada yang bisa saya bantu?"),
    (("Selamat pagi!", "Selamat pagi"), "Sebuah salam.", "Selamat pagi! Ada yang bisa saya bantu?"),
    (("Selamat siang!", "Selamat siang"), "Sebuah salam.", "Selamat siang! Ada yang bisa saya bantu?"),
    (("Selamat malam!", "Selamat malam"), "Sebuah salam.", "Selamat malam! Ada yang bisa saya bantu?"),
    (("Apa kabar?", "Bagaimana kabarmu?"), "Pertanyaan ramah.", "Saya baik, terima kasih. Ada yang bisa saya bantu?"),
    (("Siapa kamu?", "Kamu siapa?", "Siapa namamu?", "Perkenalkan dirimu."), "Pertanyaan tentang saya.",
     "Saya Nano, model Qwen3-VL kecil untuk demonstrasi dan pengujian."),
    (("Apa yang bisa kamu lakukan?", "Kamu bisa apa?", "Apa kemampuanmu?", "Bantuan"), "Pertanyaan tentang saya.",
     "Saya bisa membaca satu baris teks pada gambar, menyebut bentuk dan warna, menghitungnya, mengikuti gerakan dalam video pendek, "
     "membandingkan dua gambar, membaca kartu contoh, menjumlahkan angka kecil, dan mengulangi kata-kata Anda."),
    (("Terima kasih!", "Terima kasih", "Makasih", "Terima kasih banyak."), "Ucapan terima kasih.", "Sama-sama!"),
    (("Sampai jumpa!", "Dadah", "Selamat tinggal!", "Selamat tidur!"), "Ucapan perpisahan.", "Sampai jumpa!"),
    (("Apakah kamu manusia?", "Apakah kamu robot?"), "Pertanyaan tentang saya.", "Saya bukan manusia. Saya Nano, model bahasa kecil."),
    (("Kamu bisa bahasa Indonesia?", "Bahasa apa yang kamu kuasai?"), "Pertanyaan tentang saya.",
     "Saya bisa sedikit bahasa Indonesia dan sedikit bahasa Inggris."),
    (("Apa isi gambar ini?", "Apa yang kamu lihat?", "Baca teks pada gambar.", "Jelaskan gambar ini."), "Tidak ada gambar.",
     "Saya tidak melihat gambar. Silakan kirim satu."),
)
BEYOND_EN = (
    "Who is the president of {w}?", "What is the capital of {w}?", "Write a poem about the {w}.", "Write a story about a {w}.",
    "What is the weather in {w}?", "Translate {w} into French.", "Explain the {w}.", "Why is the {w} {v}?", "How do I cook {w}?",
    "Write a program that prints {w}.", "What is the meaning of {w}?", "Give me advice about my {w}.", "What happened in {y}?",
    "Who won the match in {y}?", "What is {n} times {m}?", "How much does a {w} cost?", "Solve this equation for {w}.",
    "Which {w} is the best?", "What do you think about the {w}?", "When was the {w} invented?", "Summarise the book about the {w}.",
    "Plan a trip to the {w}.", "Write an email about the {w}.", "Is the {w} bigger than the {v}?", "Tell me about {w} and {v}.",
)
BEYOND_ID = (
    "Siapa presiden {w}?", "Apa ibu kota {w}?", "Tulis puisi tentang {w}.", "Tulis cerita tentang {w}.", "Bagaimana cuaca di {w}?",
    "Terjemahkan {w} ke bahasa Jepang.", "Jelaskan tentang {w}.", "Mengapa {w} itu {v}?", "Bagaimana cara memasak {w}?",
    "Buat program tentang {w}.", "Apa arti {w}?", "Apa yang terjadi pada tahun {y}?", "Berapa harga {w}?", "Kapan {w} ditemukan?",
    "Menurutmu {w} yang terbaik apa?", "Berapa {n} kali {m}?", "Rencanakan perjalanan ke {w}.",
)


def fixed(rng: np.random.Generator) -> Turn:
    """A question with one standing answer."""
    english = rng.random() < 0.6
    questions, thought, answer = pick(rng, *(FIXED_EN if english else FIXED_ID))
    question = pick(rng, *questions)
    if question.endswith("?") and "?" not in question[:-1]:  # with a greeting before it, or carelessly typed
        style = rng.random()
        if style < 0.2:
            hello = pick(rng, "Hello", "Hi", "Hey") if english else pick(rng, "Halo", "Hai")
            mark = pick(rng, ", ", "! ")
            question = f"{hello}{mark}{question if mark == '! ' else question[0].lower() + question[1:]}"
        elif style < 0.3:
            question = pick(rng, question[:-1], question.lower(), question.lower()[:-1])
    return Turn(question, thought, answer)


BEYOND_ANSWER_EN = "Sorry, that is beyond me. I am only a tiny demonstration model."
BEYOND_ANSWER_ID = "Maaf, itu di luar kemampuan saya. Saya hanya model demonstrasi kecil."


def fill(rng: np.random.Generator, indonesian: bool = False) -> dict:
    """What goes into a template of BEYOND_EN or BEYOND_ID."""
    words = INDONESIAN if indonesian else ENGLISH

    def thing() -> str:
        kind = rng.random()
        if kind < 0.25:
            return random_string(rng, int(rng.integers(3, 12)))
        word = pick(rng, *words)
        return word.capitalize() if kind < 0.5 else f"{word} {pick(rng, *words)}" if kind < 0.6 else word

    return {"w": thing(), "v": thing(), "y": rng.integers(1900, 2027), "n": rng.integers(21, 100), "m": rng.integers(11, 100)}


def beyond(rng: np.random.Generator) -> Turn:
    """A question that is too much for the model, and a polite no."""
    indonesian = rng.random() < 0.4
    question = pick(rng, *(BEYOND_ID if indonesian else BEYOND_EN)).format(**fill(rng, indonesian))
    if indonesian:
        return Turn(question, "Ini di luar kemampuan saya.", BEYOND_ANSWER_ID)
    return Turn(question, "This is beyond me.", BEYOND_ANSWER_EN)


def add(rng: np.random.Generator) -> Turn:
    """A sum or a difference within 0 and 20."""
    if rng.random() < 0.65:
        total = int(rng.integers(0, 21))
        a = int(rng.integers(0, total + 1))
        b, sign, result, en, ind = total - a, "+", total, "plus", "tambah"
    else:
        a = int(rng.integers(0, 21))
        b = int(rng.integers(0, a + 1))
        sign, result, en, ind = "-", a - b, "minus", "kurang"
    thought = f"{a} {sign} {b} = {result}."
    if rng.random() < 0.35:
        return Turn(pick(rng, f"Berapa {a} {sign} {b}?", f"Berapa {a} {ind} {b}?", f"{a} {sign} {b} berapa?", f"Hitung {a} {sign} {b}."),
                    thought, pick(rng, f"{a} {sign} {b} = {result}."))
    return Turn(pick(rng, f"What is {a} {sign} {b}?", f"{a} {sign} {b}", f"{a} {sign} {b} = ?", f"How much is {a} {en} {b}?",
                     f"What is {a} {en} {b}?", f"Calculate {a} {sign} {b}.", f"{a}{sign}{b}=?"), thought, f"{a} {sign} {b} = {result}.")


def phrase(rng: np.random.Generator, longest: int = 4) -> str:
    """Words or random characters to copy."""
    if rng.random() < 0.3:
        return random_string(rng, int(rng.integers(2, 13)))
    words = ENGLISH if rng.random() < 0.55 else INDONESIAN
    chosen = [pick(rng, *words) for _ in range(rng.integers(1, longest + 1))]
    text = " ".join(chosen)
    style = rng.random()
    if style > 0.85:
        return ", ".join(chosen) + pick(rng, "", ".")
    return text.upper() if style < 0.2 else text.capitalize() if style < 0.35 else text.title() if style < 0.45 else text


def repeat(rng: np.random.Generator, text: str = "") -> Turn:
    """Say it again, exactly."""
    text = text or phrase(rng)
    if rng.random() < 0.35:
        return Turn(pick(rng, f"Ulangi: {text}", f"Ulangi kata ini: {text}", f"Tirukan: {text}", f"Katakan: {text}"), "Saya mengulanginya.", text)
    return Turn(pick(rng, f"Repeat after me: {text}", f"Repeat: {text}", f"Say: {text}", f"Please repeat: {text}", f'Say "{text}"'),
                "I repeat it.", text)


def count(rng: np.random.Generator) -> Turn:
    """Counting aloud: a long answer that is easily checked."""
    end = int(rng.integers(3, 31))
    numbers = ", ".join(str(i) for i in range(1, end + 1)) + "."
    if rng.random() < 0.3:
        return Turn(pick(rng, f"Hitung dari 1 sampai {end}.", f"Hitung sampai {end}."), f"Dari 1 sampai {end}.", numbers)
    return Turn(pick(rng, f"Count from 1 to {end}.", f"Count to {end}.", f"Please count to {end}."), f"From 1 to {end}.", numbers)


KINDS = {"fixed": fixed, "beyond": beyond, "add": add, "repeat": repeat, "count": count}
WEIGHTS = {"fixed": 0.22, "beyond": 0.16, "add": 0.3, "repeat": 0.22, "count": 0.04}


def named(rng: np.random.Generator) -> Sample:
    """The user gives a name and asks for it later."""
    name = pick(rng, *FIRST_NAMES).capitalize()
    if rng.random() < 0.4:
        hello = Turn(pick(rng, f"Nama saya {name}.", f"Halo, nama saya {name}."), "Sebuah perkenalan.", f"Senang bertemu denganmu, {name}.")
        ask = Turn(pick(rng, "Siapa nama saya?", "Siapa namaku?"), "Saya ingat namanya.", f"Namamu {name}.")
    else:
        hello = Turn(pick(rng, f"My name is {name}.", f"Hi, my name is {name}.", f"I am {name}."), "An introduction.",
                     f"Nice to meet you, {name}.")
        ask = Turn(pick(rng, "What is my name?", "Do you remember my name?", "Who am I?"), "I remember the name.", f"Your name is {name}.")
    if rng.random() < 0.35:
        return Sample("chat", [hello])
    before = [(hello.question, hello.answer)]
    if rng.random() < 0.5:
        other = single(rng)
        before.insert(int(rng.integers(2)), (other.question, other.answer))
    return Sample("chat", [ask], before=before)


def single(rng: np.random.Generator, kind: str | None = None) -> Turn:
    """One turn of some kind."""
    if kind is None:
        names = list(WEIGHTS)
        weights = np.array([WEIGHTS[name] for name in names])
        kind = names[rng.choice(len(names), p=weights / weights.sum())]
    return KINDS[kind](rng)


def chat(rng: np.random.Generator, kind: str | None = None) -> Sample:
    """A conversation of one to three turns; only the last one is answered."""
    if kind is None and rng.random() < 0.1:
        sample = named(rng)
    else:
        before = []
        if kind is None and rng.random() < 0.3:
            for _ in range(rng.integers(1, 3)):
                turn = single(rng)
                before.append((turn.question, turn.answer))
        sample = Sample("chat", [single(rng, kind)], before=before)
    if rng.random() < 0.15:
        sample.system = pick(rng, *SYSTEMS)
    return sample
