"""The bot's life: what is made ready before it connects, how it fails, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import discord
import structlog

from index.errors import BylineError, UnknownCollection

from ...app import App
from ..client import Client
from ..queue import Worker
from .addresses import apply_addresses, use_gateway
from .lock import only_bot
from .log import configure_logging
from .outside import FolderSizes, Metrics, watch_lag
from .refusals import REFUSALS, NotServing, explained

# docs/deploy.md says what each is for.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    read_message_history=True,
)
SCOPES = ("bot", "applications.commands")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# The client gives what is in flight ten seconds; this is for one that cannot keep to that.
_CLOSE_SECONDS = 30
_LAST_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60
_WORK = {"loading", "questions", "indexing", "memory", "links", "feeds"}
"""The names of the threads that work."""

_log = structlog.get_logger("byline")


def serve(app: App, token: str, announce: Callable[[str], None], *, force_sync: bool = False) -> None:
    """Run the bot until SIGTERM or SIGINT; `announce` is given the invite link."""
    settings = app.settings
    others = set(threading.enumerate())
    configure_logging(not sys.stderr.isatty(), questions=settings.discord.log_questions)
    apply_addresses(settings.discord)
    app.writer = replace(app.writer, waiting=lambda line: _log.warning("another writes", note=line))
    with only_bot(settings.data / "discord"), Metrics(settings.metrics.port) as metrics:
        try:
            asyncio.run(_serve(app, metrics, token, announce, force_sync=force_sync))
        except BylineError:
            raise
        except Exception:  # the terminal shows one line of it: the log is where to look
            _log.exception("the bot failed")
            raise
    working = [thread for thread in set(threading.enumerate()) - others if thread.name in _WORK]
    for thread in working:  # one that has no more to do is about to end
        thread.join(_LAST_SECONDS)
    if any(thread.is_alive() for thread in working):
        # Python cannot end in order while a thread is deep in PyTorch: it would abort.
        logging.shutdown()
        os._exit(0)


def invite_link(application_id: int) -> str:
    """Where a person adds the bot to a server, with the least permissions it works with."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)


async def _serve(
    app: App, metrics: Metrics, token: str, announce: Callable[[str], None], *, force_sync: bool
) -> None:
    """Run the client until it fails or is told to stop."""
    with _told_to_stop() as stop:
        async with Client(app, metrics, force_sync=force_sync) as client:
            use_gateway(client.http, app.settings.discord)
            _watch(client)
            running = asyncio.create_task(_run(client, token, announce))
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
                else:
                    await _cancelled(running)  # it must not go on to connect what is being closed
                    await _finish(client)
            finally:
                await _cancelled(running, stopping)


async def _run(client: Client, token: str, announce: Callable[[str], None]) -> None:
    """Make ready, log in and stay connected; NotServing when Discord does not let the bot."""
    started = time.monotonic()
    loading = Worker("loading", None)  # its own: whoever stops the bot now need not wait for it
    try:
        names = await loading.run(lambda: _make_ready(client))
        # What was loaded stays for good: looking through it for garbage would stop all threads at once.
        gc.collect()
        gc.freeze()
    finally:
        await loading.close(finish_seconds=0)
    _log.info("ready to answer", collections=names, seconds=round(time.monotonic() - started, 1))
    lag = asyncio.create_task(watch_lag(client.metrics))  # only now: loading stops the loop, and harms nobody
    try:
        await _until_reachable(client.app.settings.discord.api_url)
        await client.login(token)
        announce(invite_link(client.application_id or 0))
        await client.connect()
    except REFUSALS as error:
        raise explained(error) from error
    finally:
        await _cancelled(lag)
    raise NotServing("the connection to Discord was closed; start the bot again")


def _make_ready(client: Client) -> list[str]:
    """Load the models and ask something, so that the first question is as fast as all others."""
    from ...answerer import Question  # noqa: PLC0415 (the model's libraries load with it)

    app = client.app
    app.load()
    if app.calibration_note:
        _log.warning("answers carry no confidence", note=app.calibration_note)
    try:
        with client.places.collections(None) as collections:
            app.answerer().answer(Question("Is everything ready?"), collections)
            return [collection.name for collection in collections]
    except UnknownCollection as error:  # each server may still ask its own articles
        _log.warning("no shared articles", note=str(error))
        return []


async def _until_reachable(url: str) -> None:
    """Wait for the network, as after a power cut: discord.py only retries once it was connected."""
    address = urlsplit(url)
    port = address.port or (80 if address.scheme == "http" else 443)
    pause_seconds = 1
    while True:
        try:
            async with asyncio.timeout(10):
                _, writer = await asyncio.open_connection(address.hostname, port)
        except OSError as error:
            _log.warning(
                "Discord cannot be reached; check the network",
                host=address.hostname,
                error=str(error) or type(error).__name__,
                again_in_seconds=pause_seconds,
            )
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)
        else:
            writer.close()
            return


def _watch(client: Client) -> None:
    """Offer the gauges that only the client knows, and log when it is connected."""
    data = client.app.settings.data
    sizes = FolderSizes([data / "collections", data / "discord"])
    watch = client.metrics.watch
    watch("byline_queue_depth", "Questions reserved, waiting and running.", lambda: client.questions.depth)
    watch("byline_indexing_depth", "Article uploads waiting and running.", lambda: client.indexing.depth)
    watch("byline_feeds_depth", "Feeds that wait to be read or are being read.", lambda: client.feeds.depth)
    watch("byline_index_bytes", "Bytes of all collections and of what servers keep.", sizes)
    watch("byline_servers", "Servers the bot is in.", lambda: len(client.guilds))

    async def ready() -> None:
        _log.info("connected", servers=len(client.guilds), shards=client.shard_count)

    async def resumed(shard: int) -> None:
        _log.info("connected again", shard=shard)

    client.add_listener(ready, "on_ready")
    client.add_listener(resumed, "on_shard_resumed")


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Is set by SIGTERM or SIGINT; a second one ends the process at once, as if nobody had listened."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(*_: int | FrameType | None) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _finish(client: Client) -> None:
    """Let the client finish what is in flight, and disconnect."""
    _log.info("stopping", questions=client.questions.depth)
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await client.close()
    except TimeoutError:
        _log.warning("stopped before everything was finished")
    else:
        _log.info("stopped")


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
