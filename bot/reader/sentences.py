"""Reads by the sentence: the answer is the sentence that supports it best.

Stands where an extractive reader will give the exact words, behind the same `Reader` seam.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.fuse import coverage, rarity
from index.sentences import sentence_spans
from index.types import Encoder, Hit
from index.words import stems

from ..types import Span

# What each sign weighs; rounded from a logistic regression of "the sentence holds the answer" on
# these signs. They add up to 1, so a score lies in 0–1 as each sign does.
_MEANING = 0.2
_MEANING_IN_CONTEXT = 0.15
_WORDS = 0.25
_WORDS_IN_CONTEXT = 0.1
_KIND = 0.2
_RANK = 0.1

# Sentences embedded for one question: embedding is what reading costs.
_MOST_EMBEDDED = 8

_NAME = re.compile(r"\b[A-Z][\w’'-]+ (?:(?:[a-z]{2,3}|[A-Z]\.) )?[A-Z][\w’'-]+")
_PROPER = re.compile(r"[^\s.!?“\"] +[A-Z]")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|"
    r"millions?|billions?|half|once|twice)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|tonight|week|month|year)",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"(\w+) $")
_FIRST_WORD = re.compile(r" (\w+)")
# "director of Roscosmos" does not say who directed a film: the role belongs to something else.
_ROLE_ELSEWHERE = re.compile(r"\b(\w+) (?:of|at|for) (?:the )?([A-Z]\w+)")
_WHO = re.compile(r"\bwho(?:se|m)?\b", re.IGNORECASE)
_MEASURE = re.compile(
    r"\d[\d,.]*[ -](?:kilo|centi|milli)?(?:met(?:er|re)s?|miles?|feet|foot|inch(?:es)?|km|cm|grams?|tons?"
    r"|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_KINDS = (
    (_WHO, _NAME),
    (re.compile(r"\bhow (?:long|far|tall|high|deep|wide|heavy)\b", re.IGNORECASE), _MEASURE),
    (re.compile(r"\bhow (?:many|much|old|big|often)\b|percent", re.IGNORECASE), _NUMBER),
    (re.compile(r"\bwhen\b|\b(?:what|which) (?:year|day|date|month|time)\b", re.IGNORECASE), _TIME),
    (re.compile(r"\b(?:where|which|what)\b", re.IGNORECASE), _PROPER),
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    hit: Hit
    start: int
    end: int
    context_start: int
    """Where the sentence before it starts: what "he" and "it" refer to."""
    stems: frozenset[str]
    context_stems: frozenset[str]

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def context(self) -> str:
        return self.hit.article.text[self.context_start : self.end]


class SentenceReader:
    """Scores every sentence of the hits by meaning, shared words and the kind of answer asked for."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """One span a sentence with its score in 0–1, best first; only the promising ones are scored."""
        asked = stems(question)
        wants_person = _WHO.search(question) is not None
        sentences = _distinct(
            sentence for hit in hits for sentence in _sentences(hit, asked, wants_person=wants_person)
        )
        weights = rarity(asked, [sentence.stems for sentence in sentences])
        lexical = sorted(
            ((_lexical_score(question, sentence, weights), sentence) for sentence in sentences),
            key=lambda scored: -scored[0],
        )[:_MOST_EMBEDDED]
        meanings = self._meanings(question, [sentence for _, sentence in lexical])
        spans = [
            Span(sentence.hit, sentence.start, sentence.end, score + meaning)
            for (score, sentence), meaning in zip(lexical, meanings, strict=True)
        ]
        return sorted(spans, key=lambda span: (-span.score, span.hit.rank, span.start))

    def _meanings(self, question: str, sentences: Sequence[_Sentence]) -> list[float]:
        """What the cosines of question and sentence, alone and in context, add to each score."""
        if not sentences:
            return []
        texts = [sentence.text for sentence in sentences] + [sentence.context for sentence in sentences]
        cosines = self._encoder.encode_passages(texts) @ self._encoder.encode_queries([question])[0]
        own, context = np.maximum(cosines, 0.0).reshape(2, -1)
        return [float(value) for value in _MEANING * own + _MEANING_IN_CONTEXT * context]


def _sentences(hit: Hit, asked: frozenset[str], *, wants_person: bool) -> Iterator[_Sentence]:
    passage = hit.passage
    title = stems(hit.article.title or "")
    before, before_start = title, passage.start
    for left, right in sentence_spans(passage.text):
        start, end = passage.start + left, passage.start + right
        text = passage.text[left:right]
        roles = _ROLE_ELSEWHERE.finditer(text) if wants_person else ()
        elsewhere = (stems(role[1]) for role in roles if not stems(role[2]) & asked)
        own = stems(text).difference(*elsewhere)
        yield _Sentence(hit, start, end, before_start, own, own | before | title)
        before, before_start = own, start


def _distinct(sentences: Iterator[_Sentence]) -> list[_Sentence]:
    """Each sentence once, where passages overlap: the one of the better passage."""
    seen: dict[tuple[str, int], _Sentence] = {}
    for sentence in sentences:
        seen.setdefault((sentence.hit.article.id, sentence.end), sentence)
    return list(seen.values())


def _lexical_score(question: str, sentence: _Sentence, weights: dict[str, float]) -> float:
    """What can be said of a sentence without its embedding."""
    return (
        _WORDS * coverage(weights, sentence.stems)
        + _WORDS_IN_CONTEXT * coverage(weights, sentence.context_stems)
        + _KIND * _kind_score(question, sentence.text, frozenset(weights))
        + _RANK / sentence.hit.rank
    )


def _kind_score(question: str, text: str, asked: frozenset[str]) -> float:
    """Whether `text` holds anything of the kind asked for: a name, a number, a time.

    1 where it stands right beside a word of the question ("director Klim Chipenko", "12 days"),
    0.5 anywhere else, 0 when there is none.
    """
    answers = next((answers for asks, answers in _KINDS if asks.search(question)), None)
    if answers is None:
        return 0.5
    found = 0.0
    for match in answers.finditer(text):
        neighbours = (_LAST_WORD.search(text, 0, match.start()), _FIRST_WORD.match(text, match.end()))
        if any(word and stems(word[1]) & asked for word in neighbours):
            return 1.0
        found = 0.5
    return found
