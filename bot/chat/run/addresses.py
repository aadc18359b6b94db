"""Where Discord is: at its own addresses, unless the config names others."""

from __future__ import annotations

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from ...settings import DiscordSettings

_OWN = DiscordSettings()


def apply_addresses(settings: DiscordSettings) -> None:
    """Point discord.py at the configured addresses; it keeps them for the whole process."""
    if settings.api_url != _OWN.api_url:
        Route.BASE = settings.api_url.rstrip("/")
    if settings.cdn_url != _OWN.cdn_url:
        discord.Asset.BASE = settings.cdn_url.rstrip("/")
    if settings.gateway_url != _OWN.gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)


def use_gateway(http: HTTPClient, settings: DiscordSettings) -> None:
    """Connect to the configured gateway, whichever the REST interface names.

    Only a session's resumption goes where the gateway itself said when it began.
    """
    if settings.gateway_url == _OWN.gateway_url:
        return
    ask = http.get_bot_gateway

    async def answered() -> tuple[int, str, object]:
        shards, _, limits = await ask()
        return shards, settings.gateway_url, limits

    http.get_bot_gateway = answered  # type: ignore[method-assign, assignment]
