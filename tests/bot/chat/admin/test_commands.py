"""`/settings`, `/status`, `/help` and `/forget`, with the real client on a pretended Discord."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot import __version__
from bot.app import App
from bot.chat.articles.adding import uploads_of
from bot.chat.keep.memory import ServerSettings
from tests.discord_server import Exchange, Message, NotOffered, Upload
from tests.discord_server.exchange import COMPONENT

from ..articles.test_commands import MILL, NOW, articles, indexing_held, managed, said
from ..conftest import DIRECTOR
from ..staging import Newsroom, connected, in_loop, settled

Filled = Callable[..., App]
DEFAULTS = (
    "**Settings of this server**\n"
    "Answers in: every channel\n"
    "Answers to /ask are shown to the asker only, unless they say otherwise: no\n"
    "Answers to mentions open a thread: no"
)


async def slash(room: Newsroom, name: str, **options: object) -> Exchange:
    """Ada uses a command."""
    return await room.discord.slash(room.ada, room.channel, name, **options)


async def select(room: Newsroom, message: Message, *channels: object, by: Any = None) -> Exchange:
    """Choose channels in the settings, as Discord's client sends them."""
    ids = [str(channel.id) for channel in channels]  # type: ignore[attr-defined]
    data = {
        "custom_id": "byline:settings:channels",
        "component_type": 8,
        "id": 1,
        "values": ids,
        "resolved": {"channels": {i: {"id": i, "type": 0, "name": "x", "permissions": "0"} for i in ids}},
    }
    user = by or room.ada
    return room.discord._interact(Exchange(COMPONENT, user, message.channel, message, data=data))


def settings_of(room: Newsroom) -> ServerSettings:
    """What is kept of the settings, on disk."""
    return room.client.places.memory(room.guild.id).settings()


async def changed(exchange: Exchange, message: Message) -> str:
    """What the message says once it was changed."""
    await exchange.until(lambda one: one.edits)
    assert exchange.deferred
    return message.text


# --- settings -----------------------------------------------------------------------------------


@in_loop
async def test_settings_are_shown_and_switched(filled: Filled):
    """Each button switches its setting, says so in place, is kept on disk, and then offers the contrary."""
    async with managed(filled()) as room:
        exchange = await slash(room, "settings")
        message = await exchange.answer()
        assert (message.text, exchange.ephemeral) == (DEFAULTS, True)
        assert message.labels == ["Show answers to the asker only", "Open threads"]
        text = await changed(await room.discord.click(message, "Show answers to the asker only"), message)
        assert text.endswith("otherwise: yes\nAnswers to mentions open a thread: no")
        assert message.labels == ["Show answers to everyone", "Open threads"]
        await changed(await room.discord.click(message, "Open threads"), message)
        assert settings_of(room) == ServerSettings(private=True, threads=True)
        assert message.labels == ["Show answers to everyone", "Open no threads"]
        private = await room.ask()
        await private.answer()
        assert private.ephemeral
        await changed(await room.discord.click(message, "Show answers to everyone"), message)
        await changed(await room.discord.click(message, "Open no threads"), message)
        assert settings_of(room) == ServerSettings()


@in_loop
async def test_channels_are_chosen(filled: Filled):
    """Questions are answered where they were chosen to be, and everywhere again when none is chosen."""
    async with managed(filled()) as room:
        quiz = room.discord.channel(room.guild, "quiz")
        message = await (await slash(room, "settings")).answer()
        text = await changed(await select(room, message, quiz), message)
        assert f"Answers in: <#{quiz.id}>\n" in text
        assert settings_of(room).channels == {quiz.id}
        (chosen,) = message.components[0]["components"]
        assert chosen["default_values"] == [{"id": quiz.id, "type": "channel"}]
        assert (await room.answered()).text == "I do not answer in this channel."
        answer = await (await room.discord.slash(room.ben, quiz, "ask", question=DIRECTOR)).answer()
        assert "Ilsa Marrow" in answer.text
        assert await changed(await select(room, message), message) == DEFAULTS
        assert "Ilsa Marrow" in (await room.answered()).text


@in_loop
async def test_settings_can_be_changed_after_a_restart(filled: Filled):
    """The controls of an old message work, and what was chosen before is still so."""
    app = filled()
    async with managed(app) as room:
        message = await (await slash(room, "settings")).answer()
        await changed(await room.discord.click(message, "Open threads"), message)
        await room.client.close()
        async with connected(app, room.discord) as client:
            text = await changed(await select(room, message, room.channel), message)
            assert text.endswith("open a thread: yes")
            assert await client.settings_of(room.guild.id) == ServerSettings(
                frozenset({room.channel.id}), threads=True
            )


