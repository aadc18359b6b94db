"""From spans to answers: what says the same is one candidate, and what it has going for it is counted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.fuse import coverage, rarity
from index.sentences import sentence_spans
from index.words import NUMBER_WORDS, STOP_WORDS, stems

from .answer_kind import is_of_another_kind
from .types import Span
from .wording import without_signs, wording

# How fast a span's say falls with its passage's rank, and rises with the reader's log odds.
_RANK_WEIGHT = 0.15
_SCORE_WEIGHT = 0.5
# By how much evidence the only candidate is ahead, and no candidate counts as further ahead.
_CLEAR = 5.0
# Candidates of a question; what has less evidence never wins.
_MOST = 10
# Articles cited for one answer.
_MOST_CITED = 3
# A conflict's sentence says as much of the question as the answer's, or at least this share of it.
_AS_RELEVANT = 0.8
# A conflict's confidence is at least this share of the answer's.
_AS_SURE = 0.5

_NEXT_WORD = re.compile(r"[ -](\w+)")
_SHARE = re.compile(r"\s?(?:%|per ?cent\b)", re.IGNORECASE)
_MONTHS = frozenset(
    """january february march april may june july august september october november december""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer, with every span that gives it."""

    spans: tuple[Span, ...]
    """The one with most to say first; of one story only one."""
    evidence: float
    """The log of what its spans' says add up to."""
    confidence: float | None = None
    """The calibrated probability that it is right, where there is a calibration."""

    @property
    def best(self) -> Span:
        """The span to cite."""
        return self.spans[0]

    @property
    def text(self) -> str:
        """The article's own words."""
        return self.best.text

    @property
    def supporting(self) -> tuple[Span, ...]:
        """The spans to cite: the best, and those of other articles that beat "no answer" themselves."""
        return (self.best, *(span for span in self.spans[1:] if span.score > 0))[:_MOST_CITED]


def gathered(spans: Sequence[Span]) -> list[Candidate]:
    """Put spans of equal words together, the candidate with most evidence first.

    Of one story only one span counts, whichever of its articles it stands in.
    """
    groups: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: (-_say(span), span.hit.rank, span.start)):
        words = _said(span)
        if words:
            groups.setdefault(words, []).append(span)
    candidates = [
        Candidate(said, math.log(sum(math.exp(_say(span)) for span in said)))
        for said in map(_one_of_each_story, groups.values())
    ]
    return sorted(candidates, key=lambda candidate: -candidate.evidence)[:_MOST]


def _one_of_each_story(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The first span of each story."""
    kept: list[Span] = []
    told: set[str] = set()
    for span in spans:
        story = {span.hit.article.id, *(article.id for article in span.hit.story)}
        if told.isdisjoint(story):
            kept.append(span)
            told |= story
    return tuple(kept)


def _say(span: Span) -> float:
    """A span's weight in the vote, as a log."""
    # A reader's logits have no bound, `exp` has.
    return max(-200.0, min(200.0, _SCORE_WEIGHT * span.score - _RANK_WEIGHT * (span.hit.rank - 1)))


FEATURES = (
    "score", "margin", "share", "articles", "coverage", "echo", "position", "words", "misfit", "headline",
)  # fmt: skip
# A unit follows its number within so many characters.
_UNIT_CHARACTERS = 12


def features(question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """What speaks for each candidate against the others, shape (n, len(FEATURES)).

    No score of retrieval is among it: those mean something else in every collection, while ranks and the
    reader's log odds mean the same among 3 articles and 60,000. (`articles` does depend on how many there
    are to say the same; docs/training.md has what that costs.) `echo` is how much of the answer the question
    says already; news put what matters first, hence `position`, and in the title, hence `headline`; a
    `misfit` is not the kind of thing that is asked for.
    """
    asked = stems(question)
    read = {id(span.hit): span.hit for candidate in candidates for span in candidate.spans}
    weights = rarity(asked, [stems(f"{hit.article.title or ''} {hit.passage.text}") for hit in read.values()])
    total = float(np.logaddexp.reduce([candidate.evidence for candidate in candidates]))
    rows = []
    for candidate in candidates:
        best, words = candidate.best, stems(candidate.text)
        others = [other.evidence for other in candidates if other is not candidate]
        rows.append(
            (
                best.score,
                min(_CLEAR, candidate.evidence - max(others, default=-math.inf)),
                math.exp(candidate.evidence - total),
                math.log(len(candidate.spans)),
                coverage(weights, stems(around(best))),
                len(words & asked) / max(1, len(words)),
                math.log1p(best.start),
                math.log1p(len(best.text.split())),
                is_of_another_kind(question, best.text, _after(best)),
                bool((words - asked) & stems(best.hit.article.title or "")),
            )
        )
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def _after(span: Span) -> str:
    return span.hit.article.text[span.end : span.end + _UNIT_CHARACTERS]


def around(span: Span) -> str:
    """The sentence, or sentences, that the span stands in."""
    start, end = sentence_bounds(span)
    return span.hit.article.text[start:end]


def sentence_bounds(span: Span) -> tuple[int, int]:
    """Where in the article the sentence, or sentences, around the span begin and end."""
    passage = span.hit.passage
    start, end = span.start, span.end
    for left, right in sentence_spans(passage.text):
        if passage.start + left < span.end and passage.start + right > span.start:
            start, end = min(start, passage.start + left), max(end, passage.start + right)
    return start, end


def conflicting(question: str, best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """The candidates by which other articles contradict the answer, newest first.

    Such a candidate beats its passage's "no answer", is nearly as sure, stands in a sentence that says
    as much of what was asked, and is of the answer's kind: a number of the same against a number, a
    name against a name.
    """
    asked = stems(question)
    weights = rarity(asked, [stems(around(candidate.best)) for candidate in (best, *others)])

    def relevance(candidate: Candidate) -> float:
        title = candidate.best.hit.article.title or ""
        return coverage(weights, stems(f"{title} {around(candidate.best)}"))

    needed = _AS_RELEVANT * relevance(best)
    said = {span.hit.article.id for span in best.spans}
    said |= {article.id for span in best.spans for article in (*span.hit.also_in, *span.hit.story)}
    found = [
        other
        for other in others
        if other.best.score > 0
        and (other.confidence or 0.0) >= _AS_SURE * (best.confidence or 0.0)
        and other.best.hit.article.id not in said
        and _contradicts(best.best, other.best)
        and relevance(other) >= needed > 0
    ]
    return sorted(found, key=lambda candidate: candidate.best.hit.article.date or "", reverse=True)


def _contradicts(answer: Span, other: Span) -> bool:
    """Whether both cannot be meant: they are of one kind, and neither says the other in other words."""
    left, right = _said(answer).split(), _said(other).split()
    if set(left) <= set(right) or set(right) <= set(left):
        return False
    numbers = _numbers(left), _numbers(right)
    if not any(numbers):
        return not set(left) & set(right)
    of_the_same = _counted(answer) == _counted(other) or bool(_counted(answer) & _counted(other))
    return all(numbers) and numbers[0] != numbers[1] and of_the_same


def _said(span: Span) -> str:
    """The span's wording, with the sign of money or share beside it: "62" of "62%" says as much as that."""
    text, start, end = span.hit.article.text, span.start, span.end
    if text[start].isdigit() and text[max(0, start - 1) : start] in {"$", "£", "€"}:
        start -= 1
    share = _SHARE.match(text, end)
    return wording(text[start : share.end() if share else end])


def _numbers(words: Sequence[str]) -> frozenset[str]:
    return frozenset(without_signs(word) for word in words if _is_number(word))


def _is_number(word: str) -> bool:
    bare = without_signs(word)
    return bare in NUMBER_WORDS or bare == "one" or bare.lstrip("-.")[:1].isdigit()


def _counted(span: Span) -> frozenset[str]:
    """What a number is of: money or shares, or the stems of the answer's other words or of the word after it.

    Any month is one. Empty where nothing tells.
    """
    words = _said(span).split()
    counted = {sign for sign in "$£€%" if any(sign in word for word in words)}
    if not counted:
        counted = {word for word in words if not _is_number(word)}
    after = _NEXT_WORD.match(span.hit.article.text, span.end)
    if not counted and after:
        counted = {after[1].lower()} - STOP_WORDS
    return frozenset("month" if word in _MONTHS else _stem(word) for word in counted)


def _stem(word: str) -> str:
    """A word's stem; a sign has none and stands for itself."""
    return next(iter(stems(word)), word)
