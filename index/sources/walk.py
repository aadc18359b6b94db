"""The files under a path that a person gave."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import SourceError
from ..types import Skipped
from .found import shown
from .reasons import LINKED_FOLDER


def walk(path: Path, unreadable: Callable[[Skipped], None]) -> Iterator[Path]:
    """Yield a file, or a folder's files in name order; hidden ones are left alone, links to folders named."""
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _walk(path, unreadable)
    elif os.path.lexists(path):
        raise SourceError(f"{shown(str(path))} is neither a file nor a folder; give one that holds articles")
    else:
        raise SourceError(f"{shown(str(path))} does not exist; check the spelling")


def _walk(path: Path, unreadable: Callable[[Skipped], None]) -> Iterator[Path]:
    def closed(error: OSError) -> None:
        unreadable(Skipped(shown(str(error.filename)), f"the folder cannot be read ({error.strerror})"))

    for folder, subfolders, names in os.walk(path, onerror=closed):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in subfolders:
            if Path(folder, name).is_symlink():
                unreadable(Skipped(shown(str(Path(folder, name))), LINKED_FOLDER))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
