"""The characters that nano learns to read, and random strings of them."""

import string

import numpy as np

CHARSET = string.ascii_uppercase + string.ascii_lowercase + string.digits + " .,:;-/()'!?&%+@#"
INDEX = {char: i + 1 for i, char in enumerate(CHARSET)}  # 0 is the CTC blank

_STYLES = (
    string.ascii_uppercase,
    string.ascii_lowercase,
    string.digits,
    string.ascii_uppercase + string.digits,
    string.ascii_letters,
    string.ascii_letters + string.digits + ".,:;-/()'!?&%+@#",
)
_WEIGHTS = (0.28, 0.2, 0.2, 0.1, 0.12, 0.1)


def random_string(rng: np.random.Generator, length: int) -> str:
    """`length` characters in words of one to nine; never starts or ends with a space."""
    words: list[str] = []
    left = length
    while left > 0:
        size = min(left, int(rng.integers(1, 10)))
        alphabet = _STYLES[rng.choice(len(_STYLES), p=_WEIGHTS)]
        letters = [alphabet[i] for i in rng.integers(0, len(alphabet), size)]
        if alphabet is string.ascii_lowercase and rng.random() < 0.4:
            letters[0] = letters[0].upper()
        words.append("".join(letters))
        left -= size + 1
    return " ".join(words)[:length].strip()


def random_capitals(rng: np.random.Generator, length: int) -> str:
    """`length` characters as cards have them: mostly words of capitals, some numbers and marks."""
    words: list[str] = []
    left = length
    while left > 0:
        size = min(left, int(rng.integers(1, 11)))
        kind = rng.random()
        alphabet = string.digits if kind < 0.15 else string.ascii_uppercase + string.digits if kind < 0.22 else string.ascii_uppercase
        letters = [alphabet[i] for i in rng.integers(0, len(alphabet), size)]
        if size > 2 and rng.random() < 0.15:
            letters[int(rng.integers(1, size))] = ".,-/'"[rng.integers(5)]
        words.append("".join(letters))
        left -= size + 1
    return " ".join(words)[:length].strip()


# Characters that resemble one another, I and l above all, which differ by less than a pixel in some faces.
_ALIKE = ("Il", "Il1", "Ili", "Iltfj", "0OoQD", "5Ss8B&", "2Zz7", "CcGe", "VvYyUuWw", "XxKk", "PpqgRB", "nhmrun", "HNMKUAX", "il.,:;-'")


def tricky_string(rng: np.random.Generator, length: int) -> str:
    """`length` characters that are easily taken for others, or for one where they are two, among any others."""
    text = random_string(rng, length)
    alike = _ALIKE[rng.integers(len(_ALIKE))]
    letters = list(text)
    for i in range(len(letters)):
        kind = rng.random()
        if letters[i] == " ":
            continue
        if kind < 0.2:
            letters[i] = alike[rng.integers(len(alike))]
        elif kind < 0.3 and i:
            letters[i] = letters[i - 1] if letters[i - 1] != " " else letters[i]
    return "".join(letters).strip()
