"""Greedy answers of the reference implementation: `python -m nano.reference CHECKPOINT EVAL_FOLDER`.

Loads the shipped fp16 checkpoint in fp32, asks every sample through the real chat template,
tokenizer and image processor, and writes `reference.json` (answers) and `scores.json`.
"""

import argparse
import concurrent.futures
import json
import pathlib

import numpy as np
import torch
from PIL import Image
from transformers import Qwen3VLForConditionalGeneration
from transformers.models.qwen2.tokenization_qwen2_fast import Qwen2TokenizerFast
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

from .scoring import table
from .tower import patchify


class Reference:
    """The reference model with its processors."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.model = Qwen3VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        self.tokenizer = Qwen2TokenizerFast.from_pretrained(folder)
        settings = json.loads((folder / "preprocessor_config.json").read_text())
        settings.pop("image_processor_type")
        # The processor of 4.57.6 for Pillow ignores `size`; the one for torchvision, the default, does not.
        size = settings.pop("size")
        self.images = Qwen2VLImageProcessor(**settings, min_pixels=size["shortest_edge"], max_pixels=size["longest_edge"])

    def messages(self, record: dict) -> list[dict]:
        """The conversation as chat messages."""
        out = [{"role": "system", "content": record["system"]}] if "system" in record else []
        for question, answer in record.get("before", []):
            out += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        content = [{"type": "image"} for _ in record.get("images", [])]
        content += [{"type": "video"}] if "video" in record else []
        content.append({"type": "text", "text": record["question"]})
        return [*out, {"role": "user", "content": content}]

    def inputs(self, record: dict, media: pathlib.Path) -> dict:
        """Model inputs of one record."""
        text = self.tokenizer.apply_chat_template(self.messages(record), tokenize=False, add_generation_prompt=True)
        inputs: dict = {}
        if "images" in record:
            done = self.images([Image.open(media / name) for name in record["images"]], return_tensors="pt")
            inputs |= {"pixel_values": done["pixel_values"], "image_grid_thw": done["image_grid_thw"]}
            for _, gh, gw in done["image_grid_thw"].tolist():
                text = text.replace("<|image_pad|>", "<|placeholder|>" * (gh * gw // 4), 1)
            text = text.replace("<|placeholder|>", "<|image_pad|>")
        if "video" in record:
            # Frames are multiples of 32 and at the sampling rate already: no resizing, no sampling.
            frames, fps = record["video"]["frames"], record["video"]["fps"]
            strip = np.asarray(Image.open(media / record["video"]["file"]))
            video = torch.from_numpy(strip.reshape(frames // 2, 2, -1, strip.shape[1], 3).copy())
            pixels = video.permute(0, 1, 4, 2, 3).float() / 127.5 - 1
            gh, gw = pixels.shape[-2] // 16, pixels.shape[-1] // 16
            inputs |= {"pixel_values_videos": patchify(pixels).flatten(0, 1),
                       "video_grid_thw": torch.tensor([[frames // 2, gh, gw]])}
            pads = "<|vision_start|>" + "<|video_pad|>" * (gh * gw // 4) + "<|vision_end|>"
            stamps = "".join(f"<{(first + 0.5) / fps:.1f} seconds>{pads}" for first in range(0, frames, 2))
            text = text.replace("<|vision_start|><|video_pad|><|vision_end|>", stamps, 1)
        ids = self.tokenizer(text, return_tensors="pt", add_special_tokens=False)
        return {**inputs, "input_ids": ids["input_ids"], "attention_mask": ids["attention_mask"]}

    @torch.no_grad()
    def answer(self, record: dict, media: pathlib.Path, limit: int = 900) -> str:
        """The full greedy continuation, thought included, without the end token."""
        inputs = self.inputs(record, media)
        out = self.model.generate(**inputs, max_new_tokens=limit, do_sample=False, temperature=None, top_k=None, top_p=None)
        return self.tokenizer.decode(out[0, inputs["input_ids"].shape[1]:], skip_special_tokens=True)


def answers_of(checkpoint: pathlib.Path, records: list[dict], media: pathlib.Path) -> dict[str, str]:
    """Answers by id, on one thread."""
    torch.set_num_threads(1)
    reference = Reference(checkpoint)
    return {record["id"]: reference.answer(record, media) for record in records}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1, help="only each n-th sample, for a quick look")
    parser.add_argument("--processes", type=int, default=2, help="that share the samples, each on one thread")
    parser.add_argument("--dry", action="store_true", help="print the scores and write nothing")
    args = parser.parse_args()
    records = json.loads((args.folder / "samples.json").read_text())[:: args.every]
    with concurrent.futures.ProcessPoolExecutor(args.processes) as pool:
        parts = [pool.submit(answers_of, args.checkpoint, records[i :: args.processes], args.folder / "media") for i in range(args.processes)]
        done = {key: answer for part in parts for key, answer in part.result().items()}
    answers = {record["id"]: done[record["id"]] for record in records}
    scores = table(records, answers)
    for kind, row in scores.items():
        print(kind, row)
    if args.dry:
        for record in records[:: max(1, len(records) // 40)]:
            print(record["id"], repr(record["question"]), "|", repr(record["expected"]), "|", repr(answers[record["id"]]))
        return
    (args.folder / "reference.json").write_text(json.dumps(answers, indent=0, ensure_ascii=False) + "\n")
    (args.folder / "scores.json").write_text(json.dumps(scores, indent=2) + "\n")


if __name__ == "__main__":
    main()
