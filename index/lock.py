"""A lock on a file, between threads and between processes, that can say who has it."""

from __future__ import annotations

import errno
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from .errors import StoreUnusable

_POLL_SECONDS = 0.01
# Whoever waits for less than this hardly notices.
_PATIENCE_SECONDS = 0.5
_TAKEN = {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a lock."""

    command: str
    """What a person typed to start it: `byline index`."""
    process: int
    since: datetime
    """In local time."""

    def __str__(self) -> str:
        day = "" if self.since.date() == datetime.now().date() else f"{self.since:%Y-%m-%d} "
        return f"`{self.command}` (process {self.process}, since {day}{self.since:%H:%M})"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, for those who must wait for it, and how it is told for whom it waits itself."""

    command: str = "byline"
    """What a person typed to start it."""
    waiting: Callable[[str], None] = lambda line: None
    """Takes a line for a person."""


class FileLock:
    """One holder at a time, in the order they came; each `held` counts for itself, also in one thread.

    The system lets go when the holder's process ends, however it ends: a file that was left behind
    holds nothing. `waiting` is told the holder, or None where that is not known, once by each who waits
    for longer than a person has patience. StoreUnusable when the file cannot be written.
    """

    def __init__(self, file: Path, command: str, waiting: Callable[[Holder | None], None]) -> None:
        self._file = file
        # Whoever comes back at once would have the lock again before those who wait woke up: here
        # it stands in line behind them.
        self._line = file.with_suffix(".next")
        self._command = command
        self._waiting = waiting

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, and have it."""
        with self._opened(self._line) as line:
            self._wait(line)
            with self._opened(self._file) as file:
                self._wait(file)
                self._sign(file)
                line.close()
                yield

    @contextmanager
    def at_once(self) -> Iterator[bool]:
        """Have the lock if nobody has it or waits for it; whether that is so."""
        with self._opened(self._line) as line, self._opened(self._file) as file:
            mine = self._taken(line) and self._taken(file)
            if mine:
                self._sign(file)
            line.close()
            yield mine

    def holder(self) -> Holder | None:
        """Who had the lock last, as far as that can be read."""
        try:
            process, since, command = self._file.read_text("utf-8").rstrip("\n").split(" ", 2)
            return Holder(command, int(process), datetime.fromtimestamp(float(since)))
        except (OSError, ValueError, OverflowError):
            return None

    def _wait(self, handle: FileIO) -> None:
        told_at = time.monotonic() + _PATIENCE_SECONDS
        while not self._taken(handle):
            if time.monotonic() >= told_at:
                told_at = math.inf
                self._waiting(self.holder())
            time.sleep(_POLL_SECONDS)

    def _taken(self, handle: FileIO) -> bool:
        try:
            return take(handle.fileno())
        except OSError as error:
            raise self._unusable(error) from error

    def _sign(self, handle: FileIO) -> None:
        with suppress(OSError):  # a full disk: the lock holds all the same, of a holder without a name
            handle.truncate(0)
            handle.write(f"{os.getpid()} {time.time():.0f} {self._command}\n".encode())

    def _opened(self, file: Path) -> FileIO:
        try:
            return file.open("ab", buffering=0)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> StoreUnusable:
        return StoreUnusable(
            f"{self._file} cannot be written ({error.strerror}); check the disk's space and permissions"
        )


def take(descriptor: int) -> bool:
    """Lock an open file without waiting, until it is closed; False when another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            os.lseek(descriptor, 1024, os.SEEK_SET)  # past what others may read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True
