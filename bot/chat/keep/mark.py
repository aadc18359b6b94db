"""The mark on a server's folder that says when it is to be forgotten."""

from __future__ import annotations

import os
from pathlib import Path

MARK = "forget-after"
BEGUN = 0.0
"""A day long past: its forgetting has begun, and nothing of it is shown any more."""


def due(folder: Path) -> float | None:
    """When the folder is to be forgotten, in unix seconds; None when it is not."""
    try:
        return float((folder / MARK).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def is_due(folder: Path, now: float) -> bool:
    """Whether the folder's day has come."""
    day = due(folder)
    return day is not None and day <= now


def set_mark(folder: Path, day: float) -> None:
    """Have the folder forgotten on a day, in unix seconds; the mark is there whole or not at all."""
    temporary = folder / f"{MARK}.tmp"
    with temporary.open("w", encoding="ascii") as file:
        file.write(f"{day}\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / MARK)


def clear_mark(folder: Path) -> None:
    """Keep the folder after all, unless its forgetting has begun."""
    if due(folder) != BEGUN:
        (folder / MARK).unlink(missing_ok=True)
