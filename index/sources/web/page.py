"""A web page's article, without the page around it."""

from __future__ import annotations

import logging
import re

from ..record import Record, Unreadable
from .charset import decode_page
from .furniture import article_blocks, lead_of, remove_furniture
from .links import Link
from .stated import Stated, Tree, canonical_of, stated_in
from .walls import wall

NO_ARTICLE = "no article text was found in the page"
TOO_LARGE = "it is too large for a page"
# Telling a page's article from what is around it takes a hundred times the page in memory, and time for
# every tag: ten seconds for as many as this.
MAX_PAGE_BYTES = 4 << 20
_MOST_TAGS = 60_000
_ENOUGH_WORDS = 40
_SITE_NAME = re.compile(r"\s+[|–—·•-]\s+[^|–—·•]+$")


def read_page(body: bytes, link: Link | None = None, charset: str | None = None) -> Record:
    """Extract the article of a page, with title, authors, date and the link it wants to be known by.

    `link` is where the page was found, `charset` what its server said; a saved page has neither.
    """
    if len(body) > MAX_PAGE_BYTES or body.count(b"<") > _MOST_TAGS:
        raise Unreadable(TOO_LARGE)
    # Heavy to import, and only pages need it.
    import trafilatura  # noqa: PLC0415

    _silence()
    html = decode_page(body, charset)
    tree = trafilatura.load_html(html)
    if tree is None:
        raise Unreadable(NO_ARTICLE)
    stated = stated_in(tree)
    lead, link_named, everything = lead_of(tree), canonical_of(tree, link), tree.text_content()
    remove_furniture(tree)
    found = _extract(tree)
    if len(found.text.split()) < _ENOUGH_WORDS:
        whole = _extract(trafilatura.load_html(html))
        found = whole if len(whole.text) > len(found.text) else found
    title = _title(stated, found.title)
    text = "\n\n".join(article_blocks(found.text.split("\n"), title))
    reason = wall(title or "", text, everything, for_subscribers=stated.for_subscribers)
    if reason or not text:
        raise Unreadable(f"{NO_ARTICLE}: {reason}" if reason else NO_ARTICLE)
    if lead and lead not in " ".join(text.split()):
        text = f"{lead}\n\n{text}"
    return Record(text, title, link_named, stated.published or found.published, found.authors)


def _extract(tree: Tree) -> Record:
    """What trafilatura makes of a page."""
    import trafilatura  # noqa: PLC0415
    from trafilatura.settings import Document  # noqa: PLC0415

    page = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False)
    if not isinstance(page, Document):
        return Record("")
    authors = tuple(page.author.split("; ")) if page.author else ()
    return Record(page.text or "", page.title, None, page.date, authors)


def _title(stated: Stated, found: str | None) -> str | None:
    """The headline, without the name of the site behind it."""
    title = " ".join((stated.title or found or "").split())
    shorter = _SITE_NAME.sub("", title)
    named = stated.site and title.casefold().endswith(stated.site.casefold())
    return (shorter if named else title) or None


def _silence() -> None:
    """What the extractor complains of is said as a reason; a terminal must not show it as well."""
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
