"""Tests of `bot.chat.ask.ways`: asking by command, with the real client on a pretended Discord."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.app import App
from bot.chat.keep.memory import ServerSettings
from bot.chat.languages import words
from index.types import Article
from tests.discord_server import NotOffered

from ..conftest import DIRECTOR
from ..staging import in_loop, newsroom, settled

Filled = Callable[..., App]
LATER = Article(
    "later", "Nora Vale directed the film.", "Corrected", "https://news.example/later", "2024-05-01"
)


@in_loop
async def test_ask_answers_in_the_channel(filled: Filled):
    """`/ask` is deferred publicly, and the one edit brings question, answer, quote and link."""
    async with newsroom(filled()) as room:
        exchange = await room.ask()
        answer = await exchange.answer()
        assert (exchange.deferred, exchange.ephemeral, len(exchange.edits)) == (True, False, 1)
        assert answer.content == "> Who directed the film?"
        assert answer.embed["description"].startswith(
            "**Ilsa Marrow** · sure\n\n> **Ilsa Marrow** directed the film."
        )
        assert "[The film](https://news.example/film) – <t:1706788800:D>" in answer.embed["description"]
        assert answer.labels == ["Quote", "More", "Follow up", "Good", "Wrong"]
        assert exchange.followups == []


@in_loop
async def test_ask_in_private(filled: Filled):
    """With `private` the "thinking" is shown to the asker alone, and so is the answer."""
    async with newsroom(filled()) as room:
        exchange = await room.ask(private=True)
        assert "Ilsa Marrow" in (await exchange.answer()).text
        assert exchange.ephemeral
        assert room.channel.messages == {}


@in_loop
async def test_a_server_that_is_private_by_default(filled: Filled):
    """The server's setting decides where the asker does not; an explicit `private: False` wins over it."""
    async with newsroom(filled()) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(private=True))
        exchanges = [await room.ask(), await room.ask(private=False)]
        for exchange in exchanges:
            await exchange.answer()
        assert [exchange.ephemeral for exchange in exchanges] == [True, False]


@in_loop
async def test_ask_in_direct_messages(filled: Filled):
    """In direct messages the answer stays: nobody else is there to hide it from."""
    async with newsroom(filled()) as room:
        exchange = await room.discord.slash(room.ada, room.discord.dm(room.ada), "ask", question=DIRECTOR)
        assert "Ilsa Marrow" in (await exchange.answer()).text
        assert not exchange.ephemeral


@in_loop
async def test_who_brings_the_bot_along_gets_private_answers(filled: Filled):
    """Where the bot is no member, only the person who installed it for themselves sees what it says."""
    async with newsroom(filled()) as room:
        eve = room.discord.user("Eve", has_installed=True)
        foreign = room.discord.guild("Elsewhere", eve, has_bot=False)
        for channel in (foreign.channel, room.discord.private(eve, room.ada)):
            exchange = await room.discord.slash(eve, channel, "ask", question=DIRECTOR, private=False)
            assert "Ilsa Marrow" in (await exchange.answer()).text
            assert exchange.ephemeral


@in_loop
async def test_who_brings_the_bot_along_reads_the_shared_articles_only(filled: Filled):
    """A server's own articles are not read for somebody who is in it as a guest with their own bot."""
    app = filled()
    async with newsroom(app) as room:
        eve = room.discord.user("Eve", has_installed=True)
        foreign = room.discord.guild("Elsewhere", eve, has_bot=False)
        with room.client.places.own(foreign.id) as own:
            list(own.add([LATER]))
        exchange = await room.discord.slash(eve, foreign.channel, "ask", question=DIRECTOR)
        answer = await exchange.answer()
        assert "Nora Vale" not in answer.text
        assert room.client.places.servers() == {foreign.id}  # nothing is kept of it there
        with room.client.places.collections(foreign.id) as collections:
            assert len(collections) == 2


