"""Cards and notes: what is asked, copied and answered."""

import json
import pathlib
import re

import numpy as np
import pytest
from tokenizers import Tokenizer

from nano import cards, notes
from nano.charset import random_capitals
from nano.reading import characters

ROOT = pathlib.Path(__file__).parents[4]


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(ROOT / "libs/nano/checkpoint/tokenizer.json"))


def test_the_json_has_the_endpoints_fields_in_its_order():
    source = (ROOT / "libs/ktp/src/fields/field-names.ts").read_text()
    names = re.findall(r"'([a-z_]+)'", source.split("FIELD_NAMES = [")[1].split("]")[0])
    assert list(json.loads(cards.card(np.random.default_rng(1)).turns[0].answer)) == names


def test_the_question_is_the_endpoints():
    source = (ROOT / "libs/ktp/src/readers/model-prompt.ts").read_text()
    assert f"`{cards.ENDPOINT_PROMPT}`" in source


@pytest.mark.parametrize("seed", range(20))
def test_a_thought_copies_every_field_character_by_character(seed):
    rng = np.random.default_rng(seed)
    for turn in (cards.card(rng, random_share=0.5).turns[0], notes.note(rng, (384, 128)).turns[0], cards.copied(rng)):
        fields = json.loads(turn.answer)
        assert turn.thought.split("\n") == [key + characters(value) for key, value in fields.items()]


def test_a_character_of_a_card_is_one_token(tokenizer):
    rng = np.random.default_rng(3)
    for _ in range(50):
        text = random_capitals(rng, 12)
        assert len(tokenizer.encode(characters(text)).ids) == len(text)


@pytest.mark.parametrize("seed", range(10))
def test_rows_of_patches_say_what_is_printed_there(seed):
    rng = np.random.default_rng(seed)
    printed = notes.note(rng, (448, 192))
    text = " ".join(printed.row_texts)
    for value in json.loads(printed.turns[0].answer).values():
        assert value in text
