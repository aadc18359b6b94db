"""Tests of `bot.chat.ask.messages`: replies and threads, which go on with what was said."""

from __future__ import annotations

from collections.abc import Callable

from bot.app import App
from bot.chat.keep.memory import ServerSettings
from tests.discord_server import Message, Permission

from ..conftest import DIRECTOR
from ..staging import Newsroom, in_loop, newsroom, settled

Filled = Callable[..., App]
POINTER = (
    "Discord did not show me what you wrote. Press Follow up below my answer, mention me, "
    "or leave the mention on when you reply."
)


def previous_of(room: Newsroom, message: Message) -> object:
    """The id of the answer that the one in a message follows up."""
    memory = room.client.places.memory(room.guild.id)
    kept = memory.answer_to(message.id)
    assert kept is not None
    return kept.previous


@in_loop
async def test_a_reply_that_pings_follows_up(filled: Filled):
    """It arrives with its text, and the answer it replies to is passed on."""
    async with newsroom(filled()) as room:
        first = await (await room.mention()).answer()
        await settled(room.client)
        reply = await room.discord.message(room.ada, room.channel, "Who sold the ferry?", reply_to=first)
        second = await reply.answer()
        await settled(room.client)
        earlier = room.client.places.memory(room.guild.id).answer_to(first.id)
        assert earlier is not None
        assert previous_of(room, second) == earlier.id
        assert previous_of(room, first) is None


@in_loop
async def test_a_reply_without_a_ping_is_pointed_to_the_button_once(filled: Filled):
    """Discord hides its text: the bot says once in a channel what to do, then keeps quiet."""
    async with newsroom(filled()) as room:
        first = await (await room.mention()).answer()
        replies = [
            await room.discord.message(room.ada, room.channel, "And when?", reply_to=first, ping=False)
            for _ in range(2)
        ]
        assert (await replies[0].answer()).text == POINTER
        await settled(room.client)
        assert replies[1].response is None


@in_loop
async def test_a_reply_without_a_ping_where_the_bot_may_read_it(filled: Filled):
    """With the message content intent it is a follow-up like any other."""
    async with newsroom(filled(message_content=True), granted={"message_content"}) as room:
        first = await (await room.mention()).answer()
        await settled(room.client)
        reply = await room.discord.message(room.ada, room.channel, DIRECTOR, reply_to=first, ping=False)
        second = await reply.answer()
        await settled(room.client)
        assert "Ilsa Marrow" in second.text
        assert previous_of(room, second) is not None


@in_loop
async def test_an_answer_opens_a_thread_where_that_is_set(filled: Filled):
    """The thread hangs on the question, is named after it, and holds the answer."""
    async with newsroom(filled()) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(threads=True))
        exchange = await room.mention()
        answer = await exchange.answer()
        assert answer.channel.name == DIRECTOR
        assert answer.channel.parent is room.channel
        assert "Ilsa Marrow" in answer.text


@in_loop
async def test_a_mention_in_the_thread_goes_on_with_it(filled: Filled):
    """In the thread it opened, the latest answer is followed up, and no thread is opened within."""
    async with newsroom(filled()) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(threads=True))
        first = await (await room.mention()).answer()
        await settled(room.client)
        said = f"{room.discord.bot.mention} who sold the ferry?"
        second = await (await room.discord.message(room.ada, first.channel, said)).answer()
        await settled(room.client)
        assert second.channel is first.channel
        kept = room.client.places.memory(room.guild.id).answer_to(first.id)
        assert kept is not None
        assert previous_of(room, second) == kept.id


@in_loop
async def test_a_thread_message_without_a_mention_is_pointed_to_the_button_once(filled: Filled):
    """In each thread of the bot's own it is said once; in the threads of others never."""
    async with newsroom(filled()) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(threads=True))
        thread = (await (await room.mention()).answer()).channel
        other = (await (await room.mention()).answer()).channel
        for channel in (thread, other):
            said = [await room.discord.message(room.ada, channel, "And when?") for _ in range(2)]
            assert (await said[0].answer()).text == POINTER
            await settled(room.client)
            assert said[1].response is None
        written = await room.discord.message(room.ben, room.channel, "The film!")
        foreign = room.discord.thread(written.message, "The film", room.ben)
        await room.silent(await room.discord.message(room.ada, foreign, "And when?"))


@in_loop
async def test_a_thread_message_where_the_bot_may_read_it(filled: Filled):
    """With the message content intent the thread is a conversation; what is said to others in it is not."""
    async with newsroom(filled(message_content=True), granted={"message_content"}) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(threads=True))
        thread = (await (await room.mention()).answer()).channel
        await room.silent(await room.discord.message(room.ada, thread, f"{room.ben.mention} look at that"))
        assert "Ilsa Marrow" in (await (await room.discord.message(room.ada, thread, DIRECTOR)).answer()).text


@in_loop
async def test_no_thread_where_that_is_forbidden(filled: Filled):
    """Without the permission the answer comes as a reply."""
    async with newsroom(filled()) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(threads=True))
        room.discord.forbid(room.channel, Permission.CREATE_PUBLIC_THREADS)
        answer = await (await room.mention()).answer()
        assert answer.channel is room.channel
        assert "Ilsa Marrow" in answer.text
