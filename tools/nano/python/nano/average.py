"""A weighted mean of two checkpoints: `python -m nano.average A B SHARE_OF_A OUT`.

All three are of one kind: training's own (`.pt`), or exported weights (`.safetensors`, written in fp16). The mean of the
end and the beginning of a stage may do better than either: what was forgotten while something else was learned comes back.
"""

import argparse
import pathlib

import torch
from safetensors.torch import load_file, save_file


def average(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """`share` of the first and the rest of the second, computed in fp32."""
    return {name: torch.lerp(second[name].float(), value.float(), share) if value.is_floating_point() else value
            for name, value in first.items()}


def average_files(first: pathlib.Path, second: pathlib.Path, share: float, out: pathlib.Path) -> None:
    """Writes the mean of two files of one kind."""
    if len({path.suffix for path in (first, second, out)}) > 1:
        raise ValueError("the checkpoints and their mean must be files of one kind, .pt or .safetensors")
    if out.suffix == ".safetensors":
        mean = average(load_file(first), load_file(second), share)
        save_file({name: value.half() for name, value in mean.items()}, out, metadata={"format": "pt"})
        return
    one, other = (torch.load(path, weights_only=False) for path in (first, second))
    torch.save({**one, "model": average(one["model"], other["model"], share)}, out)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=pathlib.Path)
    parser.add_argument("second", type=pathlib.Path)
    parser.add_argument("share", type=float)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    average_files(args.first, args.second, args.share, args.out)


if __name__ == "__main__":
    main()
