"""Embedding all again: what is known of the articles stays, and the old index answers meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index import lock as lock_module
from index.collection import LocalCollection
from index.errors import EncoderMismatch, StoreUnusable
from index.lock import Writer
from index.types import Article, Outcome, Query, Vectors
from index.verify import forget_hashes
from tests.encoders import HashedWords

ARTICLES = [
    Article(f"a{n}", f"Harbour {n} closed.", root="/news", path=f"{9 - n}.md", added_at=f"2024-01-0{n}")
    for n in range(1, 5)
]
OTHER = HashedWords(dimension=16, name="other")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "news"


@pytest.fixture
def old(folder: Path) -> Iterator[LocalCollection]:
    """Four articles in the old encoder's collection, stored in an order that is not that of their ids."""
    with closing(LocalCollection(folder, HashedWords())) as collection:
        list(collection.add(reversed(ARTICLES)))
        yield collection


def reindexed(folder: Path, writer: Writer | None = None) -> list[Outcome]:
    with closing(LocalCollection(folder, OTHER, writer=writer)) as collection:
        return [added.outcome for added in collection.reindex(folder.parent / "beside")]


def found(collection: LocalCollection) -> list[str]:
    query = Query("harbour", collection._encoder.encode_queries(["harbour"]))
    return sorted(hit.article.id for hit in collection.retrieve(query, 9).hits)


def test_what_is_known_of_an_article_stays(old: LocalCollection, folder: Path) -> None:
    """When and in which order they were added, and from where; only passages and vectors are new."""
    before = list(old.articles())
    assert reindexed(folder) == [Outcome.ADDED] * 4
    assert list(old.articles()) == before
    assert [row.added_at for row in old.articles()] == [article.added_at for article in reversed(ARTICLES)]
    assert [one.article for one in old.everything()] == list(reversed(ARTICLES))
    assert not (folder.parent / "beside").exists()


def test_the_old_answers_meanwhile(old: LocalCollection, folder: Path) -> None:
    """Between any two articles, also with what comes, moves and goes, and the new one has all of it."""
    with closing(LocalCollection(folder, OTHER)) as new:
        steps = new.reindex(folder.parent / "beside")
        next(steps)
        assert found(old) == ["a1", "a2", "a3", "a4"]
        list(old.add([Article("late", "Harbour 9 closed."), replace(ARTICLES[3], path="moved.md")]))
        old.remove("a2")
        assert found(old) == ["a1", "a3", "a4", "late"]
        list(steps)
        assert found(new) == ["a1", "a3", "a4", "late"]
        moved = new.article("a4")
        assert moved is not None
        assert moved.path == "moved.md"
        assert new.upkeep.verify(mend=False) == []


def test_two_at_once(old: LocalCollection, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits for the first one's end, and then has nothing to embed but what it wants anew."""
    monkeypatch.setattr(lock_module, "_PATIENCE_SECONDS", 0.05)
    waits = threading.Event()
    outcomes: list[Outcome] = []
    writer = Writer("byline reindex", lambda line: waits.set())
    with closing(LocalCollection(folder, OTHER, writer=writer)) as first:
        steps = first.reindex(folder.parent / "beside")
        next(steps)
        second = threading.Thread(target=lambda: outcomes.extend(reindexed(folder, writer)))
        second.start()
        assert waits.wait(20)
        assert outcomes == []
        list(steps)
        second.join(20)
        assert outcomes == [Outcome.ADDED] * 4
        assert found(first) == ["a1", "a2", "a3", "a4"]


def test_what_was_embedded_before_is_not_stored_afterwards(old: LocalCollection, folder: Path) -> None:
    """An article that was on its way when the new index took over is refused, not stored under it."""
    encoder = old._encoder
    embed = encoder.encode_passages

    def meanwhile(texts: Sequence[str]) -> Vectors:
        reindexed(folder)
        return embed(texts)

    encoder.encode_passages = meanwhile  # type: ignore[method-assign]
    with pytest.raises(EncoderMismatch):
        list(old.add([Article("late", "Harbour 9 closed.")]))
    with closing(LocalCollection(folder, OTHER)) as new:
        assert found(new) == ["a1", "a2", "a3", "a4"]


def test_an_altered_article_ends_it(old: LocalCollection, folder: Path) -> None:
    """It could never be the same in both; the line names the command that says more."""
    forget_hashes(old._store.database, ["a2"])
    with pytest.raises(StoreUnusable) as caught:
        reindexed(folder)
    assert str(caught.value) == "article a2 is not what was stored; run: byline verify"
    assert found(old) == ["a1", "a2", "a3", "a4"]
