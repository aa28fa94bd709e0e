"""Draws a clean identity card of an invented person, marked SPESIMEN.

The layout is the printed card's in a frame of 686x447, scaled, as tools/ktp-cards draws it; see Person for the fields.
"""

import dataclasses
import json

import numpy as np
from PIL import Image, ImageDraw

from . import fonts
from .cards_text import ENDPOINT_PROMPT, LABELS, Person, random_person, scrambled
from .reading import characters, spelled
from .sample import Sample, Turn
from .scenes import pick

FRAME = (686, 447)
SIZE = (512, 352)  # what the image processor makes of a card: one printed row a row of patches
UNREADABLE = "\0"  # no character of ours: left out of the loss
ROW, FIRST_ROW = 20.9, 126.5
INDENTED = ("RT/RW", "Kel/Desa", "Kecamatan")
QUESTIONS = ("Read this identity card as JSON.", "Read the card as JSON.", "Extract the fields of this KTP as JSON.",
             "Baca KTP ini dan jawab dalam JSON.", "Ekstrak data KTP pada gambar ini dalam format JSON.",
             "Baca kartu ini sebagai JSON.")
FIELD_QUESTIONS = ("What is the {}?", "{}?", "Apa {} pada kartu?")


def rows(person: Person) -> list[tuple[str, str]]:
    """Labels and values below the NIK, in order."""
    values = (f"{person.tempat_lahir}, {person.tgl_lahir}", person.jenis_kelamin, person.alamat, person.rt_rw, person.kel_desa,
              person.kecamatan, person.agama, person.status_perkawinan, person.pekerjaan, person.kewarganegaraan, person.berlaku_hingga)
    return list(zip(LABELS[1:], (person.nama, *values)))


def printed_rows(person: Person) -> list[tuple[str, str]]:
    """The rows as printed: a long address goes on below without a label."""
    out: list[tuple[str, str]] = []
    for label, value in rows(person):
        if label == "Alamat":
            first, *more = person.address_lines()
            out += [(label, first), *(("", line) for line in more)]
        else:
            out.append((label, value))
    return out


def _photo(rng: np.random.Generator, pen: ImageDraw.ImageDraw, s: float, at: float) -> None:
    """A plain silhouette."""
    def box(*edges: float) -> tuple[float, ...]:
        return tuple(edge * s + at for edge in edges)

    pen.rectangle(box(501, 88, 672, 303), fill=pick(rng, (179, 42, 47), (43, 87, 165)))
    pen.ellipse(box(548, 122, 624, 218), fill=pick(rng, (91, 70, 54), (110, 85, 67), (64, 51, 42)))
    pen.pieslice(box(508, 221, 664, 385), 180, 360, fill=pick(rng, (217, 217, 217), (57, 75, 89), (123, 45, 67)))


