"""Fonts the generators draw with: Debian packages listed in ../../README.md."""

import functools
import glob
import os

from PIL import ImageFont

ROOT = "/usr/share/fonts"

# Family prefixes of the file names. Script-like, symbol and hairline faces stay out.
FAMILIES = (
    "DejaVuSans", "DejaVuSerif", "LiberationSans", "LiberationSerif", "LiberationMono",
    "FreeSans", "FreeSerif", "FreeMono", "Roboto-", "OpenSans", "Lato-", "Inconsolata",
    "Hack", "Carlito", "Caladea", "NotoSansMono", "OCRA.", "OCRB.",
)
EXCLUDED = ("Thin", "Hairline", "Light", "ExtraLight", "Black", "Italic", "Oblique", "MathTeX")


@functools.cache
def font_files() -> list[str]:
    """All usable font files, in a stable order."""
    files = glob.glob(os.path.join(ROOT, "**", "*.[to]tf"), recursive=True)
    names = {os.path.basename(path): path for path in files}
    return [
        names[name]
        for name in sorted(names)
        if name.startswith(FAMILIES) and not any(word in name for word in EXCLUDED)
    ]


@functools.lru_cache(maxsize=4096)
def load(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a pixel size (cached)."""
    return ImageFont.truetype(path, size)


def by_name(prefix: str) -> str:
    """The first font file whose name starts with `prefix`."""
    return next(path for path in font_files() if os.path.basename(path).startswith(prefix))
