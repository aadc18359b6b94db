"""`/forget`: what a server or a person wants deleted, and the button that confirms it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
import structlog

from ..articles.adding import uploads_of
from ..articles.managing import managed_server
from ..failures import Notice, tell
from ..keep.places import MEMORY
from ..languages import Words
from ..replies import edit_or_send

if TYPE_CHECKING:
    from ..client import Client

CONFIRM_SECONDS = 15 * 60

_log = structlog.get_logger("byline")


class Confirm(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"byline:forget:(?P<asked_at>[0-9]{1,12})"
):
    """Deletes all that is kept of the server in which it is pressed, if it was offered a short while ago."""

    def __init__(self, label: str, asked_at: int) -> None:
        super().__init__(
            discord.ui.Button(
                label=label, style=discord.ButtonStyle.danger, custom_id=f"byline:forget:{asked_at}"
            )
        )
        self._asked_at = asked_at

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button with the time that its id names."""
        return cls(getattr(item, "label", None) or "…", int(match["asked_at"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete, and say so in the place of the question."""
        client: Client = interaction.client
        words = client.words_for(interaction)
        with client.in_flight():
            try:
                server = managed_server(interaction, words)
                if client.clock() - self._asked_at > CONFIRM_SECONDS:
                    raise Notice(words("That was asked too long ago. Please use /forget server again."))
                await interaction.response.defer()
                await forget_server(client, server)
                text = words(
                    "Everything I kept of this server is deleted: articles, answers, feedback, settings."
                )
                await edit_or_send(interaction, private=True, content=text)
            except Exception as error:
                await tell(interaction, error, words)


def question_text(words: Words) -> str:
    """What is asked before a server is forgotten."""
    return words(
        "This deletes all that I keep of this server, at once and for good: its articles, all answers and "
        "feedback, and the settings. The bot stays in the server."
    )


def question_view(client: Client, words: Words) -> discord.ui.View:
    """The button to confirm with; to leave things as they are, one does nothing."""
    view = discord.ui.View(timeout=None)
    view.add_item(Confirm(words("Delete everything"), int(client.clock())))
    view.stop()  # discord.py need not keep it: the button is recognised by its id
    return view


async def forget_server(client: Client, server: int) -> None:
    """Delete all that is kept of a server."""
    uploads_of(client).stop(server)
    await client.memory.run(lambda: client.places.forget(server))
    client.forget_settings(server)
    _log.info("forgot a server", server=server)


async def forget_person(client: Client, server: int | None, user: int) -> int:
    """Delete a person's questions and feedback in one place; how many of either there were."""

    def forget() -> int:
        if not (client.places.folder(server) / MEMORY).is_file():
            return 0  # nothing is kept there, and asking must not make a file for it
        return client.places.memory(server).forget_user(user)

    return await client.memory.run(forget)
