"""What `/articles` and its twins do: a server's own articles are added, listed, shown and removed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import discord

from index.sources.web.links import Refused, parse_link

from ..failures import Notice, Origin
from ..keep.memory import Pending
from ..languages import Words
from ..reply import Reply
from ..show.listing import article_embed
from ..show.text import bold, escape
from .adding import uploads_of
from .managing import managed_server
from .pages import listed, page_embed, page_view
from .parcels import File, Links, Parcel, links_in
from .reasons import reason_in
from .reports import named

if TYPE_CHECKING:
    from ..client import Client


async def add(
    client: Client, origin: Origin, files: Sequence[discord.Attachment], link: str | None, largest_bytes: int
) -> None:
    """Add the articles of one file, or the one behind a link; Discord takes `largest_bytes` there."""
    words = client.words_for(origin)
    server, uploads = managed_server(origin, words), uploads_of(client)
    if len(files) + (link is not None) != 1:
        raise Notice(words("Please attach one file, or give one link."))
    if link is not None:
        await _add(client, origin, server, Links([checked_link(link, words)], client), words)
    else:
        uploads.check(files[0], largest_bytes, words)
        await _add(client, origin, server, File(files[0], uploads.max_bytes), words)


async def add_linked(client: Client, origin: Origin, message: discord.Message) -> None:
    """Add the articles that a message links to."""
    words = client.words_for(origin)
    server = managed_server(origin, words)
    found = links_in(message.content) or links_in(" ".join(embed.url or "" for embed in message.embeds))
    if not found:
        raise Notice(words("There is no link in this message."))
    links = [checked_link(link, words) for link in found]
    await _add(client, origin, server, Links(links, client), words)


def checked_link(link: str, words: Words) -> str:
    """A link made uniform; a Notice when it can never be followed."""
    try:
        return str(parse_link(link))
    except Refused as refusal:
        reason = reason_in(words, str(refusal))
        raise Notice(words("I cannot read {link}: {reason}.", link=named(link), reason=reason)) from None


async def _add(client: Client, origin: Origin, server: int, parcel: Parcel, words: Words) -> None:
    reply = Reply(origin)
    if await reply.begin():
        async with waiting(client, origin, words):
            await uploads_of(client).add(server, user_of(origin), parcel, reply, words)


@asynccontextmanager
async def waiting(client: Client, origin: Origin, words: Words) -> AsyncIterator[None]:
    """Have a restart tell the person that what they wait for was not finished.

    A message that was not answered is a message that was not answered.
    """
    if isinstance(origin, discord.Message):
        yield
        return
    await client.keeping.begin(_pending(client, origin, words))
    try:
        yield
    finally:
        await client.keeping.end(origin.id)


def user_of(origin: Origin) -> int:
    """Who acts."""
    return (origin.author if isinstance(origin, discord.Message) else origin.user).id


async def list_articles(client: Client, origin: Origin) -> None:
    """Show the first page of the articles."""
    words = client.words_for(origin)
    server, reply = managed_server(origin, words), Reply(origin)
    if await reply.begin():
        page = await listed(client, server, 1)
        await reply.show(embed=page_embed(page, words), view=page_view(page, words))


async def show_article(client: Client, origin: Origin, chosen: str) -> None:
    """Show what is kept of an article."""
    words, holdings = client.words_for(origin), uploads_of(client).holdings
    server, reply = managed_server(origin, words), Reply(origin)

    def find() -> discord.Embed | None:
        article_id = holdings.chosen(server, chosen)
        found = holdings.article(server, article_id) if article_id else None
        if found is None:
            return None
        article, contribution, feed = found
        return article_embed(article, contribution, words, holdings.story(server, article.id), feed)

    if await reply.begin():
        embed = await client.memory.run(find)
        if embed is None:
            raise _no_such_article(words)
        await reply.show(embed=embed)


async def remove_article(client: Client, origin: Origin, chosen: str) -> None:
    """Remove an article, and say which it was."""
    words, holdings = client.words_for(origin), uploads_of(client).holdings
    server, reply = managed_server(origin, words), Reply(origin)

    def remove() -> str | None:
        article_id = holdings.chosen(server, chosen)
        return holdings.remove(server, article_id) if article_id else None

    if await reply.begin():
        title = await client.memory.run(remove)
        if title is None:
            raise _no_such_article(words)
        text = words("{title} was removed. Nothing of it will be shown again.", title=bold(escape(title)))
        await reply.show(text)


def _pending(client: Client, interaction: discord.Interaction[Client], words: Words) -> Pending:
    return Pending(
        interaction=interaction.id,
        application=interaction.application_id,
        token=interaction.token,
        locale=words.locale,
        private=True,
        since_at=client.clock(),
    )


def _no_such_article(words: Words) -> Notice:
    return Notice(
        words("There is no article of that name; choose one from the list that comes up while typing.")
    )
