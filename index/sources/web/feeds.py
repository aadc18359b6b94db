"""Feeds: RSS and Atom, and the new articles that they name."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ...dates import parse_published
from ...types import Article, Skipped
from ..record import Unreadable
from .fetch import Fetched, Fetcher, FetchError, NotModified, Validators
from .links import Refused, parse_link
from .reading import Hint, read_article

_MOST_ENTRIES = 1000
_MOST_TAGS = 200_000  # some seconds of work
_TAG = re.compile(r"<[^>]{0,1000}>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: a page, and what the feed says of it."""

    id: str
    """What the feed knows it by; its link where it has nothing else."""
    link: str
    title: str | None
    published: str | None
    """ISO 8601."""
    authors: tuple[str, ...]
    version: str
    """Changes when the feed says that the entry has been updated."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says."""

    title: str | None
    entries: tuple[Entry, ...]
    """In the feed's order, which is mostly newest first."""


def parse_feed(body: bytes, link: str) -> Feed:
    """Read a feed that was found at `link`; Unreadable when it is none."""
    if body.count(b"<") > _MOST_TAGS:
        raise Unreadable("it is too large for a feed")
    import feedparser  # noqa: PLC0415 (only feeds need it)

    # A stream: of bytes or a string it would make a file's name or a link, and open it.
    found = feedparser.parse(
        BytesIO(body),
        response_headers={"content-location": link},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not found.get("version") and not found.entries:
        raise Unreadable("it is no feed")
    entries = (_entry(item) for item in found.entries[:_MOST_ENTRIES])
    return Feed(_line(found.feed.get("title")), tuple(entry for entry in entries if entry))


class FeedSource:
    """The entries of a feed that are new or updated, each read in full from its own page.

    What came of it stands in `feed`, `validators` and `read` when it has been iterated.
    """

    def __init__(
        self,
        link: str,
        fetcher: Fetcher,
        validators: Validators | None = None,
        is_known: Callable[[Entry], bool] = lambda _: False,
    ) -> None:
        self.link = link
        self._fetcher = fetcher
        self._is_known = is_known
        self.validators = validators
        """What to ask with next time."""
        self.feed: Feed | None = None
        """None where it has not changed since the validators were kept."""
        self.read: dict[str, str] = {}
        """The versions of the entries that were read or can never be, by their ids."""
        self.done_links = self.total_links = 0

    def __iter__(self) -> Iterator[Article | Skipped]:
        """FetchError or Unreadable when the feed itself cannot be read."""
        found = self._fetcher.get(self.link, self.validators)
        if isinstance(found, NotModified):
            return
        self.feed = parse_feed(found.body, found.link)
        yield from self.entries(self.feed)
        # Only now: entries that were not come to are asked for again.
        self.validators = found.validators

    def entries(self, feed: Feed) -> Iterator[Article | Skipped]:
        """Read the entries of a feed, oldest first, so that the newest version of a page is the last."""
        new = [entry for entry in feed.entries if not self._is_known(entry)]
        self.total_links = len(new)
        for entry in reversed(new):
            yield from self._read(entry)
            self.done_links += 1

    def _read(self, entry: Entry) -> Iterator[Article | Skipped]:
        try:
            found = self._fetcher.get(entry.link)
            if isinstance(found, Fetched):
                yield read_article(found, entry.link, Hint(entry.title, entry.published, entry.authors))
        except (FetchError, Unreadable) as problem:
            yield Skipped(entry.link, str(problem))
            if isinstance(problem, FetchError) and problem.may_pass:
                return
        self.read[entry.id] = entry.version


def _entry(item: Any) -> Entry | None:
    try:
        link = str(parse_link(item.get("link") or ""))
    except Refused:
        return None
    updated = dict.get(item, "updated")  # its own `get` would take `published` for it, and warn
    published = _date(item.get("published")) or _date(updated)
    authors = tuple(filter(None, (_line(author.get("name")) for author in item.get("authors", []))))
    said = updated or f"{item.get('published')}\0{item.get('summary')}"
    version = hashlib.blake2b(f"{link}\0{item.get('title')}\0{said}".encode(), digest_size=16).hexdigest()
    return Entry(item.get("id") or link, link, _line(item.get("title")), published, authors, version)


def _line(text: str | None) -> str | None:
    """A title on one line without markup, which feeds may put into it."""
    return " ".join(html.unescape(_TAG.sub("", text or "")).split()) or None


def _date(text: str | None) -> str | None:
    return parse_published(text) if text else None
