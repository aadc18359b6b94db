"""Tests of asking, and of keeping what was asked: no Discord, but real collections and memories."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry

from bot.answerer import Answerer, Question, Turn
from bot.app import App
from bot.chat.ask.asking import Asking, Cooling, NoSuchArticle, Request
from bot.chat.ask.keeping import Keeping, NotKept, Withdrawn
from bot.chat.keep.memory import KeptAnswer, Pending, Verdict
from bot.chat.keep.places import Places
from bot.chat.queue import Busy, Closed, Worker
from bot.chat.run.outside import Metrics
from bot.errors import QuestionError
from index.types import Article

from ..conftest import DIRECTOR
from ..staging import in_loop

Filled = Callable[..., App]
NEWSROOM, CLUB = 1 << 40, 2 << 40
NOW = 1_800_000_000.0
REQUEST = Request(question=DIRECTOR, server=NEWSROOM, channel=7, user=5, locale="en", private=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """What asking is made of."""

    places: Places
    questions: Worker
    memory: Worker
    metrics: Metrics
    asking: Asking
    keeping: Keeping

    async def answer(self, **fields: object) -> KeptAnswer:
        """Ask, and return what is kept."""
        request = replace(REQUEST, **fields)  # type: ignore[arg-type]
        ticket = self.asking.admit(request.user, request.server)
        kept = (await self.asking.answer(request, ticket)).kept
        assert kept is not None
        return kept

    def counted(self) -> dict[str, float]:
        """How many questions had each outcome."""
        registry: CollectorRegistry = self.metrics.registry
        (questions,) = (one for one in registry.collect() if one.name == "byline_questions")
        return {one.labels["outcome"]: one.value for one in questions.samples if one.name.endswith("_total")}


@asynccontextmanager
async def parts(app: App) -> AsyncIterator[Parts]:
    """The workers, running."""
    places, metrics = Places(app), Metrics()
    questions, memory = Worker("questions", app.settings.discord.queue_size), Worker("memory", None)
    asking = Asking(app, places, questions, memory, metrics, lambda: NOW)
    try:
        yield Parts(places, questions, memory, metrics, asking, Keeping(places, memory, lambda: NOW))
    finally:
        await questions.close(finish_seconds=5)
        await memory.close(finish_seconds=5)
        places.close()


@in_loop
async def test_an_answer_is_kept_as_it_was_asked(filled: Filled):
    """What is kept says who asked what where and when, what came of it, and where that stands."""
    async with parts(filled()) as made:
        kept = await made.answer(since="2024-01-01", article="The film", private=True)
        assert (kept.question, kept.asker, kept.channel, kept.asked_at) == (DIRECTOR, 5, 7, NOW)
        assert (kept.since, kept.until, kept.article_id, kept.private) == ("2024-01-01", None, "film", True)
        assert (kept.answer, kept.citations[0].article_id) == ("Ilsa Marrow", "film")
        found = await made.memory.run(lambda: made.places.memory(NEWSROOM).answer(kept.id))
        assert found == kept


@in_loop
async def test_it_is_kept_where_it_was_asked(filled: Filled):
    """One server's memory has nothing of another's questions, nor of direct messages."""
    async with parts(filled()) as made:
        kept = await made.answer(server=None)
        for server, is_there in ((None, True), (NEWSROOM, False), (CLUB, False)):
            found = await made.memory.run(lambda server=server: made.places.memory(server).answer(kept.id))
            assert (found is not None) is is_there


@in_loop
async def test_a_follow_up_passes_the_last_turn_on(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """The Answerer is given the earlier question, its answer, and the article that said so."""
    given: list[Question] = []
    answer = Answerer.answer

    def noting(self, question, *rest):  # type: ignore[no-untyped-def]
        given.append(question)
        return answer(self, question, *rest)

    monkeypatch.setattr(Answerer, "answer", noting)
    async with parts(filled()) as made:
        first = await made.answer()
        second = await made.answer(question="Who sold the ferry?", previous=first.id)
        assert given[0].previous is None
        assert given[1].previous == Turn(DIRECTOR, "Ilsa Marrow", "film")
        assert second.previous == first.id


@in_loop
async def test_a_follow_up_of_an_answer_that_is_not_kept_there(filled: Filled):
    """Another server's answer, or one that is forgotten, is no earlier turn; the question is answered."""
    async with parts(filled()) as made:
        first = await made.answer(server=CLUB)
        assert (await made.answer(previous=first.id)).answer == "Ilsa Marrow"


@in_loop
async def test_a_server_that_is_forgotten_while_a_question_is_read(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
):
    """Its answer is given, but nothing of it is kept: the server wanted all of it gone."""
    answer = Answerer.answer
    async with parts(filled()) as made:

        def forgetting(self, *arguments):  # type: ignore[no-untyped-def]
            found = answer(self, *arguments)
            made.places.forget(NEWSROOM)
            return found

        await made.answer()
        monkeypatch.setattr(Answerer, "answer", forgetting)
        kept = await made.answer(question="Who sold the ferry?")
        assert made.places.servers() == set()
        monkeypatch.setattr(Answerer, "answer", answer)
        assert (await made.answer(previous=kept.id)).answer == "Ilsa Marrow"
        found = await made.memory.run(lambda: made.places.memory(NEWSROOM).answer(kept.id))
        assert found is None


