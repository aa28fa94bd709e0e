"""Notes: a few rows cut out of a card, cards for beginners."""

import dataclasses

import numpy as np
from PIL import Image

from . import fonts
from .cards import INDENTED, QUESTIONS, Page, field_turn, json_turn, paper, rows
from .cards_text import Person, random_person, scrambled
from .charset import random_string
from .sample import Sample
from .scenes import pick

SIZES = ((384, 96), (384, 128), (512, 96), (320, 64), (512, 160), (448, 192), (512, 96), (512, 128))
FOOT = (192, 64)
ORDER = [field.name for field in dataclasses.fields(Person)]
LONGEST = 27  # characters that fit a row
SCALE = 2.0  # drawn at, before it is made small
# Fields of a row that are not named like its label.
KEYS = {"NIK": ("nik",), "Tempat/Tgl Lahir": ("tempat_lahir", "tgl_lahir"), "RT/RW": ("rt_rw",), "Kel/Desa": ("kel_desa",)}


@dataclasses.dataclass
class Row:
    """One label and value; `fields` are the value's parts by their names in the JSON."""

    label: str
    value: str
    fields: dict[str, str]


def _known(person: Person) -> list[Row]:
    values = dataclasses.asdict(person)
    made = [Row("", values[key], {key: values[key]}) for key in ("provinsi", "kab_kota")]
    for label, value in [("NIK", person.nik), *rows(person)]:
        keys = KEYS.get(label) or (label.lower().replace(" ", "_"),)
        made.append(Row(label, value, {key: values[key] for key in keys}))
    return made


def _chosen(rng: np.random.Generator, person: Person, count: int) -> list[Row]:
    """Rows in the card's order, mostly neighbours; now and then in any order."""
    known = _known(person)
    kind = rng.random()
    if kind < 0.5:
        first = int(rng.integers(0, max(1, len(known) - count + 1)))
        return known[first:first + count]
    picked = rng.permutation(len(known))[:count].tolist()
    return [known[i] for i in (sorted(picked) if kind < 0.9 else picked)]


