"""Servers that come and go, permissions, installs and contexts, registered commands."""

from __future__ import annotations

import asyncio

import discord as library
import pytest

from . import FakeDiscord, NotOffered, Permission
from .parrot import Parrot, running

SYNC = "PUT /applications/{application_id}/commands"


async def seen(parrot: Parrot, *events: str) -> None:
    """Wait until the parrot noted these events, and no others."""
    async with asyncio.timeout(5):
        while len(parrot.events) < len(events):
            await asyncio.sleep(0.005)
    assert parrot.events == list(events)


def test_servers_come_and_go() -> None:
    """An outage is not a removal, and its end is not an invitation."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            harbour = discord.guild("Harbour")
            async with running(discord) as parrot:
                parrot.events.clear()
                discord.outage(harbour)
                discord.recover(harbour)
                discord.kick(harbour)
                discord.invite(harbour)
                mill = discord.guild("Mill")
                await seen(
                    parrot,
                    "Harbour is away",
                    "Harbour is there",
                    "removed from Harbour",
                    "joined Harbour",
                    "joined Mill",
                )
                await parrot.guilds[0].leave()
                assert discord.bot.id not in harbour.members
                assert discord.bot.id in mill.members

    asyncio.run(scene())


def test_a_server_that_removed_the_bot_meanwhile_is_not_in_ready() -> None:
    """A removal that the bot missed is found in what READY lists."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            harbour, mill = discord.guild("Harbour"), discord.guild("Mill")
            async with running(discord) as parrot:
                assert {guild.id for guild in parrot.guilds} == {harbour.id, mill.id}
            discord.kick(mill)
            async with running(discord) as parrot:
                assert {guild.id for guild in parrot.guilds} == {harbour.id}

    asyncio.run(scene())


def test_commands_are_registered_with_everything_they_declare() -> None:
    """The bulk overwrite keeps translations, contexts, installs and permissions."""

    async def scene() -> None:
        async with FakeDiscord() as discord, running(discord) as parrot:
            assert [request.status for request in discord.asked(SYNC)] == [200]
            known = {command["name"]: command for command in discord.core.commands[None]}
            assert list(known) == ["say", "later", "attach", "keep", "Repeat this"]
            say, keep = known["say"], known["keep"]
            assert say["name_localizations"] == {"de": "sag"}
            assert (say["contexts"], say["integration_types"]) == ([0, 1, 2], [0, 1])
            assert keep["default_member_permissions"] == str(Permission.MANAGE_GUILD.value)
            assert keep["contexts"] == [0]
            assert [one.name for one in await parrot.tree.fetch_commands()] == list(known)
            before = say["id"]
            await parrot.tree.sync()
            assert discord.core.commands[None][0]["id"] == before

    asyncio.run(scene())


def test_administration_is_shown_to_managers_only() -> None:
    """Default permissions hide a command; an administrator can show it all the same."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada, eve = discord.user("Ada"), discord.user("Eve")
            harbour = discord.guild("Harbour", ada, managers=(eve,))
            async with running(discord):
                answer = await (await discord.slash(eve, harbour.channel, "keep list", page=2)).answer()
                assert answer.text == "page 2, may"
                with pytest.raises(NotOffered, match="shown only to members with"):
                    await discord.slash(ada, harbour.channel, "keep list")
                with pytest.raises(NotOffered, match="keep is not offered in context 1"):
                    await discord.slash(eve, discord.dm(eve), "keep list")
                discord.grant(harbour, ada, "keep")
                answer = await (await discord.slash(ada, harbour.channel, "keep list")).answer()
                assert answer.text == "page 1, may not"

    asyncio.run(scene())


def test_what_a_person_cannot_do() -> None:
    """Discord's client refuses unknown commands and options, and missing or wrong values."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                for name, options, why in (
                    ("sing", {}, "no command 'sing'"),
                    ("say", {}, "required options are missing: \\['word'\\]"),
                    ("say", {"word": "x", "loud": True}, "no options \\['loud'\\]"),
                    ("say", {"word": 3}, "takes no int"),
                ):
                    with pytest.raises(NotOffered, match=why):
                        await discord.slash(ada, harbour.channel, name, **options)

    asyncio.run(scene())


def test_user_installs_reach_places_without_the_bot() -> None:
    """A person who installed the bot uses it in a server it is not in and among friends."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada, bob = discord.user("Ada", has_installed=True), discord.user("Bob")
            mill = discord.guild("Mill", ada, bob, has_bot=False)
            group = discord.private(ada, bob)
            async with running(discord) as parrot:
                found: list[tuple[object, ...]] = []

                @parrot.listen()
                async def on_interaction(interaction: library.Interaction) -> None:
                    found.append(
                        (
                            interaction.guild_id,
                            interaction.context.guild,
                            interaction.context.private_channel,
                            interaction.is_guild_integration(),
                            interaction.is_user_integration(),
                        )
                    )

                for channel in (mill.channel, group, discord.dm(ada)):
                    exchange = await discord.slash(ada, channel, "say", word="hello")
                    assert (await exchange.answer()).embed["title"] == "hello"
                assert found == [
                    (mill.id, True, False, False, True),
                    (None, False, True, False, True),
                    (None, False, False, False, True),
                ]
                with pytest.raises(NotOffered, match="say is not installed here"):
                    await discord.slash(bob, mill.channel, "say", word="hello")

    asyncio.run(scene())


def test_a_user_install_has_five_follow_ups() -> None:
    """The sixth is refused with 40094, which is not the bot's mistake."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada", has_installed=True)
            group = discord.private(ada, discord.user("Bob"))
            async with running(discord) as parrot:
                codes: list[int] = []

                @parrot.tree.command(description="Says much.")
                @library.app_commands.user_install()
                async def much(interaction: library.Interaction) -> None:
                    await interaction.response.send_message("0")
                    for number in range(6):
                        try:
                            await interaction.followup.send(str(number + 1))
                        except library.HTTPException as error:
                            codes.append(error.code)

                await parrot.tree.sync()
                exchange = await discord.slash(ada, group, "much")
                await exchange.until(lambda one: one.refused)
                await asyncio.sleep(0)
                assert [one.text for one in exchange.followups] == ["1", "2", "3", "4", "5"]
                assert exchange.refused == [40094]

    asyncio.run(scene())


@pytest.mark.slow
def test_two_shards_hear_their_own_servers() -> None:
    """The auto-sharded client starts as many shards as it is told, each with its servers.

    discord.py waits five seconds between two shards, as Discord demands.
    """

    async def scene() -> None:
        async with FakeDiscord(shards=2) as discord:
            ada = discord.user("Ada")
            first = discord.guild("Harbour", ada, guild_id=2 << 22)
            second = discord.guild("Mill", ada, guild_id=3 << 22)
            async with running(discord) as parrot:
                assert {guild.name: guild.shard_id for guild in parrot.guilds} == {"Harbour": 0, "Mill": 1}
                for guild in (first, second):
                    answer = await (
                        await discord.slash(ada, guild.channel, "later", word=guild.name)
                    ).answer()
                    assert answer.text == guild.name

    asyncio.run(scene())