@in_loop
async def test_the_servers_own_articles_are_read_beside_the_shared_ones(filled: Filled):
    """What the server has added answers, too, and what contradicts the shared articles is shown."""
    async with newsroom(filled()) as room:
        with room.client.places.own(room.guild.id) as own:
            list(own.add([LATER]))
        answer = await room.answered()
        assert "Nora Vale" in answer.text
        assert "Ilsa Marrow" in answer.text


@in_loop
async def test_only_articles_of_some_days(filled: Filled):
    """`since` and `until` leave out what is older and newer, and undated articles, of which it tells."""
    async with newsroom(filled()) as room:
        answer = await room.answered(since="2024-02-15", until="2024-12-31")
        assert "Ilsa Marrow" not in answer.text
        assert "1 article without a date left out" in answer.text


@in_loop
async def test_a_day_that_is_none(filled: Filled):
    """A day that cannot be read is answered at once, to the asker alone, without any work."""
    async with newsroom(filled()) as room:
        exchange = await room.ask(since="yesterday")
        answer = await exchange.answer()
        assert answer.text == "Please write days as year, month and day, such as 2024-05-31."
        assert (exchange.deferred, exchange.ephemeral) == (False, True)


@in_loop
async def test_days_in_the_wrong_order(filled: Filled):
    """No article can be from between them, and "the articles don't say" would be no answer."""
    async with newsroom(filled()) as room:
        exchange = await room.ask(since="2024-12-31", until="2024-02-15")
        answer = await exchange.answer()
        assert answer.text == "The first day is after the last one; please swap them."
        assert (exchange.deferred, exchange.ephemeral) == (False, True)


@in_loop
async def test_the_menu_of_a_message(filled: Filled):
    """Its text is the question, whoever wrote it; without the message content intent, too."""
    async with newsroom(filled()) as room:
        written = await room.discord.message(room.ben, room.channel, DIRECTOR)
        exchange = await room.discord.menu(room.ada, written.message, "Ask about this message")
        answer = await exchange.answer()
        assert answer.content == "> Who directed the film?"
        assert "Ilsa Marrow" in answer.text


@in_loop
async def test_the_menu_of_a_message_without_text(filled: Filled):
    """A message that holds nothing but blanks cannot be asked, and the one who tried is told."""
    async with newsroom(filled()) as room:
        written = await room.discord.message(room.ben, room.channel, " ")
        exchange = await room.discord.menu(room.ada, written.message, "Ask about this message")
        assert (await exchange.answer()).text == "There is no text in this message that I could ask."
        assert exchange.ephemeral


@in_loop
async def test_a_channel_where_the_bot_does_not_answer(filled: Filled):
    """Where the administrators do not want it, the asker alone is told; in a chosen channel it answers."""
    async with newsroom(filled()) as room:
        chosen = room.discord.channel(room.guild, "ask-here")
        await room.client.change_settings(room.guild.id, ServerSettings(frozenset({chosen.id})))
        refused = await room.ask()
        assert (await refused.answer()).text == "I do not answer in this channel."
        assert (refused.deferred, refused.ephemeral) == (False, True)
        answered = await room.discord.slash(room.ada, chosen, "ask", question=DIRECTOR)
        assert "Ilsa Marrow" in (await answered.answer()).text


@in_loop
async def test_a_thread_of_a_chosen_channel(filled: Filled):
    """Threads belong to the channel they hang on."""
    async with newsroom(filled()) as room:
        await room.client.change_settings(room.guild.id, ServerSettings(frozenset({room.channel.id})))
        written = await room.discord.message(room.ben, room.channel, "The film!")
        thread = room.discord.thread(written.message, "The film", room.ben)
        exchange = await room.discord.slash(room.ada, thread, "ask", question=DIRECTOR)
        assert "Ilsa Marrow" in (await exchange.answer()).text


