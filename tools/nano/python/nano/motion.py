"""A thing that moves in a short video, and where it goes."""

import numpy as np

from .sample import Sample, Turn
from .scenes import pick
from .shapes import BACKGROUNDS, USED_COLOURS, USED_SHAPES, SHAPES, Thing, dense_labels, draw, shade

DIRECTIONS = {
    "right": ((1, 0), "to the right", "ke kanan", ("left", "right"), ("kiri", "kanan")),
    "left": ((-1, 0), "to the left", "ke kiri", ("right", "left"), ("kanan", "kiri")),
    "up": ((0, -1), "up", "ke atas", ("bottom", "top"), ("bawah", "atas")),
    "down": ((0, 1), "down", "ke bawah", ("top", "bottom"), ("atas", "bawah")),
}
SIZES = ((96, 96), (128, 128), (128, 96), (160, 128))


def motion(rng: np.random.Generator, size: tuple[int, int], frames: int, questions: int = 2) -> Sample:
    """`frames` frames of one thing that goes one way, or (one in nine) stays."""
    width, height = size
    background = BACKGROUNDS[rng.integers(len(BACKGROUNDS))]
    colours = [c for c in USED_COLOURS if c != background]
    shape, colour = pick(rng, *USED_SHAPES), pick(rng, *colours)
    still = rng.random() < 0.11
    name = pick(rng, *DIRECTIONS)
    (dx, dy), english, indonesian, ends, ujung = DIRECTIONS[name]
    radius = min(width, height) * rng.uniform(0.12, 0.22)
    low = np.array([radius, radius]) + 2
    high = np.array([width, height]) - radius - 2
    share = rng.uniform(0.55, 1.0)
    begin = rng.uniform(0, 1 - share)
    across = rng.uniform(0, 1)
    base, paper = shade(rng, colour), shade(rng, background, 5)
    video, dense = [], []
    move = 5 if still else list(DIRECTIONS).index(name) + 1
    for i in range(frames):
        t = begin + share * i / (frames - 1) if not still else begin
        along = t if dx + dy > 0 else 1 - t
        at = np.array([along, across]) if dx else np.array([across, along])
        x, y = low + at * (high - low)
        thing = Thing(shape, colour, 0, x, y, radius)
        video.append(draw(width, height, paper, [(thing, base)]))
        if i % 2:  # the second frame of a temporal patch labels it
            dense.append(dense_labels(width, height, background, [thing], move))
    turns = [_ask(rng, shape, colour, still, english, indonesian, ends, ujung) for _ in range(questions)]
    return Sample("motion", turns, video=np.stack(video), fps=float(pick(rng, 2.0, 2.0, 2.0, 1.0)),
                  dense=np.stack(dense))


def _ask(rng, shape, colour, still, english, indonesian, ends, ujung) -> Turn:
    if rng.random() < 0.12:
        if rng.random() < 0.5:
            return Turn("What moves in the video?", f"I see a {shape}.",
                        f"Nothing moves: there is a {colour} {shape}." if still else f"A {colour} {shape} moves.")
        return Turn("What is in the video?", f"I see a {shape}.",
                    f"A {colour} {shape} that " + ("stays still." if still else f"moves {english}."))
    if rng.random() < 0.3:
        bentuk = SHAPES[shape]
        question = pick(rng, f"Ke mana {bentuk} itu bergerak?", "Ke arah mana bendanya bergerak?", "Bergerak ke mana?")
        if still:
            return Turn(question, "Tempatnya sama.", f"{bentuk.capitalize()} itu diam.")
        return Turn(question, f"Dari {ujung[0]} ke {ujung[1]}.", f"{bentuk.capitalize()} itu bergerak {indonesian}.")
    question = pick(rng, f"Which way does the {shape} move?", "Which way does it move?", "In which direction does the shape move?",
                    f"Where does the {shape} go?", "What happens in the video?", "Which direction is the object moving?")
    if still:
        return Turn(question, "It stays in its place.", f"The {shape} stays still.")
    return Turn(question, f"From {ends[0]} to {ends[1]}.", f"The {shape} moves {english}.")
