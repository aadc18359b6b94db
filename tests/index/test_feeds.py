"""The feeds of a collection, as they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from index.collection import LocalCollection
from index.feeds import Came, Feeds, KeptFeed
from index.sources.web.validators import Validators
from index.types import Article

BAY, HILL = "http://bay.example/feed", "http://hill.example/feed"
NOW = 1_730_000_000.0


@pytest.fixture
def news(collection: LocalCollection) -> Iterator[LocalCollection]:
    """A collection with one article that was there before any feed, and two feeds."""
    with collection:
        list(collection.add([Article("own", "It rained.")]))
        collection.feeds.add(BAY, "Bay Post", NOW)
        collection.feeds.add(HILL, None, NOW + 1, added_by="7")
        yield collection


@pytest.fixture
def bring(news: LocalCollection) -> Callable[..., None]:
    """Reads an entry of a feed as a pull does."""

    def read(link: str, entry: str, article: str, version: str = "1") -> None:
        news.feeds.reading(link, entry, article)
        list(news.add([Article(article, f"The text of {article}.")]))
        news.feeds.was_read(link, entry, version)

    return read


def before(feeds: Feeds, *entries: str, link: str = BAY, version: str = "1") -> list[bool]:
    """Which entries need not be read."""
    known = feeds.before(link)
    assert known is not None
    return [known.has(entry, version) for entry in entries]


def test_feeds_are_kept_in_the_order_they_were_added(news: LocalCollection) -> None:
    """Each with all that is known of it; a second one at the same link is none."""
    assert news.feeds.all() == [
        KeptFeed(BAY, "Bay Post", None, NOW, None, 0, None, 0, False, 0),
        KeptFeed(HILL, None, "7", NOW + 1, None, 0, None, 0, False, 0),
    ]
    assert not news.feeds.add(BAY, "Another", NOW)
    assert news.feeds.find(BAY) == news.feeds.all()[0]
    assert [feed.name for feed in news.feeds.all()] == ["Bay Post", HILL]
    assert news.feeds.find("http://nowhere.example/") is None
    assert news.feeds.before("http://nowhere.example/") is None


def test_feeds_are_there_after_reopening(
    news: LocalCollection, bring: Callable[..., None], encoder: object
) -> None:
    """They lie in the collection's own file."""
    bring(BAY, "e1", "a1")
    with LocalCollection(news._folder, encoder) as again:  # type: ignore[arg-type]
        assert [(feed.link, feed.articles) for feed in again.feeds.all()] == [(BAY, 1), (HILL, 0)]


def test_an_entry_is_known_by_its_version(news: LocalCollection, bring: Callable[..., None]) -> None:
    """In another version it is read again; another feed's entries are its own."""
    bring(BAY, "e1", "a1")
    assert before(news.feeds, "e1", "e2") == [True, False]
    assert before(news.feeds, "e1", version="2") == [False]
    assert before(news.feeds, "e1", link=HILL) == [False]


def test_a_removed_article_is_not_brought_back(news: LocalCollection, bring: Callable[..., None]) -> None:
    """Whatever the feed says of its entry."""
    bring(BAY, "e1", "a1")
    news.remove("a1")
    assert before(news.feeds, "e1", version="2") == [True]
    assert news.feeds.all()[0].articles == 0


def test_an_entry_that_was_being_read_is_read_again(news: LocalCollection) -> None:
    """A kill between the note and the article leaves the entry to the next pull."""
    news.feeds.reading(BAY, "e1", "a1")
    assert before(news.feeds, "e1") == [False]
    assert news.feeds.brought(BAY) == []


def test_a_kill_after_the_article_does_not_hide_where_it_came_from(
    news: LocalCollection, bring: Callable[..., None]
) -> None:
    """The article is there and the entry not yet noted: read again, it still is the feed's."""
    news.feeds.reading(BAY, "e1", "a1")
    list(news.add([Article("a1", "The text of a1.")]))
    bring(BAY, "e1", "a1")
    assert news.feeds.brought(BAY) == ["a1"]


