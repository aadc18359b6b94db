"""Whether an article that nobody waits for may still come in."""

from __future__ import annotations

from bot.chat.articles.allowance import FULL, Allowance
from bot.chat.articles.quotas import Excess, Quota
from index.collection import LocalCollection
from index.types import Article


def test_what_came_counts(collection: LocalCollection) -> None:
    """What is there is read once; what is let in counts from then on, and takes the place of what it was."""
    with collection:
        list(collection.add([Article("a", "One.")]))
        allowance = Allowance(Quota(articles=2, text_bytes=12))
        assert allowance(collection, Article("b", "Two.")) is None
        assert allowance(collection, Article("c", "x")) == FULL[Excess.ARTICLES]
        assert allowance(collection, Article("b", "Two. Too")) is None
        assert allowance(collection, Article("b", "Two. Too.")) == FULL[Excess.TEXT]
        assert allowance(collection, Article("a", "One.")) is None


def test_a_quota_that_was_lowered(collection: LocalCollection) -> None:
    """What is there may still be replaced by as much or less."""
    with collection:
        list(collection.add([Article("a", "One."), Article("b", "Two.")]))
        allowance = Allowance(Quota(articles=1, text_bytes=4))
        assert allowance(collection, Article("a", "ONE.")) is None
        assert allowance(collection, Article("a", "ONE!!")) == FULL[Excess.TEXT]
        assert allowance(collection, Article("c", "")) == FULL[Excess.ARTICLES]
