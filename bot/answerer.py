"""The one place with policy: which collections, which span, whether it is good enough, what to cite."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.clean import clean_line
from index.types import Collection, Encoder, Hit, Query

from .candidates import Candidate, conflicting, features, gathered, sentence_bounds
from .corrections import corrected
from .errors import QuestionError
from .reader.calibrate import Calibration
from .resolve import resolve_date
from .settings import AnsweringSettings
from .standing import Standing
from .types import Alternative, Answer, Citation, Reader, Span, Timings


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, and what came of it."""

    question: str
    answer: str | None
    article_id: str | None
    """The article that answered."""


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
    previous: Turn | None = None
    """What this question follows up."""


class Answerer:
    """Answers questions from collections: encode once, retrieve from each, read, choose, cite."""

    def __init__(
        self,
        encoder: Encoder,
        reader: Reader,
        settings: AnsweringSettings,
        calibration: Calibration | None,
        *,
        at_any_confidence: bool = False,
    ) -> None:
        """Without a calibration an answer is given when a span beats its passage's "no answer"."""
        self._encoder = encoder
        self._reader = reader
        self._settings = settings
        self._calibration = calibration
        self._at_any_confidence = at_any_confidence

    def answer(self, question: Question, collections: Sequence[Collection], depth: int = 0) -> Answer:
        """Answer from the collections' articles, or say that they do not.

        `depth` hits are retrieved where that is more than are read. QuestionError when the question
        is empty or too long, or no day is of the days it asks for.
        """
        text = self._checked(question.text)
        if question.since and question.until and question.since > question.until:
            raise QuestionError(
                f"the first day, {question.since}, is after the last, {question.until}; swap them"
            )
        started = time.perf_counter()
        query = self._query(text, question)
        encoded = time.perf_counter()
        passages = question.passages or self._settings.passages
        found = [collection.retrieve(query, max(passages, depth)) for collection in collections]
        retrieved = time.perf_counter()
        # Scores of two collections do not compare; what the reader makes of the best of each does.
        spans = self._reader.read(text, [hit for result in found for hit in result.hits[:passages]])
        # Reading takes its time, and somebody may have removed an article meanwhile.
        standing = Standing(zip(collections, found, strict=True))
        spans = corrected(standing.spans(spans))
        answer = self._chosen(text, spans)
        hits = tuple(sorted(standing.hits, key=lambda hit: hit.rank))
        done = time.perf_counter()
        return replace(
            answer,
            closest=() if answer.citations else _closest(hits[:passages], spans),
            undated_left_out=sum(result.undated_left_out for result in found),
            hits=hits,
            timings_ms=Timings(
                encode=_ms(started, encoded),
                retrieve=_ms(encoded, retrieved),
                read=_ms(retrieved, done),
                total=_ms(started, done),
            ),
        )

    def _query(self, text: str, question: Question) -> Query:
        return Query(
            text,
            self._encoder.encode_queries([text]),
            question.since,
            question.until,
            question.article_id,
            question.asked_on or date.today().isoformat(),
        )

    def _chosen(self, text: str, spans: Sequence[Span]) -> Answer:
        """The answer as the spans give it; what was retrieved, and how long it took, is added to it."""
        ranked = self._ranked(text, gathered(spans))
        best = ranked[0] if ranked and self._is_sure(ranked[0]) else None
        others = [candidate for candidate in ranked if candidate is not best]
        conflicts = conflicting(text, best, others) if best else []
        rest = [candidate for candidate in others if candidate not in conflicts]
        return Answer(
            id=uuid.uuid4().hex,
            question=text,
            answer=best.text if best else None,
            resolved=_resolved(text, best) if best else None,
            confidence=ranked[0].confidence if ranked else None,
            score=ranked[0].best.score if ranked else None,
            citations=tuple(map(cite, best.supporting)) if best else (),
            closest=(),
            alternatives=tuple(map(_alternative, rest[: self._settings.alternatives])),
            conflicts=tuple(map(_alternative, conflicts)),
            undated_left_out=0,
            spans=tuple(spans),
            hits=(),
            timings_ms=Timings(0.0, 0.0, 0.0, 0.0),
        )

    def _ranked(self, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates by how probably each is right, else by their evidence."""
        if self._calibration is None or not candidates:
            return list(candidates)
        probabilities = self._calibration.probabilities(features(question, candidates))
        rated = [
            replace(candidate, confidence=float(probability))
            for candidate, probability in zip(candidates, probabilities, strict=True)
        ]
        return sorted(rated, key=lambda candidate: -(candidate.confidence or 0.0))

    def _is_sure(self, candidate: Candidate) -> bool:
        if self._at_any_confidence:
            return True
        if candidate.confidence is None:
            return candidate.best.score > 0
        return candidate.confidence >= self._settings.threshold

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
    return _citation(span, *sentence_bounds(span))


def _alternative(candidate: Candidate) -> Alternative:
    return Alternative(candidate.text, candidate.best.score, candidate.confidence, cite(candidate.best))


def _resolved(question: str, candidate: Candidate) -> str | None:
    best = candidate.best
    start, end = sentence_bounds(best)
    article = best.hit.article
    return resolve_date(question, best.text, article.text[start:end], article.published, best.start - start)


def _closest(hits: Sequence[Hit], spans: Sequence[Span]) -> tuple[Citation, ...]:
    """The retrieved passages, whole, each with its best sentence marked where it has one."""
    # By identity: two collections may use the same ids for two versions of an article.
    best: dict[int, Span] = {}
    for span in spans:
        if id(span.hit) not in best:
            # No answer is marked in what does not answer, but where it comes closest.
            start, end = sentence_bounds(span)
            best[id(span.hit)] = replace(span, start=start, end=end)
    closest = []
    for hit in hits:
        nothing = Span(hit, hit.passage.start, hit.passage.start, 0.0)
        span = best.get(id(hit), nothing)
        closest.append(_citation(span, hit.passage.start, hit.passage.end))
    return tuple(closest)


def _citation(span: Span, start: int, end: int) -> Citation:
    """Quote `start` to `end` of the article's text around a span."""
    quote = span.hit.article.text[start:end]
    copies = {article.id: article for article in (*span.hit.also_in, *span.hit.story)}
    return Citation(
        quote=quote,
        start=start,
        end=end,
        answer_start=span.start - start,
        answer_end=span.end - start,
        score=span.score,
        passage_id=span.hit.passage_id,
        article=span.hit.article,
        # A near-copy of the passage, or of the article, need not hold this very sentence.
        also_in=tuple(article for article in copies.values() if quote in article.text),
    )


def _ms(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)
