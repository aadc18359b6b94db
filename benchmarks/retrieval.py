"""One question over 60,000 passages: where retrieving spends its time.

The passages are made of random words and their vectors are random: what is measured is searching,
not quality. Making them takes a few minutes, once; `--keep DIR` keeps them for the next run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from index.collection import LocalCollection
from index.types import Article, Query, Vectors

PASSAGES = 60_000
RUNS = 50
WORDS = [f"w{rank}" for rank in range(50_000)]
# Zipf: a few words are in every passage, most in hardly any, as in real text.
WEIGHTS = [1 / rank for rank in range(1, len(WORDS) + 1)]


class RandomVectors:
    """An encoder that costs nothing."""

    name, fingerprint, dimension, max_tokens = "random", "random", 384, 256

    def __init__(self) -> None:
        self._random = np.random.default_rng(1)

    def token_starts(self, text: str) -> np.ndarray:
        """Tokens are words."""
        return np.array([index for index in range(len(text)) if index == 0 or text[index - 1] == " "])

    def encode_queries(self, texts: list[str]) -> Vectors:
        """Any unit vectors will do."""
        vectors = self._random.standard_normal((len(texts), self.dimension), np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_passages = encode_queries


def articles(chooser: random.Random) -> Iterator[Article]:
    """Articles of ten passages each."""
    for number in range(PASSAGES // 10):
        paragraphs = [" ".join(chooser.choices(WORDS, WEIGHTS, k=150)) + "." for _ in range(10)]
        yield Article(str(number), "\n\n".join(paragraphs), f"Title {number}", published="2024-05-01")


def timed(label: str, action: Callable[[Query], object], queries: list[Query]) -> None:
    """Print the median and the range of an action over the queries."""
    spent = []
    for query in queries:
        started = time.perf_counter()
        action(query)
        spent.append((time.perf_counter() - started) * 1000)
    print(f"{label:<22} median {statistics.median(spent):6.1f} ms  ({min(spent):.1f}–{max(spent):.1f})")


def main() -> None:
    """Build the collection where it is missing, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder to keep the collection in")
    folder = parser.parse_args().keep or Path(tempfile.mkdtemp())
    encoder, chooser = RandomVectors(), random.Random(1)
    with LocalCollection(folder / "benchmark", encoder) as collection:
        if not collection.ever_had_articles:
            for _ in collection.add(articles(chooser)):
                pass
        print(f"{collection.counts()[1]:,} passages")
        # Questions of common and rare words, as people ask them.
        texts = [" ".join(chooser.choices(WORDS[20:5000], k=8)) for _ in range(RUNS)]
        queries = [Query(text, encoder.encode_queries([text]), asked_on="2024-06-01") for text in texts]
        collection.retrieve(queries[0], 10)
        index, store = collection._index(), collection._store
        matches = {query.text: " OR ".join(f'"{word}"' for word in query.text.split()) for query in queries}
        timed("FAISS", lambda query: index.search(query.vector, 100), queries)
        timed("BM25", lambda query: store.bm25(matches[query.text], query, 1.0, 100), queries)
        timed("retrieve, 10 hits", lambda query: collection.retrieve(query, 10), queries)


if __name__ == "__main__":
    main()
