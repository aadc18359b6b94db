"""Feeds: what they list, and their entries read in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.sources.record import Unreadable
from index.sources.web.feeds import Entry, EntryRead, parse_feed, read_entry
from index.types import Article, Skipped
from tests.web_server import Web, reply

from .conftest import Make

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Bay &lt;i&gt;Post&lt;/i&gt;</title><link>http://news.example/</link>
<item><title>The lamp &amp;amp; the &lt;b&gt;keeper&lt;/b&gt;</title>
<link>http://news.example/lamp?utm_source=rss</link><guid isPermaLink="false">post-2</guid>
<pubDate>Sat, 03 Feb 2024 10:00:00 GMT</pubDate><dc:creator>Ada Quill</dc:creator></item>
<item><title>The ferry</title><guid>http://news.example/ferry</guid><dc:date>2024-02-01</dc:date></item>
<item><title>No link</title></item>
<item><title>Odd link</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">Bay Post</title>
<id>tag:bay</id><entry><title>The tower</title><link rel="alternate" href="/tower"/><id>tag:bay,1</id>
<author><name>Tom Sele</name></author><published>2024-02-02T08:00:00+01:00</published>
<updated>{updated}</updated><content type="html">…</content></entry></feed>"""


def text_of(topic: str) -> str:
    """A page with an article that has neither title nor date of its own."""
    sentence = (
        f"The {topic} at Gull Point will be open to the public from June, the council said on Wednesday."
    )
    text = f"<p>{sentence}</p><p>{sentence} It will cost nothing.</p>"
    return f"<html><body><div class=article>{text}</div></body></html>"


def test_rss() -> None:
    """Titles without markup, links without fragments, days and authors; what has no link is left out."""
    feed = parse_feed(RSS.encode(), "http://news.example/feed")
    assert feed.title == "Bay Post"
    lamp, ferry = feed.entries
    assert lamp == Entry(
        id="post-2",
        link="http://news.example/lamp?utm_source=rss",
        title="The lamp & the keeper",
        published="2024-02-03T10:00:00+00:00",
        authors=("Ada Quill",),
        version=lamp.version,
    )
    assert (ferry.id, ferry.link, ferry.published) == ("http://news.example/ferry",) * 2 + ("2024-02-01",)


def test_atom() -> None:
    """Relative links are seen from the feed."""
    (entry,) = parse_feed(ATOM.encode(), "http://news.example/atom/feed.xml").entries
    assert (entry.id, entry.link, entry.title) == ("tag:bay,1", "http://news.example/tower", "The tower")
    assert (entry.published, entry.authors) == ("2024-02-02T08:00:00+01:00", ("Tom Sele",))


def test_a_title_that_goes_on_and_on() -> None:
    """Is cut: lists have to show it; what steers a terminal is taken out."""
    feed = parse_feed(
        RSS.replace("Bay &lt;", f"Bay \x1b[2J{'word ' * 1000} &lt;").encode(), "http://a.example/"
    )
    assert len(feed.title or "") <= 200
    assert (feed.title or "").startswith("Bay word word")


def test_an_update_changes_the_version() -> None:
    """And nothing else does."""

    def version(updated: str, note: str = "") -> str:
        body = ATOM.replace("{updated}", updated).replace("…", note)
        return parse_feed(body.encode(), "http://news.example/feed").entries[0].version

    assert version("2024-02-02T09:00:00Z") == version("2024-02-02T09:00:00Z", "3 comments")
    assert version("2024-02-02T09:00:00Z") != version("2024-02-03T09:00:00Z")


@pytest.mark.parametrize("body", [b"", b"<html><body>page</body></html>", b"not a feed", b"\x00\x01"])
def test_what_is_no_feed(body: bytes) -> None:
    """Is said so."""
    with pytest.raises(Unreadable, match="it is no feed"):
        parse_feed(body, "http://news.example/feed")


