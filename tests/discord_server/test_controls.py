"""Buttons, selects and forms, used as Discord's client lets people use them."""

from __future__ import annotations

import asyncio
from typing import Any

import discord as library
import pytest

from . import FakeDiscord, NotOffered
from .parrot import running


def test_buttons_forms_and_silent_changes() -> None:
    """A dynamic button opens a form, the form is answered, another button changes its message."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                message = await (await discord.slash(ada, harbour.channel, "say", word="hello")).answer()
                form = await (await discord.click(message, "again:")).shown_modal()
                assert (form.title, [one["label"] for one in form.inputs]) == ("After hello", ["Line"])
                with pytest.raises(NotOffered, match="a required field is empty"):
                    await discord.submit(form)
                with pytest.raises(NotOffered, match="0 to 40 characters, not 41"):
                    await discord.submit(form, "x" * 41)
                sent = await discord.submit(form, Line="tide")
                assert (await sent.answer()).text == "you wrote tide"
                silent = await discord.click(message, "Silently")
                assert await silent.answer() is message
                assert (silent.callback, message.content, message.buttons) == (6, "changed", [])
                assert [version["content"] for version in message.versions] == [""]

    asyncio.run(scene())


def test_selects_take_what_they_offer() -> None:
    """Texts and channels are chosen from what the select offers, as many as it takes."""

    class Picks(library.ui.View):
        @library.ui.select(
            options=[library.SelectOption(label="Red", value="red"), library.SelectOption(label="Blue")]
        )
        async def colour(self, interaction: library.Interaction, select: library.ui.Select[Any]) -> None:
            await interaction.response.send_message(f"{select.values}")

        @library.ui.select(
            cls=library.ui.ChannelSelect, channel_types=[library.ChannelType.text], min_values=0, max_values=2
        )
        async def place(
            self, interaction: library.Interaction, select: library.ui.ChannelSelect[Any]
        ) -> None:
            await interaction.response.send_message(f"{[channel.name for channel in select.values]}")

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                view = Picks(timeout=60)

                @parrot.tree.command(description="Offers.")
                async def pick(interaction: library.Interaction) -> None:
                    await interaction.response.send_message("pick", view=view)

                await parrot.tree.sync()
                message = await (await discord.slash(ada, harbour.channel, "pick")).answer()
                chosen = await discord.select(message, "red")
                assert (await chosen.answer()).text == "['red']"
                where = view.place.custom_id
                chosen = await discord.select(message, harbour.channel, which=where)
                assert (await chosen.answer()).text == "['general']"
                assert (await (await discord.select(message, which=where)).answer()).text == "[]"
                with pytest.raises(NotOffered, match="green"):
                    await discord.select(message, "green")
                with pytest.raises(NotOffered, match="takes 1 to 1, not 2"):
                    await discord.select(message, "red", "Blue")
                with pytest.raises(NotOffered, match="are not of the kinds"):
                    await discord.select(message, discord.private(ada), which=where)
                view.stop()

    asyncio.run(scene())
