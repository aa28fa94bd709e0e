"""Batches of one skill and one media size, made fresh from seeds."""

import os
import pathlib
from collections.abc import Callable

import numpy as np
import torch

from . import cards, chat, compare, motion, notes, reading, scenes, sheets
from .charset import random_string, tricky_string
from .colours import colour_masks
from .encode import IGNORE, Encoder, collate, pack
from .lines import draw_line
from .sample import Sample
from .scenes import pick
from .train_vision import LinePool

# Which rows of a collated batch are worth a step: (batch, how many, rng) -> indices.
Choose = Callable[[dict, int, np.random.Generator], np.ndarray]
# Skills of which only what is worth learning is kept.
CHOSEN = ("line", "ctc", "copy")
# Lines (or rows of copies) drawn for each one that is chosen.
DRAWN = 3
# Characters of the longest line.
LONGEST_LINE = 24
# Share of notes that are the place and date below a card's photo: its smallest print.
FEET = 0.35
# Share of cards and notes whose JSON is taught too: it is copied from the thought, which is soon learned.
WITH_JSON = 0.25
# Shares of lines that are drawn afresh, and of those and of the tower's own that are 64 pixels high.
FRESH, TALL = 0.6, 0.4
# How wide pictures of a line are, by height: tall ones as most pictures are, since each costs twice as much.
WIDTHS = {32: (64, 96, 128, 160, 192, 256, 320), 64: (128, 192, 256, 256, 320, 320, 384)}
# Share of lines drawn afresh whose characters are easily mistaken.
TRICKY = 0.12
# Share of copying that joins what is spelled already, and of that of whole words, each of which is a token to know.
JOINED, WORDS = 0.75, 0.6
# Share of lines that are read at once, as the values of a card's JSON are.
WITHOUT_THOUGHT = 0.1


def line_batch(rng: np.random.Generator, rows: int, longest: int) -> dict:
    """Lines of text on pictures of one size: random strings drawn beforehand, or lines drawn afresh."""
    if rng.random() >= FRESH:
        masks, texts = pool().batch(rng, rows * 160, longest, rows)
        masks = masks.numpy()
    else:
        masks, texts = _fresh_lines(rng, rows, longest, 64 if rng.random() < TALL else 32)
    blank = np.broadcast_to(np.uint8(0), (*masks.shape[1:], 3))
    turns = [reading.reading_turn(rng, text) for text in texts]
    for turn in turns:
        if rng.random() < WITHOUT_THOUGHT:
            turn.thought, turn.given = "", "\n"  # cut off, which is not taught
    samples = [Sample("line", [turn], images=[blank]) for turn in turns]
    return {"samples": samples, "pixels": _coloured(rng, masks), "texts": texts}


