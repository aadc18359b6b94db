"""Work on a collection that is killed in the middle, in processes that cost next to nothing to start.

`python -m tests.faults` imports all that the work needs once. For each line `KIND SEED SECONDS FOLDER`
on its input it forks, lets the child work, kills it after so many seconds, and answers with a line. What
the child has begun and finished it writes to FOLDER/journal, a line each: `begin put a7 3` stands before
article a7 is written in its third version, `done put a7 3` after that was reported as safe.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import collection as collection_module
from index.backup import Backup, new_file, write_backup
from index.chunk import chunk_article
from index.collection import LocalCollection
from index.likeness import signature
from index.settings import ChunkingSettings, StoreSettings
from index.types import Article, Skipped
from tests.encoders import HashedWords

KINDS = ("add", "change", "remove", "compact", "reindex", "import", "verify")
COLLECTION, JOURNAL, BACKUP, BESIDE = "articles", "journal", "backup.jsonl.gz", "reindex"
ARTICLES = 24
_PEOPLE = ("Orve", "Tilde", "Magnus", "Sunniva", "Halvard", "Ragna", "Eskil", "Gudrun")
_THINGS = ("harbour", "bridge", "mill", "tower", "orchard", "ferry", "quarry", "lamp", "clock", "kiln")


class RememberedWords(HashedWords):
    """The tiny encoder, which looks up each word once: most of the time shall go into writing."""

    @staticmethod
    @cache
    def _word(word: str) -> NDArray[np.float64]:
        return HashedWords()._word(word)


def article(number: int, version: int) -> Article:
    """An article as it is in one of its versions: some sentences stay, others are its own."""
    chooser = random.Random(f"{number} {version if number % 3 else 0}")
    sentences = [
        f"{chooser.choice(_PEOPLE)} repaired {chooser.choice(_THINGS)} {number} in {1900 + position}."
        for position in range(chooser.randint(2, 12))
    ]
    text = " ".join([*sentences, f"This is version {version}."])
    return Article(f"a{number}", text, title=f"Report {number}", published=f"2024-01-{number % 28 + 1:02}")


def version_of(found: Article) -> int:
    """The version that an article is in."""
    return int(found.text.rsplit(" ", 1)[1].rstrip("."))


def opened(folder: Path, *, flipped: bool = False) -> LocalCollection:
    """The collection with the chunking it was built with, or `flipped` with another one."""
    chunking = ChunkingSettings(max_tokens=32, overlap_sentences=0)
    every_time = StoreSettings(save_every_seconds=0)
    with closing(LocalCollection(folder / COLLECTION, RememberedWords(), chunking)) as collection:
        overlap = int(collection._store.meta().get("overlap_sentences", 0))
    chunking = chunking.model_copy(update={"overlap_sentences": 1 - overlap if flipped else overlap})
    return LocalCollection(folder / COLLECTION, RememberedWords(), chunking, storing=every_time)


class Work:
    """One child's work: the same kind again and again, until it is killed."""

    def __init__(self, kind: str, seed: str, folder: Path) -> None:
        self._kind = kind
        self._chooser = random.Random(seed)
        self._folder = folder
        self._journal = os.open(folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._version = int(seed) * 1000

    def go_on(self) -> None:
        """Work until killed."""
        while True:
            if self._kind == "reindex":
                self._reindex()
                continue
            with opened(self._folder) as collection:
                for _ in range(3):
                    getattr(self, f"_{self._kind}")(collection)

    def _note(self, *words: object) -> None:
        os.write(self._journal, " ".join(map(str, words)).encode() + b"\n")

    def _put(self, collection: LocalCollection, articles: list[Article]) -> None:
        versions = {one.id: version_of(one) for one in articles}
        for article_id, version in versions.items():
            self._note("begin", "put", article_id, version)
        for added in collection.add(articles):
            self._note("done", "put", added.article_id, versions[added.article_id])

    def _some(self, count: int) -> list[Article]:
        self._version += 1
        return [article(n, self._version) for n in self._chooser.sample(range(ARTICLES), count)]

    def _add(self, collection: LocalCollection) -> None:
        there = {row.id for row in collection.articles()}
        if len(there) > ARTICLES // 2:
            for article_id in self._chooser.sample(sorted(there), 6):
                self._forget(collection, article_id)
        self._put(collection, self._some(6))

    def _change(self, collection: LocalCollection) -> None:
        self._put(collection, self._some(4))

    def _remove(self, collection: LocalCollection) -> None:
        there = sorted(row.id for row in collection.articles())
        for article_id in self._chooser.sample(there, min(3, len(there))):
            self._forget(collection, article_id)
        if len(there) < 6:
            self._put(collection, self._some(3))

    def _forget(self, collection: LocalCollection, article_id: str) -> None:
        self._note("begin", "remove", article_id)
        collection.remove(article_id)
        self._note("done", "remove", article_id)

    def _compact(self, collection: LocalCollection) -> None:
        self._note("begin", "compact")
        collection.upkeep.compact()
        self._note("done", "compact")
        self._put(collection, self._some(1))

    def _verify(self, collection: LocalCollection) -> None:
        """Break what is derived, and mend it: killed in between it is mended by the next one."""
        self._note("begin", "verify")
        with collection._store.database.transaction() as db:
            db.execute("INSERT INTO full_text (full_text) VALUES ('delete-all')")
            db.execute("UPDATE vectors SET vector = zeroblob(8)")
        collection.upkeep.verify(mend=True)
        self._note("done", "verify")

    def _reindex(self) -> None:
        with opened(self._folder, flipped=True) as collection:
            self._note("begin", "reindex")
            for _ in collection.reindex(self._folder / BESIDE):
                pass
            self._note("done", "reindex")

    def _import(self, collection: LocalCollection) -> None:
        self._version += 1
        file = self._folder / BACKUP
        with new_file(file) as stream:
            write_backup(self._some(8), stream)
        with file.open("rb") as stream:
            read = list(Backup(stream, file.name))
        assert not any(isinstance(one, Skipped) for one in read)
        self._put(collection, [one for one in read if isinstance(one, Article)])


def serve() -> None:
    """Fork, kill and answer, a line each."""
    collection_module._WINDOW = 8
    for number in range(ARTICLES):  # what the children need is loaded before they are made
        one = article(number, 0)
        chunk_article(one, RememberedWords().token_starts, 32, 0)
        RememberedWords().encode_passages([one.text])
        signature(one.text)  # its library takes longer to load than a child lives
    for line in sys.stdin:
        kind, seed, seconds, folder = line.split()
        child = os.fork()
        if child == 0:
            try:
                Work(kind, seed, Path(folder)).go_on()
            finally:
                os._exit(1)  # whatever it was: it never comes to an end by itself
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "failed\n")
        sys.stdout.flush()


def begun_and_done(journal: Path) -> Iterator[tuple[str, list[str]]]:
    """The journal's lines: `begin` or `done`, and of what."""
    for line in journal.read_text("utf-8").splitlines():
        moment, *what = line.split()
        yield moment, what


if __name__ == "__main__":
    serve()
