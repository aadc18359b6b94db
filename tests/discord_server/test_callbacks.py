"""Acknowledgements: in time, once, and of a kind that fits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord as library
import pytest
from discord import app_commands

from . import Exchange, FakeDiscord
from .parrot import running


async def acknowledge(discord: FakeDiscord, exchange: Exchange, body: dict[str, Any]) -> tuple[int, int]:
    """Send a callback by hand; status and error code."""
    url = f"{discord.url}/interactions/{exchange.id}/{exchange.token}/callback"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, (await answer.json())["code"] if answer.status >= 400 else 0


def by_hand(
    act: Callable[[FakeDiscord, Exchange], Awaitable[None]], kinds: list[str], **options: float
) -> None:
    """Run a scene in which the bot leaves an interaction to the test; the violations it makes."""

    async def scene() -> None:
        async with FakeDiscord(**options) as discord:  # type: ignore[arg-type]
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:

                @parrot.tree.command(description="Leaves it.")
                async def leave(interaction: library.Interaction) -> None:
                    pass

                await parrot.tree.sync()
                await act(discord, await discord.slash(ada, harbour.channel, "leave"))
                assert [violation.kind.split(",")[0] for violation in discord.forgive()] == kinds

    asyncio.run(scene())


def test_a_double_acknowledgement_is_refused() -> None:
    """The second one gets 40060."""

    async def twice(discord: FakeDiscord, exchange: Exchange) -> None:
        assert await acknowledge(discord, exchange, {"type": 5}) == (204, 0)
        assert await acknowledge(discord, exchange, {"type": 5}) == (400, 40060)
        assert exchange.refused == [40060]

    by_hand(twice, ["double acknowledgement"])


def test_a_late_acknowledgement_is_refused() -> None:
    """After the time that Discord gives the interaction is unknown."""

    async def late(discord: FakeDiscord, exchange: Exchange) -> None:
        await asyncio.sleep(0.06)
        assert await acknowledge(discord, exchange, {"type": 5}) == (404, 10062)

    by_hand(late, ["late acknowledgement", "never acknowledged"], acknowledge_within=0.05)


def test_a_missing_acknowledgement_is_noticed() -> None:
    """An interaction that the bot got and left alone is a violation once its time is over."""

    async def never(discord: FakeDiscord, exchange: Exchange) -> None:
        assert discord.violations == []
        await asyncio.sleep(0.06)

    by_hand(never, ["never acknowledged"], acknowledge_within=0.05)


def test_only_legal_callbacks_are_taken() -> None:
    """A command has no message to update and takes no choices."""

    async def illegal(discord: FakeDiscord, exchange: Exchange) -> None:
        for body in ({"type": 6}, {"type": 8, "data": {"choices": []}}, {"type": 3}, {"type": 4}):
            assert (await acknowledge(discord, exchange, body))[0] == 400
        assert await acknowledge(discord, exchange, {"type": 5}) == (204, 0)

    by_hand(illegal, ["invalid form", "invalid form", "invalid form", "empty message"])


def test_forms_have_their_limits() -> None:
    """Six fields and crossed lengths are refused."""
    line = {"type": 4, "style": 1, "label": "x"}
    rows = [{"type": 1, "components": [{**line, "custom_id": str(n)}]} for n in range(6)]
    crossed = [{"type": 1, "components": [{**line, "custom_id": "a", "min_length": 9, "max_length": 8}]}]

    async def forms(discord: FakeDiscord, exchange: Exchange) -> None:
        for components in (rows, crossed):
            data = {"custom_id": "form", "title": "Form", "components": components}
            assert await acknowledge(discord, exchange, {"type": 9, "data": data}) == (400, 50035)
        assert await acknowledge(discord, exchange, {"type": 5}) == (204, 0)

    by_hand(forms, ["invalid form"] * 2)


def test_choices_have_their_limits() -> None:
    """26 suggestions are refused, and a value over 100 characters, which the description allows."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                given = {
                    "many": [app_commands.Choice(name=str(n), value=str(n)) for n in range(26)],
                    "long": [app_commands.Choice(name="x", value="x" * 101)],
                    "right": [app_commands.Choice(name="x" * 100, value="x" * 100)],
                }

                @parrot.tree.command(description="Suggests.")
                async def suggest(interaction: library.Interaction, which: str) -> None:
                    pass

                @suggest.autocomplete("which")
                async def choices(
                    interaction: library.Interaction, current: str
                ) -> list[app_commands.Choice[str]]:
                    return given[current]

                await parrot.tree.sync()
                found = await discord.autocomplete(
                    ada, harbour.channel, "suggest", focus="which", which="right"
                )
                assert found == [{"name": "x" * 100, "value": "x" * 100}]
                for which in ("many", "long"):
                    with pytest.raises(AssertionError, match="refused \\[50035\\]"):
                        await discord.autocomplete(
                            ada, harbour.channel, "suggest", focus="which", which=which, timeout=0.1
                        )
                assert [violation.kind for violation in discord.forgive()] == ["invalid form"] * 2

    asyncio.run(scene())
