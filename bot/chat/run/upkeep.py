"""What the bot does unasked: tells who was left waiting, notices removals, forgets what is due."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog

from index.errors import CollectionError

from ..keep.memory import Pending
from ..languages import words
from ..queue import Busy, Closed
from ..show.text import ELLIPSIS

if TYPE_CHECKING:
    from ..client import Client

_DAY_SECONDS = 24 * 60 * 60
# What an interaction's own message is called where others are called by their number.
_ORIGINAL: Any = "@original"

_log = structlog.get_logger("byline")


class Upkeep:
    """The chores of one client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: list[asyncio.Task[None]] = []
        # What each shard's session was told, kept up since: discord.py's own list still has those
        # that removed the bot between two sessions.
        self._servers: dict[int, set[int]] = {}
        self._compared = asyncio.Event()

    async def start(self) -> None:
        """Take over what the last run left behind, and begin the daily round."""
        left = await self._client.keeping.left_waiting()
        self._tasks = [asyncio.create_task(self._tell_restarted(left)), asyncio.create_task(self._daily())]

    async def stop(self) -> None:
        """Do no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- who was left waiting -------------------------------------------------------------------

    async def _tell_restarted(self, left: list[Pending]) -> None:
        for pending in left:
            try:
                await self._tell(pending)
            except discord.HTTPException as error:
                _log.info("asker not told of the restart", status=error.status, code=error.code)
            except (OSError, aiohttp.ClientError) as error:
                _log.warning("asker not told of the restart", error=type(error).__name__)

    async def _tell(self, pending: Pending) -> None:
        webhook = discord.Webhook.partial(pending.application, pending.token, client=self._client)
        shown = await webhook.fetch_message(_ORIGINAL)
        # The answer may have been sent in the very moment that the bot was stopped. What only says how
        # far something has come ends with an ellipsis, in every language.
        if shown.flags.loading or (not shown.embeds and shown.content.endswith(ELLIPSIS)):
            text = words(pending.locale)("I was restarted before I was done. Please try again.")
            await webhook.edit_message(_ORIGINAL, content=text)

    # --- servers that come and go ---------------------------------------------------------------

    def told(self, shard: int, servers: set[int]) -> None:
        """A session began with these servers, the unavailable ones among them."""
        self._servers[shard] = servers

    async def joined(self, shard: int, server: int) -> None:
        """The bot was invited: what it had there is kept."""
        self._servers.setdefault(shard, set()).add(server)
        await self._client.memory.run(lambda: self._client.places.unmark(server))

    async def removed(self, shard: int, server: int) -> None:
        """The bot was removed: what it had there will be forgotten."""
        self._servers.setdefault(shard, set()).discard(server)
        client = self._client
        await client.memory.run(lambda: client.places.mark(server, client.clock()))
        _log.info("removed from a server", server=server)

    async def compare(self) -> None:
        """Find who removed or invited the bot while it was away, once every shard has told its servers."""
        client = self._client
        if len(self._servers) < (client.shard_count or 1):
            return
        present = set().union(*self._servers.values())

        def compare() -> set[int]:
            gone = client.places.servers() - present
            for server in gone:
                client.places.mark(server, client.clock())
            for server in client.places.servers() & present:
                client.places.unmark(server)
            return gone

        for server in sorted(await client.memory.run(compare)):
            _log.info("not in a server any more", server=server)
        self._compared.set()

    async def compared(self) -> None:
        """Wait until it is known which servers removed or invited the bot while it was away."""
        await self._compared.wait()

    # --- forgetting -----------------------------------------------------------------------------

    async def _daily(self) -> None:
        # Not before it is known who invited the bot again while it was away.
        await self.compared()
        while True:
            await self.round()
            await asyncio.sleep(_DAY_SECONDS)

    async def round(self) -> None:
        """Forget the servers whose day has come, and old answers everywhere."""
        client = self._client
        try:
            forgotten = await client.memory.run(lambda: client.places.sweep(client.clock()))
            for server in forgotten:
                client.forget_settings(server)
                _log.info("forgot a server", server=server)
            # One at a time, so that a question in between need not wait for all.
            servers = await client.memory.run(client.places.servers)
            for place in (None, *sorted(servers)):
                await client.memory.run(partial(self._expire, place))
        except (Busy, Closed):  # shutting down
            return
        except Exception:  # the next round comes, whatever was wrong with this one
            _log.exception("forgetting failed")

    def _expire(self, server: int | None) -> None:
        client = self._client
        if server is not None and server not in client.places.servers():
            return  # forgotten since the round began, and looking there must not make a folder for it
        days = client.app.settings.discord.retention_days
        try:
            client.places.memory(server).expire(client.clock(), days)
        except CollectionError as error:  # damaged, or of a newer version: all others go on forgetting
            _log.error("old answers not forgotten", server=server, error=str(error))
