"""Who may change a server's articles and settings: Discord's own check of the command, made once more."""

from __future__ import annotations

from typing import Any

import discord

from ..ask.responding import server_of
from ..failures import Notice
from ..languages import Words

Origin = discord.Interaction[Any] | discord.Message


def may_manage(origin: Origin) -> bool:
    """Whether whoever acts has Manage Server; a server can hand a command to others, but not this right."""
    permissions = _permissions(origin)
    return permissions.manage_guild or permissions.administrator


def managed_server(origin: Origin, words: Words) -> int:
    """The server in which somebody acts who may manage it; a Notice in any other case."""
    server = _server(origin)
    if server is None:
        raise Notice(words("This works in a server only."))
    if not may_manage(origin):
        raise Notice(words("You need the permission “Manage Server” for this."))
    return server


def _server(origin: Origin) -> int | None:
    if isinstance(origin, discord.Interaction):
        return server_of(origin)
    return origin.guild.id if origin.guild else None


def _permissions(origin: Origin) -> discord.Permissions:
    if isinstance(origin, discord.Interaction):
        return origin.permissions
    if not isinstance(origin.author, discord.Member):  # a direct message, or a webhook
        return discord.Permissions.none()
    return origin.author.guild_permissions
