"""The values that travel between the stages of `index`, and the two seams other code plugs into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Unit-length row vectors, shape (n, dimension)."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article, cleaned, as its source gave it."""

    id: str
    """Opaque and stable: the same article read again has the same id."""
    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None
    """ISO 8601 date or date-time, or None when the source does not say."""
    authors: tuple[str, ...] = ()
    root: str | None = None
    """The file or folder it was read under; local, shown only in the terminal."""
    path: str | None = None
    """Where it lies under `root`, with forward slashes."""
    part: str = ""
    """Which of its file's articles it is, when that holds several; opaque."""
    raw_digest: bytes | None = field(default=None, compare=False)
    """Of the bytes it was made from; the same bytes need not be read again."""
    added_at: str | None = field(default=None, compare=False)
    """When it was stored, ISO 8601 in UTC; None of one that was not yet."""

    @property
    def date(self) -> str | None:
        """The calendar day of `published` (`YYYY-MM-DD`)."""
        return self.published[:10] if self.published else None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a source could not read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An article whose source holds the same bytes as when it was stored."""

    article_id: str


Known = Callable[[str, str | None, str, bytes], str | None]
"""Tells from root, path, part and digest of the raw bytes which article was made from them, if any was."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of whole sentences of one article: the unit that is stored and retrieved."""

    article_id: str
    start: int
    end: int
    """Character offsets: `article.text[start:end] == text`."""
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question with all that narrows it."""

    text: str
    vector: Vectors
    """The encoded question, shape (1, dimension)."""
    since: str | None = None
    until: str | None = None
    """Inclusive days, `YYYY-MM-DD`; with either, articles without a date are left out."""
    article_id: str | None = None
    asked_on: str | None = None
    """The day the question is asked, `YYYY-MM-DD`: newer articles are likelier to be meant."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with how it got here. Scores are higher-is-better."""

    passage_id: str
    passage: Passage
    article: Article
    rank: int
    """1 for the best."""
    score: float
    """The fused score; it orders the hits of one query of one collection and means nothing beyond."""
    dense_rank: int | None
    dense_score: float | None
    """Cosine between question and passage, where the dense list held the passage."""
    bm25_rank: int | None
    also_in: tuple[Article, ...] = ()
    """Other articles that hold a near-copy of this passage."""
    story: tuple[Article, ...] = ()
    """The other articles of its story, the earliest first; of a long list only the beginning."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What one collection found."""

    hits: tuple[Hit, ...]
    undated_left_out: int = 0
    """Articles a date filter could not judge, because they carry no date."""


class Outcome(StrEnum):
    """What became of an article that was added."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Added:
    """One article, safely stored."""

    article_id: str
    outcome: Outcome
    passages: int


@dataclass(frozen=True, slots=True)
class Removed:
    """One article, removed because it is not where it was read any more."""

    article_id: str
    name: str
    """Where it was: a file, or a link."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Articles that vanished from a source, and were not removed because that may be a mishap."""

    source: str
    vanished: int
    articles: int
    """How many the source had."""
    reason: str
    """A clause: `it is not there`."""


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text, for lists."""

    id: str
    title: str
    """The article's title, or its first sentence, shortened."""
    url: str | None
    published: str | None
    root: str | None
    path: str | None
    added_at: str
    passages: int


class Encoder(Protocol):
    """Turns texts into vectors whose inner product says how alike they are."""

    @property
    def name(self) -> str:
        """The model's name, as a person would write it in the config."""

    @property
    def fingerprint(self) -> str:
        """A hash of the weights: vectors of different fingerprints do not compare."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens the model reads; what lies beyond is cut off."""

    def token_starts(self, text: str) -> NDArray[np.int64]:
        """The character offset of each token of `text`, ascending."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages."""


class Collection(Protocol):
    """A named set of articles that can be searched: the seam where another engine can stand."""

    @property
    def name(self) -> str:
        """What people call it."""

    def add(self, articles: Iterable[Article]) -> Iterator[Added]:
        """Store articles, yielding each once it is safe; an unchanged one costs nothing."""

    def remove(self, article_id: str) -> bool:
        """Forget an article; False when there was none."""

    def retrieve(self, query: Query, limit: int) -> Retrieved:
        """The `limit` best passages for `query`."""

    def passage(self, passage_id: str) -> tuple[Passage, Article] | None:
        """The passage as it stands now, or None when it is gone."""

    def article(self, article_id: str) -> Article | None:
        """The article as it stands now, or None when it is gone."""

    def articles(self) -> Iterator[ArticleSummary]:
        """Every article, newest first, undated ones last."""

    def standing(self, articles: Iterable[Article]) -> frozenset[str]:
        """The ids of those that are stored at this moment, and say what they said."""

    def delete(self) -> None:
        """Forget everything."""
