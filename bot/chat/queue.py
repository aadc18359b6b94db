"""Work off the event loop: one thread behind a bounded queue, so that nothing waits without knowing."""

from __future__ import annotations

import asyncio
import contextvars
import math
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

_REMEMBERED = 20
_GIVE_WAY_SECONDS = 2.0


class Busy(Exception):
    """As much is waiting as may wait; nothing went wrong."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"busy, try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class Closed(Exception):
    """The program is shutting down, and this work was dropped."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    future: Future[Any]
    context: contextvars.Context


class Worker:
    """One thread that does work in turn; what comes while `waiting` pieces wait is refused at once.

    The piece that runs is not among those that wait. With None nothing is ever refused.
    """

    def __init__(self, name: str, waiting: int | None) -> None:
        self.name = name
        self._waiting = waiting
        self._changed = threading.Condition()
        self._slots: set[object] = set()
        self._jobs: deque[_Job] = deque()
        self._running: Future[Any] | None = None
        self._durations: deque[float] = deque(maxlen=_REMEMBERED)
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def depth(self) -> int:
        """How many pieces of work are reserved, waiting or running."""
        return len(self._slots)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do, nor any work announced."""
        return not self._slots

    def reserve(self) -> Ticket:
        """A place in the queue, to be used or released; Busy when there is none, or after `close`."""
        with self._changed:
            full = self._waiting is not None and len(self._slots) > self._waiting
            if full or self._closed:
                raise Busy(self._retry_after_seconds())
            slot = object()
            self._slots.add(slot)
        return Ticket(self, slot)

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` on the thread when its turn has come; Busy at once when too much waits."""
        return await self.reserve().run(work)

    def give_way(self, to: Worker) -> None:
        """Hold the calling thread while `to` has work, for at most two seconds: some is always done."""
        if threading.current_thread() is not to._thread:
            with to._changed:
                to._changed.wait_for(lambda: to.idle or self._closed, _GIVE_WAY_SECONDS)

    async def close(self, *, finish_seconds: float) -> None:
        """Refuse new work, drop what waits, and give what runs `finish_seconds` to end.

        Who awaits work that was dropped, or that does not end in time, gets Closed.
        """
        with self._changed:
            self._closed = True
            dropped = [job.future for job in self._jobs]
            self._jobs.clear()
            self._changed.notify_all()
        for future in dropped:
            _settle(future, Closed())
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, finish_seconds)
            running = self._running
            if self._thread.is_alive() and running is not None:
                _settle(running, Closed())

    def _retry_after_seconds(self) -> int:
        usual = statistics.median(self._durations) if self._durations else 0.0
        return max(1, math.ceil(len(self._slots) * usual))

    def _submit(self, slot: object, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        # Before anybody who awaits it goes on, and also when the wait is cancelled before its turn.
        future.add_done_callback(lambda _: self._free(slot))
        with self._changed:
            if not self._closed:
                self._jobs.append(_Job(work, future, contextvars.copy_context()))
                self._start()
                self._changed.notify_all()
                return future
        future.set_exception(Closed())
        return future

    def _free(self, slot: object) -> None:
        with self._changed:
            self._slots.discard(slot)
            self._changed.notify_all()

    def _start(self) -> None:
        if self._thread is None:
            # A daemon: work that does not end in time must not keep the program from ending.
            self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closed)
                if not self._jobs:
                    return
                job = self._jobs.popleft()
                self._running = job.future
            if job.future.set_running_or_notify_cancel():
                self._do(job)
            self._running = None
            del job  # or the last work's values would live until the next

    def _do(self, job: _Job) -> None:
        started = time.monotonic()
        try:
            try:
                done = job.context.run(job.work)
            except StopIteration as error:  # asyncio cannot hand one on: the caller would wait forever
                raise RuntimeError("the work raised StopIteration") from error
        except BaseException as error:  # it belongs to the caller, and the thread goes on
            self._took(time.monotonic() - started)
            _settle(job.future, error)
        else:
            self._took(time.monotonic() - started)
            with suppress(InvalidStateError):  # given up by `close`
                job.future.set_result(done)

    def _took(self, seconds: float) -> None:
        with self._changed:
            self._durations.append(seconds)


class Ticket:
    """A place in a worker's queue; it must be used or released."""

    def __init__(self, worker: Worker, slot: object) -> None:
        self._worker = worker
        self._slot: object | None = slot

    def run(self, work: Callable[[], T]) -> Coroutine[Any, Any, T]:
        """Do `work` on the worker's thread when its turn has come; Closed when that will not be.

        It is in the queue from now on, not from when it is awaited: a task that is cancelled before its
        first step must not keep the place.
        """
        slot, self._slot = self._slot, None
        if slot is None:
            raise RuntimeError("this ticket was used or released before")
        return _result(self._worker._submit(slot, work))

    def release(self) -> None:
        """Give the place back; nothing happens when it was used or given back before."""
        slot, self._slot = self._slot, None
        if slot is not None:
            self._worker._free(slot)

    def __del__(self) -> None:
        self.release()  # a lost ticket must not make the queue shorter for good


async def _result(future: Future[T]) -> T:
    return await asyncio.wrap_future(future)


def _settle(future: Future[Any], failure: BaseException) -> None:
    with suppress(InvalidStateError):
        future.set_exception(failure)
