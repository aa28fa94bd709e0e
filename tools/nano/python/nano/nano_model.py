"""The reference model with a batched forward for training."""

import json
import pathlib

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from transformers import Qwen3VLForConditionalGeneration

from .charset import CHARSET
from .decoder import run_decoder
from .heads import STEPS, CtcHead
from .model_config import VISION, build_config
from .shapes import COLOURS, SHAPES
from .special_tokens import ADDED
from .tower import linear, patchify, run_tower, to_raster


def new_model(tokenizer: Tokenizer) -> Qwen3VLForConditionalGeneration:
    """A freshly initialised model for the tokenizer."""
    ids = {token: tokenizer.token_to_id(token) for token, _ in ADDED}
    model = Qwen3VLForConditionalGeneration._from_config(
        build_config(tokenizer.get_vocab_size(), ids), attn_implementation="sdpa")
    initialise(model)
    return model


def initialise(model) -> None:
    """Scales that suit a hidden size of 256 (the reference's 0.02 suits thousands).

    With tied embeddings of 0.02 the first layer drowns the tokens' identity and the mergers'
    output grows without bound; here tokens and pictures enter the residual stream at one scale.
    """
    torch.nn.init.normal_(model.model.visual.pos_embed.weight, std=0.01)
    text = model.model.language_model
    torch.nn.init.normal_(text.embed_tokens.weight, std=1.0)
    torch.nn.init.constant_(text.norm.weight, 0.07)
    depth = len(text.layers)
    for layer in text.layers:
        for name, weight in layer.named_parameters():
            if weight.ndim == 2:
                last = "o_proj" in name or "down_proj" in name
                torch.nn.init.normal_(weight, std=(weight.shape[1] * (2 * depth if last else 1)) ** -0.5)
    initialise_mergers(model.model.visual)


def initialise_mergers(visual) -> None:
    """Features of about unit size."""
    for merger in (visual.merger, *visual.deepstack_merger_list):
        torch.nn.init.normal_(merger.linear_fc1.weight, std=merger.hidden_size**-0.5)
        torch.nn.init.normal_(merger.linear_fc2.weight, std=1.5 * merger.hidden_size**-0.5)
        for linear in (merger.linear_fc1, merger.linear_fc2):
            torch.nn.init.zeros_(linear.bias)
        torch.nn.init.ones_(merger.norm.weight)
        torch.nn.init.zeros_(merger.norm.bias)


