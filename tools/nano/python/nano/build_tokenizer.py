"""Trains the tokenizer: `python -m nano.build_tokenizer FOLDER`.

Byte-level BPE in Qwen's form. The texts are the generators' own questions, thoughts and
answers, not the strings in the pictures: those stay close to one token a character, which
is what makes them readable for a small model.
"""

import json
import pathlib
import sys

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from . import cards_text, chat, compare, motion, reading, scenes
from .special_tokens import ADDED, SPECIAL
from .words import ENGLISH, INDONESIAN

SIZE = 2048
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def texts(rng: np.random.Generator):
    """Training texts, the fixed words of cards and the bare word lists."""
    for _ in range(4000):
        for sample in (chat.chat(rng), scenes.scene(rng, (64, 64), 4), compare.compare(rng, (32, 32), 2),
                       motion.motion(rng, (32, 32), 2, 2)):
            for turn in sample.turns:
                yield from (turn.question, turn.thought, turn.answer)
    fixed = [*cards_text.RELIGIONS, *cards_text.STATUSES, *cards_text.JOBS, *cards_text.LABELS, *cards_text.STREETS,
             "SEUMUR HIDUP", "WNI", "LAKI-LAKI", "PEREMPUAN", "PROVINSI", "KABUPATEN", "KOTA", *chat.SYSTEMS,
             *reading.ENGLISH, *reading.INDONESIAN, "user", "assistant", "system", "seconds>", "<"]
    skeleton = cards_text.Person(*[""] * 19).json()
    for _ in range(200):
        yield from fixed
        yield skeleton
    for word in [*ENGLISH, *INDONESIAN]:
        yield from [word, f" {word}"] * 2


def train() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=SIZE - len(ADDED), initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
                                  show_progress=False)
    tokenizer.train_from_iterator(texts(np.random.default_rng(7)), trainer)
    for content, special in ADDED:
        token = AddedToken(content, special=special, normalized=False)
        tokenizer.add_special_tokens([token]) if special else tokenizer.add_tokens([token])
    return tokenizer


def config(tokenizer: Tokenizer) -> dict:
    """`tokenizer_config.json` in Qwen's form."""
    flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    return {
        "add_bos_token": False, "add_prefix_space": False,
        "added_tokens_decoder": {str(tokenizer.token_to_id(t)): {"content": t, **flags, "special": s} for t, s in ADDED},
        "additional_special_tokens": list(SPECIAL[1:]), "bos_token": None, "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>", "errors": "replace", "model_max_length": 4096, "pad_token": "<|endoftext|>",
        "split_special_tokens": False, "tokenizer_class": "Qwen2Tokenizer", "unk_token": None,
    }


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config(tokenizer), indent=2, ensure_ascii=False) + "\n")
    print(tokenizer.get_vocab_size(), tokenizer.encode("<think>\nThe red circle is at the top left. KELURAHAN 12-03-1990").tokens)


if __name__ == "__main__":
    main()
