"""What goes wrong between Discord and a bot, as the real discord.py meets it."""

from __future__ import annotations

import asyncio

import discord as library
import pytest

from . import FakeDiscord, Permission
from .parrot import running

ORIGINAL = "PATCH /webhooks/{}/{}/messages/@original"


def test_resume_replays_what_was_missed() -> None:
    """A connection is cut while the bot works: it resumes, hears what it missed, and answers both."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                slow = await discord.slash(ada, harbour.channel, "later", word="slow", seconds=0.3)
                await slow.acknowledged()
                async with discord.offline():
                    missed = await discord.slash(ada, harbour.channel, "later", word="missed")
                    assert (await slow.answer()).text == "slow"
                    assert missed.acknowledged_after is None
                assert (await missed.answer()).text == "missed"
                assert discord.core.gateway.resumes == 1
                assert "resumed" in parrot.events

    asyncio.run(scene())


def test_a_reconnect_that_discord_asks_for() -> None:
    """After op 7 the bot comes back by itself."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                discord.ask_reconnect()
                exchange = await discord.slash(ada, harbour.channel, "later", word="there")
                assert (await exchange.answer()).text == "there"
                while discord.core.gateway.resumes < 1:
                    await asyncio.sleep(0.005)

    asyncio.run(scene())


@pytest.mark.slow
def test_a_session_that_cannot_be_resumed_is_begun_anew() -> None:
    """When Discord forgot the session the bot identifies again and goes on."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                discord.core.gateway.identified.clear()
                await discord.drop_gateway(resumable=False)
                await discord.connected(timeout=30)
                exchange = await discord.slash(ada, harbour.channel, "later", word="again")
                assert (await exchange.answer()).text == "again"

    asyncio.run(scene())


def test_a_rate_limit_is_waited_out() -> None:
    """discord.py takes the 429 for Discord's own, waits and tries again."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                discord.rate_limit(ORIGINAL, 0.1)
                exchange = await discord.slash(ada, harbour.channel, "later", word="x")
                assert (await exchange.answer()).text == "x"
                assert exchange.answered_after is not None
                assert exchange.answered_after > 0.1
                statuses = [one.status for one in discord.requests if one.name.endswith("@original")]
                assert statuses == [429, 200]

                discord.rate_limit("POST /channels/{}/messages", 0.1)
                said = await discord.message(ada, harbour.channel, f"{discord.bot.mention} hey")
                assert (await said.answer()).text == "heard hey"

    asyncio.run(scene())


def test_an_expired_interaction() -> None:
    """Its callback answers 10062 and its webhook 50027; neither is the bot's mistake."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                unseen = await discord.slash(ada, harbour.channel, "say", word="hello")
                discord.expire(unseen)
                await unseen.until(lambda one: one.refused)
                slow = await discord.slash(ada, harbour.channel, "later", word="x", seconds=0.05)
                await slow.acknowledged()
                discord.expire(slow)
                other = await discord.slash(ada, harbour.channel, "later", word="x", seconds=0.05)
                await other.acknowledged()
                discord.expire(other, 10015)
                await other.until(lambda one: one.refused)
                await asyncio.sleep(0.02)
                assert (unseen.refused, slow.refused, other.refused) == ([10062], [50027], [10015])
                assert [
                    (e.status, e.code) for e in parrot.errors if isinstance(e, library.HTTPException)
                ] == [
                    (404, 10062),
                    (401, 50027),
                    (404, 10015),
                ]

    asyncio.run(scene())


def test_a_token_lives_as_long_as_it_is_told() -> None:
    """After its time the webhook is closed."""

    async def scene() -> None:
        async with FakeDiscord(token_seconds=0.05) as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                exchange = await discord.slash(ada, harbour.channel, "later", word="x", seconds=0.1)
                await exchange.until(lambda one: one.refused)
                assert exchange.refused == [50027]

    asyncio.run(scene())


def test_permissions_that_are_missing() -> None:
    """50013 where the bot may not write, 50001 where it may not look, 50007 to who blocks it."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                codes = []
                places = [harbour.channel, discord.channel(harbour, "cellar"), discord.dm(ada)]
                for place, denied in zip(
                    places, (Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL, Permission(0)), strict=True
                ):
                    discord.forbid(place, denied)
                    target = parrot.get_partial_messageable(place.id)
                    with pytest.raises(library.Forbidden) as caught:
                        await target.send("hello")
                    codes.append(caught.value.code)
                    discord.allow(place)
                    await target.send("hello")
                assert codes == [50013, 50001, 50007]
                discord.forbid(harbour.channel, Permission.EMBED_LINKS)
                target = parrot.get_partial_messageable(harbour.channel.id)
                with pytest.raises(library.Forbidden):
                    await target.send(embed=library.Embed(title="hello"))
                # An interaction's answer needs no permission of the bot's.
                exchange = await discord.slash(ada, harbour.channel, "say", word="hello")
                assert (await exchange.answer()).embed["title"] == "hello"

    asyncio.run(scene())


def test_a_deleted_message() -> None:
    """Editing and answering what somebody deleted is refused, and the bot is told of the deletion."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                slow = await discord.slash(ada, harbour.channel, "later", word="x", seconds=0.05)
                await slow.acknowledged()
                assert slow.response is not None
                discord.delete(slow.response)
                await slow.until(lambda one: one.refused)
                assert slow.refused == [10008]

                said = await discord.message(ada, harbour.channel, f"{discord.bot.mention} hey")
                await said.answer()
                assert said.message is not None
                discord.delete(said.message)
                question = next(one for one in parrot.heard if one.id == said.message.id)
                with pytest.raises(library.HTTPException, match="Unknown message"):
                    await question.reply("too late")

    asyncio.run(scene())


def test_an_error_that_a_test_asks_for() -> None:
    """Any route can be made to fail, as often as wanted."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            harbour = discord.guild("Harbour")
            async with running(discord) as parrot:
                discord.fail("POST /channels/{}/messages", 403, 50013, "Missing Permissions")
                target = parrot.get_partial_messageable(harbour.channel.id)
                with pytest.raises(library.Forbidden):
                    await target.send("hello")
                await target.send("hello")
                assert [one.text for one in harbour.channel.messages.values()] == ["hello"]

    asyncio.run(scene())
