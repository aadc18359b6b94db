"""Answer -> the object that `byline ask --json` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from index.types import Article

from .types import Alternative, Answer, Citation


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON values; local paths stay out of it."""
    return {
        "id": answer.id,
        "question": answer.question,
        "answer": answer.answer,
        "resolved": answer.resolved,
        "confidence": _rounded(answer.confidence),
        "citations": [_citation(citation) for citation in answer.citations],
        "closest": [_citation(citation) for citation in answer.closest],
        "alternatives": [_alternative(alternative) for alternative in answer.alternatives],
        "conflicts": [_alternative(conflict) for conflict in answer.conflicts],
        "timings_ms": asdict(answer.timings_ms),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
        "score": round(citation.score, 4),
        "article": _article(citation.article),
        "also_in": [_article(article) for article in citation.also_in],
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {
        "answer": alternative.answer,
        "score": round(alternative.score, 4),
        "confidence": _rounded(alternative.confidence),
        "citation": _citation(alternative.citation),
    }


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 4)


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "published": article.published,
        "authors": list(article.authors),
    }
