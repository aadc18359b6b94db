"""A page's article, told from the page around it."""

from __future__ import annotations

from statistics import mean

import pytest

from index.dates import parse_published
from index.sources.record import Unreadable, to_article
from index.sources.web.links import parse_link
from index.sources.web.page import MAX_PAGE_BYTES, read_page
from tests.pages import FOLDER, Page, page, pages, word_f1

PAGES = pages()
TEXT = "<p>The lighthouse at Gull Point will open as a public library in June, the council said.</p>"


@pytest.mark.parametrize("expected", PAGES, ids=[page.name for page in PAGES])
def test_each_page(expected: Page) -> None:
    """No page is read badly, and its day is right."""
    found = read_page(expected.body)
    assert word_f1(found.text, expected.expected.text) >= 0.8
    assert (parse_published(found.published or "") or "")[:10] == expected.expected.published


def test_all_pages() -> None:
    """The figures of `benchmarks/extraction.py` do not fall: word F1, and titles."""
    assert len(PAGES) == 48
    found = [read_page(page.body) for page in PAGES]
    scores = [word_f1(record.text, page.expected.text) for record, page in zip(found, PAGES, strict=True)]
    assert mean(scores) >= 0.97
    titles = [record.title == page.expected.title for record, page in zip(found, PAGES, strict=True)]
    assert sum(titles) >= 44


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none-access-denied", "it says that access is denied"),
        ("none-bot-check", "it wants to see a person"),
        ("none-cookie-wall", "it asks to accept cookies"),
        ("none-javascript-shell", "it needs JavaScript"),
        ("none-login", "it asks for a login"),
        ("none-paywall", "it is for subscribers"),
        ("none-registration", "it is for subscribers"),
        ("none-soft-404", "it says that there is no such page"),
    ],
)
def test_pages_without_an_article(name: str, reason: str) -> None:
    """Walls, checks and excuses are named as what they are, and never stored."""
    with pytest.raises(Unreadable) as caught:
        read_page(page(name))
    assert str(caught.value) == f"no article text was found in the page: {reason}"


def test_every_page_without_an_article_is_tested() -> None:
    """None was forgotten above."""
    assert len(list(FOLDER.glob("none-*.html"))) == 8


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"\x00\x01\x02", b"%PDF-1.7 x", b"{}", b"<p></p>" * 10]
)
def test_what_is_no_page(body: bytes) -> None:
    """Nothing to read is said so."""
    with pytest.raises(Unreadable, match="no article text was found in the page"):
        read_page(body)


@pytest.mark.parametrize("body", [b"x" * (MAX_PAGE_BYTES + 1), b"<p>a" * 60_001])
def test_a_page_that_would_take_too_long(body: bytes) -> None:
    """By its bytes, and by its tags."""
    with pytest.raises(Unreadable, match="it is too large for a page"):
        read_page(body)


# --- the fields -----------------------------------------------------------------------------------


def test_the_fields_of_a_page() -> None:
    """Title, date with its time, both authors; the link is where it was found."""
    found = read_page(
        page("json-ld-graph"), parse_link("https://meridianpost.example/transport/x?utm_source=y")
    )
    article = to_article(found, None, "x", own_file=True)
    assert article.title == "Tunnel under the Sorrel opens eleven months late"
    assert article.published == "2024-06-03T05:45:00+02:00"
    assert article.authors == ("Teun Abelard", "Rosa Quiller")
    assert article.url == "https://meridianpost.example/transport/x"
    assert article.text.startswith("The first trains ran through on Monday morning, and the journey")
    assert article.text.endswith("the signals are being tested at night, and the last train leaves at 22.40.")


def a_page(head: str, body: str = TEXT * 3) -> bytes:
    """A page with something in its head."""
    article = f"<article><h1>The lamp</h1>{body}</article>"
    return f"<!doctype html><html><head>{head}</head><body>{article}</body></html>".encode()


def json_ld(value: str) -> str:
    """A script of it."""
    return f'<script type="application/ld+json">{value}</script>'


@pytest.mark.parametrize(
    ("named", "known_by"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("https://www.news.example/a?b=c#d", "https://www.news.example/a?b=c"),
        ("/a", "https://m.news.example/a"),
        ("//amp.news.example/a", "https://amp.news.example/a"),
        ("https://evil.example/a", "https://m.news.example/found"),
        ("https://news.example.evil.example/a", "https://m.news.example/found"),
        ("https://news.example/", "https://m.news.example/found"),
        ("https://news.example", "https://m.news.example/found"),
        ("https://user@news.example/a", "https://m.news.example/found"),
        ("javascript:alert(1)", "https://m.news.example/found"),
        ("", "https://m.news.example/found"),
    ],
)
def test_the_canonical_link(named: str, known_by: str) -> None:
    """A page may say which of its own site's links it goes by, and nobody else's; nor its home page's."""
    raw = a_page(f'<link rel="canonical" href="{named}">')
    assert read_page(raw, parse_link("https://m.news.example/found")).url == known_by


