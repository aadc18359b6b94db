"""An embed that cannot exceed what Discord takes."""

from __future__ import annotations

import discord

from .text import cut, units

LARGEST_TITLE = 256
LARGEST_DESCRIPTION = 4096
LARGEST_FIELD_NAME = 256
LARGEST_FIELD_VALUE = 1024
MOST_FIELDS = 25
LARGEST_FOOTER = 2048
LARGEST_EMBED = 6000
"""Over all text of a message's embeds, which here is one embed."""


class Card:
    """An embed in the making: each part is taken whole if there is room for it, else not at all."""

    def __init__(self, colour: int, *, title: str = "", url: str | None = None, footer: str = "") -> None:
        """Title and footer are cut; a footer shows its characters as they stand and is not escaped."""
        self._embed = discord.Embed(
            colour=colour, title=cut(title, LARGEST_TITLE) or None, url=url if title else None
        )
        footer = cut(footer, LARGEST_FOOTER)
        if footer:
            self._embed.set_footer(text=footer)
        self._description = ""
        self._room = LARGEST_EMBED - units(self._embed.title or "") - units(footer)

    def add(self, *choices: str, gap: str = "\n\n", spare: int = 0) -> bool:
        """Put the first of `choices` that fits into the description, and say whether one did.

        `spare` units are left free for what is to come.
        """
        room = min(LARGEST_DESCRIPTION - units(self._description), self._room) - spare
        for text in choices:
            block = gap + text if self._description else text
            if text and units(block) <= room:
                self._description += block
                self._room -= units(block)
                return True
        return False

    def field(self, name: str, value: str, *, inline: bool = True) -> bool:
        """Put a field below the description, cut to a field's size, and say whether there was room."""
        name, value = cut(name, LARGEST_FIELD_NAME), cut(value, LARGEST_FIELD_VALUE)
        size = units(name) + units(value)
        if not name or not value or size > self._room or len(self._embed.fields) == MOST_FIELDS:
            return False
        self._embed.add_field(name=name, value=value, inline=inline)
        self._room -= size
        return True

    def embed(self) -> discord.Embed:
        """What was put together."""
        self._embed.description = self._description or None
        return self._embed
