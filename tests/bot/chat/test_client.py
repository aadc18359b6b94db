"""Tests of `bot.chat.client`: what it asks of Discord, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import discord as library
import pytest

from bot.app import App
from bot.chat.client import Client
from bot.chat.run.outside import Metrics
from tests.discord_server import FakeDiscord

from .conftest import DIRECTOR
from .staging import connected, held, in_loop, newsroom, settled

Filled = Callable[..., App]
DAY = 24 * 60 * 60
SYNC = "PUT /applications/{application_id}/commands"
RESTARTED = "I was restarted before I was done. Please try again."


@in_loop
async def test_no_privileged_intent(make_app: Callable[..., App]):
    """It asks for servers and messages without their text; members are not kept in memory, nor messages."""
    async with Client(make_app(), Metrics()) as client:
        wanted = library.Intents.none()
        wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
        assert client.intents == wanted
        assert client._connection.member_cache_flags == library.MemberCacheFlags.none()
        assert client._connection.max_messages is None


@in_loop
async def test_message_content_where_the_operator_has_it(make_app: Callable[..., App]):
    """The one privileged intent is asked for when the config says so."""
    async with Client(make_app(message_content=True), Metrics()) as client:
        assert client.intents.message_content


@in_loop
async def test_nothing_it_sends_can_ping(make_app: Callable[..., App]):
    """Mentions are ruled out once, for everything."""
    async with Client(make_app(), Metrics()) as client:
        assert client.allowed_mentions is not None
        assert client.allowed_mentions.to_dict() == {"parse": []}


@in_loop
async def test_a_hundred_invitations_at_once(filled: Filled):
    """A question in the last of them is acknowledged at once, and answered."""
    async with newsroom(filled()) as room:
        invited = [room.discord.guild(f"Club {number}", room.ada) for number in range(100)]
        async with asyncio.timeout(10):
            while room.client.get_guild(invited[-1].id) is None:
                await asyncio.sleep(0.01)
        exchange = await room.discord.slash(room.ada, invited[-1].channel, "ask", question=DIRECTOR)
        assert "Ilsa Marrow" in (await exchange.answer()).text
        assert exchange.acknowledged_after is not None
        assert exchange.acknowledged_after < 1
        assert len(room.client.guilds) == 101
        assert room.client.places.servers() == {invited[-1].id}


@in_loop
async def test_closing_tells_who_waits(filled: Filled):
    """Questions whose turn has not come are told to ask again, and the next start has nobody to tell."""
    app = filled()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild = discord.guild("Newsroom", ada)
        async with connected(app, discord) as client:
            with held(client):
                exchanges = [
                    await discord.slash(ada, guild.channel, "ask", question=DIRECTOR) for _ in range(3)
                ]
                for exchange in exchanges:
                    await exchange.acknowledged()
                closing = asyncio.create_task(client.close())
                await asyncio.sleep(0.05)
            await closing
        texts = [(await exchange.answer()).text for exchange in exchanges]
        assert texts == ["I am being restarted. Please ask again in a minute."] * 3
        async with connected(app, discord) as client:
            assert await client.keeping.left_waiting() == []


@in_loop
async def test_closing_while_an_answer_is_read(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """What runs when the bot is stopped is finished and sent."""
    async with newsroom(filled()) as room:
        started, read = asyncio.Event(), room.client.asking._read
        loop = asyncio.get_running_loop()

        def slowly(*arguments):  # type: ignore[no-untyped-def]
            loop.call_soon_threadsafe(started.set)
            import time

            time.sleep(0.2)
            return read(*arguments)

        monkeypatch.setattr(room.client.asking, "_read", slowly)
        exchange = await room.ask()
        await started.wait()
        await room.client.close()
        assert "Ilsa Marrow" in (await exchange.answer()).text


@in_loop
async def test_closing_twice_and_unconnected(make_app: Callable[..., App]):
    """A client that never connected closes, and closing again does nothing."""
    async with Client(make_app(), Metrics()) as client:
        await client.close()
        await client.close()
        assert client.is_closed()


def test_it_keeps_everything_below_the_data_folder(filled: Filled, tmp_path: Path):
    """What the bot writes lies in `discord/` of the data folder, each server in a folder of its own."""

    async def scene() -> int:
        async with newsroom(filled()) as room:
            await room.answered()
            await settled(room.client)
            return room.guild.id

    server = asyncio.run(scene())
    base = tmp_path / "data" / "discord"
    assert sorted(path.name for path in base.iterdir()) == ["commands.sha256", "direct", "servers"]
    assert [path.name for path in (base / "servers").iterdir()] == [str(server)]