@in_loop
async def test_settings_are_for_those_who_manage_the_server(filled: Filled):
    """Discord does not show the command to others, nor in direct messages; shown anyway, it is refused."""
    refusal = "You need the permission “Manage Server” for this."
    async with managed(filled()) as room:
        with pytest.raises(NotOffered):
            await room.discord.slash(room.ben, room.channel, "settings")
        with pytest.raises(NotOffered):
            await room.discord.slash(room.ada, room.discord.dm(room.ada), "settings")
        room.discord.grant(room.guild, room.ben, "settings")
        exchange = await room.discord.slash(room.ben, room.channel, "settings")
        assert (await exchange.answer()).text == refusal
        message = await (await slash(room, "settings")).answer()
        room.guild.members[room.ada.id].roles.clear()
        for pressed in (await room.discord.click(message, "Open threads"), await select(room, message)):
            assert (await pressed.answer()).text == refusal
            assert pressed.ephemeral
        assert settings_of(room) == ServerSettings()


# --- status and help ----------------------------------------------------------------------------


def fields(message: Message) -> dict[str, str]:
    """An embed's fields, by name."""
    return {field["name"]: field["value"] for field in message.embed["fields"]}


@in_loop
async def test_status(filled: Filled):
    """How much there is of how much there may be, what is shared, and what waits."""
    async with managed(filled(max_text_mib=0.5, retention_days=1)) as room:
        await said(room, "add", file=Upload("a.txt", b"Some words. " * 8000))
        exchange = await room.discord.slash(room.ben, room.channel, "status")
        message = await exchange.answer()
        found = fields(message)
        assert found.pop("Delay to Discord").endswith(" ms")
        assert found == {
            "Articles of this server": "1 of 2,000, 0.1 of 0.5 MiB of text",
            "Articles shared by all servers": "3",
            "Questions waiting": "0",
            "Answers are kept for": "1 day",
        }
        assert message.embed["footer"]["text"] == f"Byline {__version__}"
        assert exchange.ephemeral


@in_loop
async def test_status_tells_of_what_is_being_added(filled: Filled):
    """Whoever wonders where a file is can look."""
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            while not room.client.indexing.depth > 1:
                await asyncio.sleep(0.01)
            message = await (await slash(room, "status")).answer()
            assert fields(message)["Being added"] == "Reading mill.md …"
        await exchange.answer()
        message = await (await slash(room, "status")).answer()
        assert "Being added" not in fields(message)


@in_loop
async def test_status_in_direct_messages(filled: Filled):
    """Where there is no server, only what all share is told, and nothing is made."""
    async with managed(filled()) as room:
        exchange = await room.discord.slash(room.ben, room.discord.dm(room.ben), "status")
        found = fields(await exchange.answer())
        assert "Articles of this server" not in found
        assert found["Articles shared by all servers"] == "3"
        await (await slash(room, "status")).answer()
        assert room.client.places.servers() == set()


@in_loop
async def test_help(filled: Filled):
    """Everybody is told how to ask; those who manage the server what else there is."""
    async with managed(filled(retention_days=14)) as room:
        exchange = await room.discord.slash(room.ben, room.channel, "help")
        message = await exchange.answer()
        assert exchange.ephemeral
        assert message.embed["title"] == "Ask me"
        assert list(fields(message)) == ["How to ask", "Below an answer", "What I keep"]
        assert fields(message)["What I keep"] == (
            "Your question and my answer, for 14 days. /forget me deletes yours at once."
        )
        assert fields(message)["How to ask"].count("\n") == 3
        message = await (await slash(room, "help")).answer()
        assert "`/articles` adds" in fields(message)["For those who manage this server"]
        direct = await room.discord.slash(room.ada, room.discord.dm(room.ada), "help")
        assert list(fields(await direct.answer())) == ["How to ask", "Below an answer", "What I keep"]


@in_loop
async def test_help_names_the_prefix_where_there_is_one(filled: Filled):
    """Where messages are read, the prefix is another way to ask."""
    async with managed(filled(message_content=True, prefix="*"), granted={"message_content"}) as room:
        message = await (await slash(room, "help")).answer()
        assert fields(message)["How to ask"].endswith("\n- \\*ask and your question")


# --- forgetting ---------------------------------------------------------------------------------


@in_loop
async def test_a_bot_that_is_stopped_tells_that_it_forgot(filled: Filled):
    """What was confirmed is done and said before the connection goes."""
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        message = await (await slash(room, "forget server")).answer()
        free = threading.Event()
        holding = asyncio.ensure_future(room.client.memory.run(free.wait))
        pressed = await (await room.discord.click(message, "Delete everything")).acknowledged()
        closing = asyncio.create_task(room.client.close())
        await asyncio.sleep(0.1)
        free.set()
        await asyncio.gather(holding, closing)
        assert (await pressed.answer()).text.startswith("Everything I kept of this server is deleted")
        assert room.client.places.servers() == set()


@in_loop
async def test_a_server_is_forgotten_once_it_is_confirmed(filled: Filled):
    """Articles, answers, feedback and settings go with the folder; only the shared articles answer then."""
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        await room.client.change_settings(room.guild.id, ServerSettings(private=True))
        old = await room.answered("Who closed the mill?")
        assert "Willa Sedge" in old.text
        exchange = await slash(room, "forget server")
        message = await exchange.answer()
        assert (message.labels, exchange.ephemeral) == (["Delete everything"], True)
        assert message.text.startswith("This deletes all that I keep of this server, at once and for good")
        folder = room.client.places.folder(room.guild.id)
        assert folder.is_dir()
        text = await changed(await room.discord.click(message, "Delete everything"), message)
        assert text == "Everything I kept of this server is deleted: articles, answers, feedback, settings."
        assert message.labels == []
        assert not folder.exists()
        assert list(folder.parent.iterdir()) == []
        again = await room.ask("Who closed the mill?")
        assert "Willa Sedge" not in (await again.answer()).text
        assert not again.ephemeral


