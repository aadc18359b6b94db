"""One SQLite file for several threads and processes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import StoreUnusable

# Longer than any transaction takes: the largest are a re-embedded collection's taking over, and compacting.
_WAIT_SECONDS = 600
_ROOM_BYTES = 64 * 1024

Migrate = Callable[[sqlite3.Connection, Path], None]
"""Brings a file to today's schema, or raises SchemaTooNew."""


class Database:
    """A connection for each thread, one writer at a time; SQLite's errors become StoreUnusable."""

    def __init__(self, path: Path, migrate: Migrate) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._write_lock = threading.Lock()
        with self._errors():
            try:
                migrate(self._connection(), path)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Close every thread's connection; the last one folds the write-ahead log into the file."""
        with self._errors():
            for connection in self._connections:
                connection.close()
        self._connections.clear()
        self._local = threading.local()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._errors():
            return self._connection().execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        with self._errors():
            row: tuple[Any, ...] | None = self._connection().execute(sql, parameters).fetchone()
        return row

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: commits at the end, rolls back on any exception."""
        with self._errors(), self._write_lock:
            yield from self._between("BEGIN IMMEDIATE", "COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Several reads of one moment."""
        with self._errors():
            yield from self._between("BEGIN", "ROLLBACK")

    def scrub(self) -> None:
        """Leave no trace of what was removed, in the file or its write-ahead log.

        `secure_delete` overwrites a removed row where it lay last, not where it lay before SQLite
        moved it; only writing the file anew is rid of that.
        """
        with self._errors(), self._write_lock:
            self._connection().execute("VACUUM")
            # Waits for who reads the old pages; whoever reads longer, such as an export, has the
            # file shrink when they are done.
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _between(self, first: str, last: str) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute(first)
        try:
            yield connection
            connection.execute(last)
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connections.append(connection)
            _write_ahead(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten
            self._local.connection = connection
        return connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnusable(
                f"{self._path} cannot be used ({error}); {_advice(error, self._path)}"
            ) from error


def _advice(error: sqlite3.Error, path: Path) -> str:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or _is_full(path.parent):
        return "the disk is full: free some space and run the command again (nothing is lost)"
    if _is_read_only(path.parent):
        return (
            "the disk is read-only, and even an answer writes there: "
            "remount it, or choose another folder with --data"
        )
    return "check the disk's space and permissions, or restore the folder from a backup"


def _is_full(folder: Path) -> bool:
    """SQLite calls it an I/O error when it finds no room for the memory that its processes share."""
    try:
        return shutil.disk_usage(folder).free < _ROOM_BYTES
    except OSError:
        return False


def _is_read_only(folder: Path) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # there is no statvfs on Windows
        return False


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, waiting where SQLite does not: another process may be at it."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
