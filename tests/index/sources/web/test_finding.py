"""From a link to the feed behind it."""

from __future__ import annotations

import pytest

from index.sources.record import Unreadable
from index.sources.web.fetch import FetchError
from index.sources.web.finding import find_feed
from tests.web_server import Web
from tests.web_server.tricks import redirect

from .conftest import Make
from .test_feeds import RSS

PAGE = '<html><head><link rel="icon" href="/icon">{named}</head><body><p>The Bay Post</p></body></html>'
XHTML = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head/></html>'
NAMED = '<link rel="Alternate" type="application/rss+xml; charset=utf-8" title="News" href="{}">'


def test_a_feed(web: Web, fetcher: Make) -> None:
    """Is found where it is."""
    web.page("news.example/feed", RSS)
    found = find_feed("HTTP://news.example/feed#top", fetcher())
    assert (found.link, found.page) == ("http://news.example/feed", None)
    assert (found.feed.title, len(found.feed.entries)) == ("Bay Post", 2)


def test_a_page_that_names_its_feed(web: Web, fetcher: Make) -> None:
    """The first that it names and that may be followed, seen from the page."""
    named = NAMED.format("javascript:alert(1)") + NAMED.format("../feed") + NAMED.format("/comments")
    web.page("news.example/front/", PAGE.format(named=named))
    web.page("news.example/feed", RSS)
    found = find_feed("http://news.example/front/", fetcher())
    assert (found.link, found.page) == ("http://news.example/feed", "http://news.example/front/")


@pytest.mark.parametrize(
    "body", ["", " ", PAGE.format(named=""), "no markup", "<!-- only a comment -->", XHTML]
)
def test_a_page_that_names_none(web: Web, fetcher: Make, body: str) -> None:
    """It is said so."""
    web.page("news.example/", body)
    with pytest.raises(Unreadable, match=r"^it is no feed, and names none$"):
        find_feed("http://news.example/", fetcher())


def test_a_page_that_names_another_page(web: Web, fetcher: Make) -> None:
    """What a page calls its feed must be one."""
    web.page("news.example/", PAGE.format(named=NAMED.format("/feed")))
    web.page("news.example/feed", PAGE.format(named=NAMED.format("/feed")))
    with pytest.raises(Unreadable, match=r"^it is no feed$"):
        find_feed("http://news.example/", fetcher())


def test_a_page_that_names_a_place_inside(web: Web, fetcher: Make) -> None:
    """The link goes through the same gate."""
    web.page("news.example/", PAGE.format(named=NAMED.format("http://10.0.0.1/feed")))
    with pytest.raises(FetchError, match="its host has a private address, and those are not visited"):
        find_feed("http://news.example/", fetcher())


@pytest.mark.parametrize(("status", "link"), [(301, "moved"), (308, "moved"), (302, "feed"), (307, "feed")])
def test_a_feed_that_has_moved(web: Web, fetcher: Make, status: int, link: str) -> None:
    """Only what has moved for good is asked for at its new place."""
    web.pages["news.example/feed"] = redirect("/moved", status)
    web.page("news.example/moved", RSS)
    assert find_feed("http://news.example/feed", fetcher()).link == f"http://news.example/{link}"


def test_only_the_beginning_of_the_way_is_for_good(web: Web, fetcher: Make) -> None:
    """Behind a redirect that may be another tomorrow, nothing is."""
    web.pages["news.example/feed"] = redirect("/a", 301)
    web.pages["news.example/a"] = redirect("/b", 302)
    web.pages["news.example/b"] = redirect("/c", 301)
    web.page("news.example/c", RSS)
    assert find_feed("http://news.example/feed", fetcher()).link == "http://news.example/a"
