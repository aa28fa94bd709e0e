"""Which of many drawn lines are worth a step: when nearly all are read right, those that are not teach the most."""

import numpy as np
import torch

from .nano_model import Heads, line_loss
from .tower import patchify, run_tower

# Which share of the lines kept are the hardest; the others are any.
HARDEST = 0.5


@torch.no_grad()
def worth_learning(model, heads: Heads, pixels: np.ndarray, texts: list[str], keep: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of `keep` of the lines `pixels` `[B, 1, 3, H, W]`: those that the heads read worst, and some at random.

    Only a share are the hardest: what nobody could read (a zero that looks like an O) is always among them.
    """
    gh, gw = pixels.shape[-2] // 16, pixels.shape[-1] // 16
    patches = patchify(torch.from_numpy(pixels).bfloat16().div_(127.5).sub_(1))
    features, _, hidden = run_tower(model.model.visual, patches, gh, gw)
    loss = sum(line_loss(steps, texts, reduction="none") for steps in (heads.line_steps(hidden, gh, gw), heads.merged_line_steps(features, gh)))
    if len(loss) != len(texts):
        raise ValueError("a line has characters that the heads do not know")
    order = loss.argsort(descending=True).numpy()
    hardest = order[: round(keep * HARDEST)]
    return np.concatenate([hardest, rng.permutation(order[len(hardest) :])[: keep - len(hardest)]])
