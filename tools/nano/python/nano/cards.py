"""Draws a clean identity card of an invented person, marked SPESIMEN.

The layout is the printed card's in a frame of 686x447, scaled; see Person for the fields.
"""

import numpy as np
from PIL import Image, ImageDraw

from . import fonts
from .charset import random_string
from .cards_text import LABELS, Person, random_person
from .reading import place_name
from .sample import Sample, Turn
from .scenes import pick

FRAME = (686, 447)
SIZE = (512, 352)  # what the image processor makes of a card: one printed row a row of patches
ROW, FIRST_ROW = 20.9, 126.5
INK = (15, 15, 25)
INDENTED = ("RT/RW", "Kel/Desa", "Kecamatan")
QUESTIONS = ("Read this identity card as JSON.", "Read the card as JSON.", "Extract the fields of this KTP as JSON.",
             "Baca KTP ini dan jawab dalam JSON.", "Ekstrak data KTP pada gambar ini dalam format JSON.",
             "Baca kartu ini sebagai JSON.")
# label -> wording of a question about the field, in English and Indonesian
FIELD_QUESTIONS = (("What is the {}?", "I look for {}."), ("{}?", "I look for {}."), ("Apa {} pada kartu?", "Saya cari {}."))


def rows(person: Person) -> list[tuple[str, str]]:
    """Labels and printed values below the NIK, in order."""
    values = (f"{person.tempat_lahir}, {person.tgl_lahir}", person.jenis_kelamin, person.alamat, person.rt_rw, person.kel_desa,
              person.kecamatan, person.agama, person.status_perkawinan, person.pekerjaan, person.kewarganegaraan, person.berlaku_hingga)
    return list(zip(LABELS[1:], (person.nama, *values)))


def _photo(rng: np.random.Generator, pen: ImageDraw.ImageDraw, s: float) -> None:
    """A plain silhouette."""
    pen.rectangle((501 * s, 88 * s, 672 * s, 303 * s), fill=pick(rng, (190, 30, 40), (40, 70, 170)))
    pen.ellipse((545 * s, 120 * s, 628 * s, 220 * s), fill=(200, 165, 140))
    pen.pieslice((515 * s, 215 * s, 658 * s, 390 * s), 180, 360, fill=(60, 60, 70))


