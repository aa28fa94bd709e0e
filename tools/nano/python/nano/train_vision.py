"""Stage 1: the vision tower learns to read random strings with a CTC head.

The head sees, for every patch column of a token row, the top and the bottom patch
side by side and emits four CTC steps. It is thrown away afterwards.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLVisionConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLVisionModel

from .charset import CHARSET, INDEX
from .colours import colour_masks
from .heads import CtcHead
from .optimizers import Optimizers, split
from .model_config import TOKEN, VISION
from .tower import patchify, run_tower, to_raster

class LinePool:
    """Random batches of equal width: each mask is cropped to the 32-pixel columns its ink needs."""

    def __init__(self, folder: pathlib.Path, keep: slice) -> None:
        self.masks: list[np.ndarray] = []
        self.texts: list[str] = []
        for path in sorted(folder.glob("*.npy"))[keep]:
            self.masks.append(np.load(path, mmap_mode="r"))
            self.texts += json.loads(path.with_suffix(".json").read_text())
        self.chunk = len(self.masks[0])
        self.lengths = np.array([len(text) for text in self.texts])
        ink = np.concatenate([masks.max(axis=1) > 0 for masks in self.masks])
        self.left = ink.argmax(axis=1)
        ends = ink.shape[1] - ink[:, ::-1].argmax(axis=1)
        self.ink = ends - self.left
        self.columns = (self.ink + 6 + TOKEN - 1) // TOKEN

    def batch(
        self, rng: np.random.Generator, pixels: int, longest: int, most: int = 1000
    ) -> tuple[torch.Tensor, list[str]]:
        """About `pixels` columns of pixels in all; texts of at most `longest` characters; at most `most` lines."""
        first = rng.choice(np.flatnonzero(self.lengths <= longest))
        allowed = np.flatnonzero((self.lengths <= longest) & (self.columns == self.columns[first]))
        width = min(int(self.columns[first]) * TOKEN, self.masks[0].shape[2])
        picks = rng.choice(allowed, min(most, max(8, pixels // width)))
        rows = []
        for i in picks:
            mask = self.masks[i // self.chunk][i % self.chunk]
            slack = max(0, width - int(self.ink[i]) - 2)
            start = max(0, min(int(self.left[i]) - 1 - int(rng.integers(0, slack + 1)), mask.shape[1] - width))
            rows.append(mask[:, start : start + width])
        return torch.from_numpy(np.stack(rows)), [self.texts[i] for i in picks]


def greedy(log_probs: torch.Tensor) -> list[str]:
    """Best path of each row, collapsed."""
    out = []
    for row in log_probs.argmax(-1).tolist():
        chars = [c for c, before in zip(row, [0] + row[:-1]) if c and c != before]
        out.append("".join(CHARSET[c - 1] for c in chars))
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pool", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--pixels", type=int, default=16384)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    visual = Qwen3VLVisionModel(Qwen3VLVisionConfig(**VISION))
    torch.nn.init.normal_(visual.pos_embed.weight, std=0.01)
    head = CtcHead(VISION["hidden_size"])
    state = {"step": 0, "longest": 6}
    params = [*visual.parameters(), *head.parameters()]
    optimizer = Optimizers([*split(list(visual.named_parameters()), 1.0), *split(list(head.named_parameters()), 1.0)])
    if args.out.exists():
        saved = torch.load(args.out, weights_only=False)
        visual.load_state_dict(saved["visual"])
        head.load_state_dict(saved["head"])
        optimizer.load_state_dict(saved["optimizer"])
        state = saved["state"]
    held_out = LinePool(args.pool, slice(0, 1))
    pool = LinePool(args.pool, slice(1, None))
    rng = np.random.default_rng(state["step"])
    generator = torch.Generator().manual_seed(state["step"])

    def forward(masks: torch.Tensor) -> torch.Tensor:
        gh, gw = masks.shape[1] // 16, masks.shape[2] // 16
        hidden = run_tower(visual, patchify(colour_masks(masks, generator).bfloat16()), gh, gw, merge=False)[2]
        return head(to_raster(hidden, gh, gw).permute(0, 2, 1, 3).flatten(2))

    start = last = time.time()
    losses: list[float] = []
    seen = 0
    while time.time() - start < args.minutes * 60:
        left = 1 - (time.time() - start) / (args.minutes * 60)
        warm = min(1.0, (state["step"] + 1) / 200)
        optimizer.set_rate(args.lr * warm * min(1.0, max(0.05, left / 0.25)))
        masks, texts = pool.batch(rng, args.pixels, state["longest"])
        log_probs = forward(masks)
        targets = torch.tensor([INDEX[c] for text in texts for c in text])
        lengths = torch.tensor([len(text) for text in texts])
        steps = torch.full((len(texts),), log_probs.shape[1])
        loss = F.ctc_loss(log_probs.transpose(0, 1), targets, steps, lengths, zero_infinity=True)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        state["step"] += 1
        losses.append(loss.item())
        seen += len(texts)
        if state["step"] % 50 == 0:
            with torch.no_grad():
                masks, texts = held_out.batch(np.random.default_rng(state["step"]), 32768, state["longest"])
                read = greedy(forward(masks))
            exact = float(np.mean([a == b for a, b in zip(read, texts)]))
            rate = seen / (time.time() - last)
            last, seen = time.time(), 0
            print(f"{time.strftime('%H:%M:%S')} step {state['step']} loss {np.mean(losses[-50:]):.3f} longest {state['longest']} "
                  f"exact {exact:.3f} {rate:.0f}/s e.g. {texts[0]!r} {read[0]!r}", flush=True)
            if exact > 0.3:
                state["longest"] = min(24, state["longest"] + 4)
            if state["step"] % 200 == 0:
                save(args.out, visual, head, optimizer, state)
    save(args.out, visual, head, optimizer, state)


def save(path: pathlib.Path, visual, head, optimizer, state: dict) -> None:
    temporary = path.with_suffix(".tmp")
    torch.save({"visual": visual.state_dict(), "head": head.state_dict(),
                "optimizer": optimizer.state_dict(), "state": state}, temporary)
    temporary.replace(path)


if __name__ == "__main__":
    main()
