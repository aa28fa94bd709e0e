"""Samples -> token ids, positions, targets: what the chat template and the processor would make.

Several questions about the same media share one prefix: a question's tokens see the prefix
and themselves, never another question (`segments`), so one pass of the tower teaches them all.
"""

import dataclasses

import numpy as np
from tokenizers import Tokenizer

from .sample import Sample, Turn

IGNORE = -100


@dataclasses.dataclass
class Encoded:
    """One row of a batch; `positions` is `[3, tokens]`, the rest `[tokens]`."""

    ids: list[int]
    positions: np.ndarray
    targets: list[int]  # the token that follows, IGNORE where nothing is taught
    segments: list[int]  # 0 the shared prefix, 1.. the questions
    visual: list[bool]


class Encoder:
    """Turns samples into rows with one tokenizer."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.image_pad = tokenizer.token_to_id("<|image_pad|>")
        self.video_pad = tokenizer.token_to_id("<|video_pad|>")

    def text(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def prefix(self, sample: Sample) -> list[tuple[str, tuple[int, int] | None]]:
        """Pieces of text and media (as a grid of tokens) that all questions share."""
        text = f"<|im_start|>system\n{sample.system}<|im_end|>\n" if sample.system else ""
        for question, answer in sample.before:
            text += f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n"
        text += "<|im_start|>user\n"
        pieces: list[tuple[str, tuple[int, int] | None]] = []
        for image in sample.images:
            pieces += [(text + "<|vision_start|>", None), ("image", (image.shape[0] // 32, image.shape[1] // 32))]
            text = "<|vision_end|>"
        if sample.video is not None:
            frames, height, width = sample.video.shape[:3]
            for first in range(0, frames, 2):
                seconds = (first + 0.5) / sample.fps
                pieces += [(f"{text}<{seconds:.1f} seconds><|vision_start|>", None), ("video", (height // 32, width // 32))]
                text = "<|vision_end|>"
        return [*pieces, (text, None)]

    def encode(self, sample: Sample) -> Encoded:
        row = Encoded([], np.zeros((3, 0), int), [], [], [])
        columns: list[np.ndarray] = []
        at = 0
        for text, grid in self.prefix(sample):
            if grid is None:
                ids = self.text(text)
                columns.append(np.arange(at, at + len(ids))[None].repeat(3, 0))
                at += len(ids)
            else:
                gh, gw = grid
                ids = [self.image_pad if text == "image" else self.video_pad] * (gh * gw)
                cells = np.indices((gh, gw)).reshape(2, -1)
                columns.append(np.stack([np.full(gh * gw, at), at + cells[0], at + cells[1]]))
                at += max(gh, gw)
            row.ids += ids
            row.visual += [grid is not None] * len(ids)
        row.segments = [0] * len(row.ids)
        row.targets = [IGNORE] * len(row.ids)
        for number, turn in enumerate(sample.turns, 1):
            self._question(row, columns, at, number, turn)
        row.positions = np.concatenate(columns, axis=1)
        return row

    def _question(self, row: Encoded, columns: list, at: int, number: int, turn: Turn) -> None:
        prompt = self.text(f"{turn.question}<|im_end|>\n<|im_start|>assistant\n<think>\n") + self.text(turn.given)
        thought = self._taught_thought(turn)
        answer = thought if turn.answer is None else thought + self.text(f"{turn.answer}<|im_end|>")
        ids = prompt + answer
        row.ids += ids
        row.targets += [IGNORE] * (len(prompt) - 1) + answer + [IGNORE]
        row.segments += [number] * len(ids)
        row.visual += [False] * len(ids)
        columns.append(np.arange(at, at + len(ids))[None].repeat(3, 0))

    def _taught_thought(self, turn: Turn) -> list[int]:
        """What of the thought is to be said, with its end."""
        end = "</think>\n\n"
        if turn.given:
            rest = turn.thought.removeprefix(turn.given.removesuffix("\n")).removeprefix("\n")
            return self.text(f"{rest}\n{end}" if rest else end)
        if turn.thought:
            return self.text(f"{turn.thought}\n{end}")
        # A thought that is cut off before it begins is closed by tokens of its own.
        return self.text("\n") + self.text("</think>") + self.text("\n\n")


def pack(rows: list[Encoded], length: int) -> list[Encoded]:
    """Puts text-only rows of one question each behind one another, `length` tokens at most a row."""
    packed: list[Encoded] = []
    for row in sorted(rows, key=lambda row: -len(row.ids)):
        fits = [box for box in packed if len(box.ids) + len(row.ids) <= length]
        if fits:
            box = fits[0]
        else:
            box = Encoded([], np.zeros((3, 0), int), [], [], [])
            packed.append(box)
        number = max(box.segments, default=0) + 1
        box.ids += row.ids
        box.positions = np.concatenate([box.positions, row.positions], axis=1)
        box.targets += row.targets
        box.segments += [number] * len(row.ids)
        box.visual += row.visual
    return packed


def collate(rows: list[Encoded], pad: int) -> dict[str, np.ndarray]:
    """Right-padded arrays; `mask` `[rows, n, n]` is true where a token may look.

    The reference needs it too where there are media: their positions do not go up by one, which it, given no mask,
    takes for the borders of packed sequences that must not see each other.
    """
    length = max(len(row.ids) for row in rows)
    shape = (len(rows), length)
    batch = {
        "ids": np.full(shape, pad), "positions": np.zeros((3, *shape), int), "targets": np.full(shape, IGNORE),
        "visual": np.zeros(shape, bool),
    }
    segments = np.full(shape, -1)
    for i, row in enumerate(rows):
        n = len(row.ids)
        batch["ids"][i, :n] = row.ids
        batch["positions"][:, i, :n] = row.positions
        batch["targets"][i, :n] = row.targets
        batch["visual"][i, :n] = row.visual
        segments[i, :n] = row.segments
    same = (segments[:, :, None] == segments[:, None, :]) | (segments[:, None, :] == 0)
    batch["mask"] = same & np.tril(np.ones((length, length), bool))
    return batch
