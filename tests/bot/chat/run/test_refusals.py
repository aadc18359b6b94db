"""What the operator is told when Discord does not let the bot work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.chat.run.refusals import REFUSALS, explained

TOKEN = (
    "Discord refuses the token in DISCORD_TOKEN (it may have been reset); copy the bot's token from "
    "https://discord.com/developers/applications (your application, page Bot, Reset Token)"
)
AGAIN = "check the network and https://discordstatus.com, then start the bot again"


def response(status: int, reason: str) -> Any:
    """What discord.py makes an HTTP error of."""
    return SimpleNamespace(status=status, reason=reason)


def closed(code: int) -> discord.ConnectionClosed:
    """The gateway hung up."""
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=0)


def gateway_not_found() -> discord.GatewayNotFound:
    """As discord.py raises it: from what it was answered."""
    error = discord.GatewayNotFound()
    error.__cause__ = discord.DiscordServerError(response(503, "Service Unavailable"), "over capacity")
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (discord.LoginFailure("Improper token has been passed."), TOKEN),
        (closed(4004), TOKEN),
        (
            discord.PrivilegedIntentsRequired(0),
            "Discord does not grant the Message Content intent; switch it on at "
            "https://discord.com/developers/applications (your application, page Bot), or set "
            "discord.message_content: false",
        ),
        (
            closed(4013),
            "Discord closed the connection for good (code 4013, see "
            "https://discord.com/developers/docs/topics/opcodes-and-status-codes); start the bot again",
        ),
        (
            discord.Forbidden(response(403, "Forbidden"), {"code": 50001, "message": "Missing\nAccess"}),
            "Discord answered the start with 403 (403 Forbidden (error code: 50001): Missing Access); "
            "see https://discordstatus.com, then start the bot again",
        ),
        (
            discord.DiscordServerError(response(502, "Bad Gateway"), "<html>"),
            f"Discord cannot be reached (502 Bad Gateway (error code: 0): <html>); {AGAIN}",
        ),
        (
            gateway_not_found(),
            f"Discord cannot be reached (503 Service Unavailable (error code: 0): over capacity); {AGAIN}",
        ),
        (aiohttp.ClientConnectionError("no\nroute"), f"Discord cannot be reached (no route); {AGAIN}"),
        (TimeoutError(), f"Discord cannot be reached (TimeoutError); {AGAIN}"),
    ],
)
def test_each_failure_has_one_line(error: Exception, said: str) -> None:
    """It says what to do, and every one of them is caught."""
    assert str(explained(error)) == said
    assert isinstance(error, REFUSALS)


def test_a_long_answer_is_cut() -> None:
    """A page of HTML, as a proxy sends, is not printed whole."""
    error = discord.DiscordServerError(response(502, "Bad Gateway"), "<p>" * 1000)
    assert len(str(explained(error))) == len(f"Discord cannot be reached (); {AGAIN}") + 200
