"""Questions and words for reading text in pictures."""

import numpy as np

from .charset import random_string
from .chat import phrase
from .sample import Turn
from .scenes import pick
from .words import FIRST_NAMES, LAST_NAMES, SYLLABLES

ENGLISH = ("What does the image say?", "Read the text.", "What is written in the picture?", "What does it say?", "Read this line.",
           "Which text is in the image?", "Please read the text in this picture.", "What text do you see?", "Transcribe the text.")
INDONESIAN = ("Baca teks pada gambar.", "Apa tulisan di gambar ini?", "Tolong baca tulisan ini.", "Teks apa yang ada di gambar?")


def place_name(rng: np.random.Generator, words: int = 2) -> str:
    """An invented name of syllables, in capitals."""
    return " ".join("".join(pick(rng, *SYLLABLES) for _ in range(rng.integers(2, 4))) for _ in range(rng.integers(1, words + 1))).upper()


def person(rng: np.random.Generator) -> str:
    """An invented full name, in capitals."""
    first = [pick(rng, *FIRST_NAMES) for _ in range(rng.integers(1, 3))]
    return " ".join([*first, pick(rng, *LAST_NAMES)] if rng.random() < 0.8 else first)


def date(rng: np.random.Generator) -> str:
    """DD-MM-YYYY"""
    return f"{rng.integers(1, 29):02d}-{rng.integers(1, 13):02d}-{rng.integers(1940, 2027)}"


def line_text(rng: np.random.Generator, longest: int = 24) -> str:
    """What a line may say: half random strings, so that reading cannot be guessing."""
    kind = rng.random()
    if kind < 0.5:
        return random_string(rng, int(rng.integers(1, longest + 1)))
    if kind < 0.75:
        text = phrase(rng)
    elif kind < 0.83:
        text = person(rng)
    elif kind < 0.9:
        text = place_name(rng)
    elif kind < 0.95:
        text = date(rng)
    else:
        text = "".join(str(d) for d in rng.integers(0, 10, rng.integers(3, 17)))
    return text if len(text) <= longest else line_text(rng, longest)


def characters(text: str) -> str:
    """Character by character, one token each: letters behind spaces, `_` for a space."""
    return "".join(f" {c}" if c.isalpha() else "_" if c == " " else c for c in text)


def spelled(text: str) -> str:
    """One small step of reading a token, joined in the answer."""
    return characters(text).removeprefix(" ")


def reading_turn(rng: np.random.Generator, text: str) -> Turn:
    """A request to read, in one of many wordings."""
    return Turn(pick(rng, *(INDONESIAN if rng.random() < 0.3 else ENGLISH)), spelled(text), text)
