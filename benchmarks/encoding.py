"""Passages embedded a second, by length in tokens."""

from __future__ import annotations

import random
import statistics
import time

from index.encode import SentenceEncoder
from index.settings import EncoderSettings

RUNS = 3
PASSAGES = 64
WORDS = ("harbour", "minister", "bridge", "storm", "record", "village", "company", "season", "river", "train")


def main() -> None:
    """Print the median rate for each length."""
    encoder = SentenceEncoder(EncoderSettings())
    chooser = random.Random(1)
    for words in (50, 100, 190, 240):
        texts = [" ".join(chooser.choices(WORDS, k=words)) for _ in range(PASSAGES)]
        tokens = len(encoder.token_starts(texts[0]))
        encoder.encode_passages(texts[:16])
        rates = []
        for _ in range(RUNS):
            started = time.perf_counter()
            encoder.encode_passages(texts)
            rates.append(PASSAGES / (time.perf_counter() - started))
        print(
            f"{tokens:>4} tokens: median {statistics.median(rates):6.1f} passages/s"
            f"  ({min(rates):.1f}–{max(rates):.1f}, {RUNS} runs of {PASSAGES}, {encoder.precision})"
        )


if __name__ == "__main__":
    main()
