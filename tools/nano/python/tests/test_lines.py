"""Lines of text to learn from."""

import numpy as np

from nano import batches
from nano.charset import CHARSET, tricky_string
from nano.encode import Encoder
from test_mining import TOKENIZER


def test_tricky_strings_are_lines_that_can_be_drawn_and_read():
    rng = np.random.default_rng(0)
    for length in [*range(1, 25)] * 20:
        text = tricky_string(rng, length)
        assert 0 < len(text) <= length and text == text.strip() and set(text) <= set(CHARSET)


def test_a_line_that_is_read_without_a_thought_does_not_teach_to_go_without(monkeypatch):
    monkeypatch.setattr(batches, "FRESH", 1.0)  # no folder of drawn lines is needed
    monkeypatch.setattr(batches, "WITHOUT_THOUGHT", 1.0)
    batch = batches.make("line", 5, Encoder(TOKENIZER), 0, 8, rows=8)
    for ids, targets in zip(batch["ids"], batch["targets"]):
        first = int((targets >= 0).argmax())  # it says what follows this token
        assert TOKENIZER.decode([ids[first]], skip_special_tokens=False) == "\n"
        assert TOKENIZER.decode([targets[first]], skip_special_tokens=False) == "</think>"