def _fresh_lines(rng: np.random.Generator, rows: int, longest: int, height: int) -> tuple[np.ndarray, list[str]]:
    longest = int(rng.integers(1, longest + 1))
    width = int(rng.choice([width for width in WIDTHS[height] if width <= (64 + 16 * longest) * height // 32]))
    density = width / 9.5 if height == 32 else width / 19
    masks, texts = [], []
    rows = max(8, rows * 160 // width * 32 // height)
    while len(masks) < rows:
        most = int(min(longest, density))
        text = tricky_string(rng, int(rng.integers(1, most + 1))) if rng.random() < TRICKY else reading.line_text(rng, most)
        if len(text) < min(longest, density) * rng.uniform(0, 0.6):
            continue
        mask = draw_line(rng, text, width, height)
        if mask is not None:
            masks.append(mask)
            texts.append(text)
    return np.stack(masks), texts


def _coloured(rng: np.random.Generator, masks: np.ndarray) -> np.ndarray:
    """`[B, 1, 3, H, W]` uint8."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    return ((colour_masks(torch.from_numpy(masks), generator) + 1) * 127.5).round().byte().numpy()


def _stack(samples: list[Sample]) -> dict:
    pictures = np.stack([image for sample in samples for image in sample.images])
    return {"samples": samples, "pixels": np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))[:, None]}


def scene_batch(rng: np.random.Generator, rows: int) -> dict:
    """Scenes with several questions each, and dense labels."""
    size = scenes.SIZES[rng.integers(len(scenes.SIZES))]
    samples = [scenes.scene(rng, size, 2) for _ in range(rows)]
    return {**_stack(samples), "dense": np.stack([sample.dense for sample in samples])}


def compare_batch(rng: np.random.Generator, rows: int) -> dict:
    size = compare.SIZES[rng.integers(len(compare.SIZES))]
    return _stack([compare.compare(rng, size, 2) for _ in range(rows)])


def motion_batch(rng: np.random.Generator, rows: int) -> dict:
    size = motion.SIZES[rng.integers(len(motion.SIZES))]
    frames = int(rng.choice([4, 4, 6, 8]))
    samples = [motion.motion(rng, size, frames, 3) for _ in range(rows)]
    video = np.stack([sample.video for sample in samples])  # [B, F, H, W, 3]
    pairs = video.reshape(rows * frames // 2, 2, *video.shape[2:]).transpose(0, 1, 4, 2, 3)
    return {"samples": samples, "pixels": np.ascontiguousarray(pairs), "dense": np.concatenate([s.dense for s in samples])}


def chat_batch(rng: np.random.Generator, rows: int) -> dict:
    return {"samples": [chat.chat(rng) for _ in range(rows)], "pixels": None}


def card_batch(rng: np.random.Generator, rows: int) -> dict:
    """Whole cards as JSON."""
    answered = rng.random() < WITH_JSON
    return _pages([cards.card(rng, random_share=pick(rng, 0.0, 0.3, 0.6), answered=answered) for _ in range(rows + (not answered))])


def rows_batch(rng: np.random.Generator, rows: int) -> dict:
    """Small print for the tower alone: nothing is asked. Mostly small sheets, on which attention costs little."""
    if rng.random() < 0.15:
        return _pages([cards.card(rng, whole=False, random_share=0.7) for _ in range(rows // 4)])
    size = ((256, 96), (320, 96), (256, 128), (384, 64))[rng.integers(4)]
    return _pages([sheets.sheet(rng, size) for _ in range(rows)])


def note_batch(rng: np.random.Generator, rows: int) -> dict:
    if rng.random() < FEET:
        return _pages([notes.foot(rng, rng.random() < WITH_JSON) for _ in range(rows * 3)])
    size = notes.SIZES[rng.integers(len(notes.SIZES))]
    answered = rng.random() < WITH_JSON
    return _pages([notes.note(rng, size, answered=answered) for _ in range(max(2, rows * 12288 * 3 // (size[0] * size[1])))])


def copied_batch(rng: np.random.Generator, rows: int) -> dict:
    """Cards that are copied already, to be put into JSON."""
    return {"samples": [Sample("card", [cards.copied(rng)]) for _ in range(rows)], "pixels": None}


def _pages(samples: list[Sample]) -> dict:
    return {**_stack(samples), "row_texts": [sample.row_texts for sample in samples]}


_POOL: LinePool | None = None


def pool() -> LinePool:
    """Pre-drawn random lines from `$NANO_POOL`, but for the first file: stage 1 holds it out."""
    global _POOL
    if _POOL is None:
        _POOL = LinePool(pathlib.Path(os.environ["NANO_POOL"]), slice(1, 18))
    return _POOL


def ctc_batch(rng: np.random.Generator, rows: int) -> dict:
    """Lines for the tower alone, as in stage 1; some 64 pixels high."""
    if rng.random() < TALL:
        masks, texts = _fresh_lines(rng, rows, 24, 64)
    else:
        pooled, texts = pool().batch(rng, rows * 128, 24)
        masks = pooled.numpy()
    return {"samples": [], "pixels": _coloured(rng, masks), "texts": texts}


def copy_batch(rng: np.random.Generator, rows: int) -> dict:
    """Long random strings and words to repeat, or to join from their letters: copying, on which all reading is built."""
    turns = []
    for _ in range(rows):
        if rng.random() < JOINED:
            turn = reading.reading_turn(rng, chat.phrase(rng) if rng.random() < WORDS else reading.line_text(rng))
            turn.given = f"{turn.thought}\n"
        else:
            turn = chat.repeat(rng, random_string(rng, int(rng.integers(3, 17))) if rng.random() < 0.5 else chat.phrase(rng))
        turns.append(turn)
    return {"samples": [Sample("chat", [turn]) for turn in turns], "pixels": None}


def sum_batch(rng: np.random.Generator, rows: int) -> dict:
    """Sums and differences alone: a few hundred facts to know by heart."""
    return {"samples": [Sample("chat", [chat.add(rng)]) for _ in range(rows)], "pixels": None}


def lookup_batch(rng: np.random.Generator, rows: int) -> dict:
    """Pictures that are written down already: answers found in a text, without a picture's cost."""
    make_one = compare.looked_up if rng.random() < 0.4 else scenes.looked_up
    return {"samples": [Sample("chat", [make_one(rng)]) for _ in range(rows)], "pixels": None}


MAKERS = {"copied": copied_batch, "lookup": lookup_batch, "sum": sum_batch, "copy": copy_batch, "card": card_batch, "rows": rows_batch, "note": note_batch, "scene": scene_batch, "compare": compare_batch, "motion": motion_batch, "chat": chat_batch}
# Rows a batch: about equal work each.
ROWS = {"copied": 12, "lookup": 32, "sum": 40, "copy": 25, "ctc": 150, "card": 3, "rows": 16, "note": 8, "line": 44, "scene": 16, "compare": 20, "motion": 8, "chat": 50}


def make(skill: str, seed: int, encoder: Encoder, pad: int, longest: int, rows: int | None = None, choose: Choose | None = None) -> dict:
    """One collated batch; the same seed gives the same batch. Lines have `longest` characters at most.

    With `choose`, more of the skills in `CHOSEN` are drawn and it says which are kept.
    """
    rng = np.random.default_rng(seed)
    rows = rows or ROWS[skill]
    drawn = rows * (DRAWN if choose else 1)
    if skill == "line":
        made = line_batch(rng, drawn, longest)
    elif skill == "ctc":
        made = ctc_batch(rng, drawn)
    else:
        made = MAKERS[skill](rng, drawn if skill in CHOSEN else rows)
    rows_made = [encoder.encode(sample) for sample in made["samples"]]
    if skill in ("chat", "copy", "sum", "lookup"):
        rows_made = pack(rows_made, 160)
    elif skill == "copied":
        rows_made = pack(rows_made, 700)
    batch = collate(rows_made, pad) if rows_made else {"targets": np.full((len(made["pixels"]), 1), IGNORE)}
    batch = {**batch, "skill": skill, "pixels": made["pixels"], "texts": made.get("texts"), "dense": made.get("dense"),
             "row_texts": made.get("row_texts"), "merge": True}
    if choose is None or skill not in CHOSEN:
        return batch
    return _rows(batch, choose(batch, len(batch["targets"]) // DRAWN, rng))


def _rows(batch: dict, kept: np.ndarray) -> dict:
    """These rows of a batch of lines or copies."""
    taken = {name: value[kept] for name, value in batch.items() if isinstance(value, np.ndarray) and name != "positions"}
    if "positions" in batch:
        taken["positions"] = batch["positions"][:, kept]
    return {**batch, **taken, "texts": batch["texts"] and [batch["texts"][i] for i in kept]}
