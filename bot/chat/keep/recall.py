"""Places that were kept, back to citations: from the articles as they stand now."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Collection, Passage

from ...types import Citation
from .kept import Place, digest


def cited(place: Place, collections: Sequence[Collection]) -> Citation | None:
    """The citation that was kept, or None when its article is withdrawn or says something else there."""
    for collection in collections:
        article = collection.article(place.article_id)
        if article is None:
            continue
        quote = article.text[place.start : place.end]
        if digest(quote) == place.digest:
            return Citation(
                quote=quote,
                start=place.start,
                end=place.end,
                answer_start=place.answer_start,
                answer_end=place.answer_end,
                score=place.score,
                passage_id=place.passage_id,
                article=article,
            )
    return None


def passage_around(citation: Citation, collections: Sequence[Collection]) -> Passage:
    """The passage that a citation was read in, or just the quote when the passages were cut anew since."""
    for collection in collections:
        found = collection.passage(citation.passage_id)
        if found is None:
            continue
        passage, article = found
        # Two collections may use the same passage id, but not for the same article.
        whole = passage.start <= citation.start and citation.end <= passage.end
        if whole and (article.id, article.text) == (citation.article.id, citation.article.text):
            return passage
    return Passage(citation.article.id, citation.start, citation.end, citation.quote)