def test_blogs_of_a_platform_are_not_one_site() -> None:
    """The list of public suffixes knows where strangers share a domain."""
    raw = a_page('<link rel="canonical" href="https://bob.github.io/a">')
    assert read_page(raw, parse_link("https://alice.github.io/b")).url == "https://alice.github.io/b"
    raw = a_page('<link rel="canonical" href="https://other.co.uk/a">')
    assert read_page(raw, parse_link("https://news.co.uk/b")).url == "https://news.co.uk/b"


def test_addresses_are_not_one_site() -> None:
    """Nobody registers half an address."""
    raw = a_page('<link rel="canonical" href="http://10.9.2.3/a">')
    assert read_page(raw, parse_link("http://10.1.2.3/b")).url == "http://10.1.2.3/b"


def test_a_saved_page_goes_by_what_it_says() -> None:
    """There is nothing to compare it with."""
    raw = a_page('<link rel="canonical" href="https://news.example/a"><meta property="og:url" content="/b">')
    assert read_page(raw).url == "https://news.example/a"
    assert read_page(a_page('<meta property="og:url" content="https://news.example/b">')).url == (
        "https://news.example/b"
    )
    assert read_page(a_page("")).url is None


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<meta property="article:published_time" content="2024-02-03T10:00:00Z">',
            "2024-02-03T10:00:00+00:00",
        ),
        ('<meta name="DC.date.issued" content="2024-02-03">', "2024-02-03"),
        ('<meta property="article:published_time" content="1970-01-01T00:00:00Z">', None),
        ('<meta property="article:published_time" content="0001-01-01T00:00:00">', None),
        ('<meta property="article:published_time" content="2999-01-01">', None),
        ('<meta property="article:published_time" content="yesterday">', None),
        (json_ld('{"@type": "NewsArticle", "datePublished": ["2024-02-03"]}'), "2024-02-03"),
        (
            json_ld('{"@type": "NewsArticle", "headline": "Other", "datePublished": "2020-01-01"}')
            + json_ld(
                '{"@graph": [{"@type": ["Thing", "BlogPosting"], "headline": "THE  lamp", '
                '"datePublished": "2024-02-03"}]}'
            ),
            "2024-02-03",
        ),
        (
            json_ld(
                '{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", '
                '"datePublished": "2020-01-01"}]}'
            )
            + '<meta name="date" content="2024-02-03">',
            "2024-02-03",
        ),
        (json_ld("[" * 5000), None),
        (json_ld('{"@type": 5, "datePublished": {"a": 1}}'), None),
        (json_ld("not JSON"), None),
    ],
)
def test_the_published_date(head: str, published: str | None) -> None:
    """What the page says of its own article, if it can be true."""
    assert read_page(a_page(head)).published == published


@pytest.mark.parametrize(
    "line",
    [
        "Published 3 February 2024",
        "First published: 3rd February 2024, 14:20 | Updated 5 March 2024",
        "Veröffentlicht am 3. Februar 2024, aktualisiert am 5. März 2024",
        "Publié le 3 février 2024 à 18h05, modifié le 14 mars 2024",
    ],
)
def test_a_date_that_only_people_see(line: str) -> None:
    """Behind a word that says what it is; not the later one of a change, nor today's."""
    raw = a_page("", f"<p class=today>Friday, 6 June 2025</p>{TEXT * 3}<p>{line}</p>")
    assert (read_page(raw).published or "")[:10] == "2024-02-03"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>The lamp | Bay Post</title>", "The lamp"),
        (
            '<meta property="og:site_name" content="Bay Post">'
            '<meta property="og:title" content="The lamp – Bay Post">',
            "The lamp",
        ),
        ('<meta property="og:title" content="The lamp - a history">', "The lamp - a history"),
    ],
)
def test_the_title(head: str, title: str) -> None:
    """Without the name of the site, where the page says what that is."""
    assert read_page(a_page(head)).title == title


# --- characters -----------------------------------------------------------------------------------

ODD = "<p>Le café de la gare coûte 3 € – „ja“, sagte Frau Möhring, und ging hinüber zur Brücke.</p>" * 3


@pytest.mark.parametrize(
    ("encoding", "declared", "stated"),
    [
        ("utf-8", "", None),
        ("utf-8", "", "iso-8859-1"),
        ("utf-8-sig", '<meta charset="ascii">', None),
        ("utf-16", "", None),
        ("cp1252", "", "windows-1252"),
        ("cp1252", "", "ISO-8859-1"),
        ("cp1252", '<meta charset="latin1">', None),
        ("cp1252", '<meta http-equiv="content-type" content="text/html; charset=iso-8859-1">', "utf-8"),
        ("cp1252", '<meta charset="unicode_escape">', "rot13"),
        ("iso8859-15", '<meta charset="iso-8859-15">', None),
    ],
)
def test_encodings(encoding: str, declared: str, stated: str | None) -> None:
    """By the bytes where they leave no doubt, else as its server or the page says, as browsers take it."""
    raw = a_page(declared, ODD).decode()
    raw = raw if encoding != "iso8859-15" else raw.replace("–", "-").replace("„", "").replace("“", "")
    text = read_page(raw.encode(encoding), charset=stated).text
    assert text.startswith("Le café de la gare coûte 3 € ")
    assert "Frau Möhring, und ging hinüber zur Brücke." in text