def test_a_body_is_never_taken_for_a_name(tmp_path: Path, web: Web) -> None:
    """Neither for a file's nor for a link: the library would open both."""
    file = tmp_path / "feed.xml"
    file.write_text(RSS)
    for body in (str(file), "http://news.example/feed"):
        with pytest.raises(Unreadable):
            parse_feed(body.encode(), "http://news.example/feed")
    assert web.connected == []


def test_entities_are_not_expanded() -> None:
    """Neither a billion laughs nor a file of this machine."""
    laughs = "\n".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    for declared in (f'<!ENTITY a0 "ha">\n{laughs}', '<!ENTITY a19 SYSTEM "file:///etc/passwd">'):
        body = RSS.replace("<rss", f"<!DOCTYPE rss [\n{declared}\n]>\n<rss").replace(
            "The ferry", "The &a19; ferry"
        )
        titles = [
            entry.title or "" for entry in parse_feed(body.encode(), "http://news.example/feed").entries
        ]
        assert all(len(title) < 100 and "root:" not in title for title in titles)


def test_a_very_long_feed() -> None:
    """The first thousand entries are read; which are the newest."""
    items = "".join(f"<item><link>http://news.example/{n}</link></item>" for n in range(1500))
    feed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "http://news.example/")
    assert len(feed.entries) == 1000


def test_a_feed_that_would_take_too_long() -> None:
    """By its tags, each of which costs time."""
    with pytest.raises(Unreadable, match="it is too large for a feed"):
        parse_feed(b"<rss version='2.0'><channel>" + b"<item/>" * 200_000, "http://news.example/")


# --- entries --------------------------------------------------------------------------------------


def entries() -> tuple[Entry, ...]:
    """The entries of the feed above, newest first."""
    return parse_feed(RSS.encode(), "http://news.example/feed").entries


def test_an_entry_is_read_in_full(web: Web, fetcher: Make) -> None:
    """From its own page; what that does not say of itself, the feed says."""
    web.page("news.example/lamp?utm_source=rss", text_of("lamp"))
    lamp, _ = entries()
    read = read_entry(lamp, fetcher())
    article = read.item
    assert isinstance(article, Article)
    assert article.text.startswith("The lamp at Gull Point will be open to the public from June")
    assert (article.title, article.published) == ("The lamp & the keeper", "2024-02-03T10:00:00+00:00")
    assert (article.url, article.authors) == ("http://news.example/lamp", ("Ada Quill",))
    assert (article.root, article.path) == (None, "http://news.example/lamp?utm_source=rss")
    assert read.is_final


def test_entries_that_cannot_be_read(web: Web, fetcher: Make) -> None:
    """Each with its reason, and whether it may be otherwise another time."""
    web.page("news.example/lamp?utm_source=rss", "gone", 410)
    web.page("news.example/ferry", "busy", 503)
    getting = fetcher()
    assert [read_entry(entry, getting) for entry in entries()] == [
        EntryRead(Skipped("http://news.example/lamp?utm_source=rss", "it is gone for good (410)"), True),
        EntryRead(Skipped("http://news.example/ferry", "its server has a fault (503)"), False),
    ]


def test_an_entry_that_leads_inside(web: Web, fetcher: Make) -> None:
    """It is a link like any other."""
    feed = RSS.replace("http://news.example/ferry", "http://169.254.169.254/x")
    _, entry = parse_feed(feed.encode(), "http://news.example/feed").entries
    assert read_entry(entry, fetcher()).item == Skipped(
        "http://169.254.169.254/x",
        "its host has the address of a cloud's metadata, and those are not visited",
    )
    assert web.connected == []


def test_an_answer_that_nobody_asked_for(web: Web, fetcher: Make) -> None:
    """A server that says "not modified" without having been asked has shown no page."""
    web.pages["news.example/ferry"] = reply(b"", 304)
    _, ferry = entries()
    assert read_entry(ferry, fetcher()).item == Skipped(
        "http://news.example/ferry", "its server says that it has not changed, which nobody asked"
    )
