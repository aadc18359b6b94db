"""What may be wrong with the rows of a store, found by reading all of them.

An article's own row is the truth; its passages and vectors are made from it, and can be made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .chunk import embedding_text
from .digests import content_hash, vector_hash
from .store import Store
from .types import Article

# float16 keeps three digits of a component, and more of a vector's length.
_LENGTH_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Damage:
    """What does not fit together."""

    unreadable: list[str] = field(default_factory=list)
    """Articles whose own rows cannot be read, by key."""
    altered: list[str] = field(default_factory=list)
    """Ids of articles that no longer say what was stored."""
    uncut: list[str] = field(default_factory=list)
    """Ids of articles whose passages do not fit them."""
    vectors: dict[bytes, str] = field(default_factory=dict)
    """Hashes of vectors that are missing or damaged, with the texts they stand for."""


def damage(store: Store, dimension: int | None) -> Damage:
    """Hold every article against its passages and their vectors, which have `dimension` components."""
    found = Damage()
    for stored in store.everything():
        article = stored.article
        if article is None:
            found.unreadable.append(str(stored.key))
            continue
        passages = store.database.rows(
            "SELECT start, end, vector_hash, vector FROM passages LEFT JOIN vectors ON hash = vector_hash"
            " WHERE article_key = ? ORDER BY passages.key",
            (stored.key,),
        )
        if stored.content_hash not in (content_hash(article), b""):
            found.altered.append(article.id)
        elif not stored.content_hash or not _fits(article, passages):
            found.uncut.append(article.id)
        else:
            found.vectors.update(
                (stored_hash, _embedded(article, start, end))
                for start, end, stored_hash, vector in passages
                if not _is_vector(vector, dimension)
            )
    return found


def _fits(article: Article, passages: Sequence[tuple[Any, ...]]) -> bool:
    """Whether passages lie within the article, leave out only white space, and have their own vectors."""
    text, covered = article.text, 0
    if not all(isinstance(start, int) and isinstance(end, int) for start, end, *_ in passages):
        return False
    for start, end, stored_hash, _ in sorted(passages, key=lambda row: row[:2]):
        if not 0 <= start < end <= len(text) or text[covered:start].strip():
            return False
        if stored_hash != vector_hash(_embedded(article, start, end)):
            return False
        covered = max(covered, end)
    return not text[covered:].strip()


def _embedded(article: Article, start: int, end: int) -> str:
    return embedding_text(article.title, article.text[start:end])


def _is_vector(data: object, dimension: int | None) -> bool:
    """Whether it is a unit vector in float16."""
    if not isinstance(data, bytes) or dimension is None or len(data) != 2 * dimension:
        return False
    length = float(np.linalg.norm(np.frombuffer(data, np.float16).astype(np.float32)))
    return abs(length - 1) <= _LENGTH_TOLERANCE  # not so when a component is no number
