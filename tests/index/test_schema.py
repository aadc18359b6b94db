"""The store's schema and its migrations."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import schema
from index.errors import SchemaTooNew, StoreUnusable
from index.rows import NewPassage
from index.store import Store
from index.types import Article, Passage

TODAY = len(schema.MIGRATIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def old_store(path: Path) -> Path:
    """A store of today's schema with one article, closed."""
    with closing(Store(path)) as store:
        passage = Passage("a", 0, 10, "It rained.")
        store.put(Article("a", "It rained."), b"hash", [NewPassage(passage, b"v", b"\0\x3c")])
    return path


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        yield connection


TODAY = len(schema.MIGRATIONS)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [*db.iterdump(), str(version(path))]


def test_a_missing_file_is_created(path: Path) -> None:
    """A new store has today's version, an empty manifest and its first generation."""
    with closing(Store(path)) as store:
        assert store.meta() == {}
        assert store.all_keys().generation.number == 0
    assert version(path) == TODAY


def test_an_empty_file_is_created(path: Path) -> None:
    """An empty file is a store of schema 0."""
    path.touch()
    with closing(Store(path)) as store:
        assert store.counts() == (0, 0)
    assert version(path) == TODAY


def test_each_store_has_its_own_history(tmp_path: Path) -> None:
    """Two stores never share a generation, so that a vector file cannot be taken for the other's."""
    with closing(Store(tmp_path / "a")) as first, closing(Store(tmp_path / "b")) as second:
        tags = [store.all_keys().generation.tag for store in (first, second)]
    assert [len(tag) for tag in tags] == [32, 32]
    assert tags[0] != tags[1]


def test_opening_again_changes_nothing(old_store: Path) -> None:
    """A store of today's schema is left as it is."""
    before = dump(old_store)
    Store(old_store).close()
    assert dump(old_store) == before


def test_a_store_can_be_opened_while_another_writes(old_store: Path, db: sqlite3.Connection) -> None:
    """With today's schema no lock is taken."""
    with closing(sqlite3.connect(old_store, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        schema.migrate(db, old_store)
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (1,)
        writer.execute("ROLLBACK")


def test_a_newer_store_is_refused(old_store: Path, db: sqlite3.Connection) -> None:
    """A store of schema 99 is refused in words that name the upgrade, and left alone."""
    db.execute("PRAGMA user_version = 99")
    before = dump(old_store)
    with pytest.raises(SchemaTooNew) as caught:
        Store(old_store)
    assert str(caught.value) == (
        f"{old_store} was written by a newer Byline (schema 99, this one knows {TODAY}); "
        "upgrade with: pip install --upgrade byline-bot"
    )
    assert dump(old_store) == before


NEXT = (
    "ALTER TABLE articles ADD COLUMN language TEXT",
    "UPDATE articles SET language = 'en'",
)


def test_an_older_store_is_migrated(old_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step added to MIGRATIONS runs once on an older store, and its articles are still there."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    for _ in range(2):
        with closing(Store(old_store)) as store:
            assert store.article("a") == Article("a", "It rained.")
    assert version(old_store) == TODAY + 1
    with closing(sqlite3.connect(old_store)) as db:
        assert db.execute("SELECT id, language FROM articles").fetchall() == [("a", "en")]


def test_a_new_store_takes_every_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store made by a later release gets all steps at once."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    Store(path).close()
    assert version(path) == TODAY + 1


def test_steps_are_one_transaction(
    old_store: Path, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else sees a store halfway between two versions."""
    seen: list[tuple[int, ...]] = []
    with closing(sqlite3.connect(old_store)) as reader:

        def look() -> None:
            columns = reader.execute("SELECT count(*) FROM pragma_table_info('articles')").fetchone()
            seen.append((*columns, *reader.execute("PRAGMA user_version").fetchone()))

        db.create_function("look", 0, look)
        steps = (*schema.MIGRATIONS, (NEXT[0], "SELECT look()"), (NEXT[1], "SELECT look()"))
        monkeypatch.setattr(schema, "MIGRATIONS", steps)
        schema.migrate(db, old_store)
        look()
    assert seen == [(11, TODAY), (11, TODAY), (12, TODAY + 2)]


def test_a_failing_step_leaves_the_store_untouched(old_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a later step fails, the steps before it are undone too, and the old program still opens it."""
    before = dump(old_store)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, NEXT, ("DELETE FROM no_such_table",)))
        with pytest.raises(StoreUnusable) as caught:
            Store(old_store)
    assert str(caught.value).startswith(f"{old_store} cannot be used (no such table: no_such_table); ")
    assert dump(old_store) == before
    with closing(Store(old_store)) as store:
        assert store.article("a") == Article("a", "It rained.")


def test_many_can_create_it_at_once(path: Path) -> None:
    """Threads (as processes do) that open the same missing store at the same moment all get one store."""
    stores: list[Store] = []
    failures: list[BaseException] = []
    barrier = threading.Barrier(6)

    def opening() -> None:
        barrier.wait()
        try:
            stores.append(Store(path))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=opening) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({store.all_keys().generation for store in stores}) == 1
    for store in stores:
        store.close()
    assert version(path) == TODAY
