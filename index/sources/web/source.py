"""Links, as a source of articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from ...types import Article, Skipped, Unchanged
from ..record import Unreadable
from .feeds import parse_feed, read_entry
from .fetch import Fetched, Fetcher, FetchError, NotModified
from .links import Refused, check_link, parse_link
from .reading import read_article
from .reasons import IS_FEED, IS_SITEMAP, UNASKED
from .site import same_site
from .sitemap import Sitemap, parse_sitemap
from .validators import Validators

_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_MOST_PAGES = 50_000
_MOST_SITEMAPS = 1000
_SNIFFED = 2000
_LIST = re.compile(rb"<(urlset|sitemapindex)\b|^\x1f\x8b")
_FEED = re.compile(rb"<(rss|feed|rdf:RDF)\b")
_PAGE = re.compile(rb"<(html|head|body)\b|<!doctype html", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that was read before."""

    article_id: str
    validators: Validators


class WebSource:
    """The articles that some links lead to: pages, and all the pages of sitemaps and feeds.

    `done_links` of `total_links` grows while it is iterated, for a progress bar; the link in
    `following` is the one of `links` that led to what comes. `validators` has what to ask with next
    time; what is given as `kept` is asked with now. Those of its pages that are not there any more
    are no failure, and stand in `gone`.
    """

    def __init__(
        self, links: Sequence[str], fetcher: Fetcher, kept: Mapping[str, KeptPage] | None = None
    ) -> None:
        self.links = list(dict.fromkeys(check_link(link) for link in links))
        self.following = ""
        self._fetcher = fetcher
        self._kept = kept or {}
        self._seen: set[str] = set()
        self.validators: dict[str, Validators] = {}
        self.gone: set[str] = set()
        self.done_links = 0
        self.total_links = len(self.links)

    def __iter__(self) -> Iterator[Article | Skipped | Unchanged]:
        for link in self.links:
            self.following = link
            yield from self._follow(link)
            self.done_links += 1

    def _follow(self, link: str) -> Iterator[Article | Skipped | Unchanged]:
        """Read what a named link leads to, whatever that is."""
        if link in self._seen:
            return
        self._seen.add(link)
        try:
            found = self._get(link)
            if not isinstance(found, Fetched):
                yield Unchanged(self._kept[link].article_id)
                return
            listed = self._sitemap(found)
            if listed is not None:
                yield from self._pages_of(listed, parse_link(found.link).host)
            elif looks_like_feed(found):
                yield from self._entries_of(found)
            else:
                yield self._article(found, link)
        except (FetchError, Unreadable) as problem:
            yield from self._failed(link, problem)

    def _get(self, link: str) -> Fetched | NotModified:
        kept = self._kept.get(link)
        return self._fetcher.get(link, kept.validators if kept else None)

    def _failed(self, link: str, problem: FetchError | Unreadable | Refused) -> Iterator[Skipped]:
        if isinstance(problem, FetchError) and problem.status in _GONE and link in self._kept:
            self.gone.add(link)
        else:
            yield Skipped(link, str(problem))

    def _article(self, found: Fetched, link: str) -> Article:
        article = read_article(found, link)
        self.validators[link] = found.validators
        return article

    def _sitemap(self, found: Fetched) -> Sitemap | None:
        return parse_sitemap(found.body, self._fetcher.max_bytes) if _is(_LIST, found) else None

    def _pages_of(self, listed: Sitemap, host: str) -> Iterator[Article | Skipped | Unchanged]:
        """Read all pages of a sitemap, and of the sitemaps it lists; nothing of other sites."""
        links = [page.link for page in listed.pages]
        for further in listed.sitemaps[:_MOST_SITEMAPS]:
            try:
                found = self._fetcher.get(_own(further, host))
                inner = self._sitemap(found) if isinstance(found, Fetched) else None
                links += [page.link for page in inner.pages] if inner else []
            except (FetchError, Refused) as problem:
                yield Skipped(further, str(problem))
            if len(links) > _MOST_PAGES:
                yield Skipped(further, f"over {_MOST_PAGES:,} pages are listed; those after are left out")
                break
        self.total_links += len(links[:_MOST_PAGES])
        for link in links[:_MOST_PAGES]:
            yield from self._page(link, host)
            self.done_links += 1

    def _page(self, link: str, host: str) -> Iterator[Article | Skipped | Unchanged]:
        try:
            link = _own(link, host)
            if link in self._seen:
                return
            self._seen.add(link)
            found = self._get(link)
            if isinstance(found, Fetched):
                yield self._article(found, link)
            else:
                yield Unchanged(self._kept[link].article_id)
        except (FetchError, Unreadable, Refused) as problem:
            yield from self._failed(link, problem)

    def _entries_of(self, found: Fetched) -> Iterator[Article | Skipped]:
        """Read the entries of a feed, oldest first, so that the newest version of a page is the last."""
        feed = parse_feed(found.body, found.link)
        self.total_links += len(feed.entries)
        for entry in reversed(feed.entries):
            yield read_entry(entry, self._fetcher).item
            self.done_links += 1


def _own(link: str, host: str) -> str:
    """A link that a sitemap lists, made uniform; Refused when it is another site's."""
    parsed = parse_link(link)
    if not same_site(parsed.host, host):
        raise Refused("it is listed by a site that it does not belong to")
    return str(parsed)


def looks_like_feed(found: Fetched) -> bool:
    """Whether what was fetched is a feed rather than a page."""
    return _is(_FEED, found)


def read_page_at(link: str, fetcher: Fetcher) -> Article | Skipped:
    """The article on one page, and nothing of what a feed or a sitemap lists."""
    try:
        found = fetcher.get(link)
        if not isinstance(found, Fetched):
            raise Unreadable(UNASKED)
        if looks_like_feed(found):
            raise Unreadable(IS_FEED)
        if _is(_LIST, found):
            raise Unreadable(IS_SITEMAP)
        return read_article(found, link)
    except (FetchError, Unreadable) as problem:
        return Skipped(link, str(problem))


def _is(kind: re.Pattern[bytes], found: Fetched) -> bool:
    """Whether a body begins as something, before it begins as a page."""
    start = found.body[:_SNIFFED]
    match, page = kind.search(start), _PAGE.search(start)
    return match is not None and (page is None or match.start() < page.start())
