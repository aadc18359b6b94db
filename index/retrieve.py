"""A question's passages: candidates by meaning and by words, fused, weighed and grouped."""

from __future__ import annotations

from collections.abc import Sequence

from .fuse import fused, proximity, rarity, recency
from .hits import Scores, hits_of
from .rows import StoredPassage
from .sentences import sentence_spans
from .settings import RetrievalSettings
from .store import Store
from .types import Query, Retrieved
from .vectors import VectorIndex
from .words import match_expression, stems

# How many of the fused passages are read for proximity and near-copies: that is what retrieving
# costs, and hardly a passage further down would come up.
_SHORTLIST = 60


def retrieve(
    store: Store, vectors: VectorIndex, query: Query, limit: int, settings: RetrievalSettings
) -> Retrieved:
    """The `limit` best passages of a store."""
    most = max(settings.candidates, limit)
    dense = dict(vectors.search(query.vector, most, store.keys_matching(query)))
    match = match_expression(query.text)
    bm25 = dict(store.bm25(match, query, settings.title_weight, most)) if match else {}
    scores = fused([(settings.dense_weight, dense), (settings.bm25_weight, bm25)])
    # A key that was removed meanwhile is not found, and so never shown.
    stored = store.hydrate(scores)
    for key, found in stored.items():
        scores[key] += settings.recency_weight * recency(found.article.published, query.asked_on)
    best = sorted(stored.values(), key=lambda found: (-scores[found.key], found.key))
    best = best[: max(limit, _SHORTLIST)]
    for found, near in zip(best, _proximities(query.text, best), strict=True):
        scores[found.key] += settings.proximity_weight * near
    best.sort(key=lambda found: (-scores[found.key], found.key))
    hits = hits_of(store, best, Scores(scores, dense, bm25), settings.duplicate_similarity, limit)
    filtered = query.since is not None or query.until is not None
    return Retrieved(tuple(hits), store.undated() if filtered else 0)


def _proximities(question: str, stored: Sequence[StoredPassage]) -> list[float]:
    """How near to each other the question's words stand in each passage."""
    texts = [found.passage.text for found in stored]
    sentences = [[stems(text[start:end]) for start, end in sentence_spans(text)] for text in texts]
    weights = rarity(stems(question), [frozenset().union(*parts) for parts in sentences])
    return [proximity(weights, parts) for parts in sentences]
