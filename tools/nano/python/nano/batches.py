"""Batches of one skill and one media size, made fresh from seeds by a worker process."""

import multiprocessing
import os
import pathlib
from queue import Full

import numpy as np
import torch
from tokenizers import Tokenizer

from . import cards, chat, compare, motion, reading, scenes
from .charset import random_string
from .colours import colour_masks
from .encode import IGNORE, Encoder, collate, pack
from .lines import draw_line
from .sample import Sample
from .train_vision import LinePool

# Characters of the longest line.
LONGEST_LINE = 24


def line_batch(rng: np.random.Generator, rows: int, longest: int) -> dict:
    """Lines of text on pictures of one size, of a length that is drawn for the batch."""
    longest = int(rng.integers(1, longest + 1))
    height = 64 if rng.random() < 0.1 else 32
    width = int(rng.choice([width for width in (64, 96, 128, 160, 192, 256) if width <= 64 + 16 * longest])) * height // 32
    density = width / 9.5 if height == 32 else width / 19
    masks, samples = [], []
    while len(samples) < rows:
        text = reading.line_text(rng, int(min(longest, density)))
        if len(text) < min(longest, density) * rng.uniform(0, 0.6):
            continue
        mask = draw_line(rng, text, width, height)
        if mask is not None:
            masks.append(mask)
            blank = np.broadcast_to(np.uint8(0), (height, width, 3))
            samples.append(Sample("line", [reading.reading_turn(rng, text)], images=[blank]))
    pixels = colour_masks(torch.from_numpy(np.stack(masks)), torch.Generator().manual_seed(int(rng.integers(2**31))))
    return {"samples": samples, "pixels": pixels.numpy(), "texts": [s.turns[0].answer for s in samples] if height == 32 else None}


def _stack(samples: list[Sample]) -> dict:
    pictures = np.stack([image for sample in samples for image in sample.images])
    return {"samples": samples, "pixels": np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))[:, None]}


def scene_batch(rng: np.random.Generator, rows: int) -> dict:
    """Scenes with several questions each, and dense labels."""
    size = scenes.SIZES[rng.integers(len(scenes.SIZES))]
    samples = [scenes.scene(rng, size, 5) for _ in range(rows)]
    return {**_stack(samples), "dense": np.stack([sample.dense for sample in samples])}


def compare_batch(rng: np.random.Generator, rows: int) -> dict:
    size = compare.SIZES[rng.integers(len(compare.SIZES))]
    return _stack([compare.compare(rng, size, 4) for _ in range(rows)])


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
    """Whole cards: the JSON and some fields."""
    return _pages([cards.card(rng) for _ in range(rows)])


def rows_batch(rng: np.random.Generator, rows: int) -> dict:
    """Whole cards for the tower alone: nothing is asked."""
    return _pages([cards.card(rng, fields=0, whole=False) for _ in range(rows)])


def note_batch(rng: np.random.Generator, rows: int) -> dict:
    size = cards.NOTE_SIZES[rng.integers(len(cards.NOTE_SIZES))]
    return _pages([cards.note(rng, size) for _ in range(rows)])


def _pages(samples: list[Sample]) -> dict:
    return {**_stack(samples), "row_texts": [sample.row_texts for sample in samples]}


_POOL: LinePool | None = None


def ctc_batch(rng: np.random.Generator, rows: int) -> dict:
    """Pre-drawn lines for the tower alone, as in stage 1 (the pool is `$NANO_POOL`)."""
    global _POOL
    if _POOL is None:
        _POOL = LinePool(pathlib.Path(os.environ["NANO_POOL"]), slice(1, None))
    masks, texts = _POOL.batch(rng, rows * 128, 24)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    return {"samples": [], "pixels": colour_masks(masks, generator).numpy(), "texts": texts}


def copy_batch(rng: np.random.Generator, rows: int) -> dict:
    """Long random strings to repeat: teaches copying, on which all reading is built."""
    return {"samples": [Sample("chat", [chat.repeat(rng, random_string(rng, int(rng.integers(3, 17))))]) for _ in range(rows)],
            "pixels": None}


MAKERS = {"copy": copy_batch, "ctc": ctc_batch, "card": card_batch, "rows": rows_batch, "note": note_batch, "scene": scene_batch, "compare": compare_batch, "motion": motion_batch, "chat": chat_batch}
# Rows a batch: about equal work each.
ROWS = {"copy": 20, "ctc": 64, "card": 1, "rows": 1, "note": 3, "line": 16, "scene": 4, "compare": 4, "motion": 4, "chat": 14}


def make(skill: str, seed: int, encoder: Encoder, pad: int, longest: int, rows: int | None = None) -> dict:
    """One collated batch; the same seed gives the same batch. Lines have `longest` characters at most."""
    rng = np.random.default_rng(seed)
    rows = rows or ROWS[skill]
    made = line_batch(rng, rows, longest) if skill == "line" else MAKERS[skill](rng, rows)
    rows_made = [encoder.encode(sample) for sample in made["samples"]]
    if skill in ("chat", "copy"):
        rows_made = pack(rows_made, 192)
    batch = collate(rows_made, pad) if rows_made else {"targets": np.full((len(made["texts"]), 1), IGNORE)}
    return {**batch, "skill": skill, "pixels": made["pixels"], "texts": made.get("texts"), "dense": made.get("dense"),
            "row_texts": made.get("row_texts")}


def _work(tokenizer_path: str, mix: dict[str, float], seed: int, longest: int, queue) -> None:
    torch.set_num_threads(1)
    parent = os.getppid()
    tokenizer = Tokenizer.from_file(tokenizer_path)
    encoder, pad = Encoder(tokenizer), tokenizer.token_to_id("<|endoftext|>")
    rng = np.random.default_rng(seed)
    names, weights = list(mix), np.array(list(mix.values()))
    while True:
        skill = names[rng.choice(len(names), p=weights / weights.sum())]
        batch = make(skill, int(rng.integers(10**9, 2**62)), encoder, pad, longest)
        while True:
            try:
                queue.put(batch, timeout=30)
                break
            except Full:
                if os.getppid() != parent:
                    os._exit(0)  # the trainer is gone, and with it the reader of the queue's pipe


def stream(tokenizer_path: str, mix: dict[str, float], seed: int, longest: int):
    """An endless stream of batches from one worker process; held-out seeds lie below 10^9."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue(maxsize=12)
    worker = context.Process(target=_work, args=(tokenizer_path, mix, seed, longest, queue), daemon=True)
    worker.start()
    while True:
        yield queue.get()
