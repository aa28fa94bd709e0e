"""The vision tower of the reference model, run on a batch of equal-sized images.

The reference walks over images one by one; with equal grids the same modules can
run on one `[batch, patches, hidden]` tensor, many times faster on a CPU. Works in the type
of the patches: with bf16 patches the fp32 weights are rounded on their way into each product.
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


_ROTARY: dict[tuple[int, int, torch.dtype], tuple[torch.Tensor, torch.Tensor]] = {}


def _rotary(visual, gh: int, gw: int, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    if (gh, gw, dtype) not in _ROTARY:
        with torch.no_grad():
            angles = visual.rot_pos_emb(_grid(gh, gw))
            both = torch.cat((angles, angles), dim=-1)
            _ROTARY[gh, gw, dtype] = (both.cos()[None, None].to(dtype), both.sin()[None, None].to(dtype))
    return _ROTARY[gh, gw, dtype]


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary embedding of the last dimension."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


def linear(layer, x: torch.Tensor) -> torch.Tensor:
    """A linear layer in the type of its input."""
    return F.linear(x, layer.weight.to(x.dtype), None if layer.bias is None else layer.bias.to(x.dtype))


def layer_norm(norm, x: torch.Tensor) -> torch.Tensor:
    """A layer norm in the type of its input."""
    return F.layer_norm(x, norm.normalized_shape, norm.weight.to(x.dtype), norm.bias.to(x.dtype), norm.eps)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Plain attention `[B, heads, n, d]` -> `[B, n, heads * d]`: its backward pass is five times the fused one's speed here."""
    b, heads, n, d = q.shape
    scores = torch.bmm((q * d**-0.5).reshape(b * heads, n, d), k.reshape(b * heads, n, d).transpose(1, 2))
    out = torch.bmm(torch.softmax(scores, -1), v.reshape(b * heads, n, d))
    return out.view(b, heads, n, d).transpose(1, 2).reshape(b, n, heads * d)


def _attention(attn, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    b, n, _ = x.shape
    q, k, v = linear(attn.qkv, x).view(b, n, 3, attn.num_heads, attn.head_dim).permute(2, 0, 3, 1, 4)
    return linear(attn.proj, attend(rotate(q, cos, sin), rotate(k, cos, sin), v))


def _merge(merger, x: torch.Tensor, tokens: int) -> torch.Tensor:
    b = x.shape[0]
    if merger.use_postshuffle_norm:
        x = layer_norm(merger.norm, x.view(b, tokens, -1))
    else:
        x = layer_norm(merger.norm, x).view(b, tokens, -1)
    return linear(merger.linear_fc2, F.gelu(linear(merger.linear_fc1, x)))


def run_tower(visual, patches: torch.Tensor, gh: int, gw: int, merge: bool = True):
    """Patches `[B, gh*gw, 768 | 1536]` -> (features, [deepstack x3], last hidden states).

    Features are `[B, tokens, out]`, hidden states `[B, gh*gw, hidden]`. Rows of 768 are
    single pictures: the two temporal slots hold the same pixels, so their kernels add up. `merge=False` leaves the mergers out (only the hidden states).
    """
    proj = visual.patch_embed.proj
    dtype = patches.dtype
    weight = proj.weight.sum(2) if patches.shape[-1] == proj.weight[0].numel() // 2 else proj.weight
    hidden = F.linear(patches, weight.flatten(1).to(dtype), proj.bias.to(dtype))
    hidden = hidden + visual.fast_pos_embed_interpolate(_grid(gh, gw)).to(dtype)
    cos, sin = _rotary(visual, gh, gw, dtype)
    deepstack = []
    for i, block in enumerate(visual.blocks):
        hidden = hidden + _attention(block.attn, layer_norm(block.norm1, hidden), cos, sin)
        inner = F.gelu(linear(block.mlp.linear_fc1, layer_norm(block.norm2, hidden)), approximate="tanh")
        hidden = hidden + linear(block.mlp.linear_fc2, inner)
        if merge and i in visual.deepstack_visual_indexes:
            merger = visual.deepstack_merger_list[visual.deepstack_visual_indexes.index(i)]
            deepstack.append(_merge(merger, hidden, gh * gw // 4))
    if not merge:
        return None, [], hidden
    return _merge(visual.merger, hidden, gh * gw // 4), deepstack, hidden


def to_raster(hidden: torch.Tensor, gh: int, gw: int) -> torch.Tensor:
    """Merge-block order `[B, gh*gw, C]` -> `[B, gh, gw, C]`."""
    b, _, c = hidden.shape
    x = hidden.view(b, gh // 2, gw // 2, 2, 2, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, gh, gw, c)
