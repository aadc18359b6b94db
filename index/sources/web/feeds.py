"""Feeds: RSS and Atom, and the new articles that they name."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ...clean import clean_line, shorten
from ...dates import parse_published
from ...types import Article, Skipped
from ..record import Unreadable
from .fetch import Fetched, Fetcher, FetchError
from .links import Refused, parse_link
from .reading import Hint, read_article
from .reasons import NO_FEED, TOO_LARGE_FEED, UNASKED

_MOST_ENTRIES = 1000
_LONGEST_TITLE = 200  # of a feed: it is shown in lists
_MOST_TAGS = 200_000  # some seconds of work
_TAG = re.compile(r"<[^>]{0,1000}>")
_ENTRY_END = re.compile(rb"</(?:[a-z]+:)?(?:item|entry)\s*>", re.IGNORECASE)


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
    body = _beginning(body)
    if body.count(b"<") > _MOST_TAGS:
        raise Unreadable(TOO_LARGE_FEED)
    import feedparser  # noqa: PLC0415 (only feeds need it)

    # A stream: of bytes or a string it would make a file's name or a link, and open it.
    found = feedparser.parse(
        BytesIO(body),
        response_headers={"content-location": link},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not found.get("version") and not found.entries:
        raise Unreadable(NO_FEED)
    entries = (_entry(item) for item in found.entries[:_MOST_ENTRIES])
    title = shorten(_line(found.feed.get("title")) or "", _LONGEST_TITLE) or None
    return Feed(title, tuple(entry for entry in entries if entry))


def _beginning(body: bytes) -> bytes:
    """A feed without what comes after so many entries, because taking that apart would take long."""
    ends = [match.end() for match in _ENTRY_END.finditer(body)]
    return body if len(ends) <= _MOST_ENTRIES else body[: ends[_MOST_ENTRIES - 1]] + body[ends[-1] :]


@dataclass(frozen=True, slots=True)
class EntryRead:
    """What the page of an entry turned out to be."""

    item: Article | Skipped
    is_final: bool
    """False where it may be otherwise another time, because its server was slow, busy or away."""


def read_entry(entry: Entry, fetcher: Fetcher) -> EntryRead:
    """Read an entry in full, from its own page; what that does not say of itself, the feed says."""
    try:
        found = fetcher.get(entry.link)
        if isinstance(found, Fetched):
            hint = Hint(entry.title, entry.published, entry.authors)
            return EntryRead(read_article(found, entry.link, hint), True)
        raise Unreadable(UNASKED)
    except (FetchError, Unreadable) as problem:
        may_pass = isinstance(problem, FetchError) and problem.may_pass
        return EntryRead(Skipped(entry.link, str(problem)), not may_pass)


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
    return clean_line(html.unescape(_TAG.sub("", text or ""))) or None


def _date(text: str | None) -> str | None:
    return parse_published(text) if text else None
