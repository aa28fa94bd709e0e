"""Which of many drawn lines or copies are worth a step: when nearly all are right, those that are not teach the most."""

import numpy as np
import torch
import torch.nn.functional as F

from .nano_model import Heads, line_loss, logits_at_targets
from .tower import patchify, run_tower

# Which share of the lines kept are the hardest; the others are any.
HARDEST = 0.5


@torch.no_grad()
def worth_learning(model, heads: Heads, batch: dict, keep: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of `keep` rows of a collated batch: those that are answered or read worst, and some at random.

    What is asked about is judged by the decoder, which errs on other lines than the heads do; the rest by the heads.
    Only a share are the hardest: what nobody could read (a zero that looks like an O) is always among them.
    """
    order = (_answer_loss(model, batch) if "ids" in batch else _heads_loss(model, heads, batch)).argsort(descending=True).numpy()
    hardest = order[: round(keep * HARDEST)]
    return np.concatenate([hardest, rng.permutation(order[len(hardest) :])[: keep - len(hardest)]])


def _answer_loss(model, batch: dict) -> torch.Tensor:
    """How improbable each row's answer is, thought included."""
    logits, targets, taught, *_ = logits_at_targets(model, batch)
    return torch.zeros(len(taught)).index_add(0, taught.nonzero()[:, 0], F.cross_entropy(logits, targets, reduction="none"))


def _heads_loss(model, heads: Heads, batch: dict) -> torch.Tensor:
    pixels, texts = batch["pixels"], batch["texts"]
    gh, gw = pixels.shape[-2] // 16, pixels.shape[-1] // 16
    patches = patchify(torch.from_numpy(pixels).bfloat16().div_(127.5).sub_(1))
    features, _, hidden = run_tower(model.model.visual, patches, gh, gw)
    loss = sum(line_loss(steps, texts, reduction="none") for steps in (heads.line_steps(hidden, gh, gw), heads.merged_line_steps(features, gh)))
    if len(loss) != len(texts):
        raise ValueError("a line has characters that the heads do not know")
    return loss
