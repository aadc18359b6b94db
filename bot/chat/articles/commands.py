"""`/articles`: those who manage a server add, list, show and remove its own articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from ..ask.responding import server_of
from .adding import Uploads, uploads_of
from .curating import add_file, list_articles, remove_article, show_article
from .managing import may_manage
from .pages import PageButton

if TYPE_CHECKING:
    from ..client import Client

Interaction = discord.Interaction[Any]
Context = commands.Context[Any]


class Articles(commands.Cog):
    """The commands, and their twin for messages where the operator lets the bot read them."""

    group = app_commands.Group(
        name=locale_str("articles"),
        description=locale_str("The articles of this server"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True),
    )

    def __init__(self, client: Client) -> None:
        self._client = client

    # --- by command -----------------------------------------------------------------------------

    @group.command(name=locale_str("add"), description=locale_str("Add the articles of a file"))
    @app_commands.rename(file=locale_str("file"), link=locale_str("link"))
    @app_commands.describe(
        file=locale_str("A text, Markdown, HTML or JSON Lines file"),
        link=locale_str("Not possible yet: please attach a file"),
    )
    async def add(
        self, interaction: Interaction, file: discord.Attachment | None = None, link: str | None = None
    ) -> None:
        """Add a file."""
        files = [file] if file else []
        await add_file(self._client, interaction, files, link, interaction.filesize_limit)

    @group.command(
        name=locale_str("list"), description=locale_str("Which articles there are, and who added them")
    )
    async def list_all(self, interaction: Interaction) -> None:
        """List the articles."""
        await list_articles(self._client, interaction)

    @group.command(name=locale_str("show"), description=locale_str("What is kept of an article"))
    @app_commands.rename(article=locale_str("article"))
    @app_commands.describe(article=locale_str("Its title or id"))
    async def show(self, interaction: Interaction, article: str) -> None:
        """Show an article."""
        await show_article(self._client, interaction, article)

    @group.command(name=locale_str("remove"), description=locale_str("Remove an article for good"))
    @app_commands.rename(article=locale_str("article"))
    @app_commands.describe(article=locale_str("Its title or id"))
    async def remove(self, interaction: Interaction, article: str) -> None:
        """Remove an article."""
        await remove_article(self._client, interaction, article)

    @show.autocomplete("article")
    @remove.autocomplete("article")
    async def titles(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Titles of the server's own articles that hold what was typed."""
        server, holdings = server_of(interaction), uploads_of(self._client).holdings
        if server is None or not may_manage(interaction):
            return []
        found = await self._client.memory.run(lambda: holdings.choices(server, typed))
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    # --- by message -----------------------------------------------------------------------------

    @commands.command(name="articles")
    async def twin(
        self,
        context: Context,
        action: Literal["add", "list", "show", "remove"] = "list",
        *,
        rest: str | None = None,
    ) -> None:
        """`!articles add` with a file, `!articles list`, `!articles show TITLE`, `!articles remove TITLE`."""
        client, message = self._client, context.message
        match action:
            case "add":
                await add_file(client, message, message.attachments, rest, context.filesize_limit)
            case "list":
                await list_articles(client, message)
            case "show":
                await show_article(client, message, rest or "")
            case "remove":
                await remove_article(client, message, rest or "")


async def setup(client: Client) -> None:
    """Add the cogs; discord.py calls this."""
    client.add_dynamic_items(PageButton)
    await client.add_cog(Uploads(client))
    await client.add_cog(Articles(client))
