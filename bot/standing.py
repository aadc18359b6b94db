"""What was found and read is held against the store once more, in the read that builds the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from index.types import Collection, Hit, Retrieved

from .types import Span


class Standing:
    """The hits whose articles still stand, each collection's as of one moment.

    A hit whose article was removed or changed since it was retrieved is gone, and so is such an
    article among those that carry a near-copy or are of the same story.
    """

    def __init__(self, found: Iterable[tuple[Collection, Retrieved]]) -> None:
        self.hits: list[Hit] = []
        # By identity: the same article may come from two collections, and stand in one.
        self._now: dict[int, Hit] = {}
        for collection, result in found:
            articles = {
                article.id: article
                for hit in result.hits
                for article in (hit.article, *hit.also_in, *hit.story)
            }
            still = collection.standing(articles.values()) if articles else frozenset()
            for hit in result.hits:
                if hit.article.id in still:
                    self._now[id(hit)] = _with_those_in(still, hit)
                    self.hits.append(self._now[id(hit)])

    def spans(self, spans: Sequence[Span]) -> list[Span]:
        """The spans that were read in hits that stand."""
        return [replace(span, hit=self._now[id(span.hit)]) for span in spans if id(span.hit) in self._now]


def _with_those_in(still: Set[str], hit: Hit) -> Hit:
    """The hit without the other articles that are gone."""
    also_in = tuple(article for article in hit.also_in if article.id in still)
    story = tuple(article for article in hit.story if article.id in still)
    return replace(hit, also_in=also_in, story=story)
