"""One line of text as a grey mask; colours are put on when a batch is made."""

import numpy as np
from PIL import Image, ImageDraw

from . import fonts


def draw_line(rng: np.random.Generator, text: str, width: int, height: int) -> np.ndarray | None:
    """A `[height, width]` uint8 mask with `text` at a random font, size and place.

    Returns None when the text does not fit at the smallest legible size.
    """
    files = fonts.font_files()
    path = files[rng.integers(len(files))]
    size = int(rng.integers(12, 13 + int(height * 0.62)))
    while True:
        font = fonts.load(path, size)
        left, top, right, bottom = font.getbbox(text)
        if right - left <= width - 4 and bottom - top <= height - 2:
            break
        size = int(size * min(0.94, (width - 4) / (right - left)))
        if size < 10:
            return None
    x = rng.integers(2, width - (right - left) - 1) if rng.random() < 0.6 else min(4, width - (right - left) - 2)
    y = int(rng.integers(1, height - (bottom - top)))
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).text((int(x) - left, y - top), text, fill=255, font=font)
    return np.asarray(image)
