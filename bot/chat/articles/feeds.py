"""What `/articles feed` and its twin do: feeds are followed, listed, and followed no more."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from index.errors import Forgotten
from index.feeds import KeptFeed
from index.sources.record import Unreadable
from index.sources.web.fetch import FetchError
from index.sources.web.finding import FoundFeed, find_feed

from ..failures import Notice, Origin, tell
from ..languages import Words
from ..reply import Reply
from ..show.text import bold, cut, escape
from .adding import PROGRESS_SECONDS, Progress
from .curating import checked_link, user_of, waiting
from .feed_list import feeds_embed
from .managing import managed_server
from .pulls import pulls_of
from .reasons import reason_in
from .reports import forgotten_text, named, outcome_lines
from .upload import Upload

if TYPE_CHECKING:
    from ..client import Client

_MOST_SUGGESTED = 25
_LONGEST_NAME = 100


async def add_feed(client: Client, origin: Origin, link: str) -> None:
    """Follow a feed: fetch it, keep it, and read its articles for the first time."""
    words = client.words_for(origin)
    server, reply = managed_server(origin, words), Reply(origin)
    link, times_forgotten = checked_link(link, words), client.places.times_forgotten(server)
    if not await reply.begin():
        return
    with client.in_flight():  # and told before the connection goes
        try:
            async with waiting(client, origin, words):
                await reply.show(words("Reading {file} …", file=named(link)))
                await client.memory.run(partial(_room, client, server, words))
                found = await _found(client, link, words)
                await _keep(client, server, found, user_of(origin), times_forgotten, words)
                outcome = await _read(client, server, found, reply, words)
                _check(client, server, times_forgotten)
                await reply.show(outcome)
        except Forgotten:
            await tell(origin, Notice(forgotten_text(words)), words)
        except Exception as error:
            await tell(origin, error, words)


async def list_feeds(client: Client, origin: Origin) -> None:
    """Show the feeds."""
    words = client.words_for(origin)
    server, reply = managed_server(origin, words), Reply(origin)
    if await reply.begin():
        feeds = await client.memory.run(partial(feeds_of, client, server))
        await reply.show(embed=feeds_embed(feeds, client.clock(), words))


async def remove_feed(client: Client, origin: Origin, chosen: str, *, articles: bool) -> None:
    """Follow a feed no more, and remove the articles that came by it alone if they are to go too."""
    words = client.words_for(origin)
    server, reply = managed_server(origin, words), Reply(origin)
    if not await reply.begin():
        return
    removed = await client.memory.run(partial(_remove, client, server, chosen, articles=articles))
    if removed is None:
        raise Notice(
            words("There is no feed of that name; choose one from the list that comes up while typing.")
        )
    feed, gone = removed
    name = bold(escape(feed.name))
    text = words("{feed} is no longer followed; its articles stay.", feed=name)
    if articles:
        text = words.count(
            "{feed} is no longer followed, and {n} article that came by it was removed.",
            "{feed} is no longer followed, and {n} articles that came by it were removed.",
            gone,
            feed=name,
        )
    await reply.show(text)


def feeds_of(client: Client, server: int) -> list[KeptFeed]:
    """The memories' thread: a server's feeds; looking makes no folder."""
    with client.places.kept(server) as collection:
        return collection.feeds.all() if collection else []


def suggested(feeds: list[KeptFeed], typed: str) -> list[tuple[str, str]]:
    """Names of feeds that hold what was typed, each with the value it is chosen by."""
    found = [feed for feed in feeds if typed.casefold() in f"{feed.name} {feed.link}".casefold()]
    return [(cut(feed.name, _LONGEST_NAME), feed.link[:_LONGEST_NAME]) for feed in found[:_MOST_SUGGESTED]]


# --- adding, step by step -----------------------------------------------------------------------


def _room(client: Client, server: int, words: Words) -> None:
    """The memories' thread: a Notice where a server follows as many feeds as it may."""
    most = client.app.settings.discord.max_feeds
    if len(feeds_of(client, server)) >= most:
        raise Notice(
            words("This server follows {most} feeds, which is as many as it may.", most=words.number(most))
        )


async def _found(client: Client, link: str, words: Words) -> FoundFeed:
    try:
        return await client.links.run(partial(find_feed, link, client.fetcher))
    except (FetchError, Unreadable) as problem:
        reason = reason_in(words, str(problem))
        raise Notice(words("I cannot follow {link}: {reason}.", link=named(link), reason=reason)) from None


async def _keep(
    client: Client, server: int, found: FoundFeed, user: int, times_forgotten: int, words: Words
) -> None:
    """Keep the feed; a Notice when it is there or there is no room, Forgotten when the server is."""
    title = found.feed.title

    def keep() -> bool:  # in one piece on the thread that forgets: nothing comes between its steps
        _check(client, server, times_forgotten)
        _room(client, server, words)
        with client.places.own(server) as collection:
            return collection.feeds.add(found.link, title, client.clock(), str(user))

    if not await client.memory.run(keep):
        name = bold(escape(title or found.link))
        raise Notice(words("{feed} is followed already.", feed=name))


async def _read(client: Client, server: int, found: FoundFeed, reply: Reply, words: Words) -> str:
    """Read the feed for the first time, telling how far it is; what came of it, in words."""
    upload = Upload(found.feed.title or found.link)
    reading = asyncio.ensure_future(pulls_of(client).pull(server, found.link, upload))
    progress = Progress(upload, reply, words)
    try:
        while not reading.done():
            await progress.show()
            await asyncio.wait({reading}, timeout=PROGRESS_SECONDS)
        reading.result()
    finally:
        reading.cancel()
    return "\n".join([_followed(client, found, words), *outcome_lines(upload, words)])


def _check(client: Client, server: int, times_forgotten: int) -> None:
    """Forgotten when a server was forgotten since it had been so `times_forgotten`."""
    if client.places.times_forgotten(server) != times_forgotten:
        raise Forgotten(f"server {server} was forgotten while a feed was added to it")


def _followed(client: Client, found: FoundFeed, words: Words) -> str:
    name = bold(named(found.feed.title or found.link))
    minutes = client.app.settings.discord.feed_minutes
    if not minutes:
        return words("{feed} is kept, but I read feeds only once: whoever runs me has it so.", feed=name)
    return words(
        "{feed} is followed from now on: I read it every {minutes} minutes.",
        feed=name,
        minutes=words.number(minutes),
    )


def _remove(client: Client, server: int, chosen: str, *, articles: bool) -> tuple[KeptFeed, int] | None:
    """The memories' thread: remove a feed, and return it with how many articles went."""
    with client.places.kept(server) as collection:
        feeds = collection.feeds.all() if collection else []
        wanted = chosen.strip().casefold()
        feed = next((one for one in feeds if wanted in _names(one)), None)
        if collection is None or feed is None:
            return None
        gone = []
        if articles:
            added = client.places.memory(server).contributions()  # by people, who may want them still
            gone = collection.feeds.remove_with_articles(
                feed.link, lambda article_id: article_id not in added and collection.remove(article_id)
            )
        else:
            collection.feeds.remove(feed.link)
    for article_id in gone:
        client.places.memory(server).withdrawn(article_id)
    return feed, len(gone)


def _names(feed: KeptFeed) -> set[str]:
    """What a feed may be chosen by; Discord lets a choice be no longer than a hundred characters."""
    return {feed.link.casefold(), feed.link[:_LONGEST_NAME].casefold(), feed.name.casefold()}
