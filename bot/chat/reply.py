"""The one reply to a command, begun, changed and finished, however the command was given."""

from __future__ import annotations

import time
from typing import Any

import discord
import structlog

from .replies import edit_or_send, has_expired, reply

Origin = discord.Interaction[Any] | discord.Message

_TOKEN_SECONDS = 15 * 60
# Acknowledged before: the same interaction came twice.
_ACKNOWLEDGED = 40060

_log = structlog.get_logger("byline")


class Reply:
    """What is shown in answer to a slash command, to its caller alone, or below a message."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._began = time.monotonic()
        self._shown: int | None = None

    @property
    def seconds_left(self) -> float:
        """How long it can still be changed."""
        if isinstance(self._origin, discord.Message):
            return float("inf")
        return self._began + _TOKEN_SECONDS - time.monotonic()

    async def begin(self) -> bool:
        """Acknowledge; False when Discord no longer wants to hear of it."""
        if isinstance(self._origin, discord.Message):
            return True
        try:
            await self._origin.response.defer(ephemeral=True, thinking=True)
        except discord.HTTPException as error:
            if not has_expired(error) and error.code != _ACKNOWLEDGED:
                raise
            _log.warning("acknowledged too late", code=error.code)
            return False
        return True

    async def show(
        self,
        content: str | None = None,
        *,
        embed: discord.Embed | None = None,
        view: discord.ui.View | None = None,
    ) -> None:
        """Show this, in place of what was shown before; nothing happens when that was deleted."""
        try:
            await self._show(content, embed, view)
        except discord.NotFound as error:
            _log.info("reply dropped", code=error.code)

    async def _show(
        self, content: str | None, embed: discord.Embed | None, view: discord.ui.View | None
    ) -> None:
        if isinstance(self._origin, discord.Interaction):
            await edit_or_send(self._origin, private=True, content=content, embed=embed, view=view)
        elif self._shown is None:
            self._shown = await reply(self._origin, content=content, embed=embed, view=view)
        else:
            shown = discord.PartialMessage(channel=self._origin.channel, id=self._shown)
            await shown.edit(content=content, embed=embed, view=view)
