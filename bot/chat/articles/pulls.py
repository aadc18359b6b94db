"""The feeds of all servers, and of the shared collection: read on a schedule, one at a time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog
from discord.ext import commands

from index.collection import LocalCollection
from index.errors import BylineError, Forgotten
from index.pulling import Pull
from index.types import Article

from ..queue import Busy, Closed
from .adding import uploads_of
from .allowance import Allowance
from .upload import Upload

if TYPE_CHECKING:
    from ..client import Client

MOST_ENTRIES = 100
"""So many entries of a feed are read before another has its turn."""
_MINUTE_SECONDS = 60.0
_SHORTEST_PAUSE_SECONDS = 60.0

_log = structlog.get_logger("byline")


@dataclass(frozen=True, slots=True)
class Due:
    """A feed whose turn it is."""

    server: int | None
    """None: it is the shared collection's."""
    link: str
    pulled_at: float


class Pulls(commands.Cog):
    """Reads feeds on a thread of its own, which yields to questions; one feed at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._every_seconds = client.app.settings.discord.feed_minutes * _MINUTE_SECONDS
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Begin the schedule."""
        if self._every_seconds:
            self._task = asyncio.create_task(self._schedule())

    async def cog_unload(self) -> None:
        """The program ends: what is being read comes to its next entry and no further."""
        self._closing = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def pull(self, server: int | None, link: str, upload: Upload) -> bool:
        """Read what is new in a feed when its turn has come; False when the feed itself cannot be read.

        `upload` counts what comes of it. None is the server of the shared collection.
        """
        return await self._client.feeds.run(lambda: self._pull(server, link, upload))

    async def round(self) -> None:
        """Read every feed whose turn it is, those first that have waited for longest."""
        started, failed, tally = time.monotonic(), 0, Upload("")
        due = await self._due()
        for feed in sorted(due, key=lambda one: one.pulled_at):
            failed += not await self._pull_unasked(feed, tally)
        if due:
            _log.info(
                "feeds read",
                feeds=len(due),
                failed=failed,
                articles=tally.done,
                left_out=tally.skipped,
                seconds=round(time.monotonic() - started, 1),
            )

    # --- on the event loop ----------------------------------------------------------------------

    async def _schedule(self) -> None:
        # Not before it is known which servers removed the bot while it was away.
        await self._client.upkeep.compared()
        while True:
            started = time.monotonic()
            try:
                await self.round()
            except (Busy, Closed):  # shutting down
                return
            except Exception:  # the next round comes, whatever was wrong with this one
                _log.exception("reading feeds failed")
            taken = time.monotonic() - started
            await asyncio.sleep(max(_SHORTEST_PAUSE_SECONDS, self._every_seconds - taken))

    async def _due(self) -> list[Due]:
        """All feeds that are to be read now; one server at a time, so that others come in between."""
        client = self._client
        found = await client.memory.run(partial(self._due_in, None))
        for server in sorted(await client.memory.run(client.places.servers)):
            found += await client.memory.run(partial(self._due_in, server))
        return found

    async def _pull_unasked(self, feed: Due, tally: Upload) -> bool:
        """Read a feed that nobody waits for: what is wrong with one keeps no other from being read."""
        upload, reached = Upload(feed.link), False
        try:
            reached = await self.pull(feed.server, feed.link, upload)
        except Forgotten:
            return True
        except BylineError as error:
            _log.warning("a feed's articles cannot be kept", server=feed.server, error=str(error))
        self._client.metrics.feed("read" if reached else "failed")
        tally.outcomes += upload.outcomes
        tally.skipped += upload.skipped
        return reached

    # --- on the threads -------------------------------------------------------------------------

    def _due_in(self, server: int | None) -> list[Due]:
        """The memories' thread: the feeds of one server that are due."""
        now = self._client.clock()
        with self._client.places.kept(server) as collection:
            feeds = collection.feeds.all() if collection else []
        before = now - self._every_seconds / 2  # it may have been read late in the last round
        due = (feed for feed in feeds if feed.is_due(now) and (feed.pulled_at or 0.0) <= before)
        return [Due(server, feed.link, feed.pulled_at or 0.0) for feed in due]

    def _pull(self, server: int | None, link: str, upload: Upload) -> bool:
        """The feeds' thread: read one."""
        client = self._client
        pull = Pull(
            link,
            lambda: client.places.kept(server),
            client.fetcher,
            accept=_everything if server is None else Allowance(uploads_of(client).quota),
            most=MOST_ENTRIES,
            clock=client.clock,
        )
        for item in pull:
            upload.total = pull.total
            upload.count(item)
            if self._closing:
                raise Closed
            client.feeds.give_way(client.questions)
        return pull.reached


def pulls_of(client: Client) -> Pulls:
    """The client's pulls."""
    cog = client.get_cog(Pulls.__cog_name__)
    assert isinstance(cog, Pulls)  # noqa: S101 (`articles` adds it)
    return cog


def _everything(*_: LocalCollection | Article) -> None:
    """The operator's own collection takes what comes."""
