"""HTML pages."""

from __future__ import annotations

import pytest

from index.sources.html import read_html
from index.sources.record import Record, Unreadable

PAGE = """<!doctype html><html><head>
<title>Old lighthouse to become a library | Bay Post</title>
<link rel="canonical" href="https://example.org/news/lighthouse">
{meta}
</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<div class="cookie-banner">We use cookies to improve your visit.</div>
<article>
<p>The lighthouse at Gull Point will open as a public library in June, the council said on Wednesday.</p>
<p>It will hold 4,000 books on <b>seven</b> floors, and its <a href="/lamps">lamp room</a> will be kept for
readings by children from the village school.</p>
</article>
<aside>Subscribe to our newsletter!</aside>
<footer>© Bay Post. All rights reserved.</footer>
<script>track("visitor")</script>
</body></html>"""

TEXT = (
    "The lighthouse at Gull Point will open as a public library in June, the council said on Wednesday.\n\n"
    "It will hold 4,000 books on seven floors, and its lamp room will be kept for readings by children from "
    "the village school."
)


def page(meta: str) -> bytes:
    return PAGE.replace("{meta}", meta).encode()


def test_open_graph_fields() -> None:
    """Title, date, author and canonical link come from the head, the text without what is around it."""
    meta = (
        '<meta property="og:title" content="Old lighthouse to become a library">'
        '<meta property="article:published_time" content="2023-04-05T09:30:00+02:00">'
        '<meta name="author" content="Ada Quill">'
    )
    assert read_html(page(meta)) == Record(
        text=TEXT,
        title="Old lighthouse to become a library",
        url="https://example.org/news/lighthouse",
        published="2023-04-05T09:30:00+02:00",
        authors=("Ada Quill",),
    )


def test_json_ld_fields() -> None:
    """The same fields are found in JSON-LD."""
    meta = """<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
        "headline": "Old lighthouse to become a library", "datePublished": "2023-04-05T09:30:00+02:00",
        "author": [{"@type": "Person", "name": "Ada Quill"}, {"@type": "Person", "name": "Tom Sele"}]}
        </script>"""
    assert read_html(page(meta)) == Record(
        text=TEXT,
        title="Old lighthouse to become a library",
        url="https://example.org/news/lighthouse",
        published="2023-04-05T09:30:00+02:00",
        authors=("Ada Quill", "Tom Sele"),
    )


def test_a_page_in_windows_1252() -> None:
    """The encoding that a page declares is the one it is read in."""
    raw = page('<meta charset="windows-1252">').decode().replace("the council said", "the café’s owner said")
    assert read_html(raw.encode("cp1252")).text == TEXT.replace("the council said", "the café’s owner said")


@pytest.mark.parametrize(
    "raw", [b"", b"<html></html>", b"\x00\x01\x02", b"<html><body><nav></nav></body></html>"]
)
def test_a_page_without_an_article_is_named(raw: bytes) -> None:
    """A page without article text is an error in plain words."""
    with pytest.raises(Unreadable) as caught:
        read_html(raw)
    assert str(caught.value) == "no article text was found in the page"
