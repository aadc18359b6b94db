"""Tests of `bot.chat.run.upkeep`: who is told of a restart, what is forgotten when, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.app import App
from bot.chat.client import Client
from bot.chat.keep.memory import Pending
from bot.chat.languages import words
from index.types import Article
from tests.discord_server import FakeDiscord

from ..conftest import DIRECTOR
from ..staging import connected, held, in_loop, settled, starting

Filled = Callable[..., App]
DAY = 24 * 60 * 60
RESTARTED = "I was restarted before I was done. Please try again."


class Clock:
    """Unix seconds that stand still until a test moves them on."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def remember(client: Client, server: int) -> None:
    """Let a server have something that can be forgotten."""
    with client.places.own(server) as own:
        list(own.add([Article("a", "Nora Vale directed the film.")]))


@in_loop
async def test_removing_the_bot_has_the_server_forgotten_after_some_days(filled: Filled):
    """Everything of the server goes when its day has come, and nothing before, nor of any other."""
    clock = Clock()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild, other = discord.guild("Newsroom", ada), discord.guild("Club", ada)
        async with connected(filled(forget_after_days=7), discord, clock=clock) as client:
            for server in (guild.id, other.id):
                remember(client, server)
            discord.kick(guild)
            await gone(client, guild.id)
            clock.now += 7 * DAY - 1
            await client.upkeep.round()
            assert client.places.servers() == {guild.id, other.id}
            clock.now += 1
            await client.upkeep.round()
            assert client.places.servers() == {other.id}


async def gone(client: Client, server: int) -> None:
    """Wait until the client knows that it was removed."""
    async with asyncio.timeout(5):
        while client.get_guild(server) is not None:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)
    await settled(client)


@in_loop
async def test_invited_again_in_time(filled: Filled):
    """Who invites the bot back finds everything as it was."""
    clock = Clock()
    async with FakeDiscord() as discord:
        guild = discord.guild("Newsroom", discord.user("Ada"))
        async with connected(filled(), discord, clock=clock) as client:
            remember(client, guild.id)
            discord.kick(guild)
            await gone(client, guild.id)
            discord.invite(guild)
            async with asyncio.timeout(5):
                while client.get_guild(guild.id) is None:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.01)
            await settled(client)
            clock.now += 30 * DAY
            await client.upkeep.round()
            assert client.places.servers() == {guild.id}


@in_loop
async def test_an_unavailable_server_is_not_a_removed_one(filled: Filled):
    """An outage, however long, has nothing forgotten; nor has one that lasts over a restart."""
    clock = Clock()
    app = filled()
    async with FakeDiscord() as discord:
        guild = discord.guild("Newsroom", discord.user("Ada"))
        async with connected(app, discord, clock=clock) as client:
            remember(client, guild.id)
            discord.outage(guild)
            async with asyncio.timeout(5):
                while not client.get_guild(guild.id).unavailable:
                    await asyncio.sleep(0.01)
            await settled(client)
            clock.now += 30 * DAY
            await client.upkeep.round()
            assert client.places.servers() == {guild.id}
        async with connected(app, discord, clock=clock) as client:
            clock.now += 30 * DAY
            await client.upkeep.round()
            assert client.places.servers() == {guild.id}


@in_loop
async def test_removals_missed_while_offline(filled: Filled):
    """After READY the folders are compared with the servers; further starts do not put the day off."""
    clock = Clock()
    app = filled()
    async with FakeDiscord() as discord:
        guild = discord.guild("Newsroom", discord.user("Ada"))
        async with connected(app, discord, clock=clock) as client:
            remember(client, guild.id)
        discord.kick(guild)
        for days in (0, 3, 3.9):
            clock.now += days * DAY
            async with connected(app, discord, clock=clock) as client:
                assert client.places.servers() == {guild.id}
        clock.now += 0.1 * DAY
        async with connected(app, discord, clock=clock) as client:
            assert client.places.servers() == set()


@in_loop
async def test_invited_again_while_offline(filled: Filled):
    """A start long after the day had come keeps a server that has invited the bot again meanwhile."""
    clock = Clock()
    app = filled()
    async with FakeDiscord() as discord:
        guild = discord.guild("Newsroom", discord.user("Ada"))
        async with connected(app, discord, clock=clock) as client:
            remember(client, guild.id)
            discord.kick(guild)
            await gone(client, guild.id)
        discord.invite(guild)
        clock.now += 30 * DAY
        async with connected(app, discord, clock=clock) as client:
            await client.upkeep.round()
            assert client.places.servers() == {guild.id}


@in_loop
async def test_a_removal_missed_while_the_session_was_lost(filled: Filled):
    """A session that cannot be resumed is begun anew, and its READY no longer has the server."""
    clock = Clock()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild, other = discord.guild("Newsroom", ada), discord.guild("Club", ada)
        async with connected(filled(), discord, clock=clock) as client:
            for server in (guild.id, other.id):
                remember(client, server)
            await discord.drop_gateway(resumable=False)
            del guild.members[discord.bot.id]  # nobody is there to be told
            await discord.connected()
            await asyncio.sleep(0.3)
            await settled(client)
            clock.now += 8 * DAY
            await client.upkeep.round()
            assert client.places.servers() == {other.id}


