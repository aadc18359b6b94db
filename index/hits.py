"""Ranked passages become hits: copies are one, and each hit knows its story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .claims import claims, contradict, figures
from .fuse import duplicate_groups, shingles
from .rows import StoredPassage
from .store import Store
from .types import Article, Hit

# Of a story of very many articles, so many are known to a hit.
_MOST_OF_A_STORY = 20
# A passage of the same story that shares this much with one that ranks higher is told by it: the
# rest stands in that one's neighbours, because two editions are rarely cut at the same sentences.
_TOLD = 0.5


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of passages by their keys, each list the best first where it is a list of its own."""

    fused: Mapping[int, float]
    dense: Mapping[int, float]
    bm25: Mapping[int, float]


def hits_of(
    store: Store, ordered: Sequence[StoredPassage], scores: Scores, similarity: float, limit: int
) -> Iterator[Hit]:
    """The first `limit` passages that are not copies of one before them."""
    story = store.stories({found.article.id for found in ordered})

    def told(position: int, leader: int) -> bool:
        own, other = ordered[position], ordered[leader]
        number = story.get(own.article.id)
        return number is not None and number == story.get(other.article.id) and is_told(own, other)

    groups = duplicate_groups([found.passage.text for found in ordered], similarity, limit, told)
    chosen = [_editions(group, ordered, scores) for group in groups]
    others = story_of(store, [found.article.id for found, *_ in chosen])
    dense_rank = {key: rank for rank, key in enumerate(scores.dense, 1)}
    bm25_rank = {key: rank for rank, key in enumerate(scores.bm25, 1)}
    for rank, (best, *copies) in enumerate(chosen, 1):
        also_in = {copy.article.id: copy.article for copy in copies if copy.article.id != best.article.id}
        yield Hit(
            passage_id=str(best.key),
            passage=best.passage,
            article=best.article,
            rank=rank,
            score=scores.fused[best.key],
            dense_rank=dense_rank.get(best.key),
            dense_score=scores.dense.get(best.key),
            bm25_rank=bm25_rank.get(best.key),
            also_in=tuple(also_in.values()),
            story=others.get(best.article.id, ()),
        )


def story_of(store: Store, article_ids: Iterable[str]) -> dict[str, tuple[Article, ...]]:
    """For each of the articles that is not alone, the others of its story, the earliest first."""
    numbers = store.stories(article_ids)
    if not numbers:
        return {}
    articles = store.articles_of(set(numbers.values()), _MOST_OF_A_STORY + 1)
    return {
        article_id: tuple(one for one in articles.get(number, ()) if one.id != article_id)[:_MOST_OF_A_STORY]
        for article_id, number in numbers.items()
    }


def is_told(own: StoredPassage, other: StoredPassage) -> bool:
    """Whether a passage adds nothing to one of another article of its story.

    That article has all its numbers, and no number or name stands in another's place. A name that is
    only there is no news: datelines and credits are what editions differ in.
    """
    if own.article.id == other.article.id:
        return False
    left, right = shingles(own.passage.text), shingles(other.passage.text)
    return (
        len(left & right) >= _TOLD * min(len(left), len(right))
        and figures(own.passage.text) <= figures(other.article.text)
        and not contradict(claims(own.passage.text), claims(other.passage.text))
    )


def _editions(group: Sequence[int], ordered: Sequence[StoredPassage], scores: Scores) -> list[StoredPassage]:
    """The passages of a group, the one to cite first: the best, of equal ones the earliest published."""

    def order(found: StoredPassage) -> tuple[float, str, str, int]:
        return -scores.fused[found.key], found.article.published or "~", found.article.id, found.key

    return sorted((ordered[position] for position in group), key=order)
