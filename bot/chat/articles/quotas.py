"""How much a server may keep: arithmetic over numbers of articles and bytes of text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

MIB = 1 << 20


class Excess(Enum):
    """What there would be too much of."""

    ARTICLES = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that a server's own collection may hold."""

    articles: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a server's own collection holds."""

    articles: int = 0
    text_bytes: int = 0

    def grown(self, before: int | None, after: int) -> Usage:
        """The usage once an article of `before` bytes (None: a new one) has `after` bytes."""
        return Usage(self.articles + (before is None), self.text_bytes - (before or 0) + after)


def excess(usage: Usage, coming: Usage, quota: Quota) -> Excess | None:
    """What stands in the way of going from `usage` to `coming`; None when it is allowed.

    Only growth is refused: where the operator has lowered a quota, what is there may still be
    replaced by as much or less.
    """
    if coming.articles > max(usage.articles, quota.articles):
        return Excess.ARTICLES
    if coming.text_bytes > max(usage.text_bytes, quota.text_bytes):
        return Excess.TEXT
    return None
