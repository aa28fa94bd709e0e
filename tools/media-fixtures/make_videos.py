"""Writes `libs/media/fixtures/videos`: the reference's source clips, encoded without loss, and what it sampled of them.

    python make_videos.py FOLDER_WITH_EXPECTED_JSON_AND_FRAMES

Needs ffmpeg on the PATH. Each case holds the SHA-256 of every sampled frame's RGB bytes.
"""

import hashlib
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[2] / "libs" / "media" / "fixtures" / "videos"
CODECS = {
    "mp4": ["-c:v", "libx264rgb", "-qp", "0", "-preset", "veryslow", "-g", "12"],
    "mkv": ["-c:v", "ffv1", "-pix_fmt", "bgr0"],
}

# Cases that are kept in both containers; the others in the smaller one.
BOTH_CONTAINERS = {"v1_single_frame", "v16_24fps", "v75_29.97fps", "v8_presampled_nosample"}


def read_frames(path: Path) -> np.ndarray:
    """u8 [frames, height, width, 3] of a safetensors file with that one tensor."""
    data = path.read_bytes()
    (header_bytes,) = struct.unpack("<Q", data[:8])
    entry = json.loads(data[8 : 8 + header_bytes])["frames"]
    start, end = entry["data_offsets"]
    body = np.frombuffer(data[8 + header_bytes + start : 8 + header_bytes + end], np.uint8)
    return body.reshape(entry["shape"])


def encode(frames: np.ndarray, fps: float, path: Path) -> None:
    _, height, width, _ = frames.shape
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    command += ["-framerate", str(fps), "-i", "-", *CODECS[path.suffix[1:]], "-fflags", "+bitexact", str(path)]
    subprocess.run(command, input=frames.tobytes(), check=True)


def main(source: Path) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.iterdir():
        old.unlink()
    cases = []
    for case in json.loads((source / "expected.json").read_text())["cases"]:
        frames = read_frames(source / case["frames_file"])
        indices = case.get("frames_indices", [0])
        for kind in CODECS if case["name"] in BOTH_CONTAINERS else ["mp4"]:
            name = f"{case['name']}.{kind}"
            encode(frames, case["source_fps"], TARGET / name)
            cases.append(
                {
                    "file": name,
                    "fps": case["source_fps"],
                    "totalFrames": len(frames),
                    "options": case["kwargs"],
                    "frameIndices": indices,
                    "timestamps": case.get("timestamps"),
                    "sha256": [hashlib.sha256(frames[i].tobytes()).hexdigest() for i in indices],
                }
            )
    (TARGET / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
