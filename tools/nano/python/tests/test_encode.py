"""Training sequences equal what the chat template and the reference's positions make."""

import pathlib

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from nano import batches, chat, compare, motion, scenes
from nano.encode import Encoder
from nano.nano_model import new_model
from nano.reference import Reference
from nano.sample import Sample, Turn

CHECKPOINT = pathlib.Path(__file__).parents[4] / "libs/nano/checkpoint"


@pytest.fixture(scope="module")
def reference():
    return Reference(CHECKPOINT)


@pytest.fixture(scope="module")
def encoder():
    return Encoder(Tokenizer.from_file(str(CHECKPOINT / "tokenizer.json")))


def record(sample: Sample, turn: Turn, tmp_path: pathlib.Path) -> dict:
    from PIL import Image

    out: dict = {"question": turn.question, "before": sample.before}
    if sample.system:
        out["system"] = sample.system
    for i, image in enumerate(sample.images):
        Image.fromarray(image).save(tmp_path / f"{i}.png")
        out.setdefault("images", []).append(f"{i}.png")
    if sample.video is not None:
        frames, height, width = sample.video.shape[:3]
        Image.fromarray(sample.video.reshape(frames * height, width, 3)).save(tmp_path / "video.png")
        out["video"] = {"file": "video.png", "frames": frames, "fps": sample.fps}
    return out


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("make", [
    lambda rng: chat.chat(rng), lambda rng: compare.compare(rng, (96, 128), 1), lambda rng: motion.motion(rng, (128, 96), 4, 1)])
def test_ids_and_positions_equal_the_reference(make, seed, reference, encoder, tmp_path):
    sample = make(np.random.default_rng(seed))
    row = encoder.encode(sample)
    inputs = reference.inputs(record(sample, sample.turns[0], tmp_path), tmp_path)
    prompt = inputs["input_ids"][0].tolist()
    assert row.ids[: len(prompt)] == prompt
    positions, _ = reference.model.model.get_rope_index(
        inputs["input_ids"], inputs.get("image_grid_thw"), inputs.get("video_grid_thw"), inputs["attention_mask"])
    np.testing.assert_array_equal(row.positions[:, : len(prompt)], positions[:, 0].numpy())


def test_questions_do_not_see_each_other(encoder):
    sample = Sample("chat", [Turn("a", "b", "c"), Turn("d", "e", "f")])
    batch = batches.collate([encoder.encode(sample)], 0)
    alone = batches.collate([encoder.encode(Sample("chat", [sample.turns[1]]))], 0)
    torch.manual_seed(0)
    model = new_model(encoder.tokenizer).eval()
    from nano.nano_model import logits_at_targets

    with torch.no_grad():
        both, *_ = logits_at_targets(model, {**batch, "pixels": None}, torch.float32)
        single, *_ = logits_at_targets(model, {**alone, "pixels": None}, torch.float32)
    torch.testing.assert_close(both[-len(single):], single, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("looked_up", [scenes.looked_up, compare.looked_up])
def test_a_given_beginning_of_a_thought_changes_no_token_and_is_not_taught(encoder, looked_up):
    for seed in range(20):
        turn = looked_up(np.random.default_rng(seed))
        whole = Turn(turn.question, turn.thought, turn.answer)
        given, plain = (encoder.encode(Sample("chat", [one])) for one in (turn, whole))
        assert given.ids == plain.ids
        taught = encoder.tokenizer.decode([token for token in given.targets if token >= 0], skip_special_tokens=False)
        assert turn.given + taught == f"{turn.thought}\n</think>\n\n{turn.answer}<|im_end|>"