def paper(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """The bluish card with fine lines."""
    tint = np.array([190, 218, 232]) + rng.integers(-18, 19, 3)
    ramp = np.linspace(0, rng.uniform(-12, 12), width)[None, :, None]
    image = Image.fromarray((tint + ramp + np.zeros((height, 1, 1))).clip(0, 255).astype(np.uint8))
    if rng.random() < 0.7:
        pen = ImageDraw.Draw(image)
        xs = np.arange(0, width + 12, 12)
        for line in range(40):
            ys = line / 40 * height + np.sin(xs / rng.uniform(80, 240) + line / 3) * rng.uniform(8, 27)
            fill = tuple(int(v) for v in (tint + rng.integers(-45, -5, 3)).clip(0, 255))
            pen.line([*zip(xs.tolist(), ys.tolist())], fill=fill, width=1)
    return image


class Page:
    """A canvas that remembers what it wrote where, for row-wise supervision."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.pen = ImageDraw.Draw(image)
        self.written: list[tuple[float, float, float, str]] = []  # centre y, left x, right x, text

    def write(self, x: float, y: float, text: str, font, fill, centred: bool = False, squeeze: float = 0) -> None:
        """Text with its middle at y; narrowed to `squeeze` pixels when it is longer."""
        width = font.getlength(text)
        if squeeze and width > squeeze:
            layer = Image.new("L", (round(width) + 4, font.size * 2), 0)
            ImageDraw.Draw(layer).text((0, font.size), text, fill=255, font=font, anchor="lm")
            layer = layer.resize((round(squeeze), layer.height), Image.Resampling.BICUBIC)
            self.image.paste(fill, (round(x), round(y - font.size)), layer)
        else:
            self.pen.text((x, y), text, fill=fill, font=font, anchor="mm" if centred else "lm")
        left, width = (x - width / 2 if centred else x), min(width, squeeze or width)
        self.written.append((y, left, left + width, text))

    def patch_rows(self, count: int) -> list[str]:
        """What each of `count` patch rows says: the texts whose middle lies in it, left to right.

        Of two that are printed closer than patches, one goes to the row next to its own. UNREADABLE where there is no room.
        """
        pitch = self.image.height / count
        rows: list[list[tuple[float, float, str]]] = [[] for _ in range(count)]
        crowded: set[int] = set()
        for y, left, right, text in self.written:
            at = min(count - 1, int(y / pitch))
            nearest = at + (1 if y / pitch - at > 0.5 else -1)
            free = [row for row in (at, nearest) if 0 <= row < count and all(right < a or left > b for a, b, _ in rows[row])]
            if free:
                rows[free[0]].append((left, right, text))
            else:
                crowded.add(at)
        return [UNREADABLE if i in crowded else " ".join(text for *_, text in sorted(row)) for i, row in enumerate(rows)]


def draw_card(rng: np.random.Generator, person: Person) -> tuple[np.ndarray, list[str]]:
    """(`[352, 512, 3]` uint8, the text of each of the 22 patch rows)."""
    s = rng.uniform(1.2, 1.6)
    width, height = round(FRAME[0] * s), round(FRAME[1] * s)
    border = round(width * pick(rng, 0.0, 0.01, 0.01, 0.02))
    sheet = Image.new("RGB", (width + 2 * border, height + 2 * border), tuple(int(v) for v in rng.integers(0, 256, 3)))
    sheet.paste(paper(rng, width, height), (border, border))
    page = Page(sheet)
    ink = pick(rng, (16, 16, 20), (26, 26, 34), (34, 34, 42))
    family = pick(rng, *["LiberationSans-Regular"] * 6, "LiberationSans-Bold", "DejaVuSans.", "FreeSans.")
    bold = fonts.by_name("LiberationSans-Bold")
    body = fonts.load(fonts.by_name(family), round(rng.uniform(15.2, 16.9) * s))
    big = fonts.load(bold, round(20 * s))

    def write(x: float, y: float, text: str, font, squeeze: float = 0, centred: bool = False) -> None:
        page.write(x * s + border, y * s + border, text, font, ink, centred, squeeze * s)

    write(370, 28, person.provinsi, big, 420, True)
    write(370, 50, person.kab_kota, big, 420, True)
    heading = fonts.load(bold, round(26 * s))
    write(38, 87, "NIK", heading)
    write(158, 87, ":", heading)
    write(182, 87, person.nik, fonts.load(fonts.by_name(fonts.NUMBER_FACE), round(27 * s)), 300)
    _photo(rng, page.pen, s, border)
    for i, (label, value) in enumerate(printed_rows(person)):
        y = FIRST_ROW + ROW * i
        left = 77 if label in INDENTED else 38
        if label:
            write(left, y, label, body, 189 - left)
            write(191, y, ":", body)
        write(200, y, value, body, 296)
        if label == "Jenis Kelamin":
            write(375, y, f"Gol. Darah : {person.gol_darah}", body)
    small = fonts.load(fonts.by_name("LiberationSans-Regular"), round(14 * s))
    write(586, 309, person.tempat_terbit, small, 170, True)
    write(586, 326, person.tanggal_terbit, small, 0, True)
    points = [(x * s + border, y * s + border) for x, y in zip(range(545, 640, 7), rng.integers(345, 400, 14).tolist())]
    page.pen.line(points, fill=ink, width=2)
    mark = Image.new("L", (round(220 * s), round(50 * s)), 0)
    ImageDraw.Draw(mark).text((mark.width / 2, mark.height / 2), "SPESIMEN", fill=217, font=fonts.load(bold, round(36 * s)), anchor="mm")
    mark = mark.rotate(34, expand=True, resample=Image.Resampling.BILINEAR)
    page.image.paste((255, 255, 255), (round(586 * s + border - mark.width / 2), round(196 * s + border - mark.height / 2)), mark)
    return np.asarray(page.image.resize(SIZE, Image.Resampling.BICUBIC)), page.patch_rows(SIZE[1] // 16)


def thought_of(fields: dict[str, str]) -> str:
    """The card copied field by field, each value spelled behind its name."""
    return "\n".join(key + characters(value) for key, value in fields.items())


def json_turn(question: str, fields: dict[str, str], answered: bool = True) -> Turn:
    """Fields asked for as JSON."""
    return Turn(question, thought_of(fields), json.dumps(fields, ensure_ascii=False) if answered else None)


def question_about_card(rng: np.random.Generator) -> str:
    """The endpoint's question or a shorter one."""
    return ENDPOINT_PROMPT if rng.random() < 0.35 else pick(rng, *QUESTIONS)


def card(rng: np.random.Generator, whole: bool = True, random_share: float = 0.0, answered: bool = True) -> Sample:
    """A card asked for as JSON; `random_share` of the values are random strings."""
    person = scrambled(rng, random_share) if random_share else random_person(rng)
    turns = [json_turn(question_about_card(rng), dataclasses.asdict(person), answered)] if whole else []
    image, row_texts = draw_card(rng, person)
    return Sample("card", turns, images=[image], row_texts=row_texts)


def copied(rng: np.random.Generator) -> Turn:
    """A card, or some of its fields, copied already: how the copy becomes JSON can be learned without the picture."""
    fields = dataclasses.asdict(scrambled(rng, pick(rng, 0.3, 0.8)))
    if rng.random() < 0.8:
        keep = set(rng.permutation(len(fields))[: rng.integers(2, 9)].tolist())
        fields = {key: value for i, (key, value) in enumerate(fields.items()) if i in keep}
        turn = json_turn(pick(rng, *QUESTIONS), fields)
    else:
        turn = json_turn(question_about_card(rng), fields)
    return dataclasses.replace(turn, given=turn.thought + "\n")


def field_turn(rng: np.random.Generator, label: str, value: str) -> Turn:
    """A question about one labelled row."""
    return Turn(pick(rng, *FIELD_QUESTIONS).format(label), spelled(value), value)
