"""Fetching from honest servers: what comes, and what is said when nothing comes."""

from __future__ import annotations

import gzip
import zlib

import pytest

from index.sources.web.fetch import Fetched, FetchError, NotModified, Validators
from tests.web_server import Web, reply, tricks
from tests.web_server.web import PUBLIC

from .conftest import Body, Make, Refusal


def test_a_page(web: Web, fetcher: Make) -> None:
    """Its body, where it was, what it says it is, and what can be asked with next time."""
    headers = {"ETag": '"v1"', "Last-Modified": "Wed, 06 Oct 2021 08:00:00 GMT"}
    web.page("news.example/a?b=c", "<p>The lamp.</p>", headers=headers)
    assert fetcher().get("HTTP://News.example:80/a?b=c#d") == Fetched(
        link="http://news.example/a?b=c",
        body=b"<p>The lamp.</p>",
        kind="text/html",
        charset="utf-8",
        validators=Validators("http://news.example/a?b=c", '"v1"', "Wed, 06 Oct 2021 08:00:00 GMT"),
    )
    assert web.connected == [(PUBLIC, 80), (PUBLIC, 80)]
    assert web.queries == {"news.example": 2}  # robots.txt and the page, each checked on its own


def test_what_is_sent(web: Web, fetcher: Make) -> None:
    """A name to be known by, gzip and nothing else; no cookies, no referrer."""
    web.page("news.example/a", "x", headers={"Set-Cookie": "a=b"})
    getting = fetcher(user_agent="Lamp/2 (mail@lamp.example)")
    getting.get("http://news.example/a")
    getting.get("http://news.example/a")
    assert web.seen[-1].headers == {
        "host": "news.example",
        "user-agent": "Lamp/2 (mail@lamp.example)",
        "accept": "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5",
        "accept-encoding": "gzip",
        "connection": "close",
    }


def test_a_page_over_tls(web: Web, body: Body) -> None:
    """The certificate is checked against the name of the link, though an address is connected to."""
    web.page("news.example/a", "<p>The lamp.</p>")
    assert body("https://news.example/a") == b"<p>The lamp.</p>"
    assert web.connected[-1] == (PUBLIC, 443)


def test_a_certificate_of_another_name(web: Web, refusal: Refusal) -> None:
    """Whoever answers must prove to be the host."""
    web.page("other.example/a", "x")
    assert refusal("https://other.example/a") == (
        "its certificate is not valid (Hostname mismatch, certificate is not valid for 'other.example'.)"
    )
    assert web.seen == []


def test_the_second_address_when_nobody_is_at_the_first(web: Web, body: Body) -> None:
    """All of a host's addresses are tried, in order."""
    web.names["news.example"] = [["93.184.215.99", "2606:4700::1111"]]
    web.page("news.example/a", "x")
    assert body("http://news.example/a") == b"x"
    assert web.connected[-2:] == [("93.184.215.99", 80), ("2606:4700::1111", 80)]


def test_unchanged_since(web: Web, fetcher: Make) -> None:
    """What was kept is sent back, and `304` is no failure."""
    web.pages["news.example/a"] = reply(b"", 304)
    kept = Validators("http://news.example/a", '"v1"', "Wed, 06 Oct 2021 08:00:00 GMT")
    assert fetcher().get("http://news.example/a", kept) == NotModified("http://news.example/a")
    assert web.seen[-1].headers["if-none-match"] == '"v1"'
    assert web.seen[-1].headers["if-modified-since"] == "Wed, 06 Oct 2021 08:00:00 GMT"


def test_validators_are_for_their_page(web: Web, fetcher: Make) -> None:
    """A redirect to somewhere else is not asked with what belongs to another page."""
    web.pages["news.example/a"] = tricks.redirect("/b")
    web.page("news.example/b", "x", headers={"ETag": "two"})
    getting = fetcher()
    getting.get("http://news.example/a", Validators("http://news.example/c", "one"))
    assert all("if-none-match" not in seen.headers for seen in web.seen)
    getting.get("http://news.example/a", Validators("http://news.example/b", "two"))
    assert [seen.headers.get("if-none-match") for seen in web.seen[-2:]] == [None, "two"]


