"""What `/articles` and its twins do: a server's own articles are added, listed, shown and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from ..failures import Notice, Origin
from ..keep.memory import Pending
from ..languages import Words
from ..reply import Reply
from ..show.listing import article_embed
from ..show.text import bold, escape
from .adding import uploads_of
from .managing import managed_server
from .pages import listed, page_embed, page_view

if TYPE_CHECKING:
    from ..client import Client


async def add_file(
    client: Client, origin: Origin, files: Sequence[discord.Attachment], link: str | None, largest_bytes: int
) -> None:
    """Add the articles of one file; `largest_bytes` is what Discord takes there."""
    words = client.words_for(origin)
    server, uploads, reply = managed_server(origin, words), uploads_of(client), Reply(origin)
    if link:
        raise Notice(words("I cannot add links yet, and fetched nothing. Please attach the page as a file."))
    if len(files) != 1:
        raise Notice(words("Please attach one file."))
    uploads.check(files[0], largest_bytes, words)
    if not await reply.begin():
        return
    if isinstance(origin, discord.Message):
        await uploads.add(server, origin.author.id, files[0], reply, words)
        return
    # A restart tells the person; a message that was not answered is a message that was not answered.
    await client.keeping.begin(_pending(client, origin, words))
    try:
        await uploads.add(server, origin.user.id, files[0], reply, words)
    finally:
        await client.keeping.end(origin.id)


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
        return article_embed(*found, words, holdings.story(server, found[0].id)) if found else None

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
