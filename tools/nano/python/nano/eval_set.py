"""The held-out evaluation set: `python -m nano.eval_set FOLDER` writes pictures and `samples.json`.

Seeds lie far from training's. Videos are one PNG each, the frames one below the other. `--seed N --counts
line=540` writes fresh ones, for when what is wrong in the set has decided what is taught.
"""

import argparse
import dataclasses
import json
import pathlib

import numpy as np
import torch
from PIL import Image

from . import cards, chat, compare, motion, notes, reading, scenes
from .colours import colour_masks
from .lines import draw_line
from .sample import Sample

SEED = 811_000
LONGEST = {"word": 8, "line": 24}  # characters
COUNTS = {
    "word": 120, "line": 540, "colour": 120, "shape": 120, "count": 120, "place": 120, "relation": 90, "describe": 60, "motion": 80,
    "compare": 120, "add": 60, "repeat": 120, "fixed": 30, "beyond": 30, "aloud": 20, "named": 20, "field": 60, "card": 100,
}
SKILLS = {"word": "line", "line": "line", "motion": "motion", "compare": "compare", "card": "card", "field": "card",
          **{kind: "scene" for kind in scenes.ASKERS}, **{kind: "chat" for kind in (*chat.KINDS, "aloud", "named")}}
SKILLS["count"] = "scene"


def line(rng: np.random.Generator, longest: int) -> Sample:
    """A coloured line of at most `longest` characters."""
    while True:
        height = 64 if rng.random() < 0.1 else 32
        width = int(rng.choice([96, 128, 160] if longest < 10 else [128, 192, 256, 320]))
        text = reading.line_text(rng, int(min(longest, width / (9.5 if height == 32 else 19))))
        mask = draw_line(rng, text, width, height)
        if mask is not None:
            break
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    pixels = colour_masks(torch.from_numpy(mask.copy())[None], generator)[0, 0].permute(1, 2, 0)
    image = ((pixels + 1) * 127.5).round().byte().numpy()
    return Sample("line", [reading.reading_turn(rng, text)], images=[image])


def sample(kind: str, rng: np.random.Generator) -> Sample:
    """One sample with one question."""
    if kind in LONGEST:
        return line(rng, LONGEST[kind])
    if kind in scenes.ASKERS:
        return scenes.scene(rng, scenes.SIZES[rng.integers(len(scenes.SIZES))], 1, [kind])
    if kind == "motion":
        return motion.motion(rng, motion.SIZES[rng.integers(len(motion.SIZES))], int(rng.choice([4, 6, 8])), 1)
    if kind == "compare":
        return compare.compare(rng, compare.SIZES[rng.integers(len(compare.SIZES))], 1)
    if kind == "card":
        return cards.card(rng)
    if kind == "field":
        made = notes.note(rng, notes.SIZES[rng.integers(4)])
        return dataclasses.replace(made, turns=made.turns[-1:])  # the first asks for JSON
    if kind == "named":
        return chat.named(rng)
    return chat.chat(rng, "count" if kind == "aloud" else kind)


def write(folder: pathlib.Path, seed: int, counts: dict[str, int]) -> list[dict]:
    """Writes the media of so many samples of each kind and returns the records."""
    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    records = []
    for number, (kind, count) in enumerate(counts.items()):
        for i in range(count):
            made = sample(kind, np.random.default_rng(seed + 1000 * number + i))
            turn = made.turns[0]
            record: dict = {"id": f"{kind}-{i:03d}", "skill": SKILLS[kind], "kind": kind}
            if made.system:
                record["system"] = made.system
            if made.before:
                record["before"] = made.before
            if made.images:
                names = [f"{record['id']}{'ab'[j] if len(made.images) > 1 else ''}.png" for j in range(len(made.images))]
                for name, image in zip(names, made.images):
                    Image.fromarray(image).save(media / name, optimize=True)
                record["images"] = names
            if made.video is not None:
                frames, height, width = made.video.shape[:3]
                Image.fromarray(made.video.reshape(frames * height, width, 3)).save(media / f"{record['id']}.png", optimize=True)
                record["video"] = {"file": f"{record['id']}.png", "frames": frames, "fps": made.fps}
            records.append({**record, "question": turn.question, "expected": turn.answer})
    return records


def parse_counts(text: str) -> dict[str, int]:
    """`line=360,word=90` -> counts."""
    return {kind: int(count) for kind, count in (part.split("=") for part in text.split(","))}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--counts", type=parse_counts, default=COUNTS, help="such as line=360,word=90; each below 1000")
    args = parser.parse_args()
    records = write(args.folder, args.seed, args.counts)
    text = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    (args.folder / "samples.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
