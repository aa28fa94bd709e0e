"""The batched tower equals the reference's own forward."""

import torch
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLVisionConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLVisionModel

from nano.model_config import VISION
from nano.tower import patchify, run_tower


def test_batched_tower_equals_reference():
    torch.manual_seed(0)
    visual = Qwen3VLVisionModel(Qwen3VLVisionConfig(**VISION)).eval()
    images = torch.rand(3, 1, 3, 64, 96) * 2 - 1
    patches = patchify(images)
    rows = patchify(images.expand(-1, 2, -1, -1, -1))
    with torch.no_grad():
        features, deepstack, _ = run_tower(visual, patches, 4, 6)
        expected, expected_deepstack = visual(rows.reshape(-1, 1536), torch.tensor([[1, 4, 6]] * 3))
    torch.testing.assert_close(features.flatten(0, 1), expected, atol=1e-5, rtol=1e-4)
    for mine, reference in zip(deepstack, expected_deepstack):
        torch.testing.assert_close(mine.flatten(0, 1), reference, atol=1e-5, rtol=1e-4)
