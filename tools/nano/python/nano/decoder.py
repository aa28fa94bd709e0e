"""The decoder of the reference model on a batch of rows that share prefixes.

A layer is one function of its input and its weights, compiled by torch: norms, rotations, masks and
gates are fused between the products, which halves a training step. Works in the type of its input.
"""

import torch
import torch.nn.functional as F

from .tower import attend, rotate


def rms_norm(x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Root mean square norm, computed in fp32."""
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + epsilon) * weight).to(x.dtype)


def _weights(layer) -> tuple[torch.Tensor, ...]:
    attn, mlp = layer.self_attn, layer.mlp
    return (layer.input_layernorm.weight, attn.q_proj.weight, attn.k_proj.weight, attn.v_proj.weight,
            attn.q_norm.weight, attn.k_norm.weight, attn.o_proj.weight,
            layer.post_attention_layernorm.weight, mlp.gate_proj.weight, mlp.up_proj.weight, mlp.down_proj.weight)


@torch.compile(dynamic=True)
def _layer(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, hidden_from: torch.Tensor, head: int, epsilon: float,
           norm_in, wq, wk, wv, norm_q, norm_k, wo, norm_mid, gate, up, down) -> torch.Tensor:
    b, n, _ = x.shape
    kind = x.dtype
    inner = rms_norm(x, norm_in, epsilon)
    q, k, v = (F.linear(inner, weight.to(kind)).view(b, n, -1, head) for weight in (wq, wk, wv))
    groups = q.shape[2] // k.shape[2]
    q, k = rms_norm(q, norm_q, epsilon), rms_norm(k, norm_k, epsilon)
    q, k, v = (part.transpose(1, 2) for part in (q, k, v))
    q, k = rotate(q, cos, sin), rotate(k, cos, sin)
    k, v = (part.repeat_interleave(groups, dim=1) for part in (k, v))
    x = x + F.linear(attend(q, k, v, hidden_from), wo.to(kind))
    inner = rms_norm(x, norm_mid, epsilon)
    return x + F.linear(F.silu(F.linear(inner, gate.to(kind))) * F.linear(inner, up.to(kind)), down.to(kind))


def run_decoder(text, embeds: torch.Tensor, positions: torch.Tensor, hidden_from: torch.Tensor,
                visual: torch.Tensor, deepstack: list[torch.Tensor]) -> torch.Tensor:
    """The reference's language model on embeddings `[B, n, hidden]`, in their type: last hidden states, normed.

    `hidden_from` `[B, 1, n, n]` is true where a row must not look; `deepstack` features are added at `visual` places.
    """
    x = embeds
    cos, sin = (part.unsqueeze(1).to(x.dtype) for part in text.rotary_emb(torch.zeros(1), positions))
    places = visual.flatten().nonzero()[:, 0]
    for number, layer in enumerate(text.layers):
        x = _layer(x, cos, sin, hidden_from, layer.self_attn.head_dim, layer.input_layernorm.variance_epsilon, *_weights(layer))
        if number < len(deepstack):
            x = x.flatten(0, 1).index_add(0, places, deepstack[number].flatten(0, 1).to(x.dtype)).view(x.shape)
    return rms_norm(x, text.norm.weight, text.norm.variance_epsilon)