@in_loop
async def test_a_confirmation_works_after_a_restart_but_not_for_long(filled: Filled):
    """The button's id has the time: a quarter of an hour later it does nothing."""
    app = filled()
    async with managed(app) as room:
        await said(room, "add", file=MILL)
        early = await (await slash(room, "forget server")).answer()
        room.client.clock = lambda: NOW + 15 * 60 + 1
        pressed = await room.discord.click(early, "Delete everything")
        assert (await pressed.answer()).text == (
            "That was asked too long ago. Please use /forget server again."
        )
        assert room.client.places.servers() == {room.guild.id}
        late = await (await slash(room, "forget server")).answer()
        await room.client.close()
        async with connected(app, room.discord, clock=lambda: NOW + 30 * 60) as client:
            await changed(await room.discord.click(late, "Delete everything"), late)
            assert client.places.servers() == set()


@in_loop
async def test_only_who_manages_a_server_has_it_forgotten(filled: Filled):
    """Everybody sees the command, because of `/forget me`; the right is checked in it, and at the button."""
    refusal = "You need the permission “Manage Server” for this."
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        exchange = await room.discord.slash(room.ben, room.channel, "forget server")
        assert (await exchange.answer()).text == refusal
        message = await (await slash(room, "forget server")).answer()
        room.guild.members[room.ada.id].roles.clear()
        pressed = await room.discord.click(message, "Delete everything")
        assert (await pressed.answer()).text == refusal
        direct = await room.discord.slash(room.ada, room.discord.dm(room.ada), "forget server")
        assert (await direct.answer()).text == "This works in a server only."
        assert room.client.places.servers() == {room.guild.id}


@in_loop
async def test_one_server_is_forgotten_not_another(filled: Filled):
    """The button deletes what is kept of the server it is pressed in."""
    async with managed(filled()) as room:
        other = room.discord.guild("Elsewhere", managers=(room.ada,))
        await said(room, "add", file=MILL)
        await (await room.discord.slash(room.ada, other.channel, "articles add", file=MILL)).answer()
        message = await (await slash(room, "forget server")).answer()
        await changed(await room.discord.click(message, "Delete everything"), message)
        assert room.client.places.servers() == {other.id}
        assert uploads_of(room.client).holdings.usage(other.id).articles == 1


@in_loop
async def test_a_person_is_forgotten(filled: Filled):
    """Their questions and feedback in this server go, those of others and in other places stay."""
    async with managed(filled()) as room:
        answer = await room.answered()
        await (await room.discord.click(answer, "Good")).answer()
        theirs = await (await room.discord.slash(room.ben, room.channel, "ask", question=DIRECTOR)).answer()
        await (await room.discord.click(theirs, "Good", by=room.ada)).answer()
        direct = room.discord.dm(room.ada)
        await (await room.discord.slash(room.ada, direct, "ask", question=DIRECTOR)).answer()
        await settled(room.client)
        exchange = await slash(room, "forget me")
        assert (await exchange.answer()).text == "3 questions and pieces of feedback of yours are deleted."
        assert exchange.ephemeral
        memory = room.client.places.memory(room.guild.id)
        assert memory.answer_to(answer.id) is None
        assert memory.answer_to(theirs.id) is not None
        assert list(memory.feedback()) == []
        assert (await (await slash(room, "forget me")).answer()).text == (
            "I keep no question and no feedback of yours here."
        )
        exchange = await room.discord.slash(room.ada, direct, "forget me")
        assert (await exchange.answer()).text == "1 question or piece of feedback of yours is deleted."


@in_loop
async def test_who_brings_the_bot_along_is_forgotten_too(filled: Filled):
    """Where the bot is no member, what was asked is kept with the direct messages, and deleted from there."""
    async with managed(filled()) as room:
        eve = room.discord.user("Eve", has_installed=True)
        foreign = room.discord.guild("Elsewhere", eve, has_bot=False)
        await (await room.discord.slash(eve, foreign.channel, "ask", question=DIRECTOR)).answer()
        exchange = await room.discord.slash(eve, foreign.channel, "forget me")
        assert (await exchange.answer()).text == "1 question or piece of feedback of yours is deleted."
        exchange = await room.discord.slash(eve, foreign.channel, "forget server")
        assert (await exchange.answer()).text == "This works in a server only."


@in_loop
async def test_asking_to_be_forgotten_leaves_no_trace(filled: Filled):
    """A server in which nothing was asked has no folder afterwards either."""
    async with managed(filled()) as room:
        await (await slash(room, "forget me")).answer()
        assert room.client.places.servers() == set()
