"""The real discord.py against the server: each thing a person can do, and what comes of it."""

from __future__ import annotations

import asyncio

import discord as library
import pytest

from . import FakeDiscord, NotOffered, Upload
from .parrot import running


def test_a_slash_command_is_answered_with_an_embed_and_buttons() -> None:
    """The person's command reaches the bot, and its embed and buttons come back as sent."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                exchange = await discord.slash(ada, harbour.channel, "say", word="hello")
                message = await exchange.answer()
                assert (message.embed["title"], message.embed["description"]) == ("hello", "They said hello.")
                assert message.labels == ["Again", "Silently"]
                assert (exchange.callback, exchange.deferred, exchange.ephemeral) == (4, False, False)
                assert exchange.acknowledged_after is not None
                assert harbour.channel.last is message

    asyncio.run(scene())


def test_an_ephemeral_answer_stands_in_no_channel() -> None:
    """What only the person sees is neither in the channel nor told to the gateway."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada, bob = discord.user("Ada"), discord.user("Bob")
            harbour = discord.guild("Harbour", ada, bob)
            async with running(discord) as parrot:
                exchange = await discord.slash(ada, harbour.channel, "say", word="hello", private=True)
                message = await exchange.answer()
                assert (exchange.ephemeral, harbour.channel.messages) == (True, {})
                with pytest.raises(NotOffered, match="Bob does not see this message"):
                    await discord.click(message, "Again", by=bob)
                assert parrot.heard == []

    asyncio.run(scene())


def test_a_deferred_command_is_answered_by_the_edit() -> None:
    """The "thinking" message is no answer; its first edit is."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                exchange = await discord.slash(ada, harbour.channel, "later", word="x", seconds=0.05)
                await exchange.acknowledged()
                assert exchange.deferred
                assert exchange.response is not None
                assert (exchange.response.loading, exchange.is_answered) == (True, False)
                message = await exchange.answer()
                assert (message.text, message.loading, message.versions) == ("x", False, [])
                assert [edit["content"] for edit in exchange.edits] == ["x"]

    asyncio.run(scene())


def test_the_first_follow_up_takes_the_place_of_thinking() -> None:
    """After a deferral the first follow-up is the answer, with the deferral's visibility."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:

                @parrot.tree.command(description="Follows up.")
                async def follow(interaction: library.Interaction) -> None:
                    await interaction.response.defer(ephemeral=True)
                    await interaction.followup.send("first")
                    await interaction.followup.send("second", ephemeral=True)

                await parrot.tree.sync()
                exchange = await discord.slash(ada, harbour.channel, "follow")
                await exchange.until(lambda one: one.followups)
                assert exchange.answered.text == "first"
                assert exchange.ephemeral
                assert [one.text for one in exchange.followups] == ["second"]

    asyncio.run(scene())


def test_autocomplete_is_its_own_acknowledgement() -> None:
    """What is typed in an option is answered with choices."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                choices = await discord.autocomplete(ada, harbour.channel, "say", focus="word", word="he")
                assert [choice["value"] for choice in choices] == ["hello", "help"]

    asyncio.run(scene())


def test_mentions_direct_messages_and_pinging_replies_are_readable() -> None:
    """Without the Message Content intent these three carry their text, and nothing else does."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                mention = await discord.message(ada, harbour.channel, f"{discord.bot.mention} who?")
                reply = await mention.answer()
                assert reply.text == "heard who?"
                assert reply.reference is mention.message
                assert (
                    await (await discord.message(ada, discord.dm(ada), "psst")).answer()
                ).text == "heard psst"
                pinging = await discord.message(ada, harbour.channel, "and where?", reply_to=reply)
                assert (await pinging.answer()).text == "heard and where?"

                parrot.heard.clear()
                await discord.message(ada, harbour.channel, "and when?", reply_to=reply, ping=False)
                await discord.message(ada, harbour.channel, "never mind")
                last = await discord.message(ada, harbour.channel, f"{discord.bot.mention} end")
                await last.answer()
                people = [one for one in parrot.heard if not one.author.bot]
                assert [one.content for one in people] == ["", "", f"{discord.bot.mention} end"]
                replied = people[0].reference
                assert replied is not None
                assert isinstance(replied.resolved, library.Message)
                assert replied.resolved.content == "heard who?"

    asyncio.run(scene())


