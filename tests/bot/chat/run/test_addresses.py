"""discord.py is pointed elsewhere only where the config says so."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from bot.chat.run.addresses import apply_addresses, use_gateway
from bot.settings import DiscordSettings

ELSEWHERE = DiscordSettings(
    api_url="http://127.0.0.1:8080/api/v10/", gateway_url="ws://127.0.0.1:8081/", cdn_url="http://cdn.test/"
)


@pytest.fixture(autouse=True)
def _addresses_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py keeps them on its classes."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(discord.Asset, "BASE", discord.Asset.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


def addresses() -> tuple[str, str, str]:
    """Where discord.py would go: the REST interface, the gateway, the pictures."""
    return Route("GET", "/users/@me").url, str(DiscordWebSocket.DEFAULT_GATEWAY), discord.Asset.BASE


def gateway(settings: DiscordSettings) -> tuple[int, str, Any]:
    """What the client is told of the gateway, where the REST interface says Discord's own."""

    async def ask() -> tuple[int, str, Any]:
        http = HTTPClient(asyncio.get_running_loop())

        async def request(*_: object) -> dict[str, Any]:
            return {"shards": 2, "url": "wss://gateway.discord.gg", "session_start_limit": {"total": 9}}

        http.request = request  # type: ignore[assignment, method-assign]
        use_gateway(http, settings)
        return await http.get_bot_gateway()

    return asyncio.run(ask())


def test_discords_own_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defaults discord.py's own addresses hold, also after a newer version changed them."""
    monkeypatch.setattr(Route, "BASE", "https://discord.com/api/v11")
    monkeypatch.setattr(discord.Asset, "BASE", "https://newer.discordapp.com")
    apply_addresses(DiscordSettings())
    assert addresses() == (
        "https://discord.com/api/v11/users/@me",
        "wss://gateway.discord.gg/",
        "https://newer.discordapp.com",
    )
    assert gateway(DiscordSettings()) == (2, "wss://gateway.discord.gg", {"total": 9})


def test_configured_ones_hold() -> None:
    """With or without a slash at the end."""
    apply_addresses(ELSEWHERE)
    assert addresses() == (
        "http://127.0.0.1:8080/api/v10/users/@me",
        "ws://127.0.0.1:8081/",
        "http://cdn.test",
    )


def test_the_configured_gateway_wins() -> None:
    """Over the one that the REST interface names; how many shards to use is still its say."""
    assert gateway(ELSEWHERE) == (2, "ws://127.0.0.1:8081/", {"total": 9})


def test_each_holds_by_itself() -> None:
    """A config may name the REST interface alone."""
    apply_addresses(DiscordSettings(api_url="http://127.0.0.1:8080/api/v10"))
    assert addresses() == (
        "http://127.0.0.1:8080/api/v10/users/@me",
        str(yarl.URL("wss://gateway.discord.gg/")),
        "https://cdn.discordapp.com",
    )
