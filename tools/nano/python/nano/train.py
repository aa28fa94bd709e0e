"""Stage 2: decoder and tower learn all skills together. Resumes from its checkpoint; SIGTERM saves and ends.

The learning rate follows the clock: full until the last third before `--until`, then down.
"""

import argparse
import collections
import datetime
import pathlib
import signal
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from .batches import LONGEST_LINE, make, stream
from .encode import Encoder
from .nano_model import Heads, logits_at_targets, new_model, save_checkpoint

TOWER_ONLY = ("ctc", "rows")  # no question is asked: dense supervision at a higher rate
HELD_OUT = 1000  # seeds of held-out batches start here


def parse_mix(text: str) -> dict[str, float]:
    """`line=3,scene=2` -> weights."""
    return {name: float(weight) for name, weight in (part.split("=") for part in text.split(","))}


@torch.no_grad()
def held_out(model, skill: str, encoder: Encoder, pad: int, batches: int) -> float:
    """Share of answers (thought included) whose every token is the most likely one."""
    right = total = 0
    for seed in range(HELD_OUT, HELD_OUT + batches):
        batch = make(skill, seed, encoder, pad, LONGEST_LINE, rows=16)
        logits, targets, taught, *_ = logits_at_targets(model, batch)
        wrong = torch.zeros(taught.shape)
        wrong[taught] = (logits.argmax(-1) != targets).float()
        starts = taught & ~torch.nn.functional.pad(taught, (1, 0))[:, :-1]
        number = starts.cumsum(1)
        for row in range(taught.shape[0]):
            for answer in range(1, int(number[row, -1]) + 1):
                here = taught[row] & (number[row] == answer)
                right += int(wrong[row][here].sum() == 0)
                total += 1
    return right / total


TRUNK = 0


def parameter_groups(model, heads) -> list[dict]:
    """The tower's trunk slow, its mergers slower than the decoder, the (larger) embeddings fast."""
    groups: list[list] = [[], [], [], list(heads.parameters())]
    for name, value in model.named_parameters():
        number = 2 if "embed_tokens" in name else 3 if "visual" not in name else 1 if "merger" in name else TRUNK
        groups[number].append(value)
    return [{"params": params, "scale": scale, "weight_decay": decay}
            for params, scale, decay in zip(groups, (0.4, 0.5, 4.0, 1.0), (0.05, 0.05, 0.0, 0.05))]


def until(clock: str) -> float:
    """The next time of day HH:MM (UTC) as a timestamp."""
    hour, minute = map(int, clock.split(":"))
    now = datetime.datetime.now(datetime.timezone.utc)
    then = now.replace(hour=hour, minute=minute, second=0)
    return (then if then > now else then + datetime.timedelta(days=1)).timestamp()


def main() -> None:
    stop = threading.Event()
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokenizer", default="tokenizer.json")
    parser.add_argument("--vision", type=pathlib.Path, help="stage 1 checkpoint, for a fresh start")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--mix", type=parse_mix, default="line=3,scene=2,chat=1.5,motion=1,compare=1")
    parser.add_argument("--until", required=True, help="HH:MM UTC")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--decay", type=float, default=0.35, help="last share of the time in which the rate falls")
    parser.add_argument("--longest-line", type=int, default=24, help="characters; begin with 4, go up as lines are read")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    mix = args.mix if isinstance(args.mix, dict) else parse_mix(args.mix)
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    tokenizer = Tokenizer.from_file(args.tokenizer)
    encoder, pad = Encoder(tokenizer), tokenizer.token_to_id("<|endoftext|>")
    model, heads = new_model(tokenizer), Heads()
    optimizer = torch.optim.AdamW(parameter_groups(model, heads), lr=args.lr, betas=(0.9, 0.98), fused=True)
    state = {"step": 0, "seconds": 0.0}
    if args.out.exists():
        saved = torch.load(args.out, weights_only=False)
        model.load_state_dict(saved["model"])
        heads.load_state_dict(saved["heads"], strict=False)
        if "optimizer" in saved:
            optimizer.load_state_dict(saved["optimizer"])
        state = saved["state"]
    elif args.vision:
        saved = torch.load(args.vision, weights_only=False)
        model.model.visual.load_state_dict(saved["visual"])
        heads.ctc.load_state_dict(saved["head"])

    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    begin, end = time.time(), until(args.until)
    losses: dict[str, list[float]] = collections.defaultdict(list)
    seen, last, saved_at = 0, time.time(), time.time()
    warm_from = state["step"]
    for batch in stream(args.tokenizer, mix, 10**6 + state["step"], args.longest_line):
        now = time.time()
        if now >= end or stop.is_set():
            break
        left = (end - now) / (end - begin)
        rate = args.lr * min(1.0, (state["step"] - warm_from + 1) / 100) * min(1.0, max(0.03, left / args.decay))
        for group in optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        if batch["skill"] in TOWER_ONLY:
            optimizer.param_groups[TRUNK]["lr"] = 0.9 * rate
        logits, targets, _, hidden, features = logits_at_targets(model, batch)
        loss = F.cross_entropy(logits, targets) if logits is not None else torch.zeros(())
        if logits is not None:
            losses[batch["skill"]].append(loss.item())
        if batch["pixels"] is not None:
            gh, gw = batch["pixels"].shape[-2] // 16, batch["pixels"].shape[-1] // 16
            if batch["texts"]:
                line_loss = heads.ctc_loss(hidden, gh, gw, batch["texts"])
                losses["ctc"].append(line_loss.item())
                loss = loss + (0.2 if logits is not None else 1.0) * line_loss
                if features is not None:
                    merged_loss = heads.merged_loss(features, batch["texts"])
                    losses["merged-ctc"].append(merged_loss.item())
                    loss = loss + 0.5 * merged_loss
            if batch["row_texts"]:
                row_loss = heads.rows_loss(hidden, gh, gw, batch["row_texts"])
                losses["row-ctc"].append(row_loss.item())
                loss = loss + (0.3 if logits is not None else 1.0) * row_loss
            if batch["dense"] is not None:
                loss = loss + 0.3 * heads.dense_loss(hidden, gh, gw, torch.from_numpy(batch["dense"]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        state["step"] += 1
        state["seconds"] += time.time() - now
        seen += len(batch["targets"])
        if state["step"] % 100 == 0:
            means = " ".join(f"{k} {np.mean(v[-40:]):.3f}" for k, v in sorted(losses.items()))
            print(f"{datetime.datetime.now():%H:%M:%S} step {state['step']} {seen / (time.time() - last):.1f} rows/s "
                  f"lr {rate:.1e} | {means}", flush=True)
            seen, last = 0, time.time()
        if state["step"] % 1500 == 0:
            scores = " ".join(f"{skill} {held_out(model, skill, encoder, pad, 2):.3f}" for skill in mix if skill not in TOWER_ONLY)
            print(f"{datetime.datetime.now():%H:%M:%S} held out (all tokens right): {scores}", flush=True)
            last = time.time()
        if time.time() - saved_at > 240:
            save_checkpoint(args.out, model, heads, optimizer, state)
            saved_at = time.time()
    save_checkpoint(args.out, model, heads, optimizer, state)
    print("done", state, flush=True)


if __name__ == "__main__":
    main()