@pytest.mark.parametrize("odd", ['"\u00fc"', "x" * 1001, ""])
def test_odd_validators_are_not_kept(web: Web, fetcher: Make, odd: str) -> None:
    """What could not be sent back is left out."""
    web.page("news.example/a", "x", headers={"ETag": odd})
    found = fetcher().get("http://news.example/a")
    assert isinstance(found, Fetched)
    assert found.validators == Validators("http://news.example/a")


@pytest.mark.parametrize(
    ("packing", "packed"),
    [
        ("gzip", gzip.compress(b"<p>The lamp.</p>")),
        ("x-gzip", gzip.compress(b"<p>The ") + gzip.compress(b"lamp.</p>")),
        ("GZIP", gzip.compress(b"<p>The lamp.</p>") + b"\0\0\0"),
        ("deflate", zlib.compress(b"<p>The lamp.</p>")),
        ("deflate", zlib.compress(b"<p>The lamp.</p>", wbits=-15)),
        ("identity", b"<p>The lamp.</p>"),
    ],
)
def test_packed_bodies(web: Web, body: Body, packing: str, packed: bytes) -> None:
    """Unpacked as browsers do, whatever was asked for."""
    web.pages["news.example/a"] = tricks.packed(packed, packing)
    assert body("http://news.example/a") == b"<p>The lamp.</p>"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(web: Web, fetcher: Make, status: int) -> None:
    """They are followed, to another host and from http to https too; the link is where it ended."""
    web.pages["old.example/a"] = tricks.redirect("https://news.example/b", status)
    web.pages["news.example/b"] = tricks.redirect("c", status)
    web.page("news.example/c", "x")
    found = fetcher().get("http://old.example/a")
    assert isinstance(found, Fetched)
    assert (found.link, found.body) == ("https://news.example/c", b"x")


def test_five_redirects_and_no_more(web: Web, body: Body, refusal: Refusal) -> None:
    """Also when they lead in a circle."""
    for number in range(5):
        web.pages[f"news.example/{number}"] = tricks.redirect(f"/{number + 1}")
    web.page("news.example/5", "x")
    assert body("http://news.example/0") == b"x"
    web.pages["news.example/5"] = tricks.redirect("/0")
    web.seen.clear()
    assert refusal("http://news.example/0") == "it is redirected more than 5 times"
    assert web.paths("news.example") == ["/0", "/1", "/2", "/3", "/4", "/5"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (204, "its server shows no page (204)"),
        (206, "its server shows no page (206)"),
        (300, "its server shows no page (300)"),
        (401, "it asks for a login (401)"),
        (402, "it asks for payment (402)"),
        (403, "its server refuses to show it (403)"),
        (404, "it is not there (404)"),
        (410, "it is gone for good (410)"),
        (429, "its server wants fewer visits (429)"),
        (451, "it is withheld for legal reasons (451)"),
        (500, "its server has a fault (500)"),
        (503, "its server has a fault (503)"),
    ],
)
def test_other_answers(web: Web, fetcher: Make, status: int, reason: str) -> None:
    """Each in words, with its number."""
    web.page("news.example/a", "an error page that is no article", status)
    with pytest.raises(FetchError) as caught:
        fetcher().get("http://news.example/a")
    assert (str(caught.value), caught.value.status) == (reason, status)


@pytest.mark.parametrize(
    "kind", ["image/png", "video/mp4; codecs=x", "audio/mpeg", "font/woff2", "application/pdf"]
)
def test_what_is_no_page(web: Web, refusal: Refusal, kind: str) -> None:
    """Said as what its server says it is."""
    web.page("news.example/a", b"\x89PNG", headers={"Content-Type": kind})
    assert refusal("http://news.example/a") == f"it is no page but {kind.split(';', maxsplit=1)[0]}"


@pytest.mark.parametrize(
    ("header", "kind", "charset"),
    [
        ('text/html; charset="windows-1252"', "text/html", "windows-1252"),
        ("TEXT/HTML;CHARSET=utf-8", "text/html", "utf-8"),
        ("application/rss+xml", "application/rss+xml", None),
        ("nonsense", "text/plain", None),
        ("", "", None),
    ],
)
def test_media_types(web: Web, fetcher: Make, header: str, kind: str, charset: str | None) -> None:
    """Read as servers write them."""
    web.page("news.example/a", "x", headers={"Content-Type": header})
    found = fetcher().get("http://news.example/a")
    assert isinstance(found, Fetched)
    assert (found.kind, found.charset) == (kind, charset)
