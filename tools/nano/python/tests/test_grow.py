"""A larger model made of a small one computes the same."""

import pathlib

import numpy as np
import torch
from tokenizers import Tokenizer

from nano import scenes
from nano.encode import Encoder, collate
from nano.grow import grown
from nano.model_config import TEXT, VISION
from nano.nano_model import logits_at_targets, new_model

TOKENIZER = pathlib.Path(__file__).parents[4] / "libs/nano/checkpoint/tokenizer.json"
SMALL = {"hidden_size": 96, "num_hidden_layers": 4, "num_attention_heads": 6, "num_key_value_heads": 2, "intermediate_size": 112}


def test_the_larger_model_answers_as_the_small_one(monkeypatch):
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    with monkeypatch.context() as patch:
        for name, value in SMALL.items():
            patch.setitem(TEXT, name, value)
        patch.setitem(VISION, "out_hidden_size", SMALL["hidden_size"])
        patch.setitem(VISION, "depth", 4)
        small = new_model(tokenizer).eval()
    large = new_model(tokenizer).eval()
    large.load_state_dict(grown(small.state_dict(), large.state_dict()))
    sample = scenes.scene(np.random.default_rng(1), (128, 96), 2)
    row = Encoder(tokenizer).encode(sample)
    pixels = np.ascontiguousarray(sample.images[0].transpose(2, 0, 1))[None, None]
    batch = {**collate([row], 0), "pixels": pixels, "merge": True}
    with torch.no_grad():
        expected, actual = (logits_at_targets(model, batch, torch.float32)[0] for model in (small, large))
    torch.testing.assert_close(actual, expected, atol=2e-3, rtol=1e-3)
