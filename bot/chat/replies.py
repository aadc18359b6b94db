"""How a reply reaches Discord, whatever has expired, been deleted or been forbidden meanwhile."""

from __future__ import annotations

from typing import Any

import discord
import structlog

from .show.text import cut

LONGEST_CONTENT = 2000

# Unknown webhook, unknown interaction, invalid webhook token: the interaction's time is over.
_EXPIRED = {10015, 10062, 50027}
# Cannot reply without permission to read message history.
_NO_HISTORY = 160002

_log = structlog.get_logger("byline")


def has_expired(error: discord.HTTPException) -> bool:
    """Whether a request failed because the interaction cannot be answered any more."""
    return error.code in _EXPIRED


async def edit_or_send(
    interaction: discord.Interaction[Any],
    *,
    private: bool,
    content: str | None = None,
    embed: discord.Embed | None = None,
    view: discord.ui.View | None = None,
) -> int | None:
    """Edit the original response, and return its message's id.

    When the interaction has expired, a message in the channel stands in, but never for a private
    response: None, then.
    """
    try:
        edited = await interaction.edit_original_response(content=content, embed=embed, view=view)
    except discord.HTTPException as error:
        if not has_expired(error):
            raise
    else:
        return edited.id
    channel = interaction.channel
    if private or not isinstance(channel, discord.abc.Messageable):
        _log.info("answer dropped", reason="the interaction expired")
        return None
    return await send(channel, content=content, embed=embed, view=view)


async def send(
    channel: discord.abc.Messageable,
    *,
    content: str | None = None,
    embed: discord.Embed | None = None,
    view: discord.ui.View | None = None,
    reference: discord.MessageReference | None = None,
) -> int:
    """Send a message, and return its id."""
    values: dict[str, Any] = {"content": content, "embed": embed, "view": view, "reference": reference}
    sent = await channel.send(**{key: value for key, value in values.items() if value is not None})
    return sent.id


async def reply(
    message: discord.Message,
    *,
    content: str | None = None,
    embed: discord.Embed | None = None,
    view: discord.ui.View | None = None,
) -> int:
    """Answer a message below it; without pointing at it where that takes a permission."""
    # A message that was deleted meanwhile is answered all the same.
    reference = message.to_reference(fail_if_not_exists=False)
    try:
        return await send(message.channel, content=content, embed=embed, view=view, reference=reference)
    except discord.HTTPException as error:
        if error.code != _NO_HISTORY:
            raise
        return await send(message.channel, content=content, embed=embed, view=view)


async def say(origin: discord.Interaction[Any] | discord.Message, text: str) -> None:
    """Tell a person something in place of an answer: to them alone, where Discord can do that."""
    text = cut(text, LONGEST_CONTENT)
    if isinstance(origin, discord.Message):
        await reply(origin, content=text)
    elif origin.type is discord.InteractionType.autocomplete:
        return  # it takes no words
    elif not origin.response.is_done():
        await origin.response.send_message(text, ephemeral=True)
    elif origin.response.type is discord.InteractionResponseType.deferred_channel_message:
        await origin.edit_original_response(content=text, embed=None, view=None)
    else:
        await origin.followup.send(text, ephemeral=True)
