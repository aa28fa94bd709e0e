"""The vision tower of the reference model, run on a batch of equal-sized images.

The reference walks over images one by one; with equal grids the same modules can
run on one `[batch, patches, hidden]` tensor, several times faster on a CPU.
`tests/test_tower.py` holds it against the reference's own forward.
"""

import functools

import torch
import torch.nn.functional as F

from .model_config import MERGE, PATCH


def patchify(images: torch.Tensor) -> torch.Tensor:
    """`[B, T, 3, H, W]` in -1..1, T = 1 (a picture) or 2 (two frames) -> `[B, patches, 3*T*256]`.

    Patches come in 2x2 merge blocks, as the reference's image processor orders them.
    """
    b, t, c, h, w = images.shape
    gh, gw = h // PATCH, w // PATCH
    x = images.view(b, t, c, gh // MERGE, MERGE, PATCH, gw // MERGE, MERGE, PATCH)
    x = x.permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
    return x.reshape(b, gh * gw, c * t * PATCH * PATCH)


@functools.lru_cache(maxsize=256)
def _grid(gh: int, gw: int) -> torch.Tensor:
    return torch.tensor([[1, gh, gw]])


_ROTARY: dict[tuple[int, int], tuple[torch.Tensor, torch.Tensor]] = {}


def _rotary(visual, gh: int, gw: int) -> tuple[torch.Tensor, torch.Tensor]:
    if (gh, gw) not in _ROTARY:
        with torch.no_grad():
            angles = visual.rot_pos_emb(_grid(gh, gw))
            both = torch.cat((angles, angles), dim=-1)
            _ROTARY[gh, gw] = (both.cos()[None, None], both.sin()[None, None])
    return _ROTARY[gh, gw]


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


def _attention(attn, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    b, n, c = x.shape
    q, k, v = attn.qkv(x).view(b, n, 3, attn.num_heads, attn.head_dim).permute(2, 0, 3, 1, 4)
    out = F.scaled_dot_product_attention(_rotate(q, cos, sin), _rotate(k, cos, sin), v)
    return attn.proj(out.transpose(1, 2).reshape(b, n, c))


def run_tower(visual, patches: torch.Tensor, gh: int, gw: int, merge: bool = True):
    """Patches `[B, gh*gw, 768 | 1536]` -> (features, [deepstack x3], last hidden states).

    Features are `[B, tokens, out]`, hidden states `[B, gh*gw, hidden]`. Rows of 768 are
    single pictures: the two temporal slots hold the same pixels, so their kernels add up. `merge=False` leaves the mergers out (only the hidden states).
    """
    proj = visual.patch_embed.proj
    weight = proj.weight.sum(2) if patches.shape[-1] == proj.weight[0].numel() // 2 else proj.weight
    hidden = F.linear(patches, weight.flatten(1), proj.bias)
    hidden = hidden + visual.fast_pos_embed_interpolate(_grid(gh, gw))
    cos, sin = _rotary(visual, gh, gw)
    deepstack = []
    for i, block in enumerate(visual.blocks):
        hidden = hidden + _attention(block.attn, block.norm1(hidden), cos, sin)
        hidden = hidden + block.mlp(block.norm2(hidden))
        if merge and i in visual.deepstack_visual_indexes:
            merger = visual.deepstack_merger_list[visual.deepstack_visual_indexes.index(i)]
            deepstack.append(merger(hidden).view(hidden.shape[0], gh * gw // 4, -1))
    if not merge:
        return None, [], hidden
    features = visual.merger(hidden).view(hidden.shape[0], gh * gw // 4, -1)
    return features, deepstack, hidden


def to_raster(hidden: torch.Tensor, gh: int, gw: int) -> torch.Tensor:
    """Merge-block order `[B, gh*gw, C]` -> `[B, gh, gw, C]`."""
    b, _, c = hidden.shape
    x = hidden.view(b, gh // 2, gw // 2, 2, 2, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, gh, gw, c)
