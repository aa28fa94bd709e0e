"""Fonts the generators draw with: Debian packages listed in ../../README.md."""

import functools
import glob
import os

from PIL import ImageFont

ROOT = "/usr/share/fonts"

# Lines of text are drawn with these faces; cards pick their own by name, and OCR-A (a card's number) besides.
FACES = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSerif.ttf",
    "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationSerif-Regular.ttf", "LiberationMono-Regular.ttf",
    "FreeSans.ttf", "OpenSans-Regular.ttf", "Roboto-Regular.ttf",
)
NUMBER_FACE = "OCRA.ttf"


@functools.cache
def font_files() -> dict[str, str]:
    """The faces' paths by file name."""
    files = glob.glob(os.path.join(ROOT, "**", "*.[to]tf"), recursive=True)
    names = {os.path.basename(path): path for path in files}
    return {face: names[face] for face in (*FACES, NUMBER_FACE)}


@functools.lru_cache(maxsize=4096)
def load(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a pixel size (cached)."""
    return ImageFont.truetype(path, size)


def by_name(prefix: str) -> str:
    """The first face whose file name starts with `prefix`."""
    return next(path for name, path in font_files().items() if name.startswith(prefix))
