"""`/settings`: what a server's administrators choose, and the controls they choose it with.

What a control means stands in its id, so that it works after a restart too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import discord

from ..articles.managing import managed_server
from ..failures import tell
from ..keep.memory import ServerSettings
from ..languages import Words
from ..replies import edit_or_send

if TYPE_CHECKING:
    from ..client import Client

Interaction = discord.Interaction[Any]

MOST_CHANNELS = 25
_KINDS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
]


class Switch(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"byline:settings:(?P<name>private|threads):(?P<state>on|off)",
):
    """A button that switches one setting on or off."""

    def __init__(self, label: str, name: str, *, on: bool) -> None:
        """`on` is what the setting becomes when it is pressed."""
        custom_id = f"byline:settings:{name}:{'on' if on else 'off'}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id))
        self._name = name
        self._on = on

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button with what its id says."""
        return cls(getattr(item, "label", None) or "…", match["name"], on=match["state"] == "on")

    async def callback(self, interaction: Interaction) -> None:
        """Switch."""
        if self._name == "private":
            await _change(interaction, lambda settings: replace(settings, private=self._on))
        else:
            await _change(interaction, lambda settings: replace(settings, threads=self._on))


class Channels(discord.ui.DynamicItem[discord.ui.ChannelSelect[Any]], template=r"byline:settings:channels"):
    """Chooses the channels to answer in; none means all."""

    def __init__(self, placeholder: str, channels: frozenset[int] = frozenset()) -> None:
        chosen = sorted(channels)[:MOST_CHANNELS]
        select: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id="byline:settings:channels",
            placeholder=placeholder,
            channel_types=_KINDS,
            min_values=0,
            max_values=MOST_CHANNELS,
            default_values=[
                discord.SelectDefaultValue(id=channel, type=discord.SelectDefaultValueType.channel)
                for channel in chosen
            ],
        )
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The control; what is chosen comes with the interaction."""
        return cls("…")

    async def callback(self, interaction: Interaction) -> None:
        """Answer in the chosen channels from now on."""
        data: Any = interaction.data
        chosen = frozenset(int(value) for value in data["values"])
        await _change(interaction, lambda settings: replace(settings, channels=chosen))


CONTROLS = (Switch, Channels)


def settings_text(settings: ServerSettings, words: Words) -> str:
    """The settings as they are."""
    channels = " ".join(f"<#{channel}>" for channel in sorted(settings.channels))
    yes, no = words("yes"), words("no")
    return "\n".join(
        [
            words("**Settings of this server**"),
            words("Answers in: {channels}", channels=channels or words("every channel")),
            words(
                "Answers to /ask are shown to the asker only, unless they say otherwise: {state}",
                state=yes if settings.private else no,
            ),
            words("Answers to mentions open a thread: {state}", state=yes if settings.threads else no),
        ]
    )


def settings_view(settings: ServerSettings, words: Words) -> discord.ui.View:
    """The controls, each offering what is not the case."""
    view = discord.ui.View(timeout=None)
    view.add_item(Channels(words("Channels to answer in; none: every channel"), settings.channels))
    private = (
        words("Show answers to everyone") if settings.private else words("Show answers to the asker only")
    )
    threads = words("Open no threads") if settings.threads else words("Open threads")
    view.add_item(Switch(private, "private", on=not settings.private))
    view.add_item(Switch(threads, "threads", on=not settings.threads))
    view.stop()  # discord.py need not keep it: the controls are recognised by their ids
    return view


async def _change(interaction: Interaction, changed: Callable[[ServerSettings], ServerSettings]) -> None:
    client: Client = interaction.client
    words = client.words_for(interaction)
    with client.in_flight():
        try:
            server = managed_server(interaction, words)
            await interaction.response.defer()
            settings = changed(await client.settings_of(server))
            await client.change_settings(server, settings)
            text, view = settings_text(settings, words), settings_view(settings, words)
            await edit_or_send(interaction, private=True, content=text, view=view)
        except Exception as error:
            await tell(interaction, error, words)
