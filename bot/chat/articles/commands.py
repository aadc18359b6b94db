"""`/articles`: those who manage a server add, list, show and remove its own articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from ..ask.responding import server_of
from .adding import Uploads, uploads_of
from .curating import add, add_linked, list_articles, remove_article, show_article
from .feeds import add_feed, feeds_of, list_feeds, remove_feed, suggested
from .managing import may_manage
from .pages import PageButton
from .pulls import Pulls

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
    feed = app_commands.Group(
        name=locale_str("feed"),
        description=locale_str("Feeds whose articles come by themselves"),
        parent=group,
    )

    def __init__(self, client: Client) -> None:
        self._client = client
        self._menu = app_commands.ContextMenu(
            name=locale_str("Add the linked article"), callback=self._add_linked
        )
        self._menu.default_permissions = self.group.default_permissions
        self._menu.allowed_contexts = self.group.allowed_contexts
        self._menu.allowed_installs = self.group.allowed_installs

    async def cog_load(self) -> None:
        """Menus do not come with the cog by themselves."""
        self._client.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """And do not go with it."""
        self._client.tree.remove_command(self._menu.name, type=self._menu.type)

    # --- by command -----------------------------------------------------------------------------

    @group.command(
        name=locale_str("add"), description=locale_str("Add the articles of a file, or one from the web")
    )
    @app_commands.rename(file=locale_str("file"), link=locale_str("link"))
    @app_commands.describe(
        file=locale_str(
            "A file: text, Markdown, HTML, PDF, Word, EPUB, mail, CSV, JSON Lines, or a zip of these"
        ),
        link=locale_str("A link to the article’s page"),
    )
    async def add(
        self, interaction: Interaction, file: discord.Attachment | None = None, link: str | None = None
    ) -> None:
        """Add a file, or what a link leads to."""
        files = [file] if file else []
        await add(self._client, interaction, files, link, interaction.filesize_limit)

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

    async def _add_linked(self, interaction: Interaction, message: discord.Message) -> None:
        """Add what a message links to."""
        await add_linked(self._client, interaction, message)

    # --- feeds ----------------------------------------------------------------------------------

    @feed.command(name=locale_str("add"), description=locale_str("Follow a feed: its articles are added"))
    @app_commands.rename(link=locale_str("link"))
    @app_commands.describe(link=locale_str("The feed (RSS or Atom), or a page that names its feed"))
    async def add_feed(self, interaction: Interaction, link: str) -> None:
        """Follow a feed."""
        await add_feed(self._client, interaction, link)

    @feed.command(
        name=locale_str("list"), description=locale_str("Which feeds are followed, and how they stand")
    )
    async def list_feeds(self, interaction: Interaction) -> None:
        """List the feeds."""
        await list_feeds(self._client, interaction)

    @feed.command(name=locale_str("remove"), description=locale_str("Follow a feed no more"))
    @app_commands.rename(feed=locale_str("feed"), articles=locale_str("articles"))
    @app_commands.describe(
        feed=locale_str("Its title or link"), articles=locale_str("Whether its articles are removed as well")
    )
    async def remove_feed(self, interaction: Interaction, feed: str, articles: bool = False) -> None:
        """Follow a feed no more."""
        await remove_feed(self._client, interaction, feed, articles=articles)

    @remove_feed.autocomplete("feed")
    async def feeds(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Names of the server's feeds that hold what was typed."""
        client, server = self._client, server_of(interaction)
        if server is None or not may_manage(interaction):
            return []
        found = await client.memory.run(lambda: suggested(feeds_of(client, server), typed))
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    # --- by message -----------------------------------------------------------------------------

    @commands.command(name="articles")
    async def twin(
        self,
        context: Context,
        action: Literal["add", "list", "show", "remove", "feed"] = "list",
        *,
        rest: str | None = None,
    ) -> None:
        """`!articles add` with a file or LINK, `… list`, `… show TITLE`, `… remove TITLE`, `… feed …`."""
        client, message = self._client, context.message
        match action:
            case "add":
                await add(client, message, message.attachments, rest, context.filesize_limit)
            case "list":
                await list_articles(client, message)
            case "show":
                await show_article(client, message, rest or "")
            case "remove":
                await remove_article(client, message, rest or "")
            case "feed":
                await self._feed_twin(message, *(rest or "list").split(maxsplit=1))

    async def _feed_twin(self, message: discord.Message, action: str, rest: str = "") -> None:
        """`!articles feed add LINK`, `!articles feed list`, `!articles feed remove TITLE`."""
        match action:
            case "add":
                await add_feed(self._client, message, rest)
            case "list":
                await list_feeds(self._client, message)
            case "remove":
                await remove_feed(self._client, message, rest, articles=False)
            case _:
                raise commands.BadArgument(action)


async def setup(client: Client) -> None:
    """Add the cogs; discord.py calls this."""
    client.add_dynamic_items(PageButton)
    await client.add_cog(Uploads(client))
    await client.add_cog(Pulls(client))
    await client.add_cog(Articles(client))
