"""Whether an article that nobody waits for may still come in."""

from __future__ import annotations

from index.collection import LocalCollection
from index.types import Article

from .holdings import text_bytes, text_sizes
from .quotas import Excess, Quota, Usage, excess

FULL = {
    Excess.ARTICLES: "the server keeps as many articles as it may",
    Excess.TEXT: "the server keeps as much text as it may",
}
"""Why not, as clauses."""


class Allowance:
    """A server's quota during one pull of a feed: what it holds is read once, and counted from then on."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._sizes: dict[str, int] | None = None

    def __call__(self, collection: LocalCollection, article: Article) -> str | None:
        """Why an article may not be stored, or None when it may, and is."""
        if self._sizes is None:
            self._sizes = text_sizes(collection)
        usage = Usage(len(self._sizes), sum(self._sizes.values()))
        size = text_bytes(article)
        over = excess(usage, usage.grown(self._sizes.get(article.id), size), self._quota)
        if over is not None:
            return FULL[over]
        self._sizes[article.id] = size
        return None
