"""Two pictures and what differs between them."""

import dataclasses

import numpy as np

from .sample import Sample, Turn
from .scenes import grid, in_rows, listing, pick
from .shapes import SHAPES, Thing, USED_COLOURS, USED_SHAPES, draw, random_things, shade

SIZES = ((96, 96), (128, 128), (128, 96))


def looked_up(rng: np.random.Generator) -> Turn:
    """A question whose thought has written both pictures down already: what is left is comparing them."""
    _, first, second, change = _pair(rng, 128, 128)
    indonesian = rng.random() < 0.4
    turn = _ask(rng, first, second, change, indonesian)
    turn.given = f"{_written(first, second, indonesian)}\n"
    return turn


def compare(rng: np.random.Generator, size: tuple[int, int], questions: int = 2) -> Sample:
    """Two pictures of one to three things on one background, equal or changed in one respect."""
    background, first, second, change = _pair(rng, *size)
    paper = shade(rng, background, 5)
    fills: dict = {}

    def picture(things):
        return draw(*size, paper, [(t, fills.setdefault(t.colour, shade(rng, t.colour))) for t in things])

    turns = [_ask(rng, first, second, change, rng.random() < 0.3) for _ in range(questions)]
    return Sample("compare", turns, images=[picture(first), picture(second)])


def _pair(rng: np.random.Generator, width: int, height: int) -> tuple[str, list[Thing], list[Thing], str]:
    """Background, what is in both pictures, and what was changed."""
    background = pick(rng, "white", "white", "black")
    first = random_things(rng, width, height, int(rng.integers(1, 4)), background)
    second = list(first)
    change = pick(rng, "same", "same", "colour", "shape", "more", "fewer")
    at = int(rng.integers(len(first)))
    if change == "colour":
        colours = [c for c in USED_COLOURS if c not in (background, first[at].colour)]
        second[at] = dataclasses.replace(first[at], colour=pick(rng, *colours))
    elif change == "shape":
        second[at] = dataclasses.replace(first[at], shape=pick(rng, *[s for s in USED_SHAPES if s != first[at].shape]))
    elif change == "more":
        free = [t for t in random_things(rng, width, height, 5, background) if t.cell not in {t.cell for t in first}]
        second = sorted([*first, free[0]], key=lambda t: t.cell)
    elif change == "fewer":
        del second[at]
        if not second:
            second, change = list(first), "same"
    return background, first, second, change


def _written(first, second, indonesian):
    """Both pictures place by place, every place two words wide."""
    names = ("Pertama", "Kedua") if indonesian else ("First", "Second")
    return "\n".join((names[0], grid(first, indonesian, "- -"), names[1], grid(second, indonesian, "- -")))


def _thought(first, second, indonesian):
    """Both pictures place by place, then whether they agree there. Every place is two words wide: what is compared
    lies at the same distance every time, which is how it is found."""
    changed = {thing.cell for thing in set(first) ^ set(second)}
    agree = ["- -" if cell in changed else "= =" for cell in range(9)]
    return f"{_written(first, second, indonesian)}\n{in_rows(agree, indonesian)}"


def _ask(rng, first, second, change, indonesian) -> Turn:
    thought = _thought(first, second, indonesian)
    kind = pick(rng, "same", "same", "more", "which")
    if kind == "more":
        return _more(rng, first, second, indonesian, thought)
    if kind == "which":
        only = [(1, s) for s in SHAPES if s in {t.shape for t in first} - {t.shape for t in second}]
        only += [(2, s) for s in SHAPES if s in {t.shape for t in second} - {t.shape for t in first}]
        if only:
            number, shape = pick(rng, *only)
            if indonesian:
                return Turn(f"Gambar mana yang berisi {SHAPES[shape]}?", thought, f"Gambar {('pertama', 'kedua')[number - 1]}.")
            return Turn(pick(rng, f"Which picture has a {shape}?", f"Which image shows a {shape}?"), thought,
                        f"The {('first', 'second')[number - 1]} picture.")
    return _difference(rng, first, second, change, indonesian, thought)


def _more(rng, first, second, indonesian, thought) -> Turn:
    a, b = len(first), len(second)
    if indonesian:
        answer = "Keduanya sama banyak." if a == b else f"Gambar {'pertama' if a > b else 'kedua'}."
        return Turn("Gambar mana yang punya lebih banyak bentuk?", f"{thought}\n{a} dan {b}.", answer)
    answer = "Both have the same number." if a == b else f"The {'first' if a > b else 'second'} picture."
    return Turn(pick(rng, "Which picture has more shapes?", "Which image has more shapes?"), f"{thought}\n{a} and {b}.", answer)


def _difference(rng, first, second, change, indonesian, thought) -> Turn:
    gone = [t for t in first if t not in second]
    new = [t for t in second if t not in first]
    if indonesian:
        question = pick(rng, "Apakah kedua gambar ini sama?", "Apa beda kedua gambar ini?", "Bandingkan kedua gambar ini.")
        if change == "same":
            return Turn(question, thought, "Kedua gambar sama.")
        if change in ("colour", "shape"):
            return Turn(question, thought, f"Berbeda: yang pertama ada {gone[0].name(True)}, yang kedua {new[0].name(True)}.")
        extra = (new or gone)[0]
        return Turn(question, thought, f"Berbeda: {extra.name(True)} hanya ada di gambar {'kedua' if new else 'pertama'}.")
    question = pick(rng, "Are the two pictures the same?", "What is different?", "Compare the two pictures.",
                    "What is the difference between the two pictures?", "Compare these images.")
    if change == "same":
        return Turn(question, thought, "The pictures are the same.")
    if change in ("colour", "shape"):
        return Turn(question, thought, f"They differ: the first has {listing(gone, False)}, the second {listing(new, False)}.")
    extra = (new or gone)
    return Turn(question, thought, f"They differ: only the {'second' if new else 'first'} has {listing(extra, False)}.")