@in_loop
async def test_the_asker_s_language(filled: Filled):
    """Everything around the articles' words is in the language of the asker's Discord."""
    async with newsroom(filled()) as room:
        eva = room.discord.user("Eva", locale="de")
        room.discord.join(room.guild, eva)
        exchange = await room.discord.slash(eva, room.channel, "ask", question=DIRECTOR)
        answer = await exchange.answer()
        german = words("de")
        assert answer.labels == [german(label) for label in ("Quote", "More", "Follow up", "Good", "Wrong")]
        assert f"· {german('sure')}\n" in answer.text


@in_loop
async def test_a_question_in_another_language(filled: Filled):
    """The bundled models read English: the bot says so instead of answering badly."""
    async with newsroom(filled()) as room:
        exchange = await room.ask("Wer hat bei dem Film die Regie geführt?")
        answer = await exchange.answer()
        assert answer.text == "I read English only, and so far answer questions in English only."
        assert (exchange.deferred, exchange.ephemeral) == (False, True)


@in_loop
async def test_a_question_without_words(filled: Filled):
    """It is answered at once with an example, to the asker alone."""
    async with newsroom(filled()) as room:
        exchange = await room.ask("?!")
        text = (await exchange.answer()).text
        assert text == "Ask me something, for example: who directed the film? /help tells more."
        assert (exchange.deferred, exchange.ephemeral) == (False, True)


@in_loop
async def test_a_message_that_is_too_long_for_a_question(filled: Filled):
    """A message may be longer than what is read; who asks about it is told how much that is."""
    async with newsroom(filled()) as room:
        written = await room.discord.message(room.ben, room.channel, "film " * 400)
        written.message.content += "film"  # as with a subscription that lets people write more
        exchange = await room.discord.menu(room.ada, written.message, "Ask about this message")
        assert (await exchange.answer()).text == "That is too long for me: I read 2,000 characters."
        assert exchange.ephemeral


@in_loop
async def test_two_servers_at_once(filled: Filled):
    """Questions from two servers, each with its own article, are answered from the asker's own."""
    async with newsroom(filled([])) as room:
        eve = room.discord.user("Eve")
        club = room.discord.guild("Club", eve)
        for guild, name in ((room.guild, "Nora Vale"), (club, "Tom Quill")):
            with room.client.places.own(guild.id) as own:
                list(own.add([Article("film", f"{name} directed the film.", "The film")]))
        asked = [(room.ada, room.channel), (eve, club.channel)] * 5
        exchanges = [await room.discord.slash(user, there, "ask", question=DIRECTOR) for user, there in asked]
        texts = [(await exchange.answer()).text for exchange in exchanges]
        assert ["Nora Vale" in text for text in texts] == [True, False] * 5
        assert ["Tom Quill" in text for text in texts] == [False, True] * 5


@in_loop
async def test_nothing_is_kept_of_a_waiting_interaction(filled: Filled):
    """Once it is answered its token is deleted, and the answer is kept with the message that shows it."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        await settled(room.client)
        places = room.client.places
        pending = await room.client.memory.run(lambda: places.memory(None).take_pending(0.0))
        kept = await room.client.memory.run(lambda: places.memory(room.guild.id).answer_to(answer.id))
        assert pending == []
        assert kept is not None
        assert (kept.question, kept.answer, kept.asker) == (DIRECTOR, "Ilsa Marrow", room.ada.id)


@in_loop
async def test_the_command_is_offered_where_it_should_be(filled: Filled):
    """In servers, direct messages and, to those who installed it, anywhere; not to strangers."""
    async with newsroom(filled()) as room:
        commands = {command["name"]: command for command in room.discord.core.commands[None]}
        for name in ("ask", "Ask about this message"):
            assert (commands[name]["contexts"], commands[name]["integration_types"]) == ([0, 1, 2], [0, 1])
        foreign = room.discord.guild("Elsewhere", room.ben, has_bot=False)
        with pytest.raises(NotOffered):
            await room.discord.slash(room.ben, foreign.channel, "ask", question=DIRECTOR)
