"""The mean of two checkpoints."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from nano.average import average_files


def test_the_mean_of_exported_weights_is_a_quarter_of_one_and_the_rest_of_the_other(tmp_path):
    for name, value in (("a", 1.0), ("b", 3.0)):
        save_file({"x": torch.full((2, 2), value, dtype=torch.float16)}, tmp_path / f"{name}.safetensors")
    average_files(tmp_path / "a.safetensors", tmp_path / "b.safetensors", 0.25, tmp_path / "out.safetensors")
    mean = load_file(tmp_path / "out.safetensors")["x"]
    assert mean.dtype == torch.float16 and mean.eq(2.5).all()


def test_the_mean_of_training_checkpoints_keeps_the_rest_of_the_first(tmp_path):
    torch.save({"model": {"x": torch.zeros(2), "n": torch.tensor(1)}, "state": {"step": 7}}, tmp_path / "a.pt")
    torch.save({"model": {"x": torch.ones(2), "n": torch.tensor(2)}, "state": {"step": 9}}, tmp_path / "b.pt")
    average_files(tmp_path / "a.pt", tmp_path / "b.pt", 0.5, tmp_path / "out.pt")
    out = torch.load(tmp_path / "out.pt", weights_only=False)
    assert out["model"]["x"].eq(0.5).all() and out["model"]["n"] == 1 and out["state"] == {"step": 7}


def test_checkpoints_of_two_kinds_have_no_mean(tmp_path):
    with pytest.raises(ValueError):
        average_files(tmp_path / "a.pt", tmp_path / "b.safetensors", 0.5, tmp_path / "out.pt")