def _foot(rng: np.random.Generator, page: Page, person: Person, height: int, ink, middle: float = 436) -> dict[str, str]:
    """Place and date below the photo, in small print on the right."""
    small = fonts.load(fonts.by_name("LiberationSans-Regular"), round(rng.uniform(10.2, 11.2) * SCALE))
    # Mostly where a card's tokens cut it: the date lies across the border of two.
    y = 32 * rng.integers(height // 32 - 1) + rng.uniform(14.5, 20) if rng.random() < 0.75 else rng.uniform(8, height - 22)
    page.write(middle * SCALE, y * SCALE, person.tempat_terbit, small, ink, squeeze=126 * SCALE, centred=True)
    page.write(middle * SCALE, (y + 13.4) * SCALE, person.tanggal_terbit, small, ink, centred=True)
    return {"tempat_terbit": person.tempat_terbit, "tanggal_terbit": person.tanggal_terbit}


def note(rng: np.random.Generator, size: tuple[int, int], answered: bool = True) -> Sample:
    """Rows as a card has them, asked for as JSON (the copy only, unless `answered`) and two of them one by one."""
    width, height = size
    y, pitch = first_row(rng), rng.uniform(15.9, 16.6) if rng.random() < 0.9 else rng.uniform(17, 32)
    page, ink = blank_page(rng, width, height)
    family = pick(rng, *["LiberationSans-Regular"] * 5, "LiberationSans-Bold", "DejaVuSans.", "FreeSans.")
    body = fonts.load(fonts.by_name(family), round(rng.uniform(11, 13) * SCALE))
    fields: dict[str, str] = {}
    asked: list[tuple[str, str]] = []
    person = scrambled(rng, pick(rng, 0.2, 0.5, 0.8)) if rng.random() < 0.85 else random_person(rng)
    for row in _chosen(rng, person, max(1, int((height - y - 3) / pitch))):
        if len(row.fields) == 1 and (len(row.value) > LONGEST or rng.random() < 0.08):
            value = random_string(rng, int(rng.integers(2, 22)))
            row = Row(row.label, value, dict.fromkeys(row.fields, value))
        if row.label == "NIK":
            y += pitch * 0.25
        _write(rng, page, row, y, width, body, ink)
        if row.label == "NIK":
            y += pitch * 0.75
        fields |= row.fields
        if row.label:
            asked.append((row.label, row.value))
        y += pitch
        if row.label == "Jenis Kelamin" and width >= 384 and rng.random() < 0.7:
            page.write(279 * SCALE, (y - pitch) * SCALE, f"Gol. Darah : {person.gol_darah}", body, ink)
            fields["gol_darah"] = person.gol_darah
            asked.append(("Gol. Darah", person.gol_darah))
    if width == 512 and rng.random() < 0.9:
        fields |= _foot(rng, page, person, height, ink)
    fields = {key: fields[key] for key in ORDER if key in fields}
    turns = [json_turn(pick(rng, *QUESTIONS), fields, answered)]
    turns += [field_turn(rng, *asked[i]) for i in rng.permutation(len(asked))[:2]]
    return Sample("note", turns, images=[shrunk(page, size)], row_texts=page.patch_rows(height // 16))


def foot(rng: np.random.Generator, answered: bool = True) -> Sample:
    """What stands below the photo, alone."""
    width, height = FOOT
    page, ink = blank_page(rng, width, height)
    fields = _foot(rng, page, scrambled(rng, pick(rng, 0.2, 0.5, 0.8)), height, ink, 32 * rng.integers(2, 4) + rng.uniform(16, 23))
    return Sample("note", [json_turn(pick(rng, *QUESTIONS), fields, answered)], images=[shrunk(page, FOOT)],
                  row_texts=page.patch_rows(height // 16))


def first_row(rng: np.random.Generator) -> float:
    """The first row's middle: mostly so that rows of print and of patches agree, as they nearly do on a card."""
    return 16 * (rng.uniform(0.2, 0.6) if rng.random() < 0.8 else rng.uniform(0.4, 1.1))


def blank_page(rng: np.random.Generator, width: int, height: int, lined: float = 0.6) -> tuple[Page, tuple[int, ...]]:
    big = round(width * SCALE), round(height * SCALE)
    sheet = paper(rng, *big) if rng.random() < lined else Image.new("RGB", big, tuple(int(v) for v in rng.integers(190, 256, 3)))
    return Page(sheet), tuple(int(v) for v in rng.integers(0, 60, 3))


def shrunk(page: Page, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(page.image.resize(size, Image.Resampling.BICUBIC))


def _write(rng: np.random.Generator, page: Page, row: Row, y: float, width: int, body, ink) -> None:
    s = SCALE
    if not row.label:
        heading = fonts.load(fonts.by_name("LiberationSans-Bold"), round(rng.uniform(14, 16) * s))
        page.write(min(275, width / 2) * s, y * s, row.value, heading, ink, centred=True, squeeze=min(312, width - 8) * s)
        return
    if row.label == "NIK" and rng.random() < 0.8:
        heading = fonts.load(fonts.by_name("LiberationSans-Bold"), round(rng.uniform(18, 20) * s))
        page.write(28 * s, y * s, row.label, heading, ink)
        page.write(117 * s, y * s, ":", heading, ink)
        numbers = fonts.load(fonts.by_name(fonts.NUMBER_FACE), round(rng.uniform(18, 21) * s))
        page.write(135 * s, y * s, row.value, numbers, ink, squeeze=min(225, width - 140) * s)
        return
    left = 28 + 28 * (row.label in INDENTED)
    page.write(left * s, y * s, row.label, body, ink, squeeze=(140 - left) * s)
    page.write(142 * s, y * s, ":", body, ink)
    page.write(149 * s, y * s, row.value, body, ink, squeeze=min(225, width - 154) * s)
