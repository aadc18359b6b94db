"""One SQLite file for several threads."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.database import Database
from index.errors import StoreUnusable
from index.schema import migrate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path, migrate)
    yield database
    database.close()


def put(database: Database, *names: str) -> None:
    """Write entries in one transaction."""
    with database.transaction() as db:
        for name in names:
            db.execute("INSERT INTO meta VALUES (?, 1)", (name,))


def interrupted(database: Database) -> None:
    with database.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('a', 1)")
        raise KeyboardInterrupt


def names(database: Database) -> list[str]:
    return [name for (name,) in database.rows("SELECT name FROM meta")]


def test_a_transaction_commits(path: Path, database: Database) -> None:
    """What a transaction wrote is seen by another connection to the file."""
    put(database, "a")
    other = Database(path, migrate)
    assert names(other) == ["a"]
    assert other.row("SELECT value FROM meta WHERE name = ?", ("a",)) == (1,)
    assert other.row("SELECT value FROM meta WHERE name = ?", ("b",)) is None
    other.close()


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    """Any exception undoes all that the transaction wrote, and the next one works."""
    with pytest.raises(KeyboardInterrupt):
        interrupted(database)
    assert names(database) == []
    put(database, "b")
    assert names(database) == ["b"]


def test_sqlite_errors_say_what_to_do(path: Path, database: Database) -> None:
    """An error of SQLite within a transaction undoes it and comes out as StoreUnusable."""
    put(database, "a")
    with pytest.raises(StoreUnusable) as caught:
        put(database, "b", "a")
    assert str(caught.value) == (
        f"{path} cannot be used (UNIQUE constraint failed: meta.name); check the disk's space and "
        "permissions, or restore the folder from a backup"
    )
    assert names(database) == ["a"]


def test_references_are_enforced(database: Database) -> None:
    """A passage of no article cannot be stored."""
    with (
        pytest.raises(StoreUnusable, match=r"\(FOREIGN KEY constraint failed\)"),
        database.transaction() as db,
    ):
        db.execute("INSERT INTO passages (article_key, start, end, vector_hash) VALUES (7, 0, 1, x'00')")


def test_a_snapshot_is_one_moment(path: Path, database: Database) -> None:
    """Reads within a snapshot do not see what is committed meanwhile."""
    other = Database(path, migrate)
    with database.snapshot() as db:
        before = db.execute("SELECT count(*) FROM meta").fetchone()
        put(other, "a")
        assert db.execute("SELECT count(*) FROM meta").fetchone() == before == (0,)
    assert names(database) == ["a"]
    other.close()


def test_a_snapshot_writes_nothing(database: Database) -> None:
    """What is written within a snapshot is undone."""
    with database.snapshot() as db:
        db.execute("INSERT INTO meta VALUES ('a', 1)")
    assert names(database) == []


def test_threads_write_and_read_together(database: Database) -> None:
    """Many threads of one program share it: each write is there, none fails."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                put(database, f"{number}-{turn}")
                names(database)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(names(database)) == sorted(f"{number}-{turn}" for number in range(4) for turn in range(10))


def test_opening_waits_for_another_that_opens(path: Path) -> None:
    """Switching a new file to its write-ahead log waits for another process that is about to do the same."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, other.execute, ["COMMIT"])
    done.start()
    database = Database(path, migrate)
    assert names(database) == []
    assert database.row("PRAGMA journal_mode") == ("wal",)
    database.close()
    done.join()
    other.close()


def test_closing_leaves_one_file(path: Path) -> None:
    """After the last connection of every thread is closed, no write-ahead log is left beside the file."""
    database = Database(path, migrate)
    thread = threading.Thread(target=put, args=(database, "a"))
    thread.start()
    thread.join()
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "store.sqlite3",
        "store.sqlite3-shm",
        "store.sqlite3-wal",
    ]
    database.close()
    assert [file.name for file in path.parent.iterdir()] == ["store.sqlite3"]


def test_scrubbing_leaves_no_trace(path: Path, database: Database) -> None:
    """What was removed is in no file afterwards, even while the database is open; what stays is in one."""
    with database.transaction() as db:
        db.executemany("INSERT INTO meta VALUES (?, 1)", [(f"marmalade {n}" * n,) for n in range(1, 200)])
        db.execute("INSERT INTO meta VALUES ('turpentine', 1)")
    with database.transaction() as db:
        db.execute("DELETE FROM meta WHERE name LIKE 'marmalade%'")
    database.scrub()
    files = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert [name for name, data in files.items() if b"marmalade" in data] == []
    assert [name for name, data in files.items() if b"turpentine" in data] == ["store.sqlite3"]


def test_a_file_that_is_no_database_is_named(path: Path) -> None:
    """A file of something else is refused in words that say what to do, and left as it is."""
    path.write_text("These are not the bytes of a database, whatever its name says.\n" * 40)
    before = path.read_bytes()
    with pytest.raises(StoreUnusable) as caught:
        Database(path, migrate)
    assert str(caught.value) == (
        f"{path} cannot be used (file is not a database); check the disk's space and permissions, "
        "or restore the folder from a backup"
    )
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A store cannot be made in a folder that is not there."""
    with pytest.raises(StoreUnusable) as caught:
        Database(tmp_path / "gone" / "store.sqlite3", migrate)
    assert str(caught.value).startswith(
        f"{tmp_path}/gone/store.sqlite3 cannot be used (unable to open database file); "
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    """A store cannot be made in a folder that may not be written."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnusable) as caught:
        Database(tmp_path / "store.sqlite3", migrate)
    assert str(caught.value).startswith(f"{tmp_path}/store.sqlite3 cannot be used (")