class Heads(torch.nn.Module):
    """Dense auxiliary heads on the tower's last hidden states and on its merged features; dropped at the end."""

    def __init__(self) -> None:
        super().__init__()
        hidden = VISION["hidden_size"]
        classes = len(CHARSET) + 1
        self.ctc = CtcHead(hidden)
        self.rows = torch.nn.Linear(hidden, STEPS * classes)
        # A merged feature covers two columns of patches; on pages also two rows, each read on its own.
        self.merged = torch.nn.Linear(VISION["out_hidden_size"], 2 * STEPS * classes)
        self.merged_rows = torch.nn.Linear(VISION["out_hidden_size"], 4 * STEPS * classes)
        self.shape = torch.nn.Linear(hidden, len(SHAPES) + 1)
        self.colour = torch.nn.Linear(hidden, len(COLOURS))
        self.move = torch.nn.Linear(hidden, 6)
        self.cell = torch.nn.Linear(VISION["out_hidden_size"], 9)

    def dense_loss(self, hidden: torch.Tensor, gh: int, gw: int, labels: torch.Tensor) -> torch.Tensor:
        """Cross entropies of shape, colour and movement per patch; labels `[B, 3, gh, gw]`."""
        raster = to_raster(hidden, gh, gw).flatten(0, 2)
        wanted = labels.permute(1, 0, 2, 3).flatten(1)
        losses = [F.cross_entropy(linear(head, raster).float(), target, ignore_index=-1)
                  for head, target in zip((self.shape, self.colour, self.move), wanted) if (target >= 0).any()]
        return sum(losses)

    def cell_loss(self, features: torch.Tensor, gh: int, gw: int) -> torch.Tensor:
        """In which ninth of the picture a merged feature `[B, tokens, out]` lies: the places that scenes talk of."""
        rows, columns = (3 * (torch.arange(n) + 0.5) / n for n in (gh // 2, gw // 2))
        cells = (rows.long()[:, None] * 3 + columns.long()).flatten().repeat(len(features))
        return F.cross_entropy(linear(self.cell, features).flatten(0, 1).float(), cells)

    def ctc_loss(self, hidden: torch.Tensor, gh: int, gw: int, texts: list[str]) -> torch.Tensor:
        """CTC on pictures of one line, read off the two rows of patches in the middle."""
        return line_loss(self.line_steps(hidden, gh, gw), texts)

    def line_steps(self, hidden: torch.Tensor, gh: int, gw: int) -> torch.Tensor:
        """What the tower reads on pictures of one line: log-probabilities `[B, steps, classes]`."""
        return self.ctc(to_raster(hidden, gh, gw)[:, gh // 2 - 1 : gh // 2 + 1].permute(0, 2, 1, 3).flatten(2))

    def merged_loss(self, features: torch.Tensor, gh: int, gw: int, texts: list[str]) -> torch.Tensor:
        """CTC on what the decoder is given of pictures of one line, `[B, tokens, out]`: rows of tokens speak together."""
        return line_loss(self.merged_line_steps(features, gh), texts)

    def merged_line_steps(self, features: torch.Tensor, gh: int) -> torch.Tensor:
        """The same as the merged features tell it."""
        steps = linear(self.merged, features).view(len(features), gh // 2, -1, len(CHARSET) + 1).sum(1)
        return steps.float().log_softmax(-1)

    def rows_loss(self, hidden: torch.Tensor, gh: int, gw: int, texts: list[list[str]]) -> torch.Tensor:
        """CTC on every row of patches of a page; rows without text must stay blank."""
        steps = linear(self.rows, to_raster(hidden, gh, gw)).view(len(texts) * gh, gw * STEPS, -1)
        return page_loss(steps, texts)

    def merged_rows_loss(self, features: torch.Tensor, gh: int, gw: int, texts: list[list[str]]) -> torch.Tensor:
        """The same from the merged features `[B, tokens, out]`."""
        steps = linear(self.merged_rows, features).view(len(texts), gh // 2, gw // 2, 2, 2 * STEPS, len(CHARSET) + 1)
        steps = steps.permute(0, 1, 3, 2, 4, 5).reshape(len(texts) * gh, gw * STEPS, -1)
        return page_loss(steps, texts)


def page_loss(steps: torch.Tensor, texts: list[list[str]]) -> torch.Tensor:
    """CTC of rows `[B * rows, steps, classes]` against their texts."""
    flat = [text for page in texts for text in page]
    keep = [i for i, text in enumerate(flat) if text]
    empty = [i for i, text in enumerate(flat) if not text]
    loss = line_loss(steps[keep].float().log_softmax(-1), [flat[i] for i in keep])
    return loss - steps[empty].float().log_softmax(-1)[..., 0].mean() if empty else loss


def line_loss(log_probs: torch.Tensor, texts: list[str], reduction: str = "mean") -> torch.Tensor:
    """CTC of `[B, steps, classes]`; texts with unknown characters are left out. The mean is one of characters."""
    keep = [i for i, text in enumerate(texts) if all(c in CHARSET for c in text)]
    targets = torch.tensor([CHARSET.index(c) + 1 for i in keep for c in texts[i]])
    lengths = torch.tensor([len(texts[i]) for i in keep])
    steps = torch.full((len(keep),), log_probs.shape[1])
    return F.ctc_loss(log_probs[keep].transpose(0, 1), targets, steps, lengths, reduction=reduction, zero_infinity=True)


def logits_at_targets(model, batch: dict, dtype: torch.dtype = torch.bfloat16):
    """Runs a collated batch: (logits at taught places, their targets, which they are, tower hidden states, features)."""
    inner = model.model
    targets = torch.from_numpy(batch["targets"])
    taught = targets >= 0
    asked = bool(taught.any())
    features, deepstack, hidden = None, [], None
    if batch["pixels"] is not None:
        pixels = torch.from_numpy(batch["pixels"])
        if pixels.dtype == torch.uint8:
            pixels = pixels.float().div_(127.5).sub_(1)
        gh, gw = pixels.shape[-2] // 16, pixels.shape[-1] // 16
        features, deepstack, hidden = run_tower(inner.visual, patchify(pixels.to(dtype)), gh, gw, merge=batch["merge"] or asked)
    if not asked:
        return None, None, taught, hidden, features
    ids = torch.from_numpy(batch["ids"])
    embeds = F.embedding(ids, inner.language_model.embed_tokens.weight)
    visual = torch.from_numpy(batch["visual"])
    if features is not None:
        places = visual.flatten().nonzero()[:, 0]
        flat = embeds.flatten(0, 1).index_copy(0, places, features.flatten(0, 1).to(embeds.dtype))
        embeds = flat.view(embeds.shape)
    hidden_from = ~torch.from_numpy(batch["mask"])[:, None]
    out = run_decoder(inner.language_model, embeds.to(dtype), torch.from_numpy(batch["positions"]), hidden_from, visual, deepstack)
    return linear(model.lm_head, out[taught]).float(), targets[taught], taught, hidden, features


def save_checkpoint(path: pathlib.Path, model, heads, optimizer, state: dict) -> None:
    """Written to a temporary name and renamed, so that a stop never leaves half a file."""
    temporary = path.with_suffix(".tmp")
    torch.save({"model": model.state_dict(), "heads": heads.state_dict(),
                "optimizer": optimizer.state_dict(), "state": state}, temporary)
    temporary.replace(path)
    path.with_suffix(".json").write_text(json.dumps(state) + "\n")
