"""Of many drawn lines those are kept that are read worst."""

import functools
import pathlib

import numpy as np
import torch
from tokenizers import Tokenizer

from nano import batches, mining
from nano.charset import CHARSET, INDEX
from nano.encode import Encoder
from nano.mining import worth_learning
from nano.nano_model import Heads, new_model

TOKENIZER = Tokenizer.from_file(str(pathlib.Path(__file__).parents[4] / "libs/nano/checkpoint/tokenizer.json"))


def model_and_heads():
    torch.manual_seed(0)
    return new_model(TOKENIZER).eval(), Heads()


def test_the_line_that_is_read_worst_is_kept():
    model, heads = model_and_heads()
    for head in (heads.ctc.linear, heads.merged):  # whatever is shown, they read "a"
        torch.nn.init.zeros_(head.weight)
        head.bias.data.view(-1, len(CHARSET) + 1)[:, INDEX["a"]] = 10
    texts = ["a"] * 7 + ["b"] + ["a"] * 4
    for seed in range(5):
        batch = {"pixels": np.zeros((12, 1, 3, 32, 128), np.uint8), "texts": texts}
        kept = worth_learning(model, heads, batch, 4, np.random.default_rng(seed))
        assert 7 in kept and len(set(kept)) == 4


def test_the_lines_whose_answers_are_least_probable_are_kept(monkeypatch):
    monkeypatch.setattr(batches, "FRESH", 1.0)
    monkeypatch.setattr(mining, "HARDEST", 1.0)  # and none at random
    model, heads = model_and_heads()
    batch = batches.make("line", 5, Encoder(TOKENIZER), 0, 8, rows=8)
    model.lm_head.weight.data.zero_()  # every token is as probable: the longest answer is the least
    taught = (batch["targets"] >= 0).sum(1)
    kept = worth_learning(model, heads, batch, 3, np.random.default_rng(0))
    assert sorted(taught[kept]) == sorted(taught)[-3:] and len(set(kept)) == 3


def test_a_batch_of_chosen_lines_is_as_large_as_one_of_any(monkeypatch):
    monkeypatch.setattr(batches, "FRESH", 1.0)  # no folder of drawn lines is needed
    made = functools.partial(batches.make, "line", 5, Encoder(TOKENIZER), 0, 8, rows=8)
    chosen = made(choose=functools.partial(worth_learning, *model_and_heads()))
    assert abs(len(chosen["texts"]) - len(made()["texts"])) <= 1
    assert len(chosen["pixels"]) == len(chosen["ids"]) == len(chosen["texts"]) == chosen["positions"].shape[1]


def test_of_copies_those_are_kept_that_are_least_probable(monkeypatch):
    monkeypatch.setattr(mining, "HARDEST", 1.0)
    model, _ = model_and_heads()
    model.lm_head.weight.data.zero_()
    drawn = batches.make("copy", 5, Encoder(TOKENIZER), 0, 8, rows=24)  # three for each that is kept
    kept = batches.make("copy", 5, Encoder(TOKENIZER), 0, 8, rows=8, choose=functools.partial(worth_learning, model, None))
    most = sorted((drawn["targets"] >= 0).sum(1))[-len(kept["ids"]):]
    assert sorted((kept["targets"] >= 0).sum(1)) == most and len(kept["ids"]) == len(drawn["ids"]) // 3
