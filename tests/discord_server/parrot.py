"""A small bot that uses what Byline uses, and breaks the rules when it is told to."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from . import FakeDiscord


class Again(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"again:(?P<word>\w+)"):
    """A button whose state is in its custom id."""

    def __init__(self, word: str) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"again:{word}"))
        self.word = word

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Again:
        return cls(match["word"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form(self.word))


class Silently(discord.ui.DynamicItem[discord.ui.Button[Any]], template="silently"):
    """A button that changes its message."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label="Silently", custom_id="silently"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Silently:
        return cls()

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="changed", view=None)


class Form(discord.ui.Modal):
    """Asks for one line."""

    line = discord.ui.TextInput[Any](label="Line", max_length=40)

    def __init__(self, word: str) -> None:
        super().__init__(title=f"After {word}")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"you wrote {self.line.value}", ephemeral=True)


class Parrot(commands.AutoShardedBot):
    """Says what it is told to."""

    def __init__(self, *, intents: discord.Intents | None = None) -> None:
        super().__init__(
            command_prefix="!",
            intents=intents or discord.Intents(guilds=True, messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.05,
            help_command=None,
        )
        self.heard: list[discord.Message] = []
        self.events: list[str] = []
        self.errors: list[BaseException] = []
        self.tree.error(self._failed)

    async def _failed(self, interaction: discord.Interaction, error: Exception) -> None:
        self.errors.append(getattr(error, "original", error))

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Again, Silently)
        for command in (say, later, attach, keep):
            self.tree.add_command(command)
        self.tree.add_command(app_commands.ContextMenu(name="Repeat this", callback=repeat))
        await self.tree.set_translator(InGerman())
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        if message.author == self.user or not message.content:
            return
        await message.reply(f"heard {message.clean_content.removeprefix('@Byline ')}")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.events.append(f"joined {guild.name}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.events.append(f"removed from {guild.name}")

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self.events.append(f"{guild.name} is away")

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self.events.append(f"{guild.name} is there")

    async def on_resumed(self) -> None:
        self.events.append("resumed")


class InGerman(app_commands.Translator):
    """Knows one word."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: Any
    ) -> str | None:
        return "sag" if (string.message, locale) == ("say", discord.Locale.german) else None


@app_commands.command(name=app_commands.locale_str("say"), description="Says a word.")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def say(interaction: discord.Interaction, word: str, private: bool = False) -> None:
    view = discord.ui.View(timeout=None)
    view.add_item(Again(word))
    view.add_item(Silently())
    embed = discord.Embed(title=word, description=f"They said {word}.")
    await interaction.response.send_message(embed=embed, view=view, ephemeral=private)


@say.autocomplete("word")
async def words(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    known = ["hello", "help", "good-bye"]
    return [app_commands.Choice(name=word, value=word) for word in known if word.startswith(current)]


@app_commands.command(description="Says a word later.")
async def later(
    interaction: discord.Interaction, word: str, seconds: float = 0.0, private: bool = False
) -> None:
    await interaction.response.defer(ephemeral=private, thinking=True)
    await asyncio.sleep(seconds)
    await interaction.edit_original_response(content=word)


@app_commands.command(description="Reads a file.")
async def attach(interaction: discord.Interaction, file: discord.Attachment) -> None:
    text = (await file.read()).decode()
    back = discord.File(io.BytesIO(text.upper().encode()), "back.txt")
    await interaction.response.send_message(f"{file.filename} says {text}", file=back)


keep = app_commands.Group(
    name="keep",
    description="For managers.",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@keep.command(name="list", description="Lists what is kept.")
async def kept(interaction: discord.Interaction, page: int = 1) -> None:
    may = interaction.permissions.manage_guild
    await interaction.response.send_message(f"page {page}, {'may' if may else 'may not'}")


async def repeat(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"again: {message.content}")


@asynccontextmanager
async def pointed_at(fake: FakeDiscord) -> AsyncIterator[None]:
    """discord.py with the fake's addresses in place of Discord's, put back at the end."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake.url, yarl.URL(fake.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running(fake: FakeDiscord, **options: Any) -> AsyncIterator[Parrot]:
    """A parrot that is connected and ready."""
    async with pointed_at(fake):
        parrot = Parrot(**options)
        task = asyncio.create_task(parrot.start(fake.token))
        try:
            ready = asyncio.create_task(parrot.wait_until_ready())
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
            if task.done():
                ready.cancel()
                task.result()
            await ready
            yield parrot
        finally:
            await parrot.close()
            await asyncio.gather(task, return_exceptions=True)