@in_loop
async def test_a_server_of_a_shard_that_is_not_ready(filled: Filled):
    """With two shards nothing is compared before both have told of their servers."""
    clock = Clock()
    app = filled()
    async with FakeDiscord(shards=2) as discord:
        ada = discord.user("Ada")
        guilds = [discord.guild("Newsroom", ada, guild_id=n << 22) for n in (1000, 1001)]
        async with connected(app, discord, clock=clock) as client:
            assert client.shard_count == 2
            for guild in guilds:
                remember(client, guild.id)
        waits = asyncio.Event()
        async with starting(app, discord, clock=clock) as (client, _):

            async def identifies(shard: int | None, *, initial: bool = False) -> None:
                if not initial:
                    await waits.wait()

            client.before_identify_hook = identifies  # type: ignore[method-assign]
            await client.wait_for("shard_ready", timeout=5)
            await settled(client)
            marks = list((app.settings.data / "discord" / "servers").glob("*/forget-after"))
            waits.set()
            await client.wait_until_ready()
            assert marks == []
            assert client.places.servers() == {guild.id for guild in guilds}


@in_loop
async def test_old_answers_are_forgotten_every_day(filled: Filled):
    """Answers older than `retention_days` go with the daily round, in servers and direct messages."""
    clock = Clock()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild = discord.guild("Newsroom", ada)
        async with connected(filled(retention_days=30), discord, clock=clock) as client:
            messages = []
            for channel in (guild.channel, discord.dm(ada)):
                asked = await discord.slash(ada, channel, "ask", question=DIRECTOR)
                messages.append(await asked.answer())
            await settled(client)
            found = []
            for days in (30, 0.1):
                clock.now += days * DAY
                await client.upkeep.round()
                found.append(
                    [
                        await client.keeping.answer_to(server, message.id) is not None
                        for server, message in zip((guild.id, None), messages, strict=True)
                    ]
                )
            assert found == [[True, True], [False, False]]


@in_loop
async def test_a_damaged_memory_keeps_no_other_server_from_forgetting(filled: Filled):
    """The round goes on to the next server, whether answers are due there or the whole of it."""
    clock = Clock()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        first, second, left = (discord.guild(name, ada) for name in ("First", "Second", "Left"))
        async with connected(filled(retention_days=30), discord, clock=clock) as client:
            message = await (await discord.slash(ada, second.channel, "ask", question=DIRECTOR)).answer()
            remember(client, left.id)
            client.places.folder(first.id).mkdir(parents=True)
            (client.places.folder(first.id) / "memory.sqlite3").write_bytes(b"no database" * 999)
            discord.kick(left)
            await gone(client, left.id)
            clock.now += 31 * DAY
            await client.upkeep.round()
            assert await client.keeping.answer_to(second.id, message.id) is None
            assert client.places.servers() == {first.id, second.id}


@in_loop
async def test_a_folder_that_cannot_be_deleted_keeps_no_other_from_it(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
):
    """One of two servers stays on the disk: the other goes all the same, and the next round tries again."""
    clock = Clock()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guilds = sorted((discord.guild(name, ada) for name in ("First", "Second")), key=lambda one: one.id)
        async with connected(filled(forget_after_days=7), discord, clock=clock) as client:
            for guild in guilds:
                remember(client, guild.id)
                discord.kick(guild)
                await gone(client, guild.id)
            clock.now += 7 * DAY
            forget = client.places.forget

            def stuck(server: int) -> None:
                if server == guilds[0].id:
                    raise PermissionError(13, "Permission denied")
                forget(server)

            with monkeypatch.context() as broken:
                broken.setattr(client.places, "forget", stuck)
                await client.upkeep.round()
            assert client.places.servers() == {guilds[0].id}
            await client.upkeep.round()
            assert client.places.servers() == set()


@in_loop
async def test_who_was_left_waiting_is_told_after_a_restart(filled: Filled):
    """The "thinking" of a bot that was killed becomes a word to ask again, in the asker's language."""
    app = filled()
    async with FakeDiscord() as discord:
        ada, eva = discord.user("Ada"), discord.user("Eva", locale="de")
        guild = discord.guild("Newsroom", ada, eva)
        async with connected(app, discord) as hanging:
            with held(hanging):
                exchanges = [
                    await discord.slash(ada, guild.channel, "ask", question=DIRECTOR),
                    await discord.slash(eva, guild.channel, "ask", question=DIRECTOR, private=True),
                ]
                for exchange in exchanges:
                    await exchange.acknowledged()
                await idle_memory(hanging)
                async with connected(app, discord) as client:
                    texts = [(await exchange.answer()).text for exchange in exchanges]
                    assert texts == [RESTARTED, words("de")(RESTARTED)]
                    assert await client.keeping.left_waiting() == []


async def idle_memory(client: Client) -> None:
    """Wait for what is being noted."""
    await asyncio.sleep(0.05)
    while not client.memory.idle:
        await asyncio.sleep(0.01)


@in_loop
async def test_an_answer_that_came_in_the_last_moment_stands(filled: Filled):
    """Where the answer was sent and only its note not deleted, the restart changes nothing."""
    app = filled()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild = discord.guild("Newsroom", ada)
        async with connected(app, discord) as client:
            exchange = await discord.slash(ada, guild.channel, "ask", question=DIRECTOR)
            answer = await exchange.answer()
            await settled(client)
            note = Pending(exchange.id, discord.bot.id, exchange.token, "en", False, client.clock())
            await client.keeping.begin(note)
        async with connected(app, discord) as client:
            await settled(client)
            assert "Ilsa Marrow" in answer.text
            assert len(exchange.edits) == 1


@in_loop
async def test_who_waited_too_long_cannot_be_told(filled: Filled):
    """After 15 minutes the token is worthless: it is deleted unused."""
    clock = Clock()
    app = filled()
    async with FakeDiscord() as discord:
        async with connected(app, discord, clock=clock) as client:
            await client.keeping.begin(Pending(1, discord.bot.id, "token", "en", False, clock.now))
        clock.now += 15 * 60 + 1
        async with connected(app, discord, clock=clock) as client:
            await settled(client)
            assert [request for request in discord.requests if "webhooks" in request.path] == []
            assert await client.keeping.left_waiting() == []
