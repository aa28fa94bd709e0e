"""A weighted mean of two training checkpoints of one run: `python -m nano.average A.pt B.pt SHARE_OF_A OUT.pt`.

What a last stage forgot while it learned something else may come back so.
"""

import argparse
import pathlib

import torch


def average(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """`share` of the first and the rest of the second."""
    return {name: torch.lerp(second[name], value, share) if value.is_floating_point() else value for name, value in first.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=pathlib.Path)
    parser.add_argument("second", type=pathlib.Path)
    parser.add_argument("share", type=float)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    first, second = (torch.load(path, weights_only=False) for path in (args.first, args.second))
    torch.save({**first, "model": average(first["model"], second["model"], args.share)}, args.out)


if __name__ == "__main__":
    main()
