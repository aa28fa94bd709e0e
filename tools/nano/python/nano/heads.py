"""What reads characters off the tower's states."""

import torch
import torch.nn.functional as F

from .charset import CHARSET

STEPS = 4


class CtcHead(torch.nn.Module):
    """Joined patch columns `[B, columns, 2*hidden]` -> log-probabilities `[B, 4*columns, classes]`."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(2 * hidden, STEPS * (len(CHARSET) + 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps = F.linear(x, self.linear.weight.to(x.dtype), self.linear.bias.to(x.dtype))
        return steps.view(x.shape[0], x.shape[1] * STEPS, -1).float().log_softmax(-1)
