"""A lock for threads that come back at once: each waits for those who asked before, and no longer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock that is given in the order it was asked for.

    A plain lock may go to the same thread again and again: one that releases it between two batches
    has it back before another that waits for it wakes up.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[object, None] = {}

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for those who asked before, then have the lock to oneself."""
        mine = object()
        try:
            with self._changed:
                self._waiting[mine] = None
                self._changed.wait_for(lambda: next(iter(self._waiting)) is mine)
            yield
        finally:
            with self._changed:
                self._waiting.pop(mine, None)
                self._changed.notify_all()
