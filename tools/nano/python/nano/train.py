"""Stage 2: decoder and tower learn all skills together. Resumes from its checkpoint; SIGTERM saves and ends.

Several processes may learn on one copy of the weights. The learning rate follows the clock: it falls in the last
`--decay` minutes.
"""

import argparse
import collections
import datetime
import functools
import os
import pathlib
import signal
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

from .batches import LONGEST_LINE, make, pool
from .encode import Encoder
from .mining import worth_learning
from .optimizers import Optimizers, split
from .nano_model import Heads, logits_at_targets, new_model, save_checkpoint

TOWER_ONLY = ("ctc", "rows")  # no question is asked: dense supervision at a higher rate
FOR_HEADS = ("ctc", "rows", "ctc", "scene", "rows", "ctc", "motion", "rows")  # what new auxiliary heads learn from, in turn
HEADS_RATE = 2e-3
HELD_OUT = 1000  # seeds of held-out batches start here


def parse_mix(text: str) -> dict[str, float]:
    """`line=3,scene=2` -> weights."""
    return {name: float(weight) for name, weight in (part.split("=") for part in text.split(","))}


@torch.no_grad()
def held_out(model, skill: str, encoder: Encoder, pad: int, batches: int) -> float:
    """Share of answers (thought included) whose every token is the most likely one."""
    right = total = 0
    for seed in range(HELD_OUT, HELD_OUT + batches):
        batch = make(skill, seed, encoder, pad, LONGEST_LINE, rows=6 if skill == "card" else 16)
        logits, targets, taught, *_ = logits_at_targets(model, batch)
        logits = logits.float()
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


def parameter_groups(model, heads, tower: float) -> list[dict]:
    """The tower's trunk at `tower` times the rate, its mergers slower than the decoder, the (larger) embeddings fast."""
    trunk, mergers, embeddings, rest = [], [], [], []
    for name, value in model.named_parameters():
        kind = embeddings if "embed" in name and "patch" not in name else rest if "visual" not in name else mergers if "merger" in name else trunk
        kind.append((name, value))
    return [*split(trunk, tower), *split(mergers, 1.0, muon=False), *split(embeddings, 3.0), *split(rest, 1.0, muon_scale=2.0),
            *split(list(heads.named_parameters()), 1.0)]


def until(clock: str) -> float:
    """The next time of day HH:MM (UTC) as a timestamp."""
    hour, minute = map(int, clock.split(":"))
    now = datetime.datetime.now(datetime.timezone.utc)
    then = now.replace(hour=hour, minute=minute, second=0)
    return (then if then > now else then + datetime.timedelta(days=1)).timestamp()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokenizer", default="tokenizer.json")
    parser.add_argument("--vision", type=pathlib.Path, help="stage 1 checkpoint, for a fresh start")
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="an exported checkpoint to go on from, for a fresh start")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--mix", type=parse_mix, default="line=3,scene=2,chat=1.5,motion=1,compare=1")
    parser.add_argument("--until", required=True, help="HH:MM UTC")
    parser.add_argument("--end", help="HH:MM UTC at which the rate would have fallen to nothing; `--until` when left out")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--decay", type=float, default=20, help="minutes before the end in which the rate falls")
    parser.add_argument("--longest-line", type=int, default=24, help="characters")
    parser.add_argument("--warm", type=int, default=100, help="steps in which the rate rises")
    parser.add_argument("--heads-first", type=int, default=0,
                        help="steps of each process in which only the auxiliary heads learn, where they are new (`--from`)")
    parser.add_argument("--tower", type=float, default=0.4, help="the tower's rate as a share of the decoder's")
    parser.add_argument("--mine", action="store_true", help="learn from the lines that are read worst, and some others")
    parser.add_argument("--processes", type=int, default=1, help="that learn on the same weights, each at its own pace")
    parser.add_argument("--pids", type=pathlib.Path, help="folder for a file with each process group's id")
    args = parser.parse_args()
    args.mix = args.mix if isinstance(args.mix, dict) else parse_mix(args.mix)
    return args


def losses_of(batch: dict, model, heads: Heads, losses: dict[str, list[float]]) -> torch.Tensor:
    """The batch's loss; its parts are noted in `losses`."""
    logits, targets, _, hidden, features = logits_at_targets(model, batch)
    asked = logits is not None
    loss = F.cross_entropy(logits, targets) if asked else torch.zeros(())

    def add(name: str, weight: float, part: torch.Tensor) -> None:
        nonlocal loss
        losses[name].append(part.item())
        loss = loss + weight * part

    if asked:
        losses[batch["skill"]].append(loss.item())
    if batch["pixels"] is not None:
        gh, gw = batch["pixels"].shape[-2] // 16, batch["pixels"].shape[-1] // 16
        if batch["texts"]:
            add("ctc", 0.5 if asked else 1.0, heads.ctc_loss(hidden, gh, gw, batch["texts"]))
            add("merged-ctc", 0.5 if asked else 1.0, heads.merged_loss(features, gh, gw, batch["texts"]))
        if batch["row_texts"]:
            weight = 0.3 if asked else 1.0
            add("row-ctc", weight, heads.rows_loss(hidden, gh, gw, batch["row_texts"]))
            add("merged-row-ctc", weight, heads.merged_rows_loss(features, gh, gw, batch["row_texts"]))
        if batch["dense"] is not None:
            add("cell", 0.3, heads.cell_loss(features, gh, gw))
            add("dense", 0.3, heads.dense_loss(hidden, gh, gw, torch.from_numpy(batch["dense"])))
    return loss