class Page:
    """A canvas that remembers what it wrote where, for row-wise supervision."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.pen = ImageDraw.Draw(image)
        self.written: list[tuple[float, float, str]] = []  # centre y, left x, text

    def write(self, x: float, y: float, text: str, font, fill=INK, centred: bool = False, squeeze: float = 0) -> None:
        """Text with its middle at y; narrowed to `squeeze` pixels when it is longer."""
        width = font.getlength(text)
        if squeeze and width > squeeze:
            layer = Image.new("L", (round(width) + 4, font.size * 2), 0)
            ImageDraw.Draw(layer).text((0, font.size), text, fill=255, font=font, anchor="lm")
            layer = layer.resize((round(squeeze), layer.height), Image.Resampling.BICUBIC)
            self.image.paste(fill, (round(x), round(y - font.size)), layer)
        else:
            self.pen.text((x, y), text, fill=fill, font=font, anchor="mm" if centred else "lm")
        self.written.append((y, x - width / 2 if centred else x, text))

    def patch_rows(self, count: int) -> list[str]:
        """What each of `count` patch rows says: the texts whose middle lies in it, left to right."""
        pitch = self.image.height / count
        rows: list[list[tuple[float, str]]] = [[] for _ in range(count)]
        for y, x, text in self.written:
            rows[min(count - 1, int(y / pitch))].append((x, text))
        return [" ".join(text for _, text in sorted(row)) for row in rows]


def draw_card(rng: np.random.Generator, person: Person) -> tuple[np.ndarray, list[str]]:
    """(`[352, 512, 3]` uint8, the text of each of the 22 patch rows)."""
    s = rng.uniform(1.0, 1.5)
    width, height = round(FRAME[0] * s), round(FRAME[1] * s)
    tint = np.array([165, 205, 225]) + rng.integers(-20, 21, 3)
    ramp = np.linspace(0, rng.uniform(0, 18), width)[None, :, None]
    page = Page(Image.fromarray((tint + ramp + np.zeros((height, 1, 1))).clip(0, 255).astype(np.uint8)))
    family = pick(rng, "LiberationSans-Regular", "LiberationSans-Regular", "LiberationSans-Bold", "DejaVuSans.", "FreeSans.")
    body = fonts.load(fonts.by_name(family), round(rng.uniform(15, 17) * s))
    big = fonts.load(fonts.by_name("LiberationSans-Bold"), round(20 * s))
    ocr = fonts.load(fonts.by_name(fonts.NUMBER_FACE), round(27 * s))
    page.write(370 * s, 28 * s, person.provinsi, big, centred=True)
    page.write(370 * s, 50 * s, person.kota, big, centred=True)
    page.write(38 * s, 87 * s, "NIK", fonts.load(fonts.by_name("LiberationSans-Bold"), round(26 * s)))
    page.write(158 * s, 87 * s, ":", big)
    page.write(182 * s, 87 * s, person.nik, ocr, squeeze=300 * s)
    _photo(rng, page.pen, s)
    shift = rng.uniform(-2, 2)
    for i, (label, value) in enumerate(rows(person)):
        y = (FIRST_ROW + ROW * i + shift) * s
        left = 77 if label in INDENTED else 38
        page.write(left * s, y, label, body, squeeze=(189 - left) * s)
        page.write(191 * s, y, ":", body)
        page.write(200 * s, y, value, body, squeeze=296 * s)
        if label == "Jenis Kelamin":
            page.write(375 * s, y, f"Gol. Darah : {pick(rng, 'A', 'B', 'AB', 'O', '-')}", body)
    small = fonts.load(fonts.by_name("LiberationSans-Regular"), round(14 * s))
    page.write(586 * s, 309 * s, place_name(rng, 1), small, centred=True)
    page.write(586 * s, 326 * s, "01-01-2015", small, centred=True)
    page.write(586 * s, 380 * s, "SPESIMEN", big, fill=(200, 40, 40), centred=True)
    return np.asarray(page.image.resize(SIZE, Image.Resampling.BICUBIC)), page.patch_rows(SIZE[1] // 16)


def card(rng: np.random.Generator, fields: int = 3, whole: bool = True) -> Sample:
    """A card asked for as JSON and, in training, field by field."""
    person = random_person(rng)
    printed = [("NIK", person.nik), *rows(person)]
    turns = []
    if whole:
        turns.append(Turn(pick(rng, *QUESTIONS), "I read the card row by row.", person.json()))
    for i in rng.permutation(len(printed))[:fields]:
        turns.append(field_turn(rng, *printed[i]))
    image, row_texts = draw_card(rng, person)
    return Sample("card", turns, images=[image], row_texts=row_texts)


def field_turn(rng: np.random.Generator, label: str, value: str) -> Turn:
    """A question about one labelled row."""
    question, thought = pick(rng, *FIELD_QUESTIONS)
    return Turn(question.format(label), thought.format(label), value)


NOTE_SIZES = ((384, 96), (384, 128), (512, 96), (320, 64))


def note(rng: np.random.Generator, size: tuple[int, int]) -> Sample:
    """A few `label : value` rows cut out of a card-like page: cards for beginners."""
    width, height = size
    s = 2.0
    tone = int(rng.integers(190, 256))
    page = Page(Image.new("RGB", (round(width * s), round(height * s)), (tone, min(255, tone + 10), min(255, tone + 20))))
    body = fonts.load(fonts.by_name(pick(rng, "LiberationSans-Regular", "LiberationSans-Bold", "DejaVuSans.", "FreeSans.")),
                      round(rng.uniform(11.5, 13.5) * s))
    pitch = rng.uniform(16.2, 17.5) if rng.random() < 0.7 else rng.uniform(17.5, 32)
    y = rng.uniform(9, 16)
    person = random_person(rng)
    known = [("NIK", person.nik), *rows(person)]
    fields = []
    for i in rng.permutation(len(known)):
        if y > height - 9:
            break
        label, value = known[i]
        if rng.random() < 0.4:
            value = random_string(rng, int(rng.integers(2, 22)))
        page.write((28 + 28 * (label in INDENTED)) * s, y * s, label, body, squeeze=(115 - 28 * (label in INDENTED)) * s)
        page.write(143 * s, y * s, ":", body)
        page.write(150 * s, y * s, value, body, squeeze=(width - 154) * s)
        fields.append((label, value))
        y += pitch
    turns = [field_turn(rng, *field) for field in fields]
    image = np.asarray(page.image.resize(size, Image.Resampling.BICUBIC))
    return Sample("note", turns, images=[image], row_texts=page.patch_rows(height // 16))
