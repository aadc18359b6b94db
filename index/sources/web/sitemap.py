"""Sitemaps: the pages that a site lists for robots (sitemaps.org)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from .body import Damaged, TooLarge, read_body

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page on a sitemap."""

    link: str
    changed: str | None
    """When it last changed, as the site writes it."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in its order: pages, or further sitemaps."""

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[str, ...] = ()


def parse_sitemap(body: bytes, max_bytes: int) -> Sitemap | None:
    """Read a sitemap, packed or not; None when it is none."""
    if body.startswith(_GZIP):
        try:
            body = read_body([body], "gzip", max_bytes)
        except (Damaged, TooLarge):
            return None
    # Entities stay unexpanded, nothing is loaded from elsewhere, and what is damaged is read up to there.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    match _name(root):
        case "urlset":
            pages = (_listed(entry) for entry in root if _name(entry) == "url")
            return Sitemap(pages=tuple(page for page in pages if page.link))
        case "sitemapindex":
            maps = (_listed(entry).link for entry in root if _name(entry) == "sitemap")
            return Sitemap(sitemaps=tuple(filter(None, maps)))
    return None


def _listed(entry: Any) -> Listed:
    values = {_name(child): (child.text or "").strip() for child in entry}
    return Listed(values.get("loc", ""), values.get("lastmod") or None)


def _name(element: Any) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    return etree.QName(element).localname if element is not None and isinstance(element.tag, str) else ""