def learn(rank: int, args: argparse.Namespace, model, heads: Heads, optimizer: Optimizers, encoder: Encoder, state: dict) -> None:
    """Steps until the time is up. Process 0 keeps the log and the checkpoint; the others end with it."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    torch.manual_seed(1 + rank)
    pad = encoder.tokenizer.token_to_id("<|endoftext|>")
    parent = os.getppid()
    until_time, end = until(args.until), until(args.end or args.until)
    losses: dict[str, list[float]] = collections.defaultdict(list)
    rng = np.random.default_rng([rank, state["step"]])
    heads_first = args.heads_first if state["step"] == 0 else 0
    model.requires_grad_(heads_first == 0)
    names, weights = list(args.mix), np.array(list(args.mix.values()))
    choose = functools.partial(worth_learning, model, heads) if args.mine else None
    last_step, cpu, saved_at, mine = time.time(), time.process_time(), time.time(), 0
    while time.time() < until_time and not stop.is_set() and (rank == 0 or os.getppid() == parent):
        heads_alone = mine < heads_first
        if mine == heads_first:
            model.requires_grad_(True)
        skill = FOR_HEADS[mine % len(FOR_HEADS)] if heads_alone else names[rng.choice(len(names), p=weights / weights.sum())]
        batch = make(skill, int(rng.integers(10**9, 2**62)), encoder, pad, args.longest_line, choose=None if heads_alone else choose)
        falling = min(1.0, max(0.03, (end - time.time()) / (60 * args.decay)))
        rate = HEADS_RATE if heads_alone else args.lr * min(1.0, (mine - heads_first + 1) / args.warm) * falling
        optimizer.set_rate(rate)
        loss = losses_of(batch, model, heads, losses)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        mine += 1
        if rank:
            continue
        # The others are taken to be as fast.
        state["step"] += args.processes
        state["seconds"] += time.time() - last_step
        state["cpu_seconds"] += (time.process_time() - cpu) * args.processes
        last_step, cpu = time.time(), time.process_time()
        if mine % 25 == 0:
            means = " ".join(f"{k} {np.mean(v[-12:]):.3f}" for k, v in sorted(losses.items()))
            print(f"{datetime.datetime.now():%H:%M:%S} step {state['step']} lr {rate:.1e} "
                  f"cpu {state['cpu_seconds']:.0f} of {state['seconds']:.0f} | {means}", flush=True)
        if mine % 400 == 0:
            scores = " ".join(f"{skill} {held_out(model, skill, encoder, pad, 2):.3f}" for skill in args.mix if skill not in TOWER_ONLY)
            print(f"{datetime.datetime.now():%H:%M:%S} held out (all tokens right): {scores}", flush=True)
        if time.time() - saved_at > 150:
            save_checkpoint(args.out, model, heads, optimizer, state)
            saved_at = time.time()
    if rank == 0:
        save_checkpoint(args.out, model, heads, optimizer, state)
        print("done", state, flush=True)


def main() -> None:
    args = arguments()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)
    torch.manual_seed(1)
    tokenizer = Tokenizer.from_file(args.tokenizer)
    model, heads = new_model(tokenizer), Heads()
    state = {"step": 0, "seconds": 0.0, "cpu_seconds": 0.0}
    optimizer_state = None
    if args.out.exists():
        saved = torch.load(args.out, weights_only=False)
        model.load_state_dict(saved["model"])
        missing = heads.load_state_dict(saved["heads"], strict=False)
        state = saved["state"]
        if not missing.missing_keys:
            optimizer_state = saved["optimizer"]
    elif args.start:
        model.load_state_dict({name: value.float() for name, value in load_file(args.start / "model.safetensors").items()}, strict=False)
    elif args.vision:
        saved = torch.load(args.vision, weights_only=False)
        model.model.visual.load_state_dict(saved["visual"])
        heads.ctc.load_state_dict(saved["head"])
        state["cpu_seconds"] = state["seconds"] = saved["state"].get("cpu_seconds", 0.0)
    # All processes write to one copy of the weights without waiting for one another.
    model.share_memory()
    heads.share_memory()
    optimizer = Optimizers(parameter_groups(model, heads, args.tower))
    if optimizer_state:
        optimizer.load_state_dict(optimizer_state)
    pool()  # loaded once, shared by all
    rank = 0
    for other in range(1, args.processes):
        if os.fork() == 0:
            rank = other
            os.setsid()
            break
    if args.pids:
        (args.pids / f"nano{rank or ''}.pid").write_text(f"{os.getpgrp()}\n")
    learn(rank, args, model, heads, optimizer, Encoder(tokenizer), state)


if __name__ == "__main__":
    main()