def test_message_content_needs_its_intent_and_the_grant() -> None:
    """With intent and grant everything is readable; without the grant the gateway closes with 4014."""
    intents = library.Intents(guilds=True, messages=True, message_content=True)

    async def scene() -> None:
        async with FakeDiscord(granted={"message_content"}) as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord, intents=intents):
                assert (
                    await (await discord.message(ada, harbour.channel, "aloud")).answer()
                ).text == "heard aloud"

    async def refused() -> None:
        async with FakeDiscord() as discord:
            with pytest.raises(library.PrivilegedIntentsRequired):
                async with running(discord, intents=intents):
                    pass

    asyncio.run(scene())
    asyncio.run(refused())


def test_a_message_menu_carries_the_message() -> None:
    """The menu hands over the text of a message that the gateway sent empty."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada, bob = discord.user("Ada"), discord.user("Bob")
            harbour = discord.guild("Harbour", ada, bob)
            async with running(discord) as parrot:
                said = await discord.message(bob, harbour.channel, "low tide at six")
                assert said.message is not None
                chosen = await discord.menu(ada, said.message, "Repeat this")
                assert (await chosen.answer()).text == "again: low tide at six"
                assert parrot.heard[0].content == ""

    asyncio.run(scene())


def test_files_go_both_ways() -> None:
    """An attached file is read from the CDN, and one in the answer arrives."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord):
                upload = Upload("tide.txt", b"low at six")
                message = await (await discord.slash(ada, harbour.channel, "attach", file=upload)).answer()
                assert message.text == "tide.txt says low at six"
                assert [one.upload.data for one in message.attachments] == [b"LOW AT SIX"]

    asyncio.run(scene())


def test_threads_and_what_is_said_in_them() -> None:
    """In a thread that a person opens a mention is heard and answered there."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                message = await (await discord.slash(ada, harbour.channel, "say", word="hello")).answer()
                thread = discord.thread(message, "More", ada)
                asked = await discord.message(ada, thread, f"{discord.bot.mention} more?")
                reply = await asked.answer()
                assert (reply.text, reply.channel) == ("heard more?", thread)
                heard = next(one for one in parrot.heard if one.author.name == "ada").channel
                assert isinstance(heard, library.Thread)
                assert heard.parent_id == harbour.channel.id

    asyncio.run(scene())


def test_the_bot_opens_a_thread() -> None:
    """A thread the bot opens at a message has its id and hears what is said in it."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada = discord.user("Ada")
            harbour = discord.guild("Harbour", ada)
            async with running(discord) as parrot:
                said = await discord.message(ada, harbour.channel, f"{discord.bot.mention} who?")
                await said.answer()
                thread = await parrot.heard[0].create_thread(name="Who?")
                assert said.message is not None
                assert said.message.thread is not None
                assert (thread.id, said.message.thread.name) == (said.message.id, "Who?")
                with pytest.raises(library.HTTPException, match="160004"):
                    await parrot.heard[0].create_thread(name="Again?")

    asyncio.run(scene())


def test_two_servers_at_once() -> None:
    """Each server's answers stand in its own channel."""

    async def scene() -> None:
        async with FakeDiscord() as discord:
            ada, bob = discord.user("Ada"), discord.user("Bob")
            harbour, mill = discord.guild("Harbour", ada), discord.guild("Mill", bob)
            async with running(discord) as parrot:
                exchanges = [
                    await discord.slash(ada, harbour.channel, "later", word="sea", seconds=0.02),
                    await discord.slash(bob, mill.channel, "later", word="flour", seconds=0.01),
                ]
                for exchange in exchanges:
                    await exchange.answer()
                assert [one.text for one in harbour.channel.messages.values()] == ["sea"]
                assert [one.text for one in mill.channel.messages.values()] == ["flour"]
                assert sorted(guild.name for guild in parrot.guilds) == ["Harbour", "Mill"]

    asyncio.run(scene())
