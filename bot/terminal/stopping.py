"""Ctrl-C while something long is done: once to end it well, twice to end it now."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

_SAID = b"stopping after the articles at hand; Ctrl-C again stops at once\n"
# Over the line of a progress bar, which then draws itself again below.
_ON_TERMINAL = b"\r\x1b[2K"


class Stop:
    """Within it, the first Ctrl-C only sets `is_asked`; the second is a KeyboardInterrupt."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def is_asked(self) -> bool:
        """Whether somebody wants it to end."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep so long, or until somebody wants it to end."""
        return self._asked.wait(seconds)

    def __enter__(self) -> Stop:
        self._before = signal.signal(signal.SIGINT, self._pressed)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _pressed(self, _signal: int, _frame: FrameType | None) -> None:
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()
        # Not through a console: it may be in the midst of a line.
        os.write(2, (_ON_TERMINAL if os.isatty(2) else b"") + _SAID)
