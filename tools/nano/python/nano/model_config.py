"""The architecture of the nano checkpoint: a small but complete Qwen3-VL."""

from transformers import Qwen3VLConfig

PATCH = 16
MERGE = 2
TOKEN = PATCH * MERGE  # pixels a language-model token covers, each way

VISION = {
    "depth": 7,
    "hidden_size": 160,
    "num_heads": 5,
    "intermediate_size": 512,
    "out_hidden_size": 256,
    "num_position_embeddings": 256,
    "deepstack_visual_indexes": [1, 2, 3],
    "patch_size": PATCH,
    "spatial_merge_size": MERGE,
    "temporal_patch_size": 2,
    "in_channels": 3,
    "hidden_act": "gelu_pytorch_tanh",
}

TEXT = {
    "hidden_size": 256,
    "num_hidden_layers": 6,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 32,
    "intermediate_size": 640,
    "hidden_act": "silu",
    "rms_norm_eps": 1e-6,
    "max_position_embeddings": 4096,
    # A low base: five of sixteen frequencies belong to each image axis, and
    # neighbouring columns must be told apart by them.
    "rope_theta": 1000,
    "rope_scaling": {"rope_type": "default", "mrope_interleaved": True, "mrope_section": [6, 5, 5]},
    "attention_bias": False,
    "attention_dropout": 0.0,
    "tie_word_embeddings": True,
}


def build_config(vocab_size: int, ids: dict[str, int]) -> Qwen3VLConfig:
    """Config for a tokenizer with `vocab_size` entries; `ids` maps special tokens to ids."""
    text = {
        **TEXT,
        "vocab_size": vocab_size,
        "bos_token_id": ids["<|endoftext|>"],
        "eos_token_id": ids["<|im_end|>"],
    }
    return Qwen3VLConfig(
        text_config=text,
        vision_config=dict(VISION),
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
