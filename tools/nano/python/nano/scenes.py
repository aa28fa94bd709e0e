"""Questions about one picture of coloured shapes: colours, shapes, counts, positions."""

import numpy as np

from .sample import Sample, Turn
from .shapes import BACKGROUNDS, USED_COLOURS, USED_SHAPES, COLOURS, SHAPES, Thing, dense_labels, draw, random_things, shade

NUMBERS = (("no", "tidak ada"), ("one", "satu"), ("two", "dua"), ("three", "tiga"), ("four", "empat"),
           ("five", "lima"), ("six", "enam"))
NUMBER_OF_THINGS = (1, 1, 2, 2, 3, 3, 4, 4)
SIZES = ((128, 128), (160, 160), (160, 128), (192, 192), (192, 128), (224, 160), (128, 192), (256, 192), (320, 224))


def pick(rng: np.random.Generator, *options):
    """One of the options."""
    return options[rng.integers(len(options))]


def listing(things: list[Thing], indonesian: bool) -> str:
    """`a red circle and a blue star` / `lingkaran merah dan bintang biru`."""
    names = [thing.name(indonesian) for thing in things]
    if not indonesian:
        names = [("an " if name[0] in "aeiou" else "a ") + name for name in names]
    if not names:
        return "tidak ada" if indonesian else "nothing"
    glue = " dan " if indonesian else " and "
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + glue + names[-1]


ROWS = (("top", "middle", "bottom"), ("atas", "tengah", "bawah"))
COLUMNS = (("left", "centre", "right"), ("kiri", "tengah", "kanan"))


def in_rows(places: list[str], indonesian: bool) -> str:
    """Nine words as three named rows."""
    return "\n".join(" ".join([row, *places[3 * y : 3 * y + 3]]) for y, row in enumerate(ROWS[indonesian]))


def grid(things: list[Thing], indonesian: bool, nothing: str = "-") -> str:
    """The nine places row by row: what a thought spells out before the answer is looked up in it."""
    at = {thing.cell: thing.name(indonesian) for thing in things}
    return in_rows([at.get(cell, nothing) for cell in range(9)], indonesian)


def seen(things: list[Thing], background: str, indonesian: bool) -> str:
    """The background's colour and the grid."""
    return f"{COLOURS[background][0] if indonesian else background}\n{grid(things, indonesian)}"


def _unique(things: list[Thing], field: str) -> list[Thing]:
    values = [getattr(thing, field) for thing in things]
    return [thing for thing, value in zip(things, values) if values.count(value) == 1]


def ask_colour(rng, things, background, indonesian):
    candidates = _unique(things, "shape")
    if not candidates or rng.random() < 0.12:
        colour = COLOURS[background][0] if indonesian else background
        if indonesian:
            return Turn(pick(rng, "Apa warna latar belakangnya?", "Warna latar gambar ini apa?"),
                        seen(things, background, True), f"Latar belakangnya {colour}.")
        return Turn(pick(rng, "What colour is the background?", "What is the background color?"),
                    seen(things, background, False), f"The background is {colour}.")
    thing = candidates[rng.integers(len(candidates))]
    if indonesian:
        shape = SHAPES[thing.shape]
        return Turn(pick(rng, f"Apa warna {shape} itu?", f"{shape.capitalize()} itu warnanya apa?", f"Apa warna {shape}?"),
                    seen(things, background, True), f"{shape.capitalize()} itu berwarna {COLOURS[thing.colour][0]}.")
    return Turn(pick(rng, f"What colour is the {thing.shape}?", f"What color is the {thing.shape}?",
                     f"Which colour does the {thing.shape} have?", f"Tell me the color of the {thing.shape}."),
                seen(things, background, False), f"The {thing.shape} is {thing.colour}.")


def ask_shape(rng, things, background, indonesian):
    candidates = _unique(things, "colour")
    if not candidates:
        return ask_all(rng, things, background, indonesian)
    thing = candidates[rng.integers(len(candidates))]
    if indonesian:
        colour = COLOURS[thing.colour][0]
        # The colour stands behind its noun, and looking backwards is hard: things are gone through until it comes up.
        until = ", ".join(t.name(True) for t in things[: things.index(thing) + 1])
        return Turn(pick(rng, f"Bentuk apa yang berwarna {colour}?", f"Apa bentuk yang {colour}?"),
                    f"{seen(things, background, True)}\n{until}.", f"Yang berwarna {colour} adalah {SHAPES[thing.shape]}.")
    return Turn(pick(rng, f"What shape is {thing.colour}?", f"Which shape is {thing.colour}?",
                     f"What is the {thing.colour} shape?"),
                seen(things, background, False), f"The {thing.colour} shape is a {thing.shape}.")


def ask_count(rng, things, background, indonesian):
    kind = rng.integers(3)
    if kind == 0:
        chosen, en, ind = things, "shape", "bentuk"
    elif kind == 1:
        shape = things[rng.integers(len(things))].shape if rng.random() < 0.75 else pick(rng, *USED_SHAPES)
        chosen, en, ind = [t for t in things if t.shape == shape], shape, SHAPES[shape]
    else:
        colour = things[rng.integers(len(things))].colour if rng.random() < 0.75 else pick(rng, *USED_COLOURS)
        chosen, en, ind = [t for t in things if t.colour == colour], f"{colour} shape", f"bentuk {COLOURS[colour][0]}"
    number = len(chosen)
    # One thing after the other, each with whether it is meant, then how many there are so far.
    tally = ", ".join(f"{t.name(indonesian)} {'+' if t in chosen else '-'}{sum(c.cell <= t.cell for c in chosen)}" for t in things)
    thought = f"{seen(things, background, indonesian)}\n{tally}."
    if indonesian:
        return Turn(pick(rng, f"Ada berapa {ind}?", f"Berapa jumlah {ind} di gambar ini?", f"Hitung {ind} pada gambar."),
                    thought,
                    f"Tidak ada {ind}." if number == 0 else f"Ada {NUMBERS[number][1]} {ind}.")
    plural = "crosses" if en == "cross" else en + "s"
    answer = f"There is one {en}." if number == 1 else f"There are {NUMBERS[number][0]} {plural}."
    return Turn(pick(rng, f"How many {plural} are there?", f"Count the {plural}.", f"How many {plural} do you see?"),
                thought, answer)


