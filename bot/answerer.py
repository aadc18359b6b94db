"""The one place with policy: which collections, which span, whether it is good enough, what to cite."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.clean import clean_line
from index.sentences import sentence_spans
from index.types import Collection, Encoder, Hit, Query

from .errors import QuestionError
from .settings import AnsweringSettings
from .types import Alternative, Answer, Citation, Reader, Span, Timings


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, with all that narrows it."""

    text: str
    since: str | None = None
    until: str | None = None
    """Inclusive days, `YYYY-MM-DD`."""
    article_id: str | None = None
    asked_on: str | None = None
    """The day it is asked, `YYYY-MM-DD`; today by default."""
    passages: int | None = None
    """How many passages are read and, without an answer, shown; the config's number by default."""


class Answerer:
    """Answers questions from collections: encode once, retrieve from each, read, choose, cite."""

    def __init__(self, encoder: Encoder, reader: Reader, settings: AnsweringSettings) -> None:
        self._encoder = encoder
        self._reader = reader
        self._settings = settings

    def answer(self, question: Question, collections: Sequence[Collection], depth: int = 0) -> Answer:
        """Answer from the collections' articles, or say that they do not.

        `depth` hits are retrieved where that is more than are read. QuestionError when the question
        is empty or too long.
        """
        text = self._checked(question.text)
        started = time.perf_counter()
        query = Query(
            text,
            self._encoder.encode_queries([text]),
            question.since,
            question.until,
            question.article_id,
            question.asked_on or date.today().isoformat(),
        )
        encoded = time.perf_counter()
        passages = question.passages or self._settings.passages
        found = [collection.retrieve(query, max(passages, depth)) for collection in collections]
        retrieved = time.perf_counter()
        # Scores of two collections do not compare; the reader, which reads the best of each, decides.
        spans = self._reader.read(text, [hit for result in found for hit in result.hits[:passages]])
        done = time.perf_counter()
        hits = tuple(sorted((hit for result in found for hit in result.hits), key=lambda hit: hit.rank))
        best = spans[0] if spans and spans[0].score >= self._settings.threshold else None
        return Answer(
            id=uuid.uuid4().hex,
            question=text,
            answer=best.text if best else None,
            resolved=None,
            confidence=None,
            score=spans[0].score if spans else None,
            citations=(cite(best),) if best else (),
            closest=() if best else _closest(hits[:passages], spans),
            alternatives=tuple(
                Alternative(span.text, span.score, cite(span))
                for span in spans[1 if best else 0 :][: self._settings.alternatives]
            ),
            conflicts=(),
            undated_left_out=sum(result.undated_left_out for result in found),
            spans=tuple(spans),
            hits=hits,
            timings_ms=Timings(
                encode=_ms(started, encoded),
                retrieve=_ms(encoded, retrieved),
                read=_ms(retrieved, done),
                total=_ms(started, time.perf_counter()),
            ),
        )

    def _checked(self, raw: str) -> str:
        text = clean_line(raw[: self._settings.max_question_characters * 4])
        if not any(character.isalnum() for character in text):
            raise QuestionError('ask something in words, such as: byline ask "who directed the film?"')
        if len(text) > self._settings.max_question_characters:
            raise QuestionError(
                f"the question has over {self._settings.max_question_characters:,} characters; shorten it"
            )
        return text


def cite(span: Span) -> Citation:
    """The span with the sentence, or sentences, around it as the quote."""
    passage = span.hit.passage
    start, end = span.start, span.end
    for left, right in sentence_spans(passage.text):
        if passage.start + left < span.end and passage.start + right > span.start:
            start, end = min(start, passage.start + left), max(end, passage.start + right)
    return _citation(span, start, end)


def _closest(hits: Sequence[Hit], spans: Sequence[Span]) -> tuple[Citation, ...]:
    """The retrieved passages, whole, each with its best span marked where it has one."""
    # Two collections may use the same passage id, but not for the same article.
    best: dict[tuple[str, str], Span] = {}
    for span in spans:
        best.setdefault((span.hit.article.id, span.hit.passage_id), span)
    closest = []
    for hit in hits:
        nothing = Span(hit, hit.passage.start, hit.passage.start, 0.0)
        span = best.get((hit.article.id, hit.passage_id), nothing)
        closest.append(_citation(span, hit.passage.start, hit.passage.end))
    return tuple(closest)


def _citation(span: Span, start: int, end: int) -> Citation:
    """Quote `start` to `end` of the article's text around a span."""
    quote = span.hit.article.text[start:end]
    return Citation(
        quote=quote,
        start=start,
        end=end,
        answer_start=span.start - start,
        answer_end=span.end - start,
        score=span.score,
        passage_id=span.hit.passage_id,
        article=span.hit.article,
        # A near-copy of the passage need not hold this very sentence.
        also_in=tuple(article for article in span.hit.also_in if quote in article.text),
    )


def _ms(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)
