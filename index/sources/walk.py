"""The files under a path that a person gave."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import SourceError
from ..types import Skipped
from .found import shown
from .reasons import LINKED_FOLDER

Closed = Callable[[Path, Skipped], None]
"""Told of a folder that is there and was not read."""


def walk(path: Path, closed: Closed) -> Iterator[Path]:
    """Yield a file, or a folder's files in name order; hidden ones are left alone, links to folders named."""
    check_path(path)
    if path.is_file():
        yield path
    else:
        yield from _walk(path, closed)


def check_path(path: Path) -> None:
    """SourceError when a path that a person gave leads to nothing that can be read."""
    if path.is_file() or path.is_dir():
        return
    if os.path.lexists(path):
        raise SourceError(f"{shown(str(path))} is neither a file nor a folder; give one that holds articles")
    raise SourceError(f"{shown(str(path))} does not exist; check the spelling")


def _walk(path: Path, closed: Closed) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        reason = f"the folder cannot be read ({error.strerror})"
        closed(Path(error.filename), Skipped(shown(str(error.filename)), reason))

    for folder, subfolders, names in os.walk(path, onerror=failed):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in subfolders:
            linked = Path(folder, name)
            if linked.is_symlink():
                closed(linked, Skipped(shown(str(linked)), LINKED_FOLDER))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
