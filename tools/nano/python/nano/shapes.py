"""Coloured shapes on a plain background: objects, their names and how they are drawn."""

import dataclasses
import math

import numpy as np
from PIL import Image, ImageDraw

# name -> (Indonesian name, RGB)
COLOURS = {
    "red": ("merah", (220, 30, 35)),
    "green": ("hijau", (30, 150, 50)),
    "blue": ("biru", (35, 70, 215)),
    "yellow": ("kuning", (250, 220, 30)),
    "orange": ("oranye", (250, 135, 20)),
    "purple": ("ungu", (130, 40, 160)),
    "pink": ("merah muda", (250, 130, 185)),
    "brown": ("cokelat", (125, 75, 35)),
    "black": ("hitam", (15, 15, 15)),
    "white": ("putih", (250, 250, 250)),
    "grey": ("abu-abu", (130, 130, 130)),
}
SHAPES = {
    "circle": "lingkaran",
    "square": "persegi",
    "triangle": "segitiga",
    "star": "bintang",
    "cross": "silang",
    "diamond": "belah ketupat",
}
# What the generators use; the dense labels keep the indices of the whole tables above.
USED_COLOURS = ("red", "green", "blue", "yellow", "black", "white")
USED_SHAPES = ("circle", "square", "triangle", "star")
BACKGROUNDS = ("white", "white", "white", "black", "yellow", "blue", "green")
PLACES = (
    ("top left", "kiri atas"), ("top centre", "tengah atas"), ("top right", "kanan atas"),
    ("middle left", "kiri tengah"), ("centre", "tengah"), ("middle right", "kanan tengah"),
    ("bottom left", "kiri bawah"), ("bottom centre", "tengah bawah"), ("bottom right", "kanan bawah"),
)


@dataclasses.dataclass(frozen=True)
class Thing:
    """One shape; `x` and `y` are its centre and `radius` its half size, in pixels."""

    shape: str
    colour: str
    cell: int
    x: float
    y: float
    radius: float

    def name(self, indonesian: bool) -> str:
        if indonesian:
            return f"{SHAPES[self.shape]} {COLOURS[self.colour][0]}"
        return f"{self.colour} {self.shape}"

    def place(self, indonesian: bool) -> str:
        return PLACES[self.cell][indonesian]


def shade(rng: np.random.Generator, colour: str, spread: int = 14) -> tuple[int, int, int]:
    """The colour's RGB with a little variation."""
    base = np.array(COLOURS[colour][1]) + rng.integers(-spread, spread + 1, 3)
    return tuple(int(v) for v in base.clip(0, 255))


def _polygon(shape: str, x: float, y: float, r: float) -> list[tuple[float, float]]:
    if shape == "square":
        s = 0.86 * r
        return [(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)]
    if shape == "triangle":
        return [(x, y - r), (x + 0.95 * r, y + 0.8 * r), (x - 0.95 * r, y + 0.8 * r)]
    if shape == "diamond":
        return [(x, y - r), (x + 0.7 * r, y), (x, y + r), (x - 0.7 * r, y)]
    if shape == "cross":
        t = 0.32 * r
        signs = [(-t, -r), (t, -r), (t, -t), (r, -t), (r, t), (t, t), (t, r), (-t, r), (-t, t), (-r, t), (-r, -t), (-t, -t)]
        return [(x + a, y + b) for a, b in signs]
    points = []
    for i in range(10):
        length = r if i % 2 == 0 else 0.42 * r
        angle = -math.pi / 2 + i * math.pi / 5
        points.append((x + length * math.cos(angle), y + length * math.sin(angle)))
    return points


SCALE = 3  # drawn larger and reduced, for smooth edges


def draw(width: int, height: int, background: tuple[int, int, int],
         things: list[tuple[Thing, tuple[int, int, int]]]) -> np.ndarray:
    """`[height, width, 3]` uint8 picture of things with their exact fill colours."""
    image = Image.new("RGB", (width * SCALE, height * SCALE), background)
    pen = ImageDraw.Draw(image)
    for thing, fill in things:
        x, y, r = thing.x * SCALE, thing.y * SCALE, thing.radius * SCALE
        if thing.shape == "circle":
            pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)
        else:
            pen.polygon(_polygon(thing.shape, x, y, r), fill=fill)
    return np.asarray(image.reduce(SCALE))


def random_things(rng: np.random.Generator, width: int, height: int, count: int, background: str) -> list[Thing]:
    """`count` things in different cells of a 3x3 grid, clear of each other."""
    colours = [c for c in USED_COLOURS if c != background]
    cell_w, cell_h = width / 3, height / 3
    biggest = min(cell_w, cell_h) / 2
    if count == 1 and rng.random() < 0.3:  # one large thing in the middle
        radius = min(width, height) * rng.uniform(0.22, 0.46)
        shape, colour = USED_SHAPES[rng.integers(len(USED_SHAPES))], colours[rng.integers(len(colours))]
        return [Thing(shape, colour, 4, width / 2 + rng.uniform(-4, 4), height / 2 + rng.uniform(-4, 4), radius)]
    things = []
    for cell in rng.permutation(9)[:count]:
        radius = biggest * rng.uniform(0.5, 0.92)
        slack_x, slack_y = (cell_w / 2 - radius) * 0.8, (cell_h / 2 - radius) * 0.8
        things.append(Thing(
            shape=USED_SHAPES[rng.integers(len(USED_SHAPES))],
            colour=colours[rng.integers(len(colours))],
            cell=int(cell),
            x=(cell % 3 + 0.5) * cell_w + rng.uniform(-slack_x, slack_x),
            y=(cell // 3 + 0.5) * cell_h + rng.uniform(-slack_y, slack_y),
            radius=radius,
        ))
    return sorted(things, key=lambda thing: thing.cell)


def dense_labels(width: int, height: int, background: str, things: list[Thing], move: int = -1) -> np.ndarray:
    """`[3, height/16, width/16]`: shape (0 none), colour and movement at each patch's centre.

    Movement is -1 (not asked) for pictures, 0 where nothing is and `move` on the thing in a video.
    """
    ids = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(ids)
    for number, thing in enumerate(things, 1):
        if thing.shape == "circle":
            r = thing.radius
            pen.ellipse((thing.x - r, thing.y - r, thing.x + r, thing.y + r), fill=number)
        else:
            pen.polygon(_polygon(thing.shape, thing.x, thing.y, thing.radius), fill=number)
    at = np.asarray(ids)[8::16, 8::16]
    shapes = np.array([0] + [list(SHAPES).index(t.shape) + 1 for t in things])
    colours = np.array([list(COLOURS).index(c) for c in (background, *(t.colour for t in things))])
    moves = np.array([-1 if move < 0 else 0] + [move] * len(things))
    return np.stack([shapes[at], colours[at], moves[at]])
