"""The bot on the stage: the real client, connected to a pretended Discord with people in it."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App
from bot.chat.client import Client
from bot.chat.run.outside import Metrics
from tests.discord_server import Channel, Exchange, FakeDiscord, Guild, Message, User

from .conftest import DIRECTOR


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Makes a test of a coroutine; its fixtures stay."""

    @functools.wraps(test)
    def run(*arguments: Any, **fixtures: Any) -> None:
        asyncio.run(test(*arguments, **fixtures))

    return run


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A server with two members, and the bot in it."""

    discord: FakeDiscord
    client: Client
    guild: Guild
    ada: User
    ben: User

    @property
    def channel(self) -> Channel:
        """Where people talk."""
        return self.guild.channel

    async def ask(self, question: str = DIRECTOR, **options: Any) -> Exchange:
        """Ada uses `/ask`."""
        return await self.discord.slash(self.ada, self.channel, "ask", question=question, **options)

    async def answered(self, question: str = DIRECTOR, **options: Any) -> Message:
        """Ada uses `/ask` and has her answer."""
        return await (await self.ask(question, **options)).answer()

    async def mention(self, text: str = DIRECTOR) -> Exchange:
        """Ada mentions the bot."""
        return await self.discord.message(self.ada, self.channel, f"{self.discord.bot.mention} {text}")

    async def silent(self, exchange: Exchange) -> None:
        """The bot has seen a message and says nothing."""
        # What comes after it on the same connection was answered, so it was looked at.
        direct = self.discord.dm(self.ben)
        await (await self.discord.message(self.ben, direct, DIRECTOR)).answer()
        await settled(self.client)
        assert (exchange.response, exchange.acknowledged_after) == (None, None)


@asynccontextmanager
async def newsroom(app: App, *, locale: str = "en-US", **discord_options: Any) -> AsyncIterator[Newsroom]:
    """A server with Ada and Ben in it, and the bot connected."""
    async with FakeDiscord(**discord_options) as discord:
        ada, ben = discord.user("Ada"), discord.user("Ben")
        guild = discord.guild("Newsroom", ada, ben, locale=locale)
        async with connected(app, discord) as client:
            yield Newsroom(discord, client, guild, ada, ben)


@asynccontextmanager
async def connected(app: App, discord: FakeDiscord, **options: Any) -> AsyncIterator[Client]:
    """A client that is connected to the pretended Discord, and has done what it does after READY."""
    async with starting(app, discord, **options) as (client, running):
        ready = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        if running.done():
            running.result()
        await settled(client)
        yield client


@asynccontextmanager
async def starting(
    app: App, discord: FakeDiscord, **options: Any
) -> AsyncIterator[tuple[Client, asyncio.Task[None]]]:
    """A client that is about to connect, and its task."""
    Route.BASE = discord.url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(discord.gateway_url)
    async with Client(app, Metrics(), guild_ready_timeout=0.05, **options) as client:
        # Discord lets a bot identify every five seconds; this one is not so strict.
        client.before_identify_hook = _at_once  # type: ignore[method-assign]
        running = asyncio.create_task(client.start(discord.token))
        try:
            yield client, running
        finally:
            await client.close()
            await running


async def _at_once(shard: int | None, *, initial: bool = False) -> None:
    """Nothing to wait for."""


@contextmanager
def held(client: Client) -> Iterator[None]:
    """Keeps the questions' thread from answering."""
    free = threading.Event()
    holding = asyncio.ensure_future(client.questions.run(free.wait))
    try:
        yield
    finally:
        free.set()
        holding.add_done_callback(lambda done: done.cancelled() or done.exception())


async def settled(client: Client) -> None:
    """Wait until the client has nothing left to do that nobody asked it for."""
    await asyncio.sleep(0.01)
    workers = (client.memory, client.questions, client.indexing, client.links, client.feeds)
    while client._in_flight or not all(worker.idle for worker in workers):
        await asyncio.sleep(0.01)
