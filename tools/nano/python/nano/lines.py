"""One line of text as a grey mask; colours are put on when a batch is made."""

import numpy as np
from PIL import Image, ImageDraw

from . import fonts

# Of a picture 32 pixels high: the smallest and largest type, and how far the line strays from the middle.
SMALLEST, LARGEST, STRAY = 14, 24, 3
HEIGHT = 32


def draw_line(rng: np.random.Generator, text: str, width: int, height: int = HEIGHT) -> np.ndarray | None:
    """A `[height, width]` uint8 mask with `text` at a random face, size and place.

    Returns None when the text does not fit at the smallest type.
    """
    path = fonts.by_name(fonts.FACES[rng.integers(len(fonts.FACES))])
    scale = height / HEIGHT
    size = round(rng.integers(SMALLEST, LARGEST + 1) * scale)
    length = fonts.load(path, size).getlength(text)
    if length > width - 6:
        size = int(size * (width - 6) / length)
        if size < SMALLEST * scale:
            return None
    font = fonts.load(path, size)
    left, _, right, _ = font.getbbox(text)
    room = width - (right - left) - 2
    x = int(rng.integers(1, max(2, room))) if rng.random() < 0.5 else min(4, max(1, room))
    y = height / 2 + rng.uniform(-STRAY, STRAY) * scale
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).text((x - left, y), text, fill=255, font=font, anchor="lm")
    return np.asarray(image)
