"""Tests of `bot.chat.ask.messages`: mentions, direct messages, replies and threads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from bot.app import App
from bot.chat.keep.memory import ServerSettings
from tests.discord_server import Permission

from ..conftest import DIRECTOR
from ..staging import held, in_loop, newsroom, settled

Filled = Callable[..., App]


@in_loop
async def test_a_mention_is_answered_below_it(filled: Filled):
    """The answer is a reply that pings nobody, and the bot shows at once that it writes."""
    async with newsroom(filled()) as room:
        exchange = await room.mention()
        answer = await exchange.answer()
        assert answer.embed["description"].startswith("**Ilsa Marrow**")
        assert answer.content == ""  # the question stands above it
        assert answer.reference is exchange.message
        assert answer.labels == ["Quote", "More", "Follow up", "Good", "Wrong"]
        assert len(room.discord.asked("POST /channels/{channel_id}/typing")) == 1


@in_loop
async def test_the_mention_may_stand_anywhere(filled: Filled):
    """What is read is the text without the mention."""
    async with newsroom(filled()) as room:
        said = f"So {room.discord.bot.mention} who directed the film?"
        exchange = await room.discord.message(room.ada, room.channel, said)
        await exchange.answer()
        await settled(room.client)
        kept = room.client.places.memory(room.guild.id).answer_to(exchange.response.id)  # type: ignore[union-attr]
        assert kept is not None
        assert kept.question == "So who directed the film?"


@in_loop
async def test_a_mention_without_a_question(filled: Filled):
    """Who calls the bot and asks nothing is told how to ask."""
    async with newsroom(filled()) as room:
        answer = await (await room.mention("")).answer()
        assert answer.text == "Ask me something, for example: who directed the film? /help tells more."


@in_loop
async def test_a_direct_message_is_a_question(filled: Filled):
    """In direct messages no mention is needed."""
    async with newsroom(filled()) as room:
        exchange = await room.discord.message(room.ada, room.discord.dm(room.ada), DIRECTOR)
        assert "Ilsa Marrow" in (await exchange.answer()).text


@in_loop
async def test_other_messages_are_none_of_its_business(filled: Filled):
    """What people say to each other, whole servers, and replies to others get no reaction."""
    async with newsroom(filled(), granted={"message_content"}) as room:
        first = await room.discord.message(room.ben, room.channel, DIRECTOR)
        for exchange in [
            first,
            await room.discord.message(room.ada, room.channel, "@everyone who directed the film?"),
            await room.discord.message(room.ada, room.channel, f"{room.ben.mention} who directed the film?"),
            await room.discord.message(room.ada, room.channel, DIRECTOR, reply_to=first.message),
        ]:
            await room.silent(exchange)


@in_loop
async def test_a_server_that_discord_has_not_told_of(filled: Filled):
    """A message from a server that is unknown so far is not taken for a direct one."""
    async with newsroom(filled()) as room:
        exchange = await room.discord.message(room.ada, room.channel, DIRECTOR)
        (session,) = room.discord.core.gateway.sessions.values()
        frame = json.loads(next(text for _, text in session.sent if '"MESSAGE_CREATE"' in text))
        payload = {**frame["d"], "guild_id": "99", "content": DIRECTOR}
        session.dispatch("MESSAGE_CREATE", payload)
        await room.silent(exchange)


@in_loop
async def test_bots_are_not_answered(filled: Filled):
    """Two bots that mention each other would never end."""
    async with newsroom(filled()) as room:
        robot = room.discord.user("Robot")
        robot.bot = True
        room.discord.join(room.guild, robot)
        said = f"{room.discord.bot.mention} {DIRECTOR}"
        await room.silent(await room.discord.message(robot, room.channel, said))


@in_loop
async def test_a_channel_where_the_bot_does_not_answer(filled: Filled):
    """A mention is met with silence there: a note for all to see would be what nobody wanted."""
    async with newsroom(filled()) as room:
        chosen = room.discord.channel(room.guild, "ask-here")
        await room.client.change_settings(room.guild.id, ServerSettings(frozenset({chosen.id})))
        await room.silent(await room.mention())
        said = f"{room.discord.bot.mention} {DIRECTOR}"
        assert "Ilsa Marrow" in (await (await room.discord.message(room.ada, chosen, said)).answer()).text


@in_loop
async def test_the_server_s_language(filled: Filled):
    """Discord does not tell a message's author's language; the server's is the best guess."""
    async with newsroom(filled(), locale="fr") as room:
        await (await room.mention()).answer()
        direct = await room.discord.message(room.ada, room.discord.dm(room.ada), DIRECTOR)
        await direct.answer()
        await settled(room.client)
        places = room.client.places
        found = [
            places.memory(server).answer_to(room.discord.core.talks[number].response.id)  # type: ignore[union-attr]
            for number, server in enumerate([room.guild.id, None])
        ]
        assert [kept.locale for kept in found if kept] == ["fr", "en"]


