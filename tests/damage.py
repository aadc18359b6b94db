"""Files damaged as a failing disk would."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def overwrite_table(file: Path, table: str) -> None:
    """Overwrite the first page of a table in an SQLite file that nobody has open."""
    with closing(sqlite3.connect(file)) as db:
        ((page,),) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
        ((size,),) = db.execute("PRAGMA page_size")
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xaa" * size)
