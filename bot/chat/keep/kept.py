"""What a server's memory holds: answers without their texts, and what people said of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from ...types import Alternative, Answer, Citation


@dataclass(frozen=True, slots=True)
class Place:
    """A citation without its text: what is shown of it is read from the articles as they are then."""

    article_id: str
    passage_id: str
    start: int
    end: int
    answer_start: int
    answer_end: int
    score: float
    digest: str
    """Of the quote, so that a changed article is noticed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that was not chosen."""

    answer: str
    confidence: float | None
    place: Place


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given, with who asked it where."""

    id: str
    question: str
    asker: int
    channel: int
    message: int | None
    """The message that shows it, once there is one."""
    asked_at: float
    """Unix seconds, as all times here."""
    private: bool
    locale: str
    since: str | None
    until: str | None
    article_id: str | None
    answer: str | None
    """The article's own words, or None when the articles did not say."""
    confidence: float | None
    citations: tuple[Place, ...]
    closest: tuple[Place, ...]
    alternatives: tuple[Offer, ...]
    conflicts: tuple[Offer, ...]
    previous: str | None
    """The id of the answer it follows up."""


class Verdict(StrEnum):
    """What a person says of an answer."""

    GOOD = "good"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer with one person's verdict."""

    answer: KeptAnswer
    user: int
    verdict: Verdict
    correction: str | None
    """What is right instead, as the person wrote it."""
    at: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """Who added an article, when, from a file of what name."""

    article_id: str
    user: int
    added_at: float
    name: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An interaction that was acknowledged and not answered yet."""

    interaction: int
    application: int
    token: str
    locale: str
    private: bool
    since_at: float


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What a server's administrators chose."""

    channels: frozenset[int] = frozenset()
    """Where questions are answered; everywhere when empty."""
    private: bool = False
    """Whether answers are shown to the asker only, unless they say otherwise."""
    threads: bool = False
    """Whether an answer opens a thread."""


def kept(  # noqa: PLR0913 (what a request says, a value each)
    answer: Answer,
    *,
    asker: int,
    channel: int,
    asked_at: float,
    private: bool,
    locale: str,
    message: int | None = None,
    since: str | None = None,
    until: str | None = None,
    article_id: str | None = None,
    previous: str | None = None,
) -> KeptAnswer:
    """What is kept of an answer and its request."""
    return KeptAnswer(
        id=answer.id,
        question=answer.question,
        asker=asker,
        channel=channel,
        message=message,
        asked_at=asked_at,
        private=private,
        locale=locale,
        since=since,
        until=until,
        article_id=article_id,
        answer=answer.answer,
        confidence=answer.confidence,
        citations=tuple(map(place_of, answer.citations)),
        closest=tuple(map(place_of, answer.closest)),
        alternatives=tuple(map(_offer, answer.alternatives)),
        conflicts=tuple(map(_offer, answer.conflicts)),
        previous=previous,
    )


def place_of(citation: Citation) -> Place:
    """Where a citation stands, without its text."""
    return Place(
        article_id=citation.article.id,
        passage_id=citation.passage_id,
        start=citation.start,
        end=citation.end,
        answer_start=citation.answer_start,
        answer_end=citation.answer_end,
        score=float(citation.score),
        digest=digest(citation.quote),
    )


def digest(quote: str) -> str:
    """What tells a quote from a changed one."""
    return blake2b(to_bytes(quote), digest_size=16).hexdigest()


def to_bytes(text: str) -> bytes:
    """UTF-8, also of half a surrogate pair: JSON from strangers may hold one, and SQLite's text may not."""
    return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """What `to_bytes` was given."""
    return data.decode("utf-8", "surrogatepass")


def to_document(answer: KeptAnswer) -> bytes:
    """An answer as it is stored; all but its message, which comes later and is looked up by."""
    fields = asdict(answer)
    del fields["message"]
    return to_bytes(json.dumps(fields, ensure_ascii=False))


def from_document(document: bytes, message: int | None) -> KeptAnswer:
    """The answer that was stored."""
    fields: dict[str, Any] = json.loads(from_bytes(document))
    for name in ("citations", "closest"):
        fields[name] = tuple(Place(**place) for place in fields[name])
    for name in ("alternatives", "conflicts"):
        fields[name] = tuple(Offer(**{**offer, "place": Place(**offer["place"])}) for offer in fields[name])
    return KeptAnswer(message=message, **fields)


def _offer(alternative: Alternative) -> Offer:
    return Offer(alternative.answer, alternative.confidence, place_of(alternative.citation))
