"""What a monitoring system sees: figures for Prometheus on loopback, and how late the event loop runs."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)

from index.errors import BylineError

from ... import __version__
from ...types import Timings

HOST = "127.0.0.1"
ANSWERED = "answered"
UNANSWERED = "unanswered"
_LATENCY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LAG_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
# The share of answered questions is that of the latest ones, so that it moves when something breaks.
_SHARE_OF = 200
# Adding up files costs a look at each; a scrape every few seconds need not pay for it.
_SIZES_KEPT_SECONDS = 60
_LOOP_STOOD_STILL_SECONDS = 1

_log = structlog.get_logger("byline")


class PortTaken(BylineError):
    """The figures cannot be offered on the configured port."""


class Metrics:
    """The figures of one running bot; a context in which they are offered on `port`, 0 for nowhere."""

    def __init__(self, port: int = 0) -> None:
        self.registry = CollectorRegistry()  # its own: two bots in one process do not add up
        self._port = port
        self._stop: Callable[[], None] | None = None
        self._latest: deque[bool] = deque(maxlen=_SHARE_OF)
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "byline_questions", "Questions by what became of them.", ["outcome"], registry=self.registry
        )
        self._feeds = Counter(
            "byline_feeds_read", "Feeds by what became of reading them.", ["outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "byline_question_seconds",
            "Where the time of a question went.",
            ["stage"],
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._lag = Histogram(
            "byline_event_loop_lag_seconds",
            "How late the event loop woke up.",
            buckets=_LAG_BUCKETS,
            registry=self.registry,
        )
        self._share = self._gauge(
            "byline_answered_share", f"Answered among the latest {_SHARE_OF} questions that were read."
        )
        self._share.set(float("nan"))  # of no questions there is no share
        self._gauge("byline_build_info", "The running version.", ["version"]).labels(__version__).set(1)

    def question(
        self,
        outcome: str,
        timings: Timings | None = None,
        *,
        waited_seconds: float | None = None,
        whole_seconds: float | None = None,
    ) -> None:
        """Count a question: `answered`, `unanswered`, or why it was not read (`busy`, `failed` …).

        `timings` are the answer's; it waited in the queue before, and the whole is from its place
        there until the answer was shown.
        """
        self._questions.labels(outcome).inc()
        if outcome in {ANSWERED, UNANSWERED}:
            self._latest.append(outcome == ANSWERED)
            self._share.set(sum(self._latest) / len(self._latest))
        stages = {"waited": waited_seconds, "whole": whole_seconds}
        if timings is not None:  # they are in milliseconds
            stages |= {
                "encode": timings.encode / 1000,
                "retrieve": timings.retrieve / 1000,
                "read": timings.read / 1000,
            }
        for stage, seconds in stages.items():
            if seconds is not None:
                self._seconds.labels(stage).observe(seconds)

    def feed(self, outcome: str) -> None:
        """Count a feed that was to be read: `read`, or `failed`."""
        self._feeds.labels(outcome).inc()

    def lag(self, seconds: float) -> None:
        """Note how late the event loop woke up."""
        self._lag.observe(seconds)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Offer a gauge whose value is asked for at each scrape, in the scrape's thread."""
        self._gauge(name, meaning).set_function(value)

    def __enter__(self) -> Metrics:
        if self._port:
            try:
                server, thread = start_http_server(self._port, HOST, self.registry)
            except OSError as error:
                raise PortTaken(
                    f"the figures cannot be offered on {HOST}:{self._port} ({error.strerror}); "
                    "set metrics.port to a free port, or to 0 for none"
                ) from None

            def stop() -> None:
                server.shutdown()
                thread.join()
                server.server_close()

            self._stop = stop
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stop is not None:
            self._stop()

    def _gauge(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
        return Gauge(name, meaning, labels, registry=self.registry)


class FolderSizes:
    """How many bytes lie in some folders, added up at most once a minute."""

    def __init__(self, folders: Sequence[Path], clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = folders
        self._clock = clock
        self._found = 0
        self._at: float | None = None

    def __call__(self) -> float:
        """The bytes as they were lately."""
        now = self._clock()
        if self._at is None or now - self._at >= _SIZES_KEPT_SECONDS:
            self._found, self._at = sum(map(_bytes, self._folders)), now
        return self._found


def _bytes(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            if not file.is_dir():
                total += file.stat().st_size
        except FileNotFoundError:  # a server is being forgotten meanwhile
            continue
    return total


async def watch_lag(metrics: Metrics, every: float = 0.25) -> None:
    """Measure, until cancelled, by how much the event loop oversleeps; a second of it is logged."""
    loop = asyncio.get_running_loop()
    while True:
        asleep = loop.time()
        await asyncio.sleep(every)
        late = max(0.0, loop.time() - asleep - every)
        metrics.lag(late)
        if late >= _LOOP_STOOD_STILL_SECONDS:
            _log.warning("event loop stood still", seconds=round(late, 2))