def test_what_a_feed_brought(news: LocalCollection, bring: Callable[..., None]) -> None:
    """Not what was there before it, nor what another feed has too, nor what is gone."""
    bring(BAY, "e1", "a1")
    bring(BAY, "e2", "own")
    bring(BAY, "e3", "a3")
    bring(HILL, "h1", "a3")
    bring(BAY, "e4", "a4")
    news.remove("a4")
    assert news.feeds.brought(BAY) == ["a1"]
    assert news.feeds.brought(HILL) == []
    assert news.feeds.origins() == {"a1": "Bay Post", "a3": "Bay Post", "a4": "Bay Post"}


def test_a_feed_goes_with_its_articles(news: LocalCollection, bring: Callable[..., None]) -> None:
    """Also with one that a pull stores while they are being removed; added again, it brings them again."""
    bring(BAY, "e1", "a1")
    bring(BAY, "e2", "own")

    def remove(article: str) -> bool:
        if article == "a1":
            bring(BAY, "e3", "a3")
        return news.remove(article)

    assert news.feeds.remove_with_articles(BAY, remove) == ["a1", "a3"]
    assert [one.id for one in news.articles()] == ["own"]
    assert [feed.link for feed in news.feeds.all()] == [HILL]
    assert news.feeds.reading(HILL, "h1", "a1")


def test_an_entry_that_could_not_be_read_before(news: LocalCollection) -> None:
    """A kill between the note and its first article leaves it to the next pull as well."""
    news.feeds.was_read(BAY, "e1", "1")
    assert news.feeds.reading(BAY, "e1", "a1")
    assert before(news.feeds, "e1") == [False]


def test_a_removed_feed_leaves_its_articles(news: LocalCollection, bring: Callable[..., None]) -> None:
    """And nothing of its entries: added again, it is read anew."""
    bring(BAY, "e1", "a1")
    assert news.feeds.remove(BAY)
    assert not news.feeds.remove(BAY)
    assert news.article("a1") is not None
    assert news.feeds.origins() == {}
    news.feeds.add(BAY, "Bay Post", NOW)
    assert before(news.feeds, "e1") == [False]


def test_a_pull_that_failed_is_counted(news: LocalCollection) -> None:
    """With its reason, until one succeeds; a feed that is off is never due."""
    feeds = news.feeds
    feeds.failed(BAY, "it is not there (404)", NOW + 60)
    feeds.failed(BAY, "it is not there (404)", NOW + 90)
    failing = feeds.find(BAY)
    assert failing is not None
    assert (failing.failures, failing.problem) == (2, "it is not there (404)")
    assert (failing.is_due(NOW + 89), failing.is_due(NOW + 90)) == (False, True)
    feeds.failed(BAY, "gone", 0, is_off=True)
    off = feeds.find(BAY)
    assert off is not None
    assert not off.is_due(NOW)
    feeds.pulled(BAY, NOW + 99, Came("The Bay Post", Validators(BAY, "one")))
    fine = feeds.find(BAY)
    assert fine == KeptFeed(BAY, "The Bay Post", None, NOW, NOW + 99, 0, None, 0, False, 0)


def test_validators_are_kept_until_there_are_none(news: LocalCollection) -> None:
    """A pull that left something unread asks without them the next time; a title stays when none is said."""
    kept = Validators(BAY, "one", "Mon, 05 Feb 2024 10:00:00 GMT")
    for validators in (kept, None):
        news.feeds.pulled(BAY, NOW, Came(None, validators))
        known = news.feeds.before(BAY)
        assert known is not None
        assert known.validators == validators
    assert news.feeds.all()[0].title == "Bay Post"


def test_a_feed_that_moves(news: LocalCollection, bring: Callable[..., None]) -> None:
    """Takes along what was read of it; where another feed is already it does not go."""
    bring(BAY, "e1", "a1")
    assert not news.feeds.moved(BAY, HILL)
    assert news.feeds.moved(BAY, "http://bay.example/new")
    assert [feed.link for feed in news.feeds.all()] == ["http://bay.example/new", HILL]
    assert before(news.feeds, "e1", link="http://bay.example/new") == [True]


def test_what_a_feed_no_longer_lists_is_forgotten(news: LocalCollection, bring: Callable[..., None]) -> None:
    """Unless its article is there: a feed cannot fill the disk with entries that come to nothing."""
    bring(BAY, "e1", "a1")
    for entry in ("e2", "e3"):
        news.feeds.was_read(BAY, entry, "1")
    news.feeds.trim(BAY, ["e3", "e4"])
    assert before(news.feeds, "e1", "e2", "e3") == [True, False, True]
