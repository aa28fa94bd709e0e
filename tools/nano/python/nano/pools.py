"""Pre-rendered pools on disk, so that training never waits for a font renderer."""

import json
import os
import pathlib
import sys
import time

import numpy as np

from .charset import random_string
from .lines import draw_line

CHUNK = 8192


def write_chunk(folder: pathlib.Path, seed: int, width: int, height: int, longest: int) -> None:
    """Write one chunk of line masks and their texts; skipped when it is there already."""
    target = folder / f"{seed:05d}.npy"
    if target.exists():
        return
    rng = np.random.default_rng(seed)
    masks: list[np.ndarray] = []
    texts: list[str] = []
    while len(masks) < CHUNK:
        text = random_string(rng, int(rng.integers(1, longest + 1)))
        mask = draw_line(rng, text, width, height)
        if mask is not None and text:
            masks.append(mask)
            texts.append(text)
    (folder / f"{seed:05d}.json").write_text(json.dumps(texts))
    temporary = folder / f"{seed:05d}.tmp"
    with temporary.open("wb") as handle:
        np.save(handle, np.stack(masks))
    os.replace(temporary, target)


def main() -> None:
    """`python -m nano.pools FOLDER WIDTH HEIGHT LONGEST FIRST_SEED COUNT`"""
    folder = pathlib.Path(sys.argv[1])
    width, height, longest, first, count = map(int, sys.argv[2:7])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        start = time.time()
        write_chunk(folder, seed, width, height, longest)
        print(f"{folder.name} {seed} {time.time() - start:.1f}s", flush=True)


if __name__ == "__main__":
    main()