@in_loop
async def test_an_article_that_is_not_there(filled: Filled):
    """It is looked for before anything is read, among the articles of the asker's server only."""
    async with parts(filled()) as made:
        with made.places.own(CLUB) as own:
            list(own.add([Article("later", "Nora Vale directed the film.", "Corrected")]))
        assert (await made.answer(server=CLUB, article="Corrected")).answer == "Nora Vale"
        for server in (NEWSROOM, None):
            with pytest.raises(NoSuchArticle):
                await made.answer(server=server, article="Corrected")
        assert made.counted() == {"refused": 2}


@in_loop
async def test_admission(filled: Filled):
    """Too soon and too full are told apart, and only who is let in uses up the cooldown."""
    async with parts(filled(queue_size=1, user_cooldown_seconds=60)) as made:
        tickets = [made.asking.admit(user, NEWSROOM) for user in (1, 2)]
        with pytest.raises(Busy):
            made.asking.admit(3, NEWSROOM)
        with pytest.raises(Cooling) as cooling:
            made.asking.admit(1, CLUB)
        assert 59 < cooling.value.wait_seconds <= 60
        tickets[0].release()
        made.asking.admit(3, NEWSROOM).release()
        tickets[1].release()
        assert made.counted() == {"busy": 1, "cooling": 1}


@in_loop
async def test_a_question_that_cannot_be_asked(filled: Filled):
    """The Answerer's own refusal comes through, and nothing is kept."""
    async with parts(filled()) as made:
        with pytest.raises(QuestionError):
            await made.answer(question="?")
        assert made.counted() == {"refused": 1}


@in_loop
async def test_outcomes_are_counted_once_sent(filled: Filled):
    """An answer counts when a person sees it, as answered or as not in the articles."""
    async with parts(filled()) as made:
        for question in (DIRECTOR, "Where is the harbour bridge?"):
            request = replace(REQUEST, question=question)
            answered = await made.asking.answer(request, made.asking.admit(5, NEWSROOM))
            made.asking.sent(request, answered)
        assert made.counted() == {"answered": 1, "unanswered": 1}


@in_loop
async def test_a_question_that_waits_when_the_program_ends(filled: Filled):
    """It is given up with Closed, and counted so."""
    async with parts(filled()) as made:
        ticket = made.asking.admit(5, NEWSROOM)
        await made.questions.close(finish_seconds=1)
        with pytest.raises(Closed):
            await made.asking.answer(REQUEST, ticket)
        assert made.counted() == {"closed": 1}


@in_loop
async def test_the_kept_answer_is_found_by_its_message(filled: Filled):
    """Once a message shows it, it is found by that, in its own server."""
    async with parts(filled()) as made:
        kept = await made.answer()
        await made.keeping.shown(NEWSROOM, kept.id, 99)
        assert await made.keeping.answer_to(NEWSROOM, 99) == replace(kept, message=99)
        assert await made.keeping.answer_to(CLUB, 99) is None


@in_loop
async def test_quote_offers_and_verdict_need_a_kept_answer(filled: Filled):
    """Of an id that nobody knows there is nothing to show, and nothing to judge."""
    async with parts(filled()) as made:
        with pytest.raises(NotKept):
            await made.keeping.quote(NEWSROOM, "0" * 32)
        with pytest.raises(NotKept):
            await made.keeping.offers(NEWSROOM, "0" * 32)
        with pytest.raises(NotKept):
            await made.keeping.judge(NEWSROOM, "0" * 32, 5, Verdict.GOOD)


@in_loop
async def test_quote_reads_the_article_as_it_stands(filled: Filled):
    """The passage around the quote comes from the collection, and is gone with the article."""
    app = filled()
    async with parts(app) as made:
        kept = await made.answer(question="Who restored the clock tower in Quillby?")
        quoted = await made.keeping.quote(NEWSROOM, kept.id)
        assert quoted.citation.quote == "Oda Trevell restored the clock tower in Quillby."
        assert quoted.passage.text.endswith("It took 14 months.")
        with app.chosen() as collection:
            collection.remove("tower")
        with pytest.raises(Withdrawn):
            await made.keeping.quote(NEWSROOM, kept.id)


@in_loop
async def test_who_waits_is_noted_until_answered(filled: Filled):
    """Of two that began, the one that did not end is left waiting; asking takes the note away."""
    async with parts(filled()) as made:
        first, second = (Pending(number, 9, f"token {number}", "en", False, NOW) for number in (1, 2))
        await made.keeping.begin(first)
        await made.keeping.begin(second)
        await made.keeping.end(1)
        assert await made.keeping.left_waiting() == [second]
        assert await made.keeping.left_waiting() == []


@in_loop
async def test_a_thread_is_pointed_once(filled: Filled):
    """The first time is told apart from all later ones, thread by thread."""
    async with parts(filled()) as made:
        told = [await made.keeping.point_once(NEWSROOM, thread) for thread in (7, 7, 8, 7)]
        assert told == [True, False, True, False]