@in_loop
async def test_a_message_that_was_deleted_meanwhile(filled: Filled):
    """Its question is answered all the same, without pointing at what is gone."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await room.mention()
            await exchange.acknowledged()
            room.discord.delete(exchange.message)  # type: ignore[arg-type]
        answer = await exchange.answer()
        assert (answer.reference, "Ilsa Marrow" in answer.text) == (None, True)


@in_loop
async def test_a_channel_without_history(filled: Filled):
    """Pointing at a message takes a permission; without it the answer stands alone."""
    async with newsroom(filled()) as room:
        room.discord.forbid(room.channel, Permission.READ_MESSAGE_HISTORY)
        answer = await (await room.mention()).answer()
        assert (answer.reference, "Ilsa Marrow" in answer.text) == (None, True)


@in_loop
async def test_a_channel_where_embeds_are_forbidden(filled: Filled):
    """The answer cannot be shown there, so it is said what helps."""
    async with newsroom(filled()) as room:
        room.discord.forbid(room.channel, Permission.EMBED_LINKS)
        answer = await (await room.mention()).answer()
        assert answer.text == (
            "I am not allowed to show answers in this channel. Please use /ask, "
            "or ask an administrator to let me embed links here."
        )


@pytest.mark.parametrize("permission", [Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL])
@in_loop
async def test_a_channel_where_the_bot_may_not_write(filled: Filled, permission: Permission):
    """Nothing is said, and the next question elsewhere is answered."""
    async with newsroom(filled()) as room:
        room.discord.forbid(room.channel, permission)
        exchange = await room.mention()
        await room.silent(exchange)
        assert room.client.questions.idle


@in_loop
async def test_a_channel_that_is_deleted_meanwhile(filled: Filled):
    """An answer that has nowhere to go is dropped, and nothing is left behind."""
    async with newsroom(filled()) as room:
        with held(room.client):
            exchange = await room.mention()
            await exchange.acknowledged()
            del room.discord.core.world.channels[room.channel.id]
        await settled(room.client)
        assert exchange.response is None
        assert room.client.questions.idle


@in_loop
async def test_a_full_queue_is_told_at_once(filled: Filled):
    """A mention that finds no place in the queue is told when to try again."""
    async with newsroom(filled(queue_size=1)) as room:
        with held(room.client):
            waiting = await room.mention()
            await waiting.acknowledged()
            refused = await room.mention()
            assert (await refused.answer()).text == "I am busy; please try again in 1 second."
        assert "Ilsa Marrow" in (await waiting.answer()).text


@in_loop
async def test_too_soon(filled: Filled):
    """The cooldown holds for mentions as for commands."""
    async with newsroom(filled(user_cooldown_seconds=60)) as room:
        await (await room.mention()).answer()
        text = (await (await room.mention()).answer()).text
        assert text in {f"Not so fast; please ask again in {n} seconds." for n in (59, 60)}


@in_loop
async def test_the_prefix_works_where_the_operator_lets_the_bot_read(filled: Filled):
    """`!ask` is a question with the message content intent, and a command is not answered twice."""
    async with newsroom(filled(message_content=True), granted={"message_content"}) as room:
        exchange = await room.discord.message(room.ada, room.channel, f"!ask {DIRECTOR}")
        assert "Ilsa Marrow" in (await exchange.answer()).text
        nothing = await room.discord.message(room.ada, room.channel, "!ask")
        assert (await nothing.answer()).text == (
            "Something is missing, or written in a way that I do not understand."
        )
        direct = await room.discord.message(room.ada, room.discord.dm(room.ada), f"!ask {DIRECTOR}")
        assert "Ilsa Marrow" in (await direct.answer()).text
        await settled(room.client)
        assert (exchange.followups, direct.followups) == ([], [])


@in_loop
async def test_other_bots_prefixes_are_left_to_them(filled: Filled):
    """`!play` may well be another bot's command."""
    async with newsroom(filled(message_content=True), granted={"message_content"}) as room:
        await room.silent(await room.discord.message(room.ada, room.channel, "!play something"))


@in_loop
async def test_the_prefix_does_nothing_without_the_intent(filled: Filled):
    """In a direct message, which is always shown to the bot, `!ask` is text like any other."""
    async with newsroom(filled()) as room:
        exchange = await room.discord.message(room.ada, room.discord.dm(room.ada), f"!ask {DIRECTOR}")
        answer = await exchange.answer()
        await asyncio.sleep(0)
        assert "Ilsa Marrow" in answer.text
        assert exchange.followups == []
