"""Sheets of small print, for the tower alone."""

import numpy as np

from . import fonts
from .charset import random_capitals, random_string
from .notes import SCALE, blank_page, first_row, shrunk
from .reading import date
from .sample import Sample
from .scenes import pick


def sheet(rng: np.random.Generator, size: tuple[int, int]) -> Sample:
    """Random strings from edge to edge; nothing is asked."""
    width, height = size
    page, ink = blank_page(rng, width, height, 0.25)
    family = pick(rng, *["LiberationSans-Regular"] * 5, "LiberationSans-Bold", "DejaVuSans.", "FreeSans.")
    y, pitch = first_row(rng), rng.uniform(15.8, 16.6)
    # As below a card's photo: small, close, and across the rows of patches.
    tight = rng.random() < 0.3
    if tight:
        y, pitch = rng.uniform(6, 22), rng.uniform(13, 14)
    while y < height - 4:
        kind = rng.random()
        if tight:
            face, points = "LiberationSans-Regular", rng.uniform(10.2, 11.2)
        elif kind < 0.1:
            face, points = fonts.NUMBER_FACE, rng.uniform(18, 21)
        elif kind < 0.2:
            face, points = "LiberationSans-Bold", rng.uniform(14, 16)
        else:
            face, points = family, rng.uniform(10.3, 13.3)
        font = fonts.load(fonts.by_name(face), round(points * SCALE))
        x = rng.uniform(2, 30)
        while x < width - 30:
            text = _print(rng, digits=kind < 0.1) if not tight or rng.random() < 0.6 else date(rng)
            length = font.getlength(text) / SCALE
            if x + length > width - 2:
                break
            page.write(x * SCALE, y * SCALE, text, font, ink)
            x += length + rng.uniform(6, 20)
        y += pitch
    return Sample("sheet", [], images=[shrunk(page, size)], row_texts=page.patch_rows(height // 16))


def _print(rng: np.random.Generator, digits: bool) -> str:
    """Random characters: digits, any, or capitals as on a card."""
    if digits or rng.random() < 0.1:
        return "".join(str(digit) for digit in rng.integers(0, 10, rng.integers(4, 17)))
    return random_string(rng, int(rng.integers(3, 22))) if rng.random() < 0.25 else random_capitals(rng, int(rng.integers(3, 22)))
