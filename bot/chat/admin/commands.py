"""`/settings`, `/status`, `/help` and `/forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from ..articles.managing import managed_server, may_manage
from ..ask.responding import server_of
from ..reply import Reply
from .choosing import CONTROLS, settings_text, settings_view
from .forgetting import Confirm, forget_person, question_text, question_view
from .guide import guide_embed
from .state import state_embed, state_of

if TYPE_CHECKING:
    from ..client import Client

Interaction = discord.Interaction[Any]


class Admin(commands.Cog):
    """What is not a question."""

    # Discord knows no rights of subcommands: that `server` is for managers is checked in it alone.
    forget = app_commands.Group(
        name=locale_str("forget"),
        description=locale_str("Delete what I keep"),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(self, client: Client) -> None:
        self._client = client

    @app_commands.command(
        name=locale_str("settings"), description=locale_str("Where and how I answer in this server")
    )
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def settings(self, interaction: Interaction) -> None:
        """Show the settings with their controls."""
        words, reply = self._client.words_for(interaction), Reply(interaction)
        server = managed_server(interaction, words)
        if await reply.begin():
            settings = await self._client.settings_of(server)
            await reply.show(settings_text(settings, words), view=settings_view(settings, words))

    @app_commands.command(
        name=locale_str("status"), description=locale_str("What I have read, and what I am doing")
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def status(self, interaction: Interaction) -> None:
        """Show how things stand."""
        words, reply = self._client.words_for(interaction), Reply(interaction)
        if await reply.begin():
            state = await state_of(self._client, server_of(interaction))
            await reply.show(embed=state_embed(state, words))

    @app_commands.command(name=locale_str("help"), description=locale_str("How to ask, and what I can do"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def help(self, interaction: Interaction) -> None:
        """Explain."""
        words, reply = self._client.words_for(interaction), Reply(interaction)
        manages = server_of(interaction) is not None and may_manage(interaction)
        if await reply.begin():
            await reply.show(embed=guide_embed(self._client.app.settings.discord, words, manages=manages))

    @forget.command(
        name=locale_str("server"), description=locale_str("Delete all that I keep of this server, at once")
    )
    async def forget_server(self, interaction: Interaction) -> None:
        """Ask whether that is meant."""
        words, reply = self._client.words_for(interaction), Reply(interaction)
        managed_server(interaction, words)
        if await reply.begin():
            await reply.show(question_text(words), view=question_view(self._client, words))

    @forget.command(
        name=locale_str("me"), description=locale_str("Delete your questions and feedback, at once")
    )
    async def forget_me(self, interaction: Interaction) -> None:
        """Delete a person's questions and feedback of this server, or of direct messages."""
        words, reply = self._client.words_for(interaction), Reply(interaction)
        server = server_of(interaction)
        if not await reply.begin():
            return
        number = await forget_person(self._client, server, interaction.user.id)
        if not number:
            await reply.show(words("I keep no question and no feedback of yours here."))
            return
        deleted = words.count(
            "{n} question or piece of feedback of yours is deleted.",
            "{n} questions and pieces of feedback of yours are deleted.",
            number,
        )
        await reply.show(deleted)


async def setup(client: Client) -> None:
    """Add the cog and its controls."""
    client.add_dynamic_items(*CONTROLS, Confirm)
    await client.add_cog(Admin(client))
