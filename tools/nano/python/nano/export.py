"""Writes a checkpoint folder in Hugging Face layout: `python -m nano.export TRAINED.pt TOKENIZER_FOLDER OUT`.

The chat template is Qwen3-VL-Thinking's own, unchanged (given with `--template`).
"""

import argparse
import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from .model_config import MERGE, PATCH
from .nano_model import new_model

HALF = [0.5, 0.5, 0.5]
COMMON = {"patch_size": PATCH, "temporal_patch_size": 2, "merge_size": MERGE, "image_mean": HALF, "image_std": HALF,
          "processor_class": "Qwen3VLProcessor"}
# Pixels: one token at the least (a line of text stays small), a card becomes 512x352.
IMAGE = {"size": {"longest_edge": 512 * 372, "shortest_edge": 32 * 32}, **COMMON, "image_processor_type": "Qwen2VLImageProcessorFast"}
VIDEO = {"size": {"longest_edge": 1024 * 1024, "shortest_edge": 4096}, **COMMON, "video_processor_type": "Qwen3VLVideoProcessor"}


def write_json(path: pathlib.Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def export(trained: pathlib.Path, tokenizer_folder: pathlib.Path, out: pathlib.Path, template: pathlib.Path | None) -> None:
    """Everything a loader expects, weights in fp16."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))
    model = new_model(tokenizer)
    model.load_state_dict(torch.load(trained, weights_only=False)["model"])
    weights = {name: value.half().contiguous() for name, value in model.state_dict().items() if name != "lm_head.weight"}
    temporary = out / "model.safetensors.tmp"
    save_file(weights, temporary, metadata={"format": "pt"})
    temporary.chmod(0o644)
    temporary.replace(out / "model.safetensors")
    config = model.config.to_dict()
    config["dtype"] = config["text_config"]["dtype"] = config["vision_config"]["dtype"] = "float16"
    config["architectures"] = ["Qwen3VLForConditionalGeneration"]
    write_json(out / "config.json", {key: value for key, value in config.items() if key != "_name_or_path"})
    end, pad = tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")
    write_json(out / "generation_config.json", {
        "bos_token_id": pad, "pad_token_id": pad, "do_sample": True, "eos_token_id": [end, pad],
        "temperature": 0.1, "top_k": 20, "top_p": 0.95, "repetition_penalty": 1.0})
    write_json(out / "preprocessor_config.json", IMAGE)
    write_json(out / "video_preprocessor_config.json", VIDEO)
    if not (out / "tokenizer.json").exists() or not tokenizer_folder.samefile(out):
        shutil.copy(tokenizer_folder / "tokenizer.json", out / "tokenizer.json")
    settings = json.loads((tokenizer_folder / "tokenizer_config.json").read_text())
    if template:
        shutil.copyfile(template, out / "chat_template.jinja")
    settings["chat_template"] = (out / "chat_template.jinja").read_text()
    write_json(out / "tokenizer_config.json", settings)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trained", type=pathlib.Path)
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--template", type=pathlib.Path, help="chat_template.jinja; kept as it is when left out")
    args = parser.parse_args()
    export(args.trained, args.tokenizer, args.out, args.template)


if __name__ == "__main__":
    main()
