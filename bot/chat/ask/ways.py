"""Asking by command: `/ask`, and the menu of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from index.dates import parse_day

from ..failures import Notice, tell
from ..languages import Words
from ..queue import Busy, Closed
from .choices import choices
from .responding import Asked, respond, server_of
from .views import LONGEST_QUESTION
from .wording import question_in

if TYPE_CHECKING:
    from ..client import Client

Interaction = discord.Interaction[Any]

# Where a person may ask: in servers, with the bot alone, and, brought along by them, anywhere.
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Ways(commands.Cog):
    """The commands that take a question."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._menu = app_commands.ContextMenu(
            name=locale_str("Ask about this message"),
            callback=self._about_message,
            allowed_contexts=_CONTEXTS,
            allowed_installs=_INSTALLS,
        )

    async def cog_load(self) -> None:
        """Menus do not come with the cog by themselves."""
        self._client.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """And do not go with it."""
        self._client.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(
        name=locale_str("ask"), description=locale_str("Ask a question; the answer comes from the articles")
    )
    @app_commands.rename(
        question=locale_str("question"),
        article=locale_str("article"),
        since=locale_str("since"),
        until=locale_str("until"),
        private=locale_str("private"),
    )
    @app_commands.describe(
        question=locale_str("What you want to know"),
        article=locale_str("Read only this article"),
        since=locale_str("Only articles since this day, such as 2024-05-31"),
        until=locale_str("Only articles until this day, such as 2024-05-31"),
        private=locale_str("Whether only you see the answer"),
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def ask(
        self,
        interaction: Interaction,
        question: app_commands.Range[str, 1, LONGEST_QUESTION],
        article: str | None = None,
        since: str | None = None,
        until: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Answer a question."""
        client, words = self._client, self._client.words_for(interaction)
        try:
            first, last = _day(since, words), _day(until, words)
            if first and last and first > last:
                raise Notice(words("The first day is after the last one; please swap them."))
            asked = Asked(question, private, since=first, until=last, article=article)
        except Notice as notice:
            await tell(interaction, notice, words)
            return
        await respond(client, interaction, asked)

    @ask.autocomplete("article")
    async def titles(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Titles that hold what was typed, from the articles that would be read."""
        client, server = self._client, server_of(interaction)
        try:
            # On the thread, too: looking through 60,000 titles takes a while.
            found = await client.memory.run(lambda: choices(client.places.titles(server), typed))
        except (Busy, Closed):  # shutting down
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    async def _about_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Take a message's text as the question."""
        words = self._client.words_for(interaction)
        question = question_in(message.content)
        if not question:
            await tell(
                interaction, Notice(words("There is no text in this message that I could ask.")), words
            )
            return
        await respond(self._client, interaction, Asked(question))


def _day(typed: str | None, words: Words) -> str | None:
    if typed is None or not typed.strip():
        return None
    try:
        return parse_day(typed)
    except ValueError:
        raise Notice(words("Please write days as year, month and day, such as 2024-05-31.")) from None


async def setup(client: Client) -> None:
    """Add the cog."""
    await client.add_cog(Ways(client))
