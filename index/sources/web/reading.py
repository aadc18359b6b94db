"""From what was fetched to an article."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from ...types import Article
from ..record import to_article
from .fetch import Fetched
from .links import parse_link
from .page import read_page


@dataclass(frozen=True, slots=True)
class Hint:
    """What somebody else said of a page, where the page itself does not."""

    title: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()


def read_article(found: Fetched, named: str, hint: Hint | None = None) -> Article:
    """The article on a fetched page; Unreadable says why there is none. `named` is the link asked for."""
    record = read_page(found.body, parse_link(found.link), found.charset)
    if hint:
        record = replace(
            record,
            title=record.title or hint.title,
            published=record.published or hint.published,
            authors=record.authors or hint.authors,
        )
    digest = hashlib.blake2b(found.body, digest_size=16).digest()
    return to_article(record, None, named, own_file=True, raw_digest=digest)
