"""Feeds pulled from a small internet into a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http import HTTPStatus

import pytest

from index.collection import LocalCollection
from index.feeds import KeptFeed
from index.pulling import Pull, wait_seconds
from index.settings import WebSettings
from index.sources.web.fetch import Fetcher
from index.sources.web.source import WebSource
from index.sync import Manner, WebSync
from index.types import Added, Article, Skipped
from tests.web_server import Connection, Seen, Web, reply
from tests.web_server.tricks import gzip_bomb, redirect, silent

FEED = "http://news.example/feed"
NOW = 1_730_000_000.0

Puller = Callable[..., list[str]]


def feed(*topics: str, title: str = "Bay Post", **updated: str) -> str:
    """A feed of entries, newest first; keywords are days of topics that were updated."""
    items = "".join(
        f"<entry><id>{topic}</id><title>The {topic}</title><link href='http://news.example/{topic}'/>"
        f"<updated>{updated.get(topic, '2024-02-01')}T00:00:00Z</updated></entry>"
        for topic in topics
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{title}</title>{items}</feed>"


def text_of(topic: str) -> str:
    sentence = f"The {topic} at Gull Point will be open to the public from June, the council said."
    return f"<html><body><div class=article><p>{sentence}</p><p>{sentence} Free.</p></div></body></html>"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as running:
        for topic in ("lamp", "ferry", "tower"):
            running.page(f"news.example/{topic}", text_of(topic))
        yield running


@pytest.fixture
def news(collection: LocalCollection) -> Iterator[LocalCollection]:
    """A collection with a feed."""
    with collection:
        collection.feeds.add(FEED, None, NOW)
        yield collection


@pytest.fixture
def pull(web: Web, news: LocalCollection) -> Puller:
    """Pulls the feed with a fetcher of its own, and says in a word each what came of it."""

    def run(link: str = FEED, **options: object) -> list[str]:
        settings = WebSettings(pause_seconds=0, timeout_seconds=2, max_bytes=4 << 20)
        fetcher = Fetcher(settings, web.network)
        pulling = Pull(link, lambda: nullcontext(news), fetcher, clock=lambda: NOW, **options)  # type: ignore[arg-type]
        return [said(item) for item in pulling]

    return run


def said(item: Added | Skipped) -> str:
    return f"{item.outcome}" if isinstance(item, Added) else f"{item.name}: {item.reason}"


def kept(news: LocalCollection, link: str = FEED) -> KeptFeed:
    found = news.feeds.find(link)
    assert found is not None
    return found


def titles(news: LocalCollection) -> list[str]:
    return sorted(summary.title for summary in news.articles())


# --- what is new --------------------------------------------------------------------------------


def test_entries_are_read_in_full_once(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Oldest first; the next pull asks for the feed only, and reads what came since."""
    web.page("news.example/feed", feed("lamp", "ferry"))
    assert pull() == ["added", "added"]
    assert titles(news) == ["The ferry", "The lamp"]
    assert pull() == []
    web.page("news.example/feed", feed("tower", "lamp", "ferry"))
    assert pull() == ["added"]
    asked = ["/feed", "/ferry", "/lamp", "/feed", "/feed", "/tower"]
    assert web.paths("news.example") == asked
    assert (kept(news).title, kept(news).pulled_at, kept(news).articles) == ("Bay Post", NOW, 3)


def test_an_unchanged_feed_is_not_sent_again(web: Web, news: LocalCollection, pull: Puller) -> None:
    """What its server said the last time is sent back, and "not modified" is the end of it."""

    def conditional(connection: Connection, seen: Seen) -> None:
        unchanged = seen.headers.get("if-none-match") == '"one"'
        body, status = (b"", 304) if unchanged else (feed("lamp").encode(), 200)
        connection.send(reply(body, status, {"ETag": '"one"'}))

    web.pages["news.example/feed"] = conditional
    assert pull() == ["added"]
    assert pull() == []
    assert pull() == []
    conditions = [seen.headers.get("if-none-match") for seen in web.seen if seen.path == "/feed"]
    assert conditions == [None, '"one"', '"one"']
    assert kept(news).pulled_at == NOW


