"""A server's own articles, as those see them who look after them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from index.collection import LocalCollection
from index.sentences import display_title
from index.types import Article, ArticleSummary

from ..ask.choices import choices, chosen_article
from ..keep.memory import Contribution
from ..keep.places import ARTICLES, Places, Title
from ..keep.shelf import is_there
from ..show.listing import ListedArticle
from .quotas import Usage

_REMEMBERED_SERVERS = 16


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the articles."""

    rows: tuple[ListedArticle, ...]
    number: int
    """From 1 on."""
    pages: int


@dataclass(slots=True)
class _Listing:
    version: str
    articles: tuple[ArticleSummary, ...]
    usage: Usage | None = None
    """Read when it is asked for: for that, all texts are."""


class Holdings:
    """The articles of servers themselves, the shared ones not among them.

    All of it blocks and belongs on the memories' thread. A server without articles is left without a
    folder for them.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        # A person who types sees the list anew with each letter.
        self._listings: OrderedDict[int, _Listing] = OrderedDict()

    def page(self, server: int, number: int, a_page: int) -> Page:
        """One page of the articles, newest first; the last one when there are not so many."""
        articles = self._articles(server)
        pages = max(1, -(-len(articles) // a_page))
        number = max(1, min(number, pages))
        shown = articles[(number - 1) * a_page : number * a_page]
        contributions = self._contributions(server) if shown else {}
        feeds = self._feeds(server) if shown else {}
        rows = tuple(
            ListedArticle(article, contributions.get(article.id), feeds.get(article.id)) for article in shown
        )
        return Page(rows, number, pages)

    def usage(self, server: int) -> Usage:
        """How many articles there are, and how much text."""
        with self._own(server) as own:
            if own is None:
                return Usage()
            listing = self._listing_of(server, own)
            if listing.usage is None:
                sizes = text_sizes(own)
                listing.usage = Usage(len(sizes), sum(sizes.values()))
            return listing.usage

    def choices(self, server: int, typed: str) -> list[tuple[str, str]]:
        """Titles that hold what was typed, each with the value it is chosen by."""
        return choices(self._titles(server), typed)

    def chosen(self, server: int, chosen: str) -> str | None:
        """The id of the article that was chosen, or whose title was typed."""
        return chosen_article(chosen, self._titles(server))

    def article(self, server: int, article_id: str) -> tuple[Article, Contribution | None, str | None] | None:
        """An article with who added it, or the feed it came by; None when there is none."""
        with self._own(server) as own:
            article = own.article(article_id) if own else None
        if article is None:
            return None
        return article, self._contributions(server).get(article_id), self._feeds(server).get(article_id)

    def story(self, server: int, article_id: str) -> tuple[Article, ...]:
        """The other articles of an article's story, the earliest first."""
        with self._own(server) as own:
            return own.story(article_id) if own else ()

    def remove(self, server: int, article_id: str) -> str | None:
        """Remove an article with all that is known of it, and return its title; None when there was none."""
        with self._own(server) as own:
            article = own.article(article_id) if own else None
            if own is None or article is None or not own.remove(article_id):
                return None
        self._places.memory(server).withdrawn(article_id)
        return display_title(article.title, article.text)

    def _contributions(self, server: int) -> Mapping[str, Contribution]:
        return self._places.memory(server).contributions()

    def _feeds(self, server: int) -> Mapping[str, str]:
        with self._own(server) as own:
            return own.feeds.origins() if own else {}

    def _titles(self, server: int) -> list[Title]:
        return [Title(one.id, one.title, one.published) for one in self._articles(server)]

    def _articles(self, server: int) -> tuple[ArticleSummary, ...]:
        with self._own(server) as own:
            return self._listing_of(server, own).articles if own else ()

    def _listing_of(self, server: int, own: LocalCollection) -> _Listing:
        version = own.version
        listing = self._listings.get(server)
        if listing is None or listing.version != version:
            listing = self._listings[server] = _Listing(version, tuple(own.articles()))
        self._listings.move_to_end(server)
        while len(self._listings) > _REMEMBERED_SERVERS:
            self._listings.popitem(last=False)
        return listing

    @contextmanager
    def _own(self, server: int) -> Iterator[LocalCollection | None]:
        # What forgets is on this thread too: a collection that is there stays there meanwhile.
        if is_there(self._places.folder(server) / ARTICLES):
            with self._places.own(server) as own:
                yield own
        else:
            self._listings.pop(server, None)
            yield None


def text_sizes(collection: LocalCollection) -> dict[str, int]:
    """The bytes of text of each article, by id."""
    articles = (collection.article(summary.id) for summary in collection.articles())
    return {article.id: text_bytes(article) for article in articles if article is not None}


def text_bytes(article: Article) -> int:
    """The bytes of an article's text."""
    return len(article.text.encode("utf-8", "replace"))
