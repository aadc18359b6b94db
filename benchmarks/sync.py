"""Staying in step: a second run over unchanged articles, and what one changed sentence costs.

Needs a file or folder of articles, such as a dataset's `articles.jsonl.gz`. The collection is filled with
vectors of zeros, which takes a minute instead of an hour; the command that is timed is the real one.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.chunk import chunk_article
from index.collection import LocalCollection
from index.encode import SentenceEncoder
from index.rechunk import rechunk_article
from index.sentences import sentence_spans
from index.settings import ArticleSettings, ChunkingSettings, EncoderSettings
from index.sources.files import FileSource
from index.sync import FileSync, Manner
from index.types import Article, Vectors

RUNS = 5
CHANGED = 200


class Nothing:
    """An encoder that reads nothing."""

    name = fingerprint = "nothing"
    dimension = 1
    max_tokens = 1 << 20

    def token_starts(self, text: str) -> NDArray[np.int64]:
        """A token a word, roughly."""
        return np.arange(0, len(text), 6)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same for all."""
        return np.ones((len(texts), 1), np.float32)

    encode_passages = encode_queries


def rerun(articles: Path) -> None:
    """Print how long `byline index` takes over articles that are all unchanged."""
    with tempfile.TemporaryDirectory() as data:
        with closing(LocalCollection(Path(data, "collections", "articles"), Nothing())) as collection:
            FileSync(collection, [articles], ArticleSettings(), Manner()).run(lambda _: None)
        command = [sys.executable, "-m", "bot", "index", str(articles), "--data", data]
        waited, worked = [], []
        for _ in range(RUNS):
            start, before = time.perf_counter(), _processor_seconds()
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            waited.append(time.perf_counter() - start)
            worked.append(_processor_seconds() - before)
    print(done.stdout.strip())
    for name, seconds in (("waited", sorted(waited)), ("processor", sorted(worked))):
        print(
            f"  {name:<9} median {seconds[RUNS // 2]:.2f} s ({seconds[0]:.2f}–{seconds[-1]:.2f}, {RUNS} runs)"
        )


def _processor_seconds() -> float:
    """What the commands that have ended took of the processor; other programs make one wait besides."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def one_sentence(articles: Path) -> None:
    """Print how many passages a sentence that grew by some words makes new, in articles drawn by chance."""
    chance, settings, encoder = random.Random(7), ChunkingSettings(), SentenceEncoder(EncoderSettings())
    how = encoder.token_starts, settings.max_tokens, settings.overlap_sentences
    all_articles = [item for item in FileSource([articles], ArticleSettings()) if isinstance(item, Article)]
    kept, cut = Counter[int](), Counter[int]()
    for article in chance.sample(all_articles, min(CHANGED, len(all_articles))):
        start, _ = chance.choice(list(sentence_spans(article.text)))
        text = f"{article.text[:start]}As the office said on Monday, {article.text[start:]}"
        changed = Article(article.id, text, article.title)
        old = chunk_article(article, *how)
        spans = [(passage.start, passage.end) for passage in old]
        before = {passage.text for passage in old}
        again = rechunk_article(article, spans, changed, *how)
        kept[sum(passage.text not in before for passage in again)] += 1
        cut[sum(passage.text not in before for passage in chunk_article(changed, *how))] += 1
    print(f"one sentence changed, in {kept.total()} articles: passages embedded anew")
    for name, counts in (("as Byline cuts", kept), ("cut all anew", cut)):
        told = ", ".join(f"{number}: {counts[number]}" for number in sorted(counts))
        print(f"  {name:<15} at most {max(counts)} ({told})")


if __name__ == "__main__":
    rerun(Path(sys.argv[1]))
    one_sentence(Path(sys.argv[1]))
