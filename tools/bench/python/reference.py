"""Answers the benchmark's prompts with the reference implementation (Hugging Face transformers), a line of JSON each.

Usage: python reference.py CHECKPOINT THREADS. Tells when it is loaded, then reads requests from its standard input:
{"answer": [ids], "tokens": n} or {"hold": [ids]} or {"steps": n}, and writes {"first": ms, "steps": [ms, ...]}.
"""

import json
import sys
import time

import torch
from transformers import DynamicCache, Qwen3VLForConditionalGeneration


def now() -> float:
    return time.perf_counter() * 1000


def say(message: dict) -> None:
    print(json.dumps(message), flush=True)


checkpoint, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
started = now()
model = Qwen3VLForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.bfloat16).eval()
say({"loaded": now() - started, "version": __import__("transformers").__version__, "torch": torch.__version__})


def step(ids: list[int], cache: DynamicCache, past: int) -> int:
    """Appends tokens to the cache and returns the most probable next one."""
    inputs = torch.tensor([ids])
    place = torch.arange(past, past + len(ids))
    output = model(
        input_ids=inputs,
        attention_mask=torch.ones(1, past + len(ids), dtype=torch.long),
        position_ids=place.expand(3, 1, -1),
        cache_position=place,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    return int(output.logits[0, -1].argmax())


def decode(token: int, cache: DynamicCache, past: int, count: int) -> list[float]:
    """Milliseconds of so many greedy steps."""
    times = []
    for index in range(count):
        begin = now()
        token = step([token], cache, past + index)
        times.append(now() - begin)
    return times


held: tuple[list[int], DynamicCache, int] | None = None
with torch.inference_mode():
    for line in sys.stdin:
        request = json.loads(line)
        if "steps" in request:
            if held is None:
                raise SystemExit("no prompt is held")
            ids, cache, token = held
            times = decode(token, cache, len(ids), request["steps"])
            cache.crop(len(ids))
            say({"first": 0, "steps": times})
            continue
        ids = request.get("hold") or request["answer"]
        cache = DynamicCache()
        begin = now()
        token = step(ids, cache, 0)
        first = now() - begin
        if "hold" in request:
            held = (ids, cache, token)
        say({"first": first, "steps": decode(token, cache, len(ids), request.get("tokens", 1) - 1)})
