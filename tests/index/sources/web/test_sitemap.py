"""Sitemaps."""

from __future__ import annotations

import gzip

import pytest

from index.sources.web.sitemap import Listed, Sitemap, parse_sitemap

PAGES = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<!-- made by hand -->
<url><loc> https://news.example/a?b=1&amp;c=2 </loc><lastmod>2024-02-03</lastmod></url>
<url><loc>https://news.example/d</loc><news:news><news:title>D</news:title></news:news></url>
<url><lastmod>2024-02-03</lastmod></url>
</urlset>"""
LISTED = Sitemap(
    (Listed("https://news.example/a?b=1&c=2", "2024-02-03"), Listed("https://news.example/d", None))
)


@pytest.mark.parametrize("body", [PAGES, b"\xef\xbb\xbf" + PAGES, gzip.compress(PAGES), b"\n" + PAGES[39:]])
def test_pages(body: bytes) -> None:
    """In the sitemap's order, with the day of their last change; packed too."""
    assert parse_sitemap(body, 10_000) == LISTED


def test_further_sitemaps() -> None:
    """An index lists sitemaps instead of pages."""
    body = b"<sitemapindex><sitemap><loc>https://news.example/1.xml</loc></sitemap><sitemap/></sitemapindex>"
    assert parse_sitemap(body, 10_000) == Sitemap(sitemaps=("https://news.example/1.xml",))


def test_a_sitemap_that_breaks_off() -> None:
    """What was listed up to there counts."""
    assert parse_sitemap(PAGES[:-60], 10_000) == LISTED


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"<rss/>", b"not XML", b"\x1f\x8bnot gzip", b"\x00" * 9]
)
def test_what_is_no_sitemap(body: bytes) -> None:
    """Is none."""
    assert parse_sitemap(body, 10_000) is None


def test_a_packed_sitemap_is_bounded() -> None:
    """A bomb is no sitemap."""
    assert parse_sitemap(gzip.compress(PAGES + b" " * 10_000_000), 1_000_000) is None


def test_entities_are_not_expanded() -> None:
    """Neither a billion laughs nor a file of this machine."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    for declared in (f'<!ENTITY a0 "ha">{laughs}', '<!ENTITY a19 SYSTEM "file:///etc/passwd">'):
        body = (
            f"<!DOCTYPE urlset [{declared}]><urlset><url><loc>https://news.example/&a19;</loc></url></urlset>"
        )
        assert parse_sitemap(body.encode(), 10_000) == Sitemap((Listed("https://news.example/", None),))
