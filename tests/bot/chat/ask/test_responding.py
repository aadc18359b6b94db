"""Tests of `bot.chat.ask.responding` and `bot.chat.replies`: what goes wrong between question and answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import bot.chat.ask.ways
from bot.app import App
from bot.chat.ask.responding import answers_in, is_brought_along
from bot.chat.client import Client
from index.errors import StoreUnusable
from tests.discord_server import Permission

from ..conftest import DIRECTOR
from ..staging import held, in_loop, newsroom, settled

Filled = Callable[..., App]


async def pending(client: Client) -> int:
    """How many interactions are noted as waiting."""
    await settled(client)
    left = await client.memory.run(lambda: client.places.memory(None).take_pending(0.0))
    return len(left)


@in_loop
async def test_a_full_queue_is_told_at_once_and_to_the_asker_alone(filled: Filled):
    """Who finds no place is told when to try again, before any work; who waits is answered."""
    async with newsroom(filled(queue_size=1)) as room:
        with held(room.client):
            waiting = await (await room.ask()).acknowledged()
            refused = await room.ask()
            text = (await refused.answer()).text
            assert text == "I am busy; please try again in 1 second."
            assert (refused.deferred, refused.ephemeral) == (False, True)
            assert refused.acknowledged_after is not None
            assert refused.acknowledged_after < 1
        assert "Ilsa Marrow" in (await waiting.answer()).text


@in_loop
async def test_too_soon(filled: Filled):
    """Within the cooldown the asker alone is told; others may ask."""
    async with newsroom(filled(user_cooldown_seconds=60)) as room:
        await room.answered()
        refused = await room.ask()
        assert (await refused.answer()).text in {
            f"Not so fast; please ask again in {n} seconds." for n in (59, 60)
        }
        assert (refused.deferred, refused.ephemeral) == (False, True)
        other = await room.discord.slash(room.ben, room.channel, "ask", question=DIRECTOR)
        assert "Ilsa Marrow" in (await other.answer()).text


@in_loop
async def test_a_server_s_minute_is_used_up(filled: Filled):
    """The limit of a server holds for all its members together, and for no other server."""
    async with newsroom(filled(server_questions_per_minute=1)) as room:
        await room.answered()
        refused = await room.discord.slash(room.ben, room.channel, "ask", question=DIRECTOR)
        assert (await refused.answer()).text.startswith("Not so fast; please ask again in ")
        direct = await room.discord.slash(room.ben, room.discord.dm(room.ben), "ask", question=DIRECTOR)
        assert "Ilsa Marrow" in (await direct.answer()).text


@pytest.mark.parametrize("code", [50027, 10015])
@in_loop
async def test_a_public_answer_after_the_token_expired(filled: Filled, code: int):
    """A message in the channel stands in for it, with its buttons, and is what the answer is kept with."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await (await room.ask()).acknowledged()
            room.discord.expire(exchange, code)
        await settled(room.client)
        stand_in = room.channel.last
        assert stand_in is not None
        assert stand_in is not exchange.response
        assert "Ilsa Marrow" in stand_in.text
        assert stand_in.content == f"> {DIRECTOR}"
        assert await room.client.keeping.answer_to(room.guild.id, stand_in.id) is not None
        quote = await room.discord.click(stand_in, "Quote", by=room.ben)
        assert len((await quote.answer()).embeds) == 1
        assert await pending(room.client) == 0


@in_loop
async def test_a_private_answer_after_the_token_expired(filled: Filled):
    """It is dropped: nothing of it is posted anywhere."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await (await room.ask(private=True)).acknowledged()
            room.discord.expire(exchange)
        await settled(room.client)
        assert room.channel.messages == {}
        assert exchange.edits == []
        assert room.discord.asked("POST /channels/{channel_id}/messages") == []
        registry = room.client.metrics.registry
        counted = [
            registry.get_sample_value("byline_questions_total", {"outcome": outcome})
            for outcome in ("dropped", "answered")
        ]
        assert counted == [1.0, None]
        assert await pending(room.client) == 0


@in_loop
async def test_a_stand_in_that_is_forbidden(filled: Filled):
    """Where the bot may not write either, the answer is dropped, and the next one comes through."""
    async with newsroom(filled()) as room:
        room.discord.forbid(room.channel, Permission.SEND_MESSAGES)
        with held(room.client):
            exchange = await (await room.ask()).acknowledged()
            room.discord.expire(exchange)
        assert await pending(room.client) == 0
        assert "Ilsa Marrow" in (await room.answered()).text


@in_loop
async def test_a_response_that_was_deleted_meanwhile(filled: Filled):
    """Who deletes the "thinking" does not want the answer: nothing comes in its place."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await (await room.ask()).acknowledged()
            assert exchange.response is not None
            room.discord.delete(exchange.response)
        assert await pending(room.client) == 0
        assert room.channel.messages == {}


@in_loop
async def test_an_interaction_that_expired_before_it_was_acknowledged(filled: Filled):
    """10062 in answer to the acknowledgement: no work is done, and the place in the queue is free again."""
    async with newsroom(filled()) as room:
        room.discord.fail("POST /interactions/{}/{}/callback", 404, 10062, "Unknown interaction", times=1)
        exchange = await room.ask()
        await asyncio.sleep(0.1)
        await settled(room.client)
        assert room.client.questions.depth == 0
        assert exchange.response is None
        room.discord.forgive()
        assert "Ilsa Marrow" in (await room.answered()).text


