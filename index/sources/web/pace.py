"""One request at a time to a host, and a pause between two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...turns import Turns

LONGEST_WAIT_SECONDS = 60.0
_MOST_HOSTS = 1000


class LeftAlone(Exception):
    """The host asked not to be visited for longer than anybody waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Host:
    def __init__(self) -> None:
        self.turns = Turns()
        self.free_at = 0.0
        self.visitors = 0
        """Who is there or waits for it."""


class Pace:
    """When each host may be visited next; shared by all threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, pause_seconds: float, *, at_once: bool = False) -> Iterator[None]:
        """Be alone with a host, after its pause; `at_once` goes on with a visit that has waited already.

        LeftAlone when that would take longer than LONGEST_WAIT_SECONDS.
        """
        with self._visiting(host) as state, state.turns.turn():
            wait = state.free_at - self._clock()
            if wait > LONGEST_WAIT_SECONDS:
                raise LeftAlone(wait)
            if wait > 0 and not at_once:
                self._sleep(wait)
            try:
                yield
            finally:
                state.free_at = max(state.free_at, self._clock() + pause_seconds)

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for as long as it asks."""
        with self._visiting(host) as state:
            state.free_at = max(state.free_at, self._clock() + seconds)

    @contextmanager
    def _visiting(self, host: str) -> Iterator[_Host]:
        with self._lock:
            self._trim()
            state = self._hosts.setdefault(host, _Host())
            state.visitors += 1
        try:
            yield state
        finally:
            with self._lock:
                state.visitors -= 1

    def _trim(self) -> None:
        """Forget the hosts that may be visited at once: a feed can name a new one with each entry."""
        if len(self._hosts) >= _MOST_HOSTS:
            now = self._clock()
            self._hosts = {
                name: state for name, state in self._hosts.items() if state.visitors or state.free_at > now
            }
