"""What people add: fetched, put in line, indexed, and reported on while that goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from index.errors import Forgotten
from index.sources.kinds import is_known
from index.types import Added, Outcome

from ..failures import Notice
from ..keep.memory import Contribution
from ..languages import Words
from ..reply import Reply
from .holdings import Holdings
from .parcels import Items, Parcel
from .quotas import MIB, Quota
from .reports import (
    forgotten_text,
    kind_text,
    over_quota_text,
    progress_text,
    restarting_text,
    summary_text,
    too_large_text,
)
from .upload import OverQuota, Stopped, Upload

if TYPE_CHECKING:
    from ..client import Client

PROGRESS_SECONDS = 2.0
# A reply can be changed for a quarter of an hour; the last word comes in time.
LAST_WORD_SECONDS = 60.0
_CLOSE_SECONDS = 3.0


class Uploads(commands.Cog):
    """The files and links on their way: one a server, one at a time.

    One at a time, so that no more than one file is held in memory; the models would not do two any
    faster.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.holdings = Holdings(client.places)
        self._running: dict[int, Upload] = {}
        self._turn = asyncio.Lock()
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def cog_unload(self) -> None:
        """The program ends: add no more, and have those who wait told before the connection goes."""
        self._closing.set()
        for upload in self._running.values():
            upload.stop()
        tasks = set(self._tasks)
        await self._client.links.close(finish_seconds=0)  # who waits for a page is told as well
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSE_SECONDS)

    def stop(self, server: int) -> None:
        """Add no more to a server, because it is about to be forgotten."""
        upload = self._running.pop(server, None)
        if upload is not None:
            upload.stop()

    def running(self, server: int) -> Upload | None:
        """What is being added to a server."""
        return self._running.get(server)

    def check(self, file: discord.Attachment, largest_bytes: int, words: Words) -> None:
        """Refuse, with a Notice, what need not be fetched to be refused."""
        if not is_known(file.filename):
            raise Notice(kind_text(file.filename, words))
        most = min(largest_bytes, self.max_bytes)
        if file.size > most:
            raise Notice(too_large_text(file.filename, file.size, most, words))

    async def add(self, server: int, user: int, parcel: Parcel, reply: Reply, words: Words) -> None:
        """Add a parcel's articles and show how that goes; a Notice says why nothing more was added."""
        if server in self._running:
            raise Notice(
                words("Something else is being added to this server; please wait until that is done.")
            )
        upload = self._running[server] = Upload(parcel.name)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (for mypy: only tasks come here)
        self._tasks.add(task)
        try:
            await self._in_turn(server, user, upload, parcel, reply, words)
        except OverQuota as over:
            raise Notice(over_quota_text(over, upload.name, self.quota, words)) from None
        except (Stopped, Forgotten):
            raise Notice(forgotten_text(words)) from None
        finally:
            self._tasks.discard(task)
            if self._running.get(server) is upload:
                del self._running[server]

    async def _in_turn(
        self, server: int, user: int, upload: Upload, parcel: Parcel, reply: Reply, words: Words
    ) -> None:
        if parcel.is_slow:  # nobody else need wait for it
            await reply.show(progress_text(upload, words))
            items = await parcel.items(words)
        if self._turn.locked():
            await reply.show(words("Other articles are being added first; yours come after them."))
        finished = False
        async with self._turn:
            if not self._closing.is_set():
                if not parcel.is_slow:
                    items = await parcel.items(words)
                finished = await self._store(server, user, upload, items, reply, words)
        await reply.show(summary_text(upload, words) if finished else restarting_text(upload, words))

    async def _store(
        self, server: int, user: int, upload: Upload, items: Items, reply: Reply, words: Words
    ) -> bool:
        """Have the indexing thread do it, and tell meanwhile how far it is; False when the program ends."""
        work = asyncio.ensure_future(self._client.indexing.run(lambda: self._index(server, upload, items)))
        closing = asyncio.ensure_future(self._closing.wait())
        progress = Progress(upload, reply, words)
        try:
            while not work.done() and not closing.done():
                await asyncio.wait(
                    {work, closing}, timeout=PROGRESS_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                await self._note(server, user, upload)
                if not work.done() and not closing.done():
                    await progress.show()
            await self._note(server, user, upload)  # what came while the last was noted
            if work.done():
                work.result()
            return work.done()
        except Stopped:
            if self._closing.is_set():
                return False
            raise
        finally:
            closing.cancel()
            if not work.done():
                upload.stop()  # after the batch it is at
                work.cancel()

    def _index(self, server: int, upload: Upload, items: Items) -> None:
        """On the indexing thread: read and add."""
        client = self._client
        if upload.stopped:
            raise Stopped
        with client.places.own(server) as collection:
            upload.take_in(
                items(), self.quota, collection, lambda: client.indexing.give_way(client.questions)
            )

    async def _note(self, server: int, user: int, upload: Upload) -> None:
        """Keep who added what was added since the last time."""
        added, now = upload.take(), self._client.clock()

        def note() -> None:
            if self._running.get(server) is not upload:
                return  # forgotten meanwhile: nothing of it is written anew
            memory = self._client.places.memory(server)
            known = memory.contributions()
            for one in added:
                if _is_theirs(one, known):
                    memory.contributed(Contribution(one.article_id, user, now, upload.name))

        if added:
            await self._client.memory.run(note)

    @property
    def max_bytes(self) -> int:
        """The most that a file may unpack to."""
        return round(self._client.app.settings.discord.max_unpacked_mib * MIB)

    @property
    def quota(self) -> Quota:
        """How much a server may keep."""
        settings = self._client.app.settings.discord
        return Quota(settings.max_articles, round(settings.max_text_mib * MIB))


class Progress:
    """Shows how far an upload is, for as long as that can be shown, and only what is new."""

    def __init__(self, upload: Upload, reply: Reply, words: Words) -> None:
        self._upload = upload
        self._reply = reply
        self._words = words
        self._said = ""

    async def show(self) -> None:
        """Show it as it stands."""
        text = progress_text(self._upload, self._words, is_last=self._reply.seconds_left < LAST_WORD_SECONDS)
        if text != self._said:
            self._said = text
            await self._reply.show(text)


def uploads_of(client: Client) -> Uploads:
    """The client's uploads."""
    cog = client.get_cog(Uploads.__cog_name__)
    assert isinstance(cog, Uploads)  # noqa: S101 (`articles` adds it)
    return cog


def _is_theirs(added: Added, known: dict[str, Contribution]) -> bool:
    """Whether the article counts as added by who uploads it now; one that was there is its first one's."""
    return added.outcome is not Outcome.UNCHANGED or added.article_id not in known
