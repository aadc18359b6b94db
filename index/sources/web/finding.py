"""The feed that a link leads to, or that the page behind it names."""

from __future__ import annotations

from dataclasses import dataclass

from ..record import Unreadable
from .charset import decode_page
from .feeds import Feed, parse_feed
from .fetch import Fetched, Fetcher
from .links import Refused, joined, parse_link
from .reasons import NAMES_NO_FEED, UNASKED
from .source import looks_like_feed

_KINDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_HEAD_CHARACTERS = 500_000
"""What a page says further down is not its head."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that can be read."""

    link: str
    """Where to ask for it from now on."""
    feed: Feed
    page: str | None = None
    """The page that named it, if that was asked for."""


def find_feed(link: str, fetcher: Fetcher) -> FoundFeed:
    """Fetch a feed, or the first feed that a page names; FetchError or Unreadable says why there is none."""
    found = _fetched(link, fetcher)
    if looks_like_feed(found):
        return FoundFeed(_lasting(link, found), parse_feed(found.body, found.link))
    named = named_feed(found)
    if named is None:
        raise Unreadable(NAMES_NO_FEED)
    feed = _fetched(named, fetcher)
    return FoundFeed(_lasting(named, feed), parse_feed(feed.body, feed.link), found.link)


def named_feed(found: Fetched) -> str | None:
    """The first feed in the head of a page (`<link rel="alternate" type="application/rss+xml">`)."""
    import trafilatura  # noqa: PLC0415 (only pages need it)

    tree = trafilatura.load_html(decode_page(found.body, found.charset)[:_HEAD_CHARACTERS])
    base = parse_link(found.link)
    for named in () if tree is None else tree.iter("link"):
        rel = (named.get("rel") or "").lower().split()
        kind = (named.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in rel and kind in _KINDS and named.get("href"):
            try:
                return str(joined(base, named.get("href")))
            except Refused:
                continue
    return None


def _fetched(link: str, fetcher: Fetcher) -> Fetched:
    found = fetcher.get(link)
    if not isinstance(found, Fetched):
        raise Unreadable(UNASKED)
    return found


def _lasting(asked: str, found: Fetched) -> str:
    """Where the feed is to be asked for: where it has moved to for good, else where it was named."""
    return found.moved_to or str(parse_link(asked))
