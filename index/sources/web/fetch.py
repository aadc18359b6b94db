"""Fetching what a link leads to, with all that must hold on the way there."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus

from ...settings import WebSettings
from .address import Reach
from .links import Link, joined, parse_link
from .pace import LeftAlone, Pace
from .reasons import EXPECTED, PASSING, reason_of, said_of
from .robots import MAX_BYTES, Rules, closed, robot_name, rules_from
from .transport import Network
from .validators import Validators
from .visit import Answer, Visit

_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_NO_PAGES = (
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/epub",
    "application/vnd.",
)
_KEEP_RULES_SECONDS = 24 * 3600.0
_KEEP_CLOSED_SECONDS = 60.0
_MOST_RULES = 1000


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a link led to."""

    link: str
    """Where it was, after redirects."""
    body: bytes
    """Unpacked."""
    kind: str
    """The media type as its server states it, such as `text/html`; empty when it does not."""
    charset: str | None
    validators: Validators
    moved_to: str | None = None
    """Where its servers say it is from now on, if that is elsewhere than it was asked for."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """It is still what it was when its validators were kept."""

    link: str
    moved_to: str | None = None
    """As with Fetched."""


class FetchError(Exception):
    """Nothing was fetched; the message says why, as a clause (`its server …`)."""

    def __init__(
        self,
        reason: str,
        status: int | None = None,
        retry_after_seconds: float | None = None,
        *,
        may_pass: bool = False,
    ) -> None:
        super().__init__(reason)
        self.status = status
        """What the server answered, where it did."""
        self.retry_after_seconds = retry_after_seconds
        self.may_pass = may_pass
        """Whether it may work later: the server was slow, busy or away, rather than the link wrong."""


class Fetcher:
    """Fetches links one by one, from many threads if need be; one for the whole program.

    It keeps what must be known across links: when each host may be visited next, and what each site's
    `robots.txt` says.
    """

    def __init__(
        self, settings: WebSettings, network: Network | None = None, pace: Pace | None = None
    ) -> None:
        self._settings = settings
        self._network = network or Network()
        self._pace = pace or Pace()
        self._reach = Reach.of(settings.allow_private_hosts)
        self._robot = robot_name(settings.user_agent)
        self._rules: OrderedDict[str, tuple[float, Rules]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def max_bytes(self) -> int:
        """The most that is read of anything."""
        return self._settings.max_bytes

    def get(self, link: str, validators: Validators | None = None) -> Fetched | NotModified:
        """Fetch a link, following its redirects; FetchError says why nothing came of it."""
        visit = Visit(self._settings, self._network, self._reach, self._pace)
        try:
            return self._get(visit, parse_link(link), validators)
        except EXPECTED as error:
            passing = isinstance(error, PASSING)
            wait = error.seconds if isinstance(error, LeftAlone) else None
            raise FetchError(reason_of(error, self._settings), None, wait, may_pass=passing) from None

    def _get(self, visit: Visit, link: Link, validators: Validators | None) -> Fetched | NotModified:
        moved_to, is_for_good = None, True
        for _ in range(self._settings.max_redirects + 1):
            rules = self._rules_of(visit, link)
            refusal = rules.refusal(str(link))
            if refusal:
                raise FetchError(refusal, may_pass=rules.closed is not None)
            answer = visit.request(link, _conditions(link, validators), rules.delay_seconds)
            if answer.status not in _REDIRECTS or not answer.header("location"):
                return self._result(link, answer, moved_to)
            link = joined(link, answer.header("location"))
            is_for_good = is_for_good and answer.status in _FOR_GOOD
            moved_to = str(link) if is_for_good else moved_to
        raise FetchError(f"it is redirected more than {self._settings.max_redirects} times")

    def _result(self, link: Link, answer: Answer, moved_to: str | None) -> Fetched | NotModified:
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return NotModified(str(link), moved_to)
        if answer.status != HTTPStatus.OK:
            wait = answer.retry_after_seconds
            if wait is not None:
                self._pace.hold(link.host, wait)
            may_pass = answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= 500
            raise FetchError(said_of(answer.status), answer.status, wait, may_pass=may_pass)
        kind, charset = _media_type(answer.header("content-type"))
        if kind.startswith(_NO_PAGES):
            raise FetchError(f"it is no page but {kind[:80]}")
        validators = Validators(str(link), _kept(answer, "etag"), _kept(answer, "last-modified"))
        return Fetched(str(link), answer.body, kind, charset, validators, moved_to)

    def _rules_of(self, visit: Visit, link: Link) -> Rules:
        """What the link's site asks of robots; asked once a day, or a minute later where it failed."""
        now = time.monotonic()
        with self._lock:
            expires, rules = self._rules.get(link.origin, (0.0, None))
        if rules is not None and now < expires:
            return rules
        rules = self._ask_rules(visit, parse_link(f"{link.origin}/robots.txt"))
        with self._lock:
            keep = _KEEP_CLOSED_SECONDS if rules.closed else _KEEP_RULES_SECONDS
            self._rules[link.origin] = (now + keep, rules)
            while len(self._rules) > _MOST_RULES:
                self._rules.popitem(last=False)
        return rules

    def _ask_rules(self, visit: Visit, link: Link) -> Rules:
        origin = link.host
        try:
            for _ in range(self._settings.max_redirects + 1):
                answer = visit.request(link, (), 0.0, beginning=MAX_BYTES)
                if answer.status not in _REDIRECTS or not answer.header("location"):
                    return rules_from(answer.status, answer.body, self._robot)
                link = joined(link, answer.header("location"))
        except EXPECTED as error:
            reason = reason_of(error, self._settings)
            if link.host == origin:
                return Rules(None, self._robot, reason)  # true of the page as well
            return closed(self._robot, f"leads to another site, but {reason}")
        return rules_from(HTTPStatus.NOT_FOUND, b"", self._robot)  # RFC 9309 calls that unavailable


def _kept(answer: Answer, name: str) -> str | None:
    """A validator, if it can be sent back."""
    value = answer.header(name)
    return value if 0 < len(value) <= 1000 and value.isascii() and value.isprintable() else None


def _conditions(link: Link, validators: Validators | None) -> tuple[tuple[str, str], ...]:
    if validators is None or validators.link != str(link):
        return ()
    conditions = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return tuple((name, value) for name, value in conditions if value)


def _media_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset")
    return (message.get_content_type() if header else ""), charset if isinstance(charset, str) else None
