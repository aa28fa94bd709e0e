"""The decoder of the reference model on a batch of rows that share prefixes.

What comes before and after attention in a layer is one function each of its input and its weights, compiled by torch:
norms, rotations and gates are fused between the products. Attention itself is left to torch's own kernels, whose
softmax is faster than a compiled one. Works in the type of its input.
"""

import torch
import torch.nn.functional as F

from .tower import rotate

# Queries are taken in so many parts, each with the keys up to its end only: what lies behind is masked anyway.
PARTS = 4


def rms_norm(x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Root mean square norm, computed in fp32."""
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + epsilon) * weight).to(x.dtype)


def _before_weights(layer) -> tuple[torch.Tensor, ...]:
    attn = layer.self_attn
    return (layer.input_layernorm.weight, attn.q_proj.weight, attn.k_proj.weight, attn.v_proj.weight, attn.q_norm.weight, attn.k_norm.weight)


@torch.compile(dynamic=True)
def _before(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, head: int, epsilon: float, norm, wq, wk, wv, norm_q, norm_k):
    """Scaled queries, keys and values of all heads, `[B, heads, n, head]` each."""
    b, n, _ = x.shape
    inner = rms_norm(x, norm, epsilon)
    q, k, v = (F.linear(inner, weight.to(x.dtype)).view(b, n, -1, head) for weight in (wq, wk, wv))
    groups = q.shape[2] // k.shape[2]
    q, k = rms_norm(q, norm_q, epsilon), rms_norm(k, norm_k, epsilon)
    q, k, v = (part.transpose(1, 2) for part in (q, k, v))
    q, k = rotate(q, cos, sin), rotate(k, cos, sin)
    k, v = (part.repeat_interleave(groups, dim=1) for part in (k, v))
    return (q * head**-0.5).contiguous(), k.contiguous(), v.contiguous()


def _attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Causal attention with a bias `[B, 1, n, n]` -> `[B, n, heads * head]`."""
    b, heads, n, d = q.shape
    q, k, v = (part.reshape(b * heads, n, d) for part in (q, k, v))
    step = -(-n // PARTS)
    out = []
    for start in range(0, n, step):
        end = min(n, start + step)
        scores = torch.bmm(q[:, start:end], k[:, :end].transpose(1, 2))
        scores = scores.view(b, heads, end - start, end).add_(bias[:, :, start:end, :end]).view(b * heads, end - start, end)
        out.append(torch.bmm(torch.softmax(scores, -1), v[:, :end]))
    return torch.cat(out, 1).view(b, heads, n, d).transpose(1, 2).reshape(b, n, heads * d)


@torch.compile(dynamic=True)
def _after(x: torch.Tensor, attended: torch.Tensor, epsilon: float, wo, norm, gate, up, down) -> torch.Tensor:
    kind = x.dtype
    x = x + F.linear(attended, wo.to(kind))
    inner = rms_norm(x, norm, epsilon)
    return x + F.linear(F.silu(F.linear(inner, gate.to(kind))) * F.linear(inner, up.to(kind)), down.to(kind))


def _layer(layer, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    epsilon = layer.input_layernorm.variance_epsilon
    attended = _attend(*_before(x, cos, sin, layer.self_attn.head_dim, epsilon, *_before_weights(layer)), bias)
    mlp = layer.mlp
    return _after(x, attended, epsilon, layer.self_attn.o_proj.weight, layer.post_attention_layernorm.weight,
                  mlp.gate_proj.weight, mlp.up_proj.weight, mlp.down_proj.weight)


def run_decoder(text, embeds: torch.Tensor, positions: torch.Tensor, hidden_from: torch.Tensor,
                visual: torch.Tensor, deepstack: list[torch.Tensor]) -> torch.Tensor:
    """The reference's language model on embeddings `[B, n, hidden]`, in their type: last hidden states, normed.

    `hidden_from` `[B, 1, n, n]` is true where a row must not look; `deepstack` features are added at `visual` places.
    """
    x = embeds
    cos, sin = (part.unsqueeze(1).to(x.dtype) for part in text.rotary_emb(torch.zeros(1), positions))
    bias = torch.zeros(hidden_from.shape, dtype=x.dtype).masked_fill_(hidden_from, float("-inf"))
    places = visual.flatten().nonzero()[:, 0]
    for number, layer in enumerate(text.layers):
        x = _layer(layer, x, cos, sin, bias)
        if number < len(deepstack):
            x = x.flatten(0, 1).index_add(0, places, deepstack[number].flatten(0, 1).to(x.dtype)).view(x.shape)
    return rms_norm(x, text.norm.weight, text.norm.variance_epsilon)
