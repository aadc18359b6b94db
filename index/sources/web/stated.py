"""What a page says about itself: in JSON-LD, in its head, in its markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from ...dates import parse_published
from .links import Link, Refused, joined, parse_link
from .site import same_site

Tree = Any
"""An lxml element; lxml has no types."""

_MOST_JSON = 1_000_000
_DEEPEST = 8
# What a page is about, and not what it links to.
_ARTICLES = ("Article", "Posting", "Report", "Episode", "Review")
_ELSEWHERE = (
    "itemListElement",
    "mentions",
    "isPartOf",
    "comment",
    "liveBlogUpdate",
    "relatedLink",
    "citation",
)
_EARLIEST, _EPOCH = "1800", "1970-01-01"
_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "citation_publication_date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date",
)
_LABEL = re.compile(
    r"(?:first )?(?:published|posted|publié|veröffentlicht|publicado|pubblicato)(?: on| le| am| el| il)?:?\s+"
    r"(?P<date>.*?\d.*?)"
    r"(?:[|;(].*|,? *\b(?:updated|last|changed|modifi|aktualisiert|actualizado|aggiornato).*)?",
    re.IGNORECASE,
)
_LONGEST_LABEL = 120
_MOST_LABELS = 3


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page says it is."""

    title: str | None = None
    published: str | None = None
    """ISO 8601."""
    for_subscribers: bool = False
    site: str | None = None


def stated_in(tree: Tree) -> Stated:
    """Collect what a page's head and JSON-LD say of the article on it."""
    article = _about(tree)
    metas = _metas(tree)
    dates = chain([article.get("datePublished")], map(metas.get, _DATES), [_marked(tree)], _labelled(tree))
    return Stated(
        title=_text(article.get("headline")) or metas.get("og:title"),
        published=next((date for date in map(_date, dates) if date), None),
        for_subscribers=str(article.get("isAccessibleForFree")).lower() in ("false", "0"),
        site=metas.get("og:site_name"),
    )


def canonical_of(tree: Tree, page: Link | None) -> str | None:
    """The link a page wants to be known by, if that is its own to say; else the one it was found at.

    A page that names another site's link would take its place, and one that names its home page,
    which is a common slip, would take the place of all the site's others.
    """
    links = [
        *tree.xpath("//link[@rel='canonical']/@href"),
        *tree.xpath("//meta[@property='og:url']/@content"),
    ]
    for link in links:
        try:
            named = joined(page, link) if page else parse_link(link)
        except Refused:
            continue
        if page is None:
            return str(named)
        if same_site(named.host, page.host) and (named.target != "/" or page.target == "/"):
            return str(named)
    return str(page) if page else None


def _about(tree: Tree) -> dict[str, Any]:
    """The JSON-LD object of the article itself: the one with the page's own headline, else the first."""
    found = [
        item for script in tree.xpath("//script[@type='application/ld+json']") for item in _read(script.text)
    ]
    heads = {_plain(head.text_content()) for head in tree.xpath("//h1|//title")}
    typed = [item for item in found if any(kind.endswith(_ARTICLES) for kind in _types(item))]
    own = [item for item in typed if any(_plain(_text(item.get("headline"))) in head for head in heads)]
    pages = [item for item in found if any(kind.endswith("WebPage") for kind in _types(item))]
    return next(iter([*own, *typed, *pages]), {})


def _read(script: str | None) -> Iterator[dict[str, Any]]:
    if script and len(script) < _MOST_JSON:
        try:
            yield from _objects(json.loads(script, strict=False))
        except (ValueError, RecursionError):
            return


def _objects(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key not in _ELSEWHERE:
                yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)


def _types(item: dict[str, Any]) -> list[str]:
    kinds = item.get("@type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _metas(tree: Tree) -> dict[str, str]:
    """The head's `meta` by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _marked(tree: Tree) -> str | None:
    """The date that the markup itself marks as the publication's."""
    for element in tree.xpath("//*[@itemprop='datePublished'] | //time[@pubdate]"):
        return str(element.get("content") or element.get("datetime") or element.text_content())
    return None


def _labelled(tree: Tree) -> Iterator[str]:
    """Dates that stand behind a word such as "Published", where a person sees them."""
    found = 0
    for element in tree.iter("p", "span", "li", "div", "small", "td"):
        label = _LABEL.fullmatch(" ".join((element.text or "")[:_LONGEST_LABEL].split()))
        if label:
            yield label["date"].strip()
            found += 1
            if found == _MOST_LABELS:
                return


def _date(value: object) -> str | None:
    """A publication date that can be true."""
    text = _text(value)
    found = parse_published(text) if text else None
    latest = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    return found if found and _EARLIEST < found[:10] <= latest and found[:10] != _EPOCH else None


def _text(value: object) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    return value.strip() or None if isinstance(value, str) else None


def _plain(text: str | None) -> str:
    return " ".join((text or "\0").split()).casefold()
