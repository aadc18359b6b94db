"""The bot: everything put together around one discord.py client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import discord
import structlog
from discord.ext import commands

from ..app import App
from ..settings import DiscordSettings
from .ask.asking import Asking
from .ask.keeping import Keeping
from .failures import Tree, tell
from .keep.memory import ServerSettings
from .keep.places import Places
from .languages import Translator, Words, words
from .queue import Worker
from .run.addresses import use_gateway
from .run.outside import Metrics
from .run.syncing import sync_commands
from .run.upkeep import Upkeep

COGS = ("ask.ways", "ask.messages", "ask.presses", "articles.commands", "admin.commands")
_FINISH_SECONDS = 10.0

_log = structlog.get_logger("byline")

Origin = discord.Interaction[Any] | discord.Message


class Client(commands.AutoShardedBot):
    """Answers questions in Discord.

    The event loop does neither SQLite nor models, nor does it fetch anything: that is the workers' work.
    """

    def __init__(
        self,
        app: App,
        metrics: Metrics,
        *,
        force_sync: bool = False,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        """`options` are discord.py's own; `clock` gives unix seconds."""
        settings = app.settings.discord
        super().__init__(**{**_options(settings), **options})
        use_gateway(self.http, settings)
        self.app = app
        self.metrics = metrics
        self.clock = clock
        self.places = Places(app)
        self.questions = Worker("questions", settings.queue_size)
        self.indexing = Worker("indexing", None)
        self.memory = Worker("memory", None)
        self.links = Worker("links", settings.queue_size)
        self.feeds = Worker("feeds", None)
        self.fetcher = app.fetcher()  # one for all, so that a host is visited once at a time
        # A large batch of passages makes room for questions too.
        app.encoder.between_batches = lambda: self.indexing.give_way(self.questions)
        self.asking = Asking(app, self.places, self.questions, self.memory, metrics, clock)
        self.keeping = Keeping(self.places, self.memory, clock)
        self.upkeep = Upkeep(self)
        self._note_servers()
        self._force_sync = force_sync
        self._settings: dict[int, ServerSettings] = {}
        self._in_flight: set[asyncio.Task[Any]] = set()

    async def setup_hook(self) -> None:
        """Load the commands, register them where they have changed, and tell who was left waiting."""
        await self.tree.set_translator(Translator())
        for name in COGS:
            # Not as discord.py's extensions, which would be executed a second time.
            await import_module(f".{name}", __package__).setup(self)
        file = self.app.settings.data / "discord" / "commands.sha256"
        await sync_commands(self.tree, file, force=self._force_sync)
        await self.upkeep.start()

    def _note_servers(self) -> None:
        """Have READY, before discord.py reads it, tell the upkeep which servers there are."""
        parsers = self._connection.parsers
        parse = parsers["READY"]

        def noting(data: dict[str, Any]) -> None:
            shard, _ = data["shard"]
            self.upkeep.told(shard, {int(guild["id"]) for guild in data["guilds"]})
            parse(data)

        parsers["READY"] = noting

    # --- what the cogs use ----------------------------------------------------------------------

    async def settings_of(self, server: int | None) -> ServerSettings:
        """What a server's administrators chose; direct messages have the defaults."""
        if server is None:
            return ServerSettings()
        if server not in self._settings:
            self._settings[server] = await self.memory.run(lambda: self.places.memory(server).settings())
        return self._settings[server]

    async def change_settings(self, server: int, settings: ServerSettings) -> None:
        """Keep a server's settings; they hold from the next question on."""
        await self.memory.run(lambda: self.places.memory(server).change(settings))
        self._settings[server] = settings

    def forget_settings(self, server: int) -> None:
        """Read a server's settings anew: they went with its folder."""
        self._settings.pop(server, None)

    def words_for(self, origin: Origin) -> Words:
        """A person's language where Discord tells it, else the server's, else English."""
        if isinstance(origin, discord.Interaction):
            return words(origin.locale)
        return words(origin.guild.preferred_locale if origin.guild else None)

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """What runs in this context is waited for by `close`."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (for mypy: only tasks come here)
        self._in_flight.add(task)
        try:
            yield
        finally:
            self._in_flight.discard(task)

    # --- events ---------------------------------------------------------------------------------

    async def on_shard_ready(self, _: int) -> None:
        """A shard has told of its servers: see which are gone, and which are back."""
        await self.upkeep.compare()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Invited, perhaps again."""
        await self.upkeep.joined(guild.shard_id, guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Removed from the server; one that is merely unavailable does not come here."""
        await self.upkeep.removed(guild.shard_id, guild.id)

    async def on_message(self, message: discord.Message, /) -> None:
        """Prefix commands are only read where the operator has the intent for them."""
        if self.app.settings.discord.message_content:
            await self.process_commands(message)

    async def on_command_error(self, context: commands.Context[Any], error: commands.CommandError, /) -> None:
        """What a prefix command raised; a prefix that other bots use too is no error."""
        if not isinstance(error, commands.CommandNotFound):
            await tell(context.message, error, self.words_for(context.message))

    async def on_error(self, event_method: str, /, *args: Any, **_: Any) -> None:
        """What an event's handler raised; nobody waits for an answer to it."""
        _log.exception("event failed", event_name=event_method)

    async def close(self) -> None:
        """Finish what is in flight, refuse the rest, and disconnect."""
        if self.is_closed():
            return
        await self.upkeep.stop()
        # Not waited for: what is read of a feed may take a minute, and is read again.
        await self.feeds.close(finish_seconds=0)
        await self.questions.close(finish_seconds=_FINISH_SECONDS)
        if self._in_flight:  # the last answers are being sent, and who waits is told
            await asyncio.wait(self._in_flight, timeout=_FINISH_SECONDS)
        await super().close()
        await self.indexing.close(finish_seconds=_FINISH_SECONDS)
        await self.memory.close(finish_seconds=_FINISH_SECONDS)
        await asyncio.to_thread(self.places.close)


def _options(settings: DiscordSettings) -> dict[str, Any]:
    """What discord.py is told: no privileged intent but where asked for, no pings, nothing kept in memory."""
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = settings.message_content
    return {
        # Without the intent prefixes are not read, and discord.py warns of any other value.
        "command_prefix": settings.prefix if settings.message_content else commands.when_mentioned,
        "help_command": None,
        "tree_cls": Tree,
        "intents": intents,
        "allowed_mentions": discord.AllowedMentions.none(),
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
    }