@in_loop
async def test_a_rate_limit_delays_the_answer(filled: Filled):
    """A 429 with `retry_after` is waited out, and the answer comes once."""
    async with newsroom(filled()) as room:
        room.discord.rate_limit("PATCH /webhooks/{}/{}/messages/@original", 0.1, times=2)
        exchange = await room.ask()
        assert "Ilsa Marrow" in (await exchange.answer()).text
        assert len(exchange.edits) == 1


@in_loop
async def test_a_reconnection_in_the_middle_of_an_answer(filled: Filled):
    """The gateway drops while the question waits: the session is resumed, and the answer comes once."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await (await room.ask()).acknowledged()
            await room.discord.drop_gateway()
        assert "Ilsa Marrow" in (await exchange.answer()).text
        async with asyncio.timeout(5):
            while not room.discord.core.gateway.resumes:
                await asyncio.sleep(0.01)
        assert "Ilsa Marrow" in (await room.answered()).text
        assert len(exchange.edits) == 1


@in_loop
async def test_a_failure_gets_a_code_and_no_more(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The person sees a code of six digits; the log has the same code, and what happened."""
    async with newsroom(filled()) as room:

        def fail(*_: object) -> None:
            raise StoreUnusable("the disk /srv/secret is full")

        with monkeypatch.context() as broken:
            broken.setattr(room.client.asking, "_read", fail)
            answer = await room.answered()
        said, _, rest = answer.text.partition("(code ")
        assert said == "Something went wrong "
        code, _, advice = rest.partition("). ")
        assert advice == "Please try again later, or tell whoever runs me that code."
        assert len(code) == 6
        assert set(code) <= set("0123456789ABCDEF")
        assert "secret" not in answer.text
        logged = capsys.readouterr().out
        assert code in logged
        assert "the disk /srv/secret is full" in logged
        assert await pending(room.client) == 0


@in_loop
async def test_nothing_private_is_logged_by_default(filled: Filled, capsys: pytest.CaptureFixture[str]):
    """The log has id, outcome and timings of a question, not its text, nor who asked it."""
    async with newsroom(filled()) as room:
        await room.answered()
        await settled(room.client)
        logged = capsys.readouterr().out
        assert "outcome=answered" in logged
        for private in (DIRECTOR, str(room.ada.id), "Ada"):
            assert private not in logged


@in_loop
async def test_questions_are_logged_where_the_operator_wants_it(
    filled: Filled, capsys: pytest.CaptureFixture[str]
):
    """With `log_questions` text and asker stand in the log."""
    async with newsroom(filled(log_questions=True)) as room:
        await room.answered()
        await settled(room.client)
        logged = capsys.readouterr().out
        assert DIRECTOR in logged
        assert str(room.ada.id) in logged


@pytest.mark.parametrize(
    ("channels", "answered"),
    [(frozenset(), True), (frozenset({1}), True), (frozenset({2}), True), (frozenset({3}), False)],
)
def test_where_it_answers(channels: frozenset[int], answered: bool):
    """Everywhere unless channels were chosen; then in these and in their threads."""
    thread = SimpleNamespace(id=1, parent_id=2)
    assert answers_in(channels, thread) is answered


def test_a_channel_that_nobody_knows_is_not_among_the_chosen():
    """Without a channel to look at, chosen channels rule out the answer."""
    assert answers_in(frozenset({1}), None) is False


@in_loop
async def test_what_a_command_raises_is_told(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Whatever nobody foresaw in a command itself ends at the one handler: a code, to the asker alone."""
    async with newsroom(filled()) as room:

        async def fail(*_: object) -> None:
            raise ValueError("a secret")

        monkeypatch.setattr(bot.chat.ask.ways, "respond", fail)
        exchange = await room.ask()
        text = (await exchange.answer()).text
        assert text.startswith("Something went wrong (code ")
        assert "secret" not in text
        assert exchange.ephemeral
        logged = capsys.readouterr().out
        assert text.partition("(code ")[2][:6] in logged
        assert "ValueError: a secret" in logged


@in_loop
async def test_an_interaction_that_comes_twice(filled: Filled):
    """Discord may send one again: it was acknowledged, so it is answered, and the answer stands once."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await (await room.ask()).acknowledged()
            (session,) = room.discord.core.gateway.sessions.values()
            frame = json.loads(next(text for _, text in session.sent if '"INTERACTION_CREATE"' in text))
            session.dispatch("INTERACTION_CREATE", frame["d"])
            await exchange.until(lambda one: 40060 in one.refused)
        answer = await exchange.answer()
        await settled(room.client)
        assert "Ilsa Marrow" in answer.text
        assert list(room.channel.messages.values()) == [answer]
        assert [violation.kind for violation in room.discord.forgive()] == ["double acknowledgement"]


@pytest.mark.parametrize(
    ("server", "is_invited", "is_direct", "brought_along"),
    [
        (7, True, False, False),
        (7, False, False, True),
        (None, False, True, False),
        (None, False, False, True),  # the direct messages of two people, or a group's
    ],
)
def test_where_the_bot_was_brought_along(
    server: int | None, is_invited: bool, is_direct: bool, brought_along: bool
):
    """It is a guest wherever it is neither a member nor alone with the person."""
    interaction: Any = SimpleNamespace(
        guild_id=server,
        is_guild_integration=lambda: is_invited,
        context=SimpleNamespace(dm_channel=is_direct),
    )
    assert is_brought_along(interaction) is brought_along
