"""One question, from whichever way it was asked to the answer that is kept; no Discord in it but ids."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from index.errors import StoreUnusable, UnknownCollection

from ...app import App
from ...errors import QuestionError
from ...types import Answer
from ..keep.memory import KeptAnswer, kept
from ..keep.places import Places, are_samples
from ..queue import Busy, Closed, Ticket, Worker
from ..run.outside import ANSWERED, UNANSWERED, Metrics
from .choices import chosen_article
from .cooldown import Cooldowns

if TYPE_CHECKING:
    from ...answerer import Answerer, Turn

_log = structlog.get_logger("byline")


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks, where, and how it is to be answered."""

    question: str
    server: int | None
    """None in direct messages and where the bot is not a member: only the shared articles are read."""
    channel: int
    user: int
    locale: str
    private: bool
    since: str | None = None
    until: str | None = None
    article: str | None = None
    """What was chosen or typed for the article to read."""
    previous: str | None = None
    """The id of the answer that is followed up."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, what is kept of it, and how long it took to come."""

    answer: Answer
    is_of_samples: bool
    """Whether Byline's own articles stood in for others."""
    kept: KeptAnswer | None
    """None when it could not be kept: it is shown, but no button would find it."""
    arrived: float
    """On the monotonic clock."""
    waited_seconds: float
    """In the queue."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the questions' thread brings back."""

    started: float
    """On the monotonic clock."""
    answer: Answer
    article_id: str | None
    is_of_samples: bool


class Cooling(Exception):
    """It is too soon to ask again."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(f"wait {wait_seconds:.1f} s")
        self.wait_seconds = wait_seconds


class NoSuchArticle(Exception):
    """No article has the chosen id or title."""


class Asking:
    """Answers requests, and gives back what was kept of the answers."""

    def __init__(
        self,
        app: App,
        places: Places,
        questions: Worker,
        memory: Worker,
        metrics: Metrics,
        clock: Callable[[], float] = time.time,
    ) -> None:
        settings = app.settings.discord
        self._app = app
        self._places = places
        self._questions = questions
        self._memory = memory
        self._metrics = metrics
        self._clock = clock
        self._cooldowns = Cooldowns(settings.user_cooldown_seconds, settings.server_questions_per_minute)

    @cached_property
    def _answerer(self) -> Answerer:
        return self._app.answerer()

    def admit(self, user: int, server: int | None) -> Ticket:
        """A place in the queue for one question; Cooling or Busy when there is none."""
        now = time.monotonic()
        wait_seconds = self._cooldowns.wait_seconds(user, server, now)
        if wait_seconds > 0:
            self._metrics.question("cooling")
            raise Cooling(wait_seconds)
        try:
            ticket = self._questions.reserve()
        except Busy:
            self._metrics.question("busy")
            raise
        self._cooldowns.note(user, server, now)
        return ticket

    async def answer(self, request: Request, ticket: Ticket) -> Answered:
        """Answer a question in its turn, and keep the answer.

        QuestionError, NoSuchArticle, UnknownCollection when there are no articles at all, or Closed when
        the program ends before its turn.
        """
        arrived = time.monotonic()
        times_forgotten = self._places.times_forgotten(request.server)
        try:
            turn = await self._turn(request)
            found = await ticket.run(lambda: self._read(request, turn))
            kept_answer = await self._kept(request, found, times_forgotten)
            return Answered(found.answer, found.is_of_samples, kept_answer, arrived, found.started - arrived)
        except (QuestionError, NoSuchArticle, UnknownCollection):
            self._metrics.question("refused")
            raise
        except Closed:
            self._metrics.question("closed")
            raise
        except Exception:
            self._metrics.question("failed")
            raise

    def sent(self, request: Request, answered: Answered) -> None:
        """Count and log an answer that a person now sees."""
        answer, waited = answered.answer, answered.waited_seconds
        whole = time.monotonic() - answered.arrived
        outcome = UNANSWERED if answer.answer is None else ANSWERED
        timings = answer.timings_ms
        self._metrics.question(outcome, timings, waited_seconds=waited, whole_seconds=whole)
        asked = {"question": request.question, "user": request.user}
        _log.info(
            "question",
            id=answer.id,
            outcome=outcome,
            waited_ms=_ms(waited),
            encode_ms=timings.encode,
            retrieve_ms=timings.retrieve,
            read_ms=timings.read,
            whole_ms=_ms(whole),
            **(asked if self._app.settings.discord.log_questions else {}),
        )

    def _read(self, request: Request, turn: Turn | None) -> Found:
        """Read the articles, on the questions' thread."""
        from ...answerer import Question  # noqa: PLC0415 (the model's libraries load with it)

        started = time.monotonic()
        article_id = None
        if request.article is not None:
            article_id = chosen_article(request.article, self._places.titles(request.server))
            if article_id is None:
                raise NoSuchArticle
        question = Question(
            request.question,
            since=request.since,
            until=request.until,
            article_id=article_id,
            previous=turn,
        )
        with self._places.collections(request.server) as collections:
            answer = self._answerer.answer(question, collections)
            return Found(started, answer, article_id, are_samples(collections))

    async def _turn(self, request: Request) -> Turn | None:
        """The answer that is followed up, if it is still kept."""
        from ...answerer import Turn  # noqa: PLC0415

        previous = request.previous
        if previous is None:
            return None
        earlier = await self._memory.run(lambda: self._places.memory(request.server).answer(previous))
        if earlier is None:
            return None
        article_id = earlier.citations[0].article_id if earlier.citations else earlier.article_id
        return Turn(earlier.question, earlier.answer, article_id)

    async def _kept(self, request: Request, found: Found, times_forgotten: int) -> KeptAnswer | None:
        answer_to_keep = kept(
            found.answer,
            asker=request.user,
            channel=request.channel,
            asked_at=self._clock(),
            private=request.private,
            locale=request.locale,
            since=request.since,
            until=request.until,
            article_id=found.article_id,
            previous=request.previous,
        )

        def keep() -> None:
            # A server that was forgotten meanwhile wanted this gone too.
            if self._places.times_forgotten(request.server) == times_forgotten:
                self._places.memory(request.server).keep(answer_to_keep)

        try:
            await self._memory.run(keep)
        except StoreUnusable as error:  # whoever asked need not suffer for a full disk
            _log.error("answer not kept", error=str(error))
            return None
        return answer_to_keep


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