def ask_place(rng, things, background, indonesian):
    names = [t.name(False) for t in things]
    candidates = [t for t in things if names.count(t.name(False)) == 1]
    if not candidates:
        return ask_all(rng, things, background, indonesian)
    thing = candidates[rng.integers(len(candidates))]
    if rng.random() < 0.35:
        if indonesian:
            return Turn(f"Apa yang ada di {thing.place(True)}?", seen(things, background, True),
                        f"Di {thing.place(True)} ada {thing.name(True)}.")
        return Turn(pick(rng, f"What is at the {thing.place(False)}?", f"Which shape is at the {thing.place(False)}?"),
                    seen(things, background, False), f"At the {thing.place(False)} is {listing([thing], False)}.")
    if indonesian:
        return Turn(pick(rng, f"Di mana {thing.name(True)}?", f"Di mana letak {thing.name(True)}?"),
                    seen(things, background, True), f"{thing.name(True).capitalize()} ada di {thing.place(True)}.")
    return Turn(pick(rng, f"Where is the {thing.name(False)}?", f"In which part of the picture is the {thing.name(False)}?"),
                seen(things, background, False), f"The {thing.name(False)} is at the {thing.place(False)}.")


def ask_relation(rng, things, background, indonesian):
    names = [t.name(False) for t in things]
    unique = [t for t in things if names.count(t.name(False)) == 1]
    if len(unique) < 2:
        return ask_place(rng, things, background, indonesian)
    i, j = rng.permutation(len(unique))[:2]
    a, b = unique[i], unique[j]
    horizontal = a.cell % 3 != b.cell % 3 and (a.cell // 3 == b.cell // 3 or rng.random() < 0.5)
    first = a.cell % 3 < b.cell % 3 if horizontal else a.cell // 3 < b.cell // 3
    claim = bool(rng.integers(2))
    words = (("left", "right"), ("kiri", "kanan")) if horizontal else (("above", "below"), ("atas", "bawah"))
    word = words[indonesian][not claim]
    # Along the axis that is asked for: the answer hangs on three words.
    where = [COLUMNS[indonesian][t.cell % 3] if horizontal else ROWS[indonesian][t.cell // 3] for t in (a, b)]
    thought = "\n".join((seen(things, background, indonesian), *(f"{t.name(indonesian)}: {t.place(indonesian)}." for t in (a, b)),
                         f"{word}: {where[0]}, {where[1]}."))
    truth = first == claim
    if indonesian:
        return Turn(f"Apakah {a.name(True)} di {word} {b.name(True)}?", thought, "Ya." if truth else "Tidak.")
    return Turn(f"Is the {a.name(False)} {word}{' of' * horizontal} the {b.name(False)}?", thought, "Yes." if truth else "No.")


def ask_all(rng, things, background, indonesian):
    if indonesian:
        return Turn(pick(rng, "Apa isi gambar ini?", "Jelaskan gambar ini.", "Apa yang kamu lihat?"), seen(things, background, True),
                    f"Saya melihat {listing(things, True)} dengan latar {COLOURS[background][0]}.")
    return Turn(pick(rng, "What is in the picture?", "Describe the picture.", "What do you see?", "Describe this image.",
                     "What is in this image?"),
                seen(things, background, False), f"I see {listing(things, False)} on a {background} background.")


ASKERS = {"colour": ask_colour, "shape": ask_shape, "count": ask_count, "place": ask_place,
          "relation": ask_relation, "describe": ask_all}


def scene(rng: np.random.Generator, size: tuple[int, int], questions: int, kinds: list[str] | None = None) -> Sample:
    """A picture of one to four things with several questions about it."""
    width, height = size
    background = BACKGROUNDS[rng.integers(len(BACKGROUNDS))]
    things = random_things(rng, width, height, int(rng.choice(NUMBER_OF_THINGS)), background)
    fills = [(thing, shade(rng, thing.colour)) for thing in things]
    image = draw(width, height, shade(rng, background, 5), fills)
    turns = []
    for _ in range(questions):
        kind = pick(rng, *(kinds or list(ASKERS)))
        turns.append(ASKERS[kind](rng, things, background, rng.random() < 0.3))
    return Sample("scene", turns, images=[image], dense=dense_labels(width, height, background, things))


# Questions whose answer takes more than copying from the grid.
LOOKED_UP = ("count", "count", "count", "count", "shape", "shape", "place", "relation", "colour")


def looked_up(rng: np.random.Generator) -> Turn:
    """A question whose thought has written the picture down already: what is left is finding the answer in it."""
    width, height = SIZES[rng.integers(len(SIZES))]
    background = BACKGROUNDS[rng.integers(len(BACKGROUNDS))]
    things = random_things(rng, width, height, int(rng.choice(NUMBER_OF_THINGS)), background)
    indonesian = rng.random() < 0.5
    turn = ASKERS[pick(rng, *LOOKED_UP)](rng, things, background, indonesian)
    turn.given = f"{seen(things, background, indonesian)}\n"
    return turn