def test_an_updated_entry_is_read_again(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Its article takes the place of what it was."""
    web.page("news.example/feed", feed("lamp", "ferry"))
    pull()
    web.page("news.example/feed", feed("lamp", "ferry", ferry="2024-02-09"))
    web.page("news.example/ferry", text_of("ferry boat"))
    assert pull() == ["changed"]
    (text,) = (news.article(one.id).text for one in news.articles() if one.title == "The ferry")  # type: ignore[union-attr]
    assert text.startswith("The ferry boat at Gull Point")
    assert titles(news) == ["The ferry", "The lamp"]


def test_a_removed_article_stays_away(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Also when the feed says that it was updated."""
    web.page("news.example/feed", feed("lamp"))
    pull()
    (summary,) = news.articles()
    news.remove(summary.id)
    web.page("news.example/feed", feed("lamp", lamp="2024-02-09"))
    assert pull() == []
    assert titles(news) == []


def test_a_removed_article_stays_away_from_every_feed(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Another feed that lists its page, or the same feed under another id, brings it back no more."""
    sports = "http://news.example/sports"
    web.page("news.example/feed", feed("lamp", "ferry"))
    pull()
    news.remove(next(one.id for one in news.articles() if one.title == "The lamp"))
    news.feeds.add(sports, None, NOW)
    web.page("news.example/sports", feed("tower", "lamp", title="Sports"))
    assert pull(sports) == ["added"]
    web.page("news.example/feed", feed("lamp", "ferry").replace("<id>lamp", "<id>lamp-2"))
    assert pull() == []
    for link in (FEED, sports):  # not even when neither has listed it for a while
        web.page(link.removeprefix("http://"), feed("ferry"))
        pull(link)
        web.page(link.removeprefix("http://"), feed("lamp", lamp="2024-02-09"))
        assert pull(link) == []
    assert titles(news) == ["The ferry", "The tower"]


def test_entries_that_cannot_be_read(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Each is named; what may pass is tried again although the feed has not changed, the other is not."""
    web.pages["news.example/feed"] = reply(feed("lamp", "ferry", "gone").encode(), headers={"ETag": '"one"'})
    web.page("news.example/ferry", "busy", 503)
    gone = "http://news.example/gone: it is not there (404)"
    assert pull() == [gone, "http://news.example/ferry: its server has a fault (503)", "added"]
    web.page("news.example/ferry", text_of("ferry"))
    assert pull() == ["added"]
    conditions = [seen.headers.get("if-none-match") for seen in web.seen if seen.path == "/feed"]
    assert conditions == [None, None]


def test_entries_that_lead_inside(web: Web, news: LocalCollection, pull: Puller) -> None:
    """A feed opens no way into the operator's network: nothing but the feed itself is connected to."""
    inside = ("http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://2130706433/", "file:///etc/passwd")
    body = feed("a", "b", "c", "d")
    for topic, link in zip("abcd", inside, strict=True):
        body = body.replace(f"http://news.example/{topic}'", f"{link}'")
    web.page("news.example/feed", body)
    assert pull() == [
        "http://[::ffff:7f00:1]/: its host has a loopback address, and those are not visited",
        "http://10.0.0.1/: its host has a private address, and those are not visited",
    ]
    assert {host for host, _ in web.connected} == {"93.184.215.14"}


def test_a_feed_of_10_000_entries(web: Web, news: LocalCollection, pull: Puller) -> None:
    """A thousand of them are looked at, and as many read as may be; the others come the next times."""
    topics = [f"n{number}" for number in range(10_000)]
    web.page("news.example/feed", feed(*topics))
    for topic in topics[:6]:
        web.page(f"news.example/{topic}", text_of(topic))
    assert pull(most=4) == ["added"] * 4
    assert web.paths("news.example") == ["/feed", "/n3", "/n2", "/n1", "/n0"]
    web.seen.clear()
    assert pull(most=2) == ["added"] * 2
    assert web.paths("news.example") == ["/feed", "/n5", "/n4"]


# --- what goes wrong ----------------------------------------------------------------------------


def test_the_wait_grows() -> None:
    """From half an hour to a day, spread by a fifth; a server's own wish is respected up to a week."""
    assert [wait_seconds(n, None, 0.5) / 3600 for n in (1, 2, 3, 5, 6, 7, 1000)] == [0.5, 1, 2, 8, 16, 24, 24]
    assert [round(wait_seconds(1, None, jitter)) for jitter in (0.0, 1.0)] == [1440, 2160]
    assert wait_seconds(1, 7200, 0.5) == 7200
    assert wait_seconds(1, 1e9, 0.5) == 7 * 24 * 3600


def test_a_feed_that_fails_waits_and_recovers(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Each failure is counted with its reason; one success and all is forgotten."""
    web.page("news.example/feed", "", 500)
    for failures, shortest, longest in ((1, 1440, 2160), (2, 2880, 4320)):
        assert pull() == [f"{FEED}: its server has a fault (500)"]
        assert (kept(news).failures, kept(news).problem) == (failures, "its server has a fault (500)")
        assert shortest <= kept(news).next_pull_at - NOW <= longest
        assert not kept(news).is_due(NOW)
    web.page("news.example/feed", feed("lamp"))
    assert pull() == ["added"]
    assert (kept(news).failures, kept(news).problem, kept(news).is_due(NOW)) == (0, None, True)


def test_retry_after_is_respected(web: Web, news: LocalCollection, pull: Puller) -> None:
    """A server that names a time is not asked before."""
    web.page("news.example/feed", "", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "90000"})
    assert pull() == [f"{FEED}: its server wants fewer visits (429)"]
    assert kept(news).next_pull_at == NOW + 90_000


def test_a_feed_that_is_gone_is_switched_off(web: Web, news: LocalCollection, pull: Puller) -> None:
    """410 is for good, until somebody who names the feed finds it there again."""
    web.page("news.example/feed", "", 410)
    assert pull() == [f"{FEED}: it is gone for good (410), and is not asked for any more"]
    assert (kept(news).is_off, kept(news).is_due(NOW + 10**9)) == (True, False)
    web.page("news.example/feed", feed("lamp"))
    assert pull() == ["added"]
    assert not kept(news).is_off


@pytest.mark.parametrize(
    ("status", "target", "link"),
    [
        (301, "http://www.news.example/feed", "http://www.news.example/feed"),
        (308, "https://news.example/rss", "https://news.example/rss"),
        (302, "http://news.example/rss", FEED),
        (301, "http://else.example/feed", FEED),
    ],
)
def test_a_feed_that_has_moved(
    web: Web, news: LocalCollection, pull: Puller, status: int, target: str, link: str
) -> None:
    """For good and within its site, it is asked for there from now on."""
    web.pages["news.example/feed"] = redirect(target, status)
    web.page(target.split("//")[1], feed("lamp"))
    assert pull() == ["added"]
    assert [(one.link, one.articles) for one in news.feeds.all()] == [(link, 1)]
    assert pull(link) == []


def test_a_redirect_loop(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Ends after five, is a failure like others, and moves nothing."""
    web.pages["news.example/feed"] = redirect("/feed?again", 301)
    web.pages["news.example/feed?again"] = redirect("/feed", 301)
    assert pull() == [f"{FEED}: it is redirected more than 5 times"]
    assert kept(news).failures == 1


@pytest.mark.parametrize(
    ("trick", "reason"),
    [
        (gzip_bomb, "it is over web.max_bytes (4,194,304 bytes)"),
        (silent, "it did not come within 2 seconds"),
        (reply(b"<html><body>A page.</body></html>"), "it is no feed"),
        (redirect("http://169.254.169.254/feed"), "its host has the address of a cloud's metadata, and those "
         "are not visited"),
        (reply(b"<rss><channel>" + b"<i/>" * 200_000), "it is too large for a feed"),
    ],
    ids=["bomb", "silent", "page", "inside", "tags"],
)  # fmt: skip
def test_hostile_feeds(web: Web, news: LocalCollection, pull: Puller, trick: bytes, reason: str) -> None:
    """Each is named with its reason, and backs off."""
    web.pages["news.example/feed"] = trick
    assert pull() == [f"{FEED}: {reason}"]
    assert (kept(news).failures, kept(news).problem) == (1, reason)


# --- stopping, quotas, forgetting ---------------------------------------------------------------


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("place", ["reading", "was_read"])
def test_a_kill_between_entries(
    web: Web, news: LocalCollection, pull: Puller, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """What was told is there, and the next pull reads the rest and no article twice."""
    web.pages["news.example/feed"] = reply(feed("tower", "lamp", "ferry").encode(), headers={"ETag": '"1"'})
    real = getattr(news.feeds, place)

    def killed(link: str, entry_id: str, *values: str) -> object:
        if entry_id.endswith("lamp"):
            raise Killed
        return real(link, entry_id, *values)

    with monkeypatch.context() as patch:
        patch.setattr(news.feeds, place, killed)
        with pytest.raises(Killed):
            pull()
    assert "The ferry" in titles(news)
    again = "added" if place == "reading" else "unchanged"
    assert pull() == [again, "added"]
    assert titles(news) == ["The ferry", "The lamp", "The tower"]
    assert len(news.feeds.brought(FEED)) == 3
    assert pull() == []


def test_an_article_that_is_not_accepted(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Ends the pull with its reason, which is kept; once there is room the rest comes."""
    web.page("news.example/feed", feed("tower", "lamp", "ferry"))
    full = pull(accept=lambda collection, _: "it is full" if collection.counts()[0] else None)
    assert full == ["added", "http://news.example/lamp: it is full"]
    assert (kept(news).problem, kept(news).failures, kept(news).is_due(NOW)) == ("it is full", 0, True)
    assert pull() == ["added", "added"]
    assert kept(news).problem is None


def test_a_feed_that_is_removed_meanwhile(web: Web, news: LocalCollection, pull: Puller) -> None:
    """Nothing is noted for it, and pulling it is nothing."""
    web.page("news.example/feed", feed("lamp"))
    news.feeds.remove(FEED)
    assert pull() == []
    assert web.seen == []


@pytest.mark.parametrize("place", ["reading", "add"])
def test_a_feed_that_is_removed_with_its_articles_while_one_is_stored(
    web: Web, news: LocalCollection, pull: Puller, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Just before that is noted, or just before it is stored: no article is left without its feed."""
    web.page("news.example/feed", feed("tower", "lamp"))
    owner = news.feeds if place == "reading" else news
    real = getattr(owner, place)

    def removed_first(*values: object) -> object:
        news.feeds.remove_with_articles(FEED, news.remove)
        return real(*values)

    monkeypatch.setattr(owner, place, removed_first)
    assert pull() == []
    assert titles(news) == []
    assert news.feeds.all() == []


def test_an_article_that_is_removed_while_it_is_updated(
    web: Web, news: LocalCollection, pull: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was about to be stored does not bring it back, nor does the next pull."""
    web.page("news.example/feed", feed("lamp"))
    pull()
    web.page("news.example/feed", feed("lamp", lamp="2024-02-09"))
    web.page("news.example/lamp", text_of("lamp post"))
    real = news.add

    def removed_first(articles: list[Article]) -> Iterator[Added]:
        assert news.remove(articles[0].id)
        return real(articles)

    with monkeypatch.context() as patch:
        patch.setattr(news, "add", removed_first)
        assert pull() == []
    assert pull() == []
    assert (titles(news), kept(news).problem) == ([], None)


def test_a_page_that_is_a_source_of_its_own(web: Web, news: LocalCollection, pull: Puller) -> None:
    """It came by the feed first, but whoever gave its link wants it with or without the feed."""
    web.page("news.example/feed", feed("lamp", "ferry"))
    pull()
    lamp, ferry = sorted(news.feeds.brought(FEED), key=lambda one: news.article(one).title == "The ferry")  # type: ignore[union-attr]
    link = "http://news.example/lamp"
    news.ledger.remember(link)
    fetcher = Fetcher(WebSettings(pause_seconds=0), web.network)
    sync = WebSync(news, [link], lambda one, pages: WebSource(one, fetcher, pages), Manner())
    sync.run(lambda *_: None)
    assert [source.articles for source in news.ledger.sources()] == [1]
    assert news.feeds.brought(FEED) == [ferry]
    assert news.feeds.remove_with_articles(FEED, news.remove) == [ferry]
    assert [one.id for one in news.articles()] == [lamp]


def test_a_collection_that_is_deleted_meanwhile(web: Web, news: LocalCollection) -> None:
    """The pull ends without a word; the collection is never held while the network is waited for."""
    web.page("news.example/feed", feed("tower", "lamp"))
    held = iter([news, news, None])
    fetcher = Fetcher(WebSettings(pause_seconds=0), web.network)
    pulling = Pull(FEED, lambda: nullcontext(next(held, None)), fetcher)
    assert [said(item) for item in pulling] == ["added"]
    assert titles(news) == ["The lamp"]
