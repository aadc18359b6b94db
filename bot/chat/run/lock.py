"""One bot to a data folder: two would answer everything twice and work against each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import BylineError
from index.lock import take

LOCK_FILE = "bot.lock"


class FolderTaken(BylineError):
    """The data folder cannot be this bot's: another has it, or it cannot be written."""


@contextmanager
def only_bot(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process; FolderTaken names the process that has it already.

    The system lets go when the process ends, however it ends: a file that was left behind holds
    nothing.
    """
    file = folder / LOCK_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = file.open("a+", encoding="utf-8")
    except OSError as error:
        raise FolderTaken(f"{file} cannot be written ({error.strerror}); check --data DIR") from None
    with handle:
        if not take(handle.fileno()):
            handle.seek(0)
            holder = handle.read(20).strip() or "unknown"
            raise FolderTaken(
                f"another `byline discord` (process {holder}) uses {folder}; stop it first, or give this "
                "one a data folder of its own with --data DIR"
            )
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield
