"""The values that travel between the stages of `bot`, and the reader's seam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import Article, Hit


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate answer: `hit.article.text[start:end]`."""

    hit: Hit
    start: int
    end: int
    score: float
    """By how much it beats its own passage's "no answer" (log odds), higher is better."""

    @property
    def text(self) -> str:
        """The article's own words."""
        return self.hit.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something was read: `article.text[start:end] == quote`."""

    quote: str
    """The sentence around the answer, or a whole passage among the closest, byte for byte."""
    start: int
    end: int
    answer_start: int
    answer_end: int
    """Offsets in `quote` of the words that answer."""
    score: float
    passage_id: str
    article: Article
    also_in: tuple[Article, ...] = ()
    """Other articles that carry a near-copy."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """An answer that was not chosen."""

    answer: str
    score: float
    confidence: float | None
    """A calibrated probability that it is right, or None without a calibration."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time went, in milliseconds."""

    encode: float
    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question; that they do not say is an answer too."""

    id: str
    question: str
    answer: str | None
    """The article's own words, or None when the articles do not say."""
    resolved: str | None
    """The absolute ISO date that a "when" answer stands for."""
    confidence: float | None
    """A calibrated probability that the best candidate is right, also when it was not sure enough
    to be the answer; None without a calibration."""
    score: float | None
    """The best candidate's score, also when it is not the answer; None without any span."""
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    """The nearest passages, when there is no answer."""
    alternatives: tuple[Alternative, ...]
    conflicts: tuple[Alternative, ...]
    """What other articles say instead, newest first."""
    undated_left_out: int
    """Articles a date filter could not judge."""
    spans: tuple[Span, ...]
    """Every candidate the reader scored, less those that a correction takes back; best first."""
    hits: tuple[Hit, ...]
    """All that was retrieved, by rank, for those who want to know why."""
    timings_ms: Timings


class Reader(Protocol):
    """Finds candidate answers in retrieved passages."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """The candidate answers, best first."""
