"""Writes `libs/media/fixtures/images`: every still image and what Pillow sees in it.

    python make_fixtures.py

Exact formats are recorded by the SHA-256 of their RGB bytes; formats whose decoder is only nearly equal also get the
pixels themselves, so that a test can measure the distance.
"""

import hashlib
import json
import zlib
from pathlib import Path

import images

TARGET = Path(__file__).resolve().parents[2] / "libs" / "media" / "fixtures" / "images"

# Largest difference to Pillow, in levels of 255, of the decoders that are not bit-exact.
TOLERANCES = {"avif": 2, "tiff-jpeg": 1}


def tolerance(name: str) -> int:
    return next((levels for prefix, levels in TOLERANCES.items() if name.startswith(prefix)), 0)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.iterdir():
        old.unlink()
    expected = []
    for name, data in images.all_images().items():
        (TARGET / name).write_bytes(data)
        pixels = images.reference_pixels(data)
        height, width = pixels.shape[:2]
        case = {"file": name, "width": width, "height": height, "sha256": hashlib.sha256(pixels.tobytes()).hexdigest()}
        if tolerance(name):
            case["tolerance"] = tolerance(name)
            (TARGET / f"{name}.rgb.zz").write_bytes(zlib.compress(pixels.tobytes(), 9))
        expected.append(case)
    (TARGET / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
