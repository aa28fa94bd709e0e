"""Puts colours, gradients and noise on grey masks: cheap variety, a batch at a time."""

import torch


def colour_masks(masks: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """uint8 masks `[B, H, W]` -> pictures `[B, 1, 3, H, W]` in -1..1 with legible contrast."""
    b, h, w = masks.shape
    ink = torch.rand(b, 3, generator=generator)
    paper = torch.rand(b, 3, generator=generator)
    plain = torch.rand(b, generator=generator)
    paper[plain < 0.3] = 1.0
    ink[plain < 0.2] = 0.0
    luma = torch.tensor([0.3, 0.59, 0.11])
    # Pull ink to the far end of the scale where it is too close to the paper.
    gap = (ink - paper) @ luma
    dark = (paper @ luma > 0.5).float()[:, None]
    ink = torch.where((gap.abs() < 0.35)[:, None], ink * 0.35 * dark + (1 - dark) * (1 - 0.35 * ink), ink)
    ink, paper = ink[:, :, None, None], paper[:, :, None, None]
    alpha = masks[:, None].float() / 255
    picture = paper + (ink - paper) * alpha
    slope = (torch.rand(b, 2, 1, 1, 1, generator=generator) - 0.5) * 0.12
    slope = slope * (torch.rand(b, 1, 1, 1, 1, generator=generator) < 0.5)
    picture = picture + slope[:, 0] * torch.linspace(-1, 1, w) + slope[:, 1] * torch.linspace(-1, 1, h)[:, None]
    strength = 0.05 * torch.rand(b, 1, 1, 1, generator=generator) ** 2
    picture = picture + strength * torch.randn(b, 1, h, w, generator=generator)
    return (picture.clamp(0, 1) * 2 - 1)[:, None]
