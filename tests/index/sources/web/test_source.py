"""Links as a source: pages, sitemaps, feeds, and what cannot be read."""

from __future__ import annotations

import gzip

import pytest

from index.errors import SourceError
from index.sources.web.fetch import Validators
from index.sources.web.source import KeptPage, WebSource
from index.types import Article, Skipped, Unchanged
from tests.pages import page
from tests.web_server import Web, reply, tricks

from .conftest import Make


def article(topic: str) -> str:
    """A page."""
    sentence = (
        f"The {topic} at Gull Point will be open to the public from June, the council said on Wednesday."
    )
    return f"<html><body><h1>{topic}</h1><p>{sentence}</p><p>{sentence} It costs nothing.</p></body></html>"


def links(items: list[Article | Skipped]) -> list[str | None]:
    """What was read, by link."""
    return [item.url if isinstance(item, Article) else f"skipped {item.name}" for item in items]


def test_a_page(web: Web, fetcher: Make) -> None:
    """Its article, known by the canonical link, found under the link that was named."""
    web.pages["www.drumlowcourier.example/x"] = tricks.redirect("http://drumlowcourier.example/2023/x")
    web.page("drumlowcourier.example/2023/x", page("wordpress-theme"))
    source = WebSource(["http://www.drumlowcourier.example/x"], fetcher())
    (found,) = list(source)
    assert isinstance(found, Article)
    assert found.url == "https://drumlowcourier.example/2023/09/14/council-drops-incinerator/"
    assert found.path == "http://www.drumlowcourier.example/x"
    assert (found.root, found.title) == (None, "Drumlow council drops plan for second incinerator")
    assert (source.done_links, source.total_links) == (1, 1)


def test_what_cannot_be_read_is_named(web: Web, fetcher: Make) -> None:
    """Each link with its reason, and the others go on."""
    web.page("news.example/a", article("lamp"))
    web.page("news.example/wall", page("none-paywall"))
    named = ["news.example/wall", "news.example/none", "10.0.0.1/", "news.example/a", "news.example/a"]
    found = list(WebSource([f"http://{link}" for link in named], fetcher()))
    assert found[:3] == [
        Skipped("http://news.example/wall", "no article text was found in the page: it is for subscribers"),
        Skipped("http://news.example/none", "it is not there (404)"),
        Skipped("http://10.0.0.1/", "its host has a private address, and those are not visited"),
    ]
    assert links(found[3:]) == ["http://news.example/a"]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("file:///etc/passwd", "only http and https links are read, not file"),
        ("https://ada:secret@news.example/", "it carries a user name or a password"),
        ("http://0x7f.1/", "its host is an address written as another number"),
    ],
)
def test_a_link_that_can_never_be_followed(fetcher: Make, link: str, reason: str) -> None:
    """That is an error at once: nothing is fetched, not even what was named before it."""
    with pytest.raises(SourceError) as caught:
        WebSource(["http://news.example/", link], fetcher())
    assert str(caught.value) == f"{link!r} cannot be read: {reason}"


def urlset(*paths: str) -> str:
    """A sitemap of pages."""
    return (
        "<?xml version='1.0'?><urlset>" + "".join(f"<url><loc>{p}</loc></url>" for p in paths) + "</urlset>"
    )


def test_a_sitemap(web: Web, fetcher: Make) -> None:
    """All of its site's pages, each once; another site's are not its to list."""
    listed = [
        "http://news.example/a",
        "http://m.news.example/b",
        "http://evil.example/c",
        "http://news.example/a",
    ]
    web.page("news.example/sitemap.xml", urlset(*listed), headers={"Content-Type": "application/xml"})
    web.page("news.example/a", article("lamp"))
    web.page("m.news.example/b", article("ferry"))
    source = WebSource(["http://news.example/sitemap.xml"], fetcher())
    found = list(source)
    assert links(found) == [
        "http://news.example/a",
        "http://m.news.example/b",
        "skipped http://evil.example/c",
    ]
    assert found[2] == Skipped("http://evil.example/c", "it is listed by a site that it does not belong to")
    assert (source.done_links, source.total_links) == (5, 5)
    assert web.paths("evil.example") == []


def test_a_sitemap_of_sitemaps(web: Web, fetcher: Make) -> None:
    """One level of it, packed or not, on its own site only."""
    places = ["http://news.example/1.xml", "http://news.example/2.xml.gz", "http://169.254.169.254/3.xml"]
    index = (
        "<sitemapindex>" + "".join(f"<sitemap><loc>{p}</loc></sitemap>" for p in places) + "</sitemapindex>"
    )
    web.page("news.example/sitemap.xml", index)
    web.page("news.example/1.xml", urlset("http://news.example/a"))
    web.page("news.example/2.xml.gz", gzip.compress(urlset("http://news.example/b").encode()))
    web.page("news.example/a", article("lamp"))
    web.page("news.example/b", article("ferry"))
    assert links(list(WebSource(["http://news.example/sitemap.xml"], fetcher()))) == [
        "skipped http://169.254.169.254/3.xml",
        "http://news.example/a",
        "http://news.example/b",
    ]


def test_a_feed(web: Web, fetcher: Make) -> None:
    """Its entries, oldest first."""
    items = "".join(f"<item><link>http://news.example/{n}</link></item>" for n in "ab")
    web.page("news.example/feed", f"<rss version='2.0'><channel>{items}</channel></rss>")
    web.page("news.example/a", article("lamp"))
    web.page("news.example/b", article("ferry"))
    source = WebSource(["http://news.example/feed"], fetcher())
    assert links(list(source)) == ["http://news.example/b", "http://news.example/a"]
    assert (source.done_links, source.total_links) == (3, 3)


def test_a_page_that_speaks_of_feeds_is_a_page(web: Web, fetcher: Make) -> None:
    """What it begins as counts."""
    web.page("news.example/a", article("lamp").replace("<p>", "<p>&lt;rss&gt; <feed></feed>", 1))
    assert links(list(WebSource(["http://news.example/a"], fetcher()))) == ["http://news.example/a"]


def test_what_has_not_changed_is_not_read_again(web: Web, fetcher: Make) -> None:
    """It is asked with the validators of last time, and named as unchanged."""
    web.page("news.example/a", article("lamp"), headers={"ETag": "one"})
    getting = fetcher()
    first = WebSource(["http://news.example/a"], getting)
    assert len(list(first)) == 1
    assert first.validators == {"http://news.example/a": Validators("http://news.example/a", "one")}
    web.pages["news.example/a"] = reply(b"", 304)
    kept = {link: KeptPage("id", said) for link, said in first.validators.items()}
    assert list(WebSource(["http://news.example/a"], getting, kept)) == [Unchanged("id")]
    assert web.seen[-1].headers["if-none-match"] == "one"
