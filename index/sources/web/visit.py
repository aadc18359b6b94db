"""One link on its way: its requests, one after the other, within one deadline."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpcore2

from ...settings import WebSettings
from .address import Reach
from .body import ACCEPTED, read_beginning, read_body
from .links import Link
from .pace import Pace
from .transport import Deadline, Guard, Network

_ACCEPT = "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5"
Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; the body only where it said yes."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str:
        """A header's first value, empty where it is not there."""
        wanted = name.encode("ascii")
        return next((_text(value) for key, value in self.headers if key.lower() == wanted), "")

    @property
    def retry_after_seconds(self) -> float | None:
        """How long the server asks to be left alone."""
        asked = self.header("retry-after").strip()
        if asked.isdecimal():
            return float(asked[:9])
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
        except (ValueError, TypeError, IndexError, OverflowError):
            return None


class Visit:
    """The requests that one link takes: its site's `robots.txt`, its redirects, the page.

    They share a deadline, and a host that was waited for once is not waited for again.
    """

    def __init__(self, settings: WebSettings, network: Network, reach: Reach, pace: Pace) -> None:
        self._settings = settings
        self._network = network
        self._reach = reach
        self._pace = pace
        self._deadline = Deadline(settings.timeout_seconds)
        self._visited: set[str] = set()

    def request(
        self, link: Link, headers: Headers, delay_seconds: float, *, beginning: int | None = None
    ) -> Answer:
        """Ask for one page; with `beginning`, at most so many bytes of it."""
        self._reach.check_port(link.host, link.port)
        pause = max(self._settings.pause_seconds, delay_seconds)
        with self._pace.turn(link.host, pause, at_once=link.host in self._visited), self._deadline.running():
            self._visited.add(link.host)
            guard = Guard(self._network, self._reach, self._deadline)
            with httpcore2.ConnectionPool(self._network.trust, network_backend=guard) as pool:
                return self._exchange(pool, link, headers, beginning)

    def _exchange(
        self, pool: httpcore2.ConnectionPool, link: Link, headers: Headers, beginning: int | None
    ) -> Answer:
        sent = [
            ("User-Agent", self._settings.user_agent),
            ("Accept", _ACCEPT),
            ("Accept-Encoding", ACCEPTED),
            ("Connection", "close"),
            *headers,
        ]
        encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in sent]
        with pool.stream("GET", str(link), headers=encoded) as response:
            answer = Answer(response.status, tuple(response.headers), b"")
            if response.status != 200:
                return answer
            packing = answer.header("content-encoding")
            parts = response.iter_stream()
            body = (
                read_body(parts, packing, self._settings.max_bytes)
                if beginning is None
                else read_beginning(parts, packing, beginning)
            )
        return Answer(answer.status, answer.headers, body)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
