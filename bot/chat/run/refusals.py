"""What the operator is told when Discord does not let the bot work: one line that says what to do."""

from __future__ import annotations

import aiohttp
import discord

from index.errors import BylineError

from .token import PORTAL, VARIABLE, WHERE

STATUS = "https://discordstatus.com"
_TOKEN_REFUSED = f"Discord refuses the token in {VARIABLE} (it may have been reset); {WHERE}"
_CLOSE_CODES = "https://discord.com/developers/docs/topics/opcodes-and-status-codes"
_BAD_TOKEN = 4004

# What `explained` explains.
REFUSALS = (
    discord.LoginFailure,
    discord.PrivilegedIntentsRequired,
    discord.ConnectionClosed,
    discord.GatewayNotFound,
    discord.HTTPException,
    aiohttp.ClientError,
    TimeoutError,
)


class NotServing(BylineError):
    """Discord does not let the bot work, or cannot be reached."""


def explained(error: BaseException) -> NotServing:
    """What went wrong in the words of an operator."""
    match error:
        case discord.LoginFailure():
            return NotServing(_TOKEN_REFUSED)
        case discord.PrivilegedIntentsRequired():
            return NotServing(
                "Discord does not grant the Message Content intent; switch it on at "
                f"{PORTAL} (your application, page Bot), or set discord.message_content: false"
            )
        case discord.ConnectionClosed() if error.code == _BAD_TOKEN:
            return NotServing(_TOKEN_REFUSED)
        case discord.ConnectionClosed():
            return NotServing(
                f"Discord closed the connection for good (code {error.code}, see {_CLOSE_CODES}); "
                "start the bot again"
            )
        case discord.HTTPException() if error.status < 500:
            return NotServing(
                f"Discord answered the start with {error.status} ({_line(error)}); "
                f"see {STATUS}, then start the bot again"
            )
    return NotServing(
        f"Discord cannot be reached ({_line(error)}); check the network and {STATUS}, "
        "then start the bot again"
    )


def _line(error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) and error.__cause__ else error
    return " ".join(str(cause).split())[:200] or type(cause).__name__
