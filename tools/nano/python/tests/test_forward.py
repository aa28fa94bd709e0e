"""The batched forward equals the reference's own, in fp32, pictures and DeepStack included."""

import numpy as np
import torch
from tokenizers import Tokenizer
import pathlib

from nano import compare, scenes
from nano.encode import Encoder, collate
from nano.nano_model import logits_at_targets, new_model
from nano.tower import patchify

CHECKPOINT = pathlib.Path(__file__).parents[4] / "libs/nano/checkpoint"


def test_logits_equal_the_reference():
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(str(CHECKPOINT / "tokenizer.json"))
    model = new_model(tokenizer).eval()
    encoder = Encoder(tokenizer)
    rng = np.random.default_rng(3)
    samples = [compare.compare(rng, (128, 96), 1), scenes.scene(rng, (96, 64), 1)]
    for sample in samples:
        batch = collate([encoder.encode(sample)], tokenizer.token_to_id("<|endoftext|>"))
        pixels = np.stack(sample.images).transpose(0, 3, 1, 2)[:, None]
        with torch.no_grad():
            logits, targets, taught, *_ = logits_at_targets(
                model, {**batch, "pixels": pixels, "merge": True}, dtype=torch.float32)
            patches = patchify(torch.from_numpy(pixels).float() / 127.5 - 1)
            gh, gw = pixels.shape[-2] // 16, pixels.shape[-1] // 16
            patches = patches.view(-1, 3, 1, 256).expand(-1, 3, 2, 256).reshape(-1, 1536)
            ids = torch.from_numpy(batch["ids"])
            reference = model(
                input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=patches,
                image_grid_thw=torch.tensor([[1, gh, gw]] * len(sample.images))).logits[taught]
        assert logits.shape == reference.shape and len(targets) > 10
        torch.testing.assert_close(logits, reference, atol=2e-3, rtol=2e-3)
