"""Makes a trained model larger without changing what it computes: `python -m nano.grow SMALL.pt LARGE.pt`.

New dimensions of the residual stream are read at random but written with zeros, new heads, units and layers add
nothing yet; so training goes on where it was and the first gradients decide what the room is used for
(after "Net2Net", Chen et al. 2016, for a transformer with RMS norms).
"""

import argparse
import pathlib

import torch
from tokenizers import Tokenizer

from .model_config import TEXT
from .nano_model import Heads, new_model

HEAD = TEXT["head_dim"]
# What writes into the residual stream: nothing yet, in a new layer of the decoder or block of the tower.
WRITERS = ("o_proj", "down_proj", "attn.proj", "linear_fc2")


def rows_of_heads(weight: torch.Tensor, heads: list[int | None], fresh: torch.Tensor) -> torch.Tensor:
    """Rows of a projection by head; None leaves what is freshly drawn."""
    out = fresh.clone()
    for new, old in enumerate(heads):
        if old is not None:
            out[new * HEAD:(new + 1) * HEAD, : weight.shape[1]] = weight[old * HEAD:(old + 1) * HEAD]
    return out


def grown(small: dict[str, torch.Tensor], fresh: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The small model's tensors within those of a freshly initialised larger one."""
    width = small["model.language_model.embed_tokens.weight"].shape[1]
    groups = small["model.language_model.layers.0.self_attn.k_proj.weight"].shape[0] // HEAD
    queries = small["model.language_model.layers.0.self_attn.q_proj.weight"].shape[0] // HEAD
    q_heads, kv_heads = head_plan(queries, groups)
    ratio = (width / TEXT["hidden_size"]) ** 0.5  # zeros lower the root mean square
    out = {}
    for name, new in fresh.items():
        old = small.get(name)
        if old is None:
            out[name] = torch.zeros_like(new) if any(part in name for part in WRITERS) else new
        elif old.shape == new.shape:
            out[name] = old
        elif new.ndim == 1 and "norm" in name:
            out[name] = torch.cat([old * ratio, (old.mean() * ratio).expand(len(new) - len(old))])
        elif "q_proj" in name:
            out[name] = rows_of_heads(old, q_heads, new)
        elif "k_proj" in name or "v_proj" in name:
            out[name] = rows_of_heads(old, kv_heads, new)
        elif "o_proj" in name:
            columns = rows_of_heads(old.T, q_heads, torch.zeros_like(new).T)
            out[name] = columns.T.contiguous()
        elif "gate_proj" in name or "up_proj" in name:
            out[name] = new.clone()
            out[name][: old.shape[0], : old.shape[1]] = old
        else:  # written into the stream, or the embeddings: zeros
            out[name] = torch.zeros_like(new)
            out[name][tuple(slice(n) for n in old.shape)] = old
    return out


def head_plan(queries: int, groups: int) -> tuple[list[int | None], list[int]]:
    """Which old head each new head is: every key-value head is doubled and its queries, with a new one, shared out."""
    if (queries, groups) == (TEXT["num_attention_heads"], TEXT["num_key_value_heads"]):
        return list(range(queries)), list(range(groups))
    if TEXT["num_key_value_heads"] != 2 * groups or TEXT["num_attention_heads"] < queries:
        raise ValueError("The larger model must have twice the key-value heads and at least as many heads.")
    each, share = queries // groups, TEXT["num_attention_heads"] // TEXT["num_key_value_heads"]
    plan: list[int | None] = []
    for group in range(groups):
        heads: list[int | None] = list(range(group * each, (group + 1) * each))
        plan += heads + [None] * (2 * share - each)
    return plan, [head // 2 for head in range(2 * groups)]


def grown_heads(small: dict[str, torch.Tensor], fresh: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Auxiliary heads do not read the new dimensions yet."""
    out = {}
    for name, new in fresh.items():
        out[name] = torch.zeros_like(new)
        out[name][tuple(slice(n) for n in small[name].shape)] = small[name]
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("small", type=pathlib.Path)
    parser.add_argument("large", type=pathlib.Path)
    parser.add_argument("--tokenizer", default="tokenizer.json")
    args = parser.parse_args()
    saved = torch.load(args.small, weights_only=False)
    torch.manual_seed(2)
    model, heads = new_model(Tokenizer.from_file(args.tokenizer)), Heads()
    torch.save({"model": grown(saved["model"], model.state_dict()), "heads": grown_heads(saved["heads"], heads.state_dict()),
                "optimizer": None, "state": saved["state"]}, args.large)


if __name__ == "__main__":
    main()
