"""Tests of `bot.chat.run.syncing`: commands are registered when they changed."""

from __future__ import annotations

from collections.abc import Callable

from bot.app import App
from tests.discord_server import FakeDiscord

from ..staging import connected, in_loop, newsroom

Filled = Callable[..., App]
SYNC = "PUT /applications/{application_id}/commands"


@in_loop
async def test_commands_are_registered_when_they_changed(filled: Filled):
    """The first start registers them, the second need not, a forced one does, and so does a changed hash."""
    app = filled()
    async with FakeDiscord() as discord:
        counts = []
        for options in ({}, {}, {"force_sync": True}, {}):
            async with connected(app, discord, **options):
                counts.append(len(discord.asked(SYNC)))
        file = app.settings.data / "discord" / "commands.sha256"
        file.write_text("of other commands\n")
        async with connected(app, discord):
            counts.append(len(discord.asked(SYNC)))
    assert counts == [1, 1, 2, 2, 3]


@in_loop
async def test_commands_that_discord_does_not_take_now(filled: Filled):
    """The bot starts all the same, and the next start tries again."""
    app = filled()
    async with FakeDiscord() as discord:
        discord.fail("PUT /applications/{}/commands", 400, 30034, "Max daily creates", times=1)
        async with connected(app, discord):
            assert not (app.settings.data / "discord" / "commands.sha256").exists()
        async with connected(app, discord):
            assert len(discord.core.commands[None]) > 1


@in_loop
async def test_commands_whose_hash_cannot_be_written(filled: Filled):
    """They are registered, the bot starts, and the next start registers them once more."""
    app = filled()
    file = app.settings.data / "discord" / "commands.sha256"
    file.mkdir(parents=True)
    async with FakeDiscord() as discord:
        async with connected(app, discord):
            assert len(discord.core.commands[None]) > 1
        file.rmdir()
        async with connected(app, discord):
            assert len(discord.asked(SYNC)) == 2
        assert file.is_file()


@in_loop
async def test_another_bot_on_the_same_data(filled: Filled):
    """The hash belongs to the application: a second bot's commands are registered, too."""
    app = filled()
    for _ in range(2):
        async with FakeDiscord() as discord, connected(app, discord):
            assert len(discord.asked(SYNC)) == 1


@in_loop
async def test_no_two_commands_have_one_name(filled: Filled):
    """Names are unique among slash commands and among menus, in every language."""
    async with newsroom(filled()) as room:
        for locale in (None, "de", "fr", "es-ES"):
            names = [
                (command["type"], (command.get("name_localizations") or {}).get(locale) or command["name"])
                for command in room.discord.core.commands[None]
            ]
            assert len(names) == len(set(names))
