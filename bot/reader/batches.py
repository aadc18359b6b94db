"""Training examples in tokens, and batches of them as the model takes them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from .labelled import Example
from .model import titled

# The tokens of the longest example; longer ones lose the end of their context.
_MAX_TOKENS = 384
# Batches of one length are drawn from this many batches' examples.
_POOL = 40


def training_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in the folder, set to what a training example may have at most."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS, strategy="only_second")
    return tokenizer


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example in tokens; `start` and `end` are 0, the place of "no answer", where it has none."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    start: int
    end: int


def encoded(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Encoded]:
    """Tokenise examples; the few whose answer lies beyond the longest input are dropped."""
    pairs, shifts = [], []
    for example in examples:
        context, shift = titled(example.title, example.context)
        pairs.append((example.question, context))
        shifts.append(shift)
    result = []
    for example, shift, encoding in zip(examples, shifts, tokenizer.encode_batch(pairs), strict=True):
        start = end = 0
        if example.start is not None and example.end is not None:
            places = [
                i
                for i, (a, b) in enumerate(encoding.offsets)
                if encoding.type_ids[i] == 1
                and a < b
                and a < example.end + shift
                and b > example.start + shift
            ]
            if not places or encoding.offsets[places[-1]][1] < example.end + shift:
                continue
            start, end = places[0], places[-1]
        result.append(Encoded(tuple(encoding.ids), tuple(encoding.type_ids), start, end))
    return result


def batches(examples: Sequence[Encoded], size: int, chance: random.Random) -> list[list[Encoded]]:
    """Group examples of like length, in random order."""
    order = list(examples)
    chance.shuffle(order)
    grouped = []
    for begin in range(0, len(order), size * _POOL):
        pool = sorted(order[begin : begin + size * _POOL], key=lambda example: len(example.ids))
        grouped += [pool[i : i + size] for i in range(0, len(pool), size)]
    chance.shuffle(grouped)
    return grouped


def tensors(batch: Sequence[Encoded]) -> dict[str, torch.Tensor]:
    """A batch as the model takes it, padded to its longest example."""
    length = max(len(example.ids) for example in batch)

    def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
        return torch.tensor([[*row, *[0] * (length - len(row))] for row in rows])

    return {
        "input_ids": padded([example.ids for example in batch]),
        "token_type_ids": padded([example.types for example in batch]),
        "attention_mask": padded([[1] * len(example.ids) for example in batch]),
        "start_positions": torch.tensor([example.start for example in batch]),
        "end_positions": torch.tensor([example.end for example in batch]),
    }
