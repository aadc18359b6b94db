"""Several processes on one collection: one writes at a time, and readers see at once what was committed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from index import lock as lock_module
from index.collection import LocalCollection
from index.lock import Writer
from index.types import Article, Outcome, Query
from tests.encoders import HashedWords

ROOT = Path(__file__).resolve().parents[2]
OTHER = """
import sys
from pathlib import Path
from index.collection import LocalCollection
from index.lock import Writer
from index.types import Article, Query
from tests.encoders import HashedWords

class Slow(HashedWords):
    def encode_passages(self, texts):
        if any("slowly" in text for text in texts):
            print("embedding", flush=True)
            sys.stdin.readline()
        return super().encode_passages(texts)

encoder = Slow()
collection = LocalCollection(Path(sys.argv[1]), encoder, writer=Writer("byline index"))
for line in sys.stdin:
    what, _, text = line.rstrip("\\n").partition(" ")
    if what == "add":
        print([str(added.outcome) for added in collection.add([Article(text.split()[0], text)])], flush=True)
    elif what == "remove":
        print(collection.remove(text), flush=True)
    elif what == "hold":
        with collection._writing.held():
            print("held", flush=True)
            sys.stdin.readline()
    elif what == "ask":
        found = collection.retrieve(Query(text, encoder.encode_queries([text])), 5).hits
        print([hit.article.id for hit in found], flush=True)
"""
FERRY = Article("ferry", "ferry sank at the pier of Holm")


class Other:
    """Another process that has the collection open."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.id = process.pid

    def tell(self, line: str) -> None:
        """Give it something to do."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        """What it says next."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def __call__(self, line: str) -> str:
        self.tell(line)
        return self.answer()


@contextmanager
def another_process(folder: Path) -> Iterator[Other]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)], cwd=ROOT, text=True, **pipes
    ) as process:
        yield Other(process)
        process.kill()


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_PATIENCE_SECONDS", 0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "articles"


@pytest.fixture
def other(folder: Path) -> Iterator[Other]:
    with another_process(folder) as process:
        yield process


def found(collection: LocalCollection, question: str) -> list[str]:
    hits = collection.retrieve(Query(question, HashedWords().encode_queries([question])), 5).hits
    return [hit.article.id for hit in hits]


def test_the_second_writer_waits_and_says_for_whom(folder: Path, other: Other) -> None:
    """With command, process and time; it goes on when the first is done."""
    assert other("hold") == "held"
    lines: list[str] = []
    waits = threading.Event()

    def waiting(line: str) -> None:
        lines.append(line)
        waits.set()

    with closing(LocalCollection(folder, HashedWords(), writer=Writer("byline", waiting))) as collection:
        outcomes: list[Outcome] = []
        thread = threading.Thread(target=lambda: outcomes.extend(a.outcome for a in collection.add([FERRY])))
        thread.start()
        assert waits.wait(20)
        assert collection.counts() == (0, 0)  # who reads does not wait
        since = time.strftime("%H:%M")
        other.tell("let go")
        thread.join(20)
    assert outcomes == [Outcome.ADDED]
    line = f"waiting for `byline index` (process {other.id}, since {since}), which is writing to 'articles'"
    assert lines == [line]


def test_a_removal_does_not_wait_for_a_batch(folder: Path, other: Other) -> None:
    """Another process embeds for as long as it takes; articles are removed and moved meanwhile."""
    with closing(LocalCollection(folder, HashedWords())) as collection:
        list(collection.add([FERRY]))
        assert other("add mill slowly closed") == "embedding"
        assert collection.remove("ferry") is True
        assert collection.counts() == (0, 0)
        other.tell("go on")
        assert other.answer() == "['added']"
        assert [row.id for row in collection.articles()] == ["mill"]


def test_two_that_add_the_same_embed_it_once(folder: Path, other: Other) -> None:
    """The second waits for the first one's batch, and finds there what it was about to add."""
    encoder = HashedWords()
    with closing(LocalCollection(folder, encoder)) as collection:
        assert other("add mill slowly closed") == "embedding"
        outcomes: list[Outcome] = []
        same = Article("mill", "mill slowly closed")
        thread = threading.Thread(target=lambda: outcomes.extend(a.outcome for a in collection.add([same])))
        thread.start()
        other.tell("go on")
        assert other.answer() == "['added']"
        thread.join(20)
    assert (outcomes, encoder.encoded) == ([Outcome.UNCHANGED], [])


def test_a_committed_article_is_seen_at_once(folder: Path, other: Other) -> None:
    """By everybody who has the collection open, within two seconds, and a removed one by nobody."""
    with (
        closing(LocalCollection(folder, HashedWords())) as here,
        closing(LocalCollection(folder, HashedWords())) as there,
        another_process(folder) as third,
    ):
        assert (found(here, "ferry"), third("ask ferry")) == ([], "[]")
        for _ in range(5):
            assert other("add ferry sank at the pier") == "['added']"
            committed = time.monotonic()
            assert (found(here, "ferry"), found(there, "ferry")) == (["ferry"], ["ferry"])
            assert third("ask ferry") == "['ferry']"
            assert time.monotonic() - committed < 2
            assert other("remove ferry") == "True"
            assert (found(here, "ferry"), found(there, "ferry"), third("ask ferry")) == ([], [], "[]")


def test_readers_go_on_while_another_writes(folder: Path, other: Other) -> None:
    """Neither opening, asking, listing nor closing waits for the lock."""
    with closing(LocalCollection(folder, HashedWords())) as collection:
        list(collection.add([FERRY]))
    assert other("hold") == "held"
    with closing(LocalCollection(folder, HashedWords(), writer=Writer("byline", pytest.fail))) as collection:
        assert found(collection, "ferry") == ["ferry"]
        assert [row.id for row in collection.articles()] == ["ferry"]
    other.tell("let go")
