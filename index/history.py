"""A store's history: each write is a moment of it, and a log tells which passages came and went.

The functions run inside the store's transactions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
"""Keys of passages, which are never reused."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A moment in the history of a store."""

    number: int
    tag: str
    """Random: tells apart moments of the same number in two histories, such as before and after a backup."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to the passages since some generation."""

    generation: Generation
    """The moment this leads up to."""
    added: Keys
    removed: Keys


def keys_of(keys: Iterable[int]) -> Keys:
    """Some keys as an array."""
    return np.fromiter(keys, np.int64)


def current_generation(db: sqlite3.Connection) -> Generation:
    """The moment a store is at."""
    return Generation(*db.execute("SELECT number, tag FROM generations ORDER BY number DESC").fetchone())


def next_generation(db: sqlite3.Connection) -> int:
    """Begin the next moment of a store's history."""
    number = current_generation(db).number + 1
    db.execute("INSERT INTO generations VALUES (?, lower(hex(randomblob(16))))", (number,))
    return number


def note_passage(db: sqlite3.Connection, generation: int, key: int, *, added: bool) -> None:
    """Log that a passage came or went."""
    db.execute(
        "INSERT INTO log (generation, passage_key, added) VALUES (?, ?, ?)", (generation, key, int(added))
    )


def changes_since(db: sqlite3.Connection, generation: Generation) -> Changes | None:
    """What was added and removed after `generation`; None when it is trimmed, or not of this history."""
    known = db.execute(
        "SELECT 1 FROM generations WHERE number = ? AND tag = ?", (generation.number, generation.tag)
    ).fetchone()
    if known is None:
        return None
    now = current_generation(db)
    log = db.execute(
        "SELECT passage_key, added FROM log WHERE generation > ? ORDER BY rowid", (generation.number,)
    )
    added: dict[int, None] = {}
    removed: list[int] = []
    for key, is_added in log:
        if is_added:
            added[key] = None
        elif key in added:
            del added[key]  # came and went: the index never sees it
        else:
            removed.append(key)
    return Changes(now, keys_of(added), keys_of(removed))


def trim(db: sqlite3.Connection, generation: Generation) -> None:
    """Forget the log up to `generation`."""
    db.execute("DELETE FROM log WHERE generation <= ?", (generation.number,))
    db.execute("DELETE FROM generations WHERE number < ?", (generation.number,))
