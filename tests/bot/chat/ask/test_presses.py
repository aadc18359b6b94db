"""Tests of `bot.chat.ask.presses`: the buttons below an answer and the forms they open."""

from __future__ import annotations

from collections.abc import Callable

from bot.app import App
from bot.chat.keep.memory import KeptAnswer, ServerSettings, Verdict
from index.types import Article
from tests.discord_server import FakeDiscord, Message

from ..conftest import DIRECTOR
from ..staging import Newsroom, connected, in_loop, newsroom, settled

Filled = Callable[..., App]
GONE = "Source withdrawn: the article is no longer there, or says something else by now."
# Each says something else of the same, so that there is more to leaf through than one page holds.
MANY = [
    Article(f"a{number}", f"{name} directed the film.", f"Film {number}")
    for number, name in enumerate(
        [
            "Ilsa Marrow",
            "Oda Trevell",
            "Nora Vale",
            "Tom Quill",
            "Una Brook",
            "Max Field",
            "Pia Stone",
            "Rex Wold",
        ]
    )
]


async def kept_of(room: Newsroom, message: Message) -> KeptAnswer:
    """What is kept of the answer in a message."""
    await settled(room.client)
    kept = await room.client.keeping.answer_to(room.guild.id, message.id)
    assert kept is not None
    return kept


@in_loop
async def test_quote_shows_the_passage_to_the_one_who_pressed(filled: Filled):
    """Anybody may press; what comes is seen by them alone, and acknowledged before any work."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        pressed = await room.discord.click(answer, "Quote", by=room.ben)
        quote = await pressed.answer()
        assert (pressed.deferred, pressed.ephemeral) == (True, True)
        assert quote.embed["title"] == "The film"
        assert "**Ilsa Marrow** directed the film." in quote.embed["description"]


@in_loop
async def test_quote_of_a_withdrawn_article(filled: Filled):
    """Who withdraws an article withdraws its words: an old answer's button shows nothing of them."""
    app = filled()
    async with newsroom(app) as room:
        answer = await room.answered()
        with app.chosen() as collection:
            collection.remove("film")
        quote = await (await room.discord.click(answer, "Quote")).answer()
        assert (quote.text, quote.embeds) == (GONE, [])


@in_loop
async def test_quote_of_an_article_that_changed(filled: Filled):
    """A quote that no longer stands in the article is not shown."""
    app = filled()
    async with newsroom(app) as room:
        answer = await room.answered()
        with app.chosen() as collection:
            list(collection.add([Article("film", "It was all a mistake.", "The film")]))
        assert (await (await room.discord.click(answer, "Quote")).answer()).text == GONE


@in_loop
async def test_quote_where_the_articles_do_not_say(filled: Filled):
    """Below "the articles don't say" the button leads to the closest passage."""
    async with newsroom(filled()) as room:
        answer = await room.answered("Who painted the harbour bridge?")
        assert "articles don't say" in answer.text.replace("’", "'")
        quote = await (await room.discord.click(answer, "Quote")).answer()
        assert len(quote.embeds) == 1


@in_loop
async def test_more_shows_the_other_candidates(filled: Filled):
    """What else was found comes as a message of its own, for the one who pressed."""
    async with newsroom(filled(MANY)) as room:
        answer = await room.answered()
        pressed = await room.discord.click(answer, "More", by=room.ben)
        more = await pressed.answer()
        assert pressed.ephemeral
        assert more.embed["title"] == "What else was found"


@in_loop
async def test_the_pages_of_more_turn_in_place(filled: Filled):
    """The first page has a button to the next, which takes its place, and leads back."""
    async with newsroom(filled(MANY)) as room:
        answer = await room.answered()
        kept = await kept_of(room, answer)
        assert len(kept.conflicts) + len(kept.alternatives) > 3
        first = await (await room.discord.click(answer, "More")).answer()
        assert first.labels == ["Next"]
        before = first.text
        turned = await room.discord.click(first, "Next")
        second = await turned.answer()
        assert second is first
        assert (second.text == before, "Previous" in second.labels) == (False, True)
        back = await (await room.discord.click(second, "Previous")).answer()
        assert (back.text, back.labels) == (before, ["Next"])


@in_loop
async def test_more_names_what_was_withdrawn(filled: Filled):
    """Of a candidate whose article is gone nothing is shown but that."""
    app = filled(MANY)
    async with newsroom(app) as room:
        answer = await room.answered()
        with app.chosen() as collection:
            for article in MANY:
                collection.remove(article.id)
        more = await (await room.discord.click(answer, "More")).answer()
        assert "source withdrawn" in more.text
        assert not any(article.text.split(" directed")[0] in more.text for article in MANY)


@in_loop
async def test_follow_up_opens_a_form(filled: Filled):
    """The form is the acknowledgement; what is written into it is a question that knows the last one."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        pressed = await room.discord.click(answer, "Follow up", by=room.ben)
        form = await pressed.shown_modal()
        assert (form.title, pressed.deferred) == ("Follow up", False)
        assert [field["label"] for field in form.inputs] == ["Your next question"]
        sent = await room.discord.submit(form, "Who restored the clock tower?")
        second = await sent.answer()
        assert second.content == "> Who restored the clock tower?"
        assert "Oda Trevell" in second.text
        assert not sent.ephemeral
        first_kept, second_kept = await kept_of(room, answer), await kept_of(room, second)
        assert (second_kept.previous, second_kept.asker) == (first_kept.id, room.ben.id)


@in_loop
async def test_follow_up_of_a_private_answer_stays_private(filled: Filled):
    """What one person sees is followed up by what that person sees."""
    async with newsroom(filled()) as room:
        answer = await room.answered(private=True)
        form = await (await room.discord.click(answer, "Follow up")).shown_modal()
        sent = await room.discord.submit(form, DIRECTOR)
        await sent.answer()
        assert sent.ephemeral


@in_loop
async def test_follow_up_where_the_bot_does_not_answer(filled: Filled):
    """An old answer's button does not get around the chosen channels."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        chosen = room.discord.channel(room.guild, "ask-here")
        await room.client.change_settings(room.guild.id, ServerSettings(frozenset({chosen.id})))
        form = await (await room.discord.click(answer, "Follow up")).shown_modal()
        sent = await room.discord.submit(form, DIRECTOR)
        assert (await sent.answer()).text == "I do not answer in this channel."
        assert sent.ephemeral


@in_loop
async def test_good_is_noted(filled: Filled):
    """One press is a verdict; the thanks are for the one who pressed."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        pressed = await room.discord.click(answer, "Good", by=room.ben)
        assert (await pressed.answer()).text == "Thank you. I have noted that."
        assert pressed.ephemeral
        (judged,) = await room.client.memory.run(
            lambda: list(room.client.places.memory(room.guild.id).feedback())
        )
        assert (judged.user, judged.verdict, judged.correction) == (room.ben.id, Verdict.GOOD, None)


@in_loop
async def test_wrong_asks_what_is_right(filled: Filled):
    """The correction is kept with the verdict, and the last verdict of a person counts."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        await (await room.discord.click(answer, "Good", by=room.ben)).answer()
        form = await (await room.discord.click(answer, "Wrong", by=room.ben)).shown_modal()
        assert form.title == "What is wrong?"
        sent = await room.discord.submit(form, "  Nora Vale ")
        assert (await sent.answer()).text == "Thank you. I have noted that."
        assert sent.ephemeral
        (judged,) = await room.client.memory.run(
            lambda: list(room.client.places.memory(room.guild.id).feedback())
        )
        assert (judged.verdict, judged.correction) == (Verdict.WRONG, "Nora Vale")


@in_loop
async def test_wrong_without_knowing_better(filled: Filled):
    """The form may be sent empty."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        form = await (await room.discord.click(answer, "Wrong")).shown_modal()
        await (await room.discord.submit(form)).answer()
        (judged,) = await room.client.memory.run(
            lambda: list(room.client.places.memory(room.guild.id).feedback())
        )
        assert (judged.verdict, judged.correction) == (Verdict.WRONG, None)


@in_loop
async def test_an_answer_that_is_no_longer_kept(filled: Filled):
    """After the retention time the buttons say that there is nothing behind them; a follow-up still works."""
    async with newsroom(filled()) as room:
        answer = await room.answered()
        await settled(room.client)
        await room.client.memory.run(
            lambda: room.client.places.memory(room.guild.id).forget_user(room.ada.id)
        )
        for label in ("Quote", "More", "Good"):
            if label in answer.labels:
                said = await (await room.discord.click(answer, label)).answer()
                assert said.text == "I no longer have this answer. Please ask again."
        form = await (await room.discord.click(answer, "Wrong")).shown_modal()
        said = await (await room.discord.submit(form, "Nora Vale")).answer()
        assert said.text == "I no longer have this answer. Please ask again."
        form = await (await room.discord.click(answer, "Follow up")).shown_modal()
        assert "Ilsa Marrow" in (await (await room.discord.submit(form, DIRECTOR)).answer()).text


@in_loop
async def test_buttons_and_open_forms_outlive_the_program(filled: Filled):
    """A second client on the same data serves the buttons of the first, and forms opened before."""
    app = filled(MANY)
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild = discord.guild("Newsroom", ada)
        async with connected(app, discord):
            answer = await (await discord.slash(ada, guild.channel, "ask", question=DIRECTOR)).answer()
            forms = [
                await (await discord.click(answer, label)).shown_modal() for label in ("Follow up", "Wrong")
            ]
            more = await (await discord.click(answer, "More")).answer()
        async with connected(app, discord):
            assert len((await (await discord.click(answer, "Quote")).answer()).embeds) == 1
            turned = await (await discord.click(more, "Next")).answer()
            assert "Previous" in turned.labels
            followed = await (await discord.submit(forms[0], DIRECTOR)).answer()
            assert followed.content == f"> {DIRECTOR}"
            thanked = await (await discord.submit(forms[1], "Nora Vale")).answer()
            assert thanked.text == "Thank you. I have noted that."


@in_loop
async def test_each_button_of_a_user_install_is_a_response_of_its_own(filled: Filled):
    """However many are pressed, no interaction has a follow-up, of which Discord allows five."""
    async with newsroom(filled(MANY)) as room:
        eve = room.discord.user("Eve", has_installed=True)
        foreign = room.discord.guild("Elsewhere", eve, has_bot=False)
        asked = await room.discord.slash(eve, foreign.channel, "ask", question=DIRECTOR)
        answer = await asked.answer()
        pressed = [await room.discord.click(answer, label) for label in ("Quote", "More", "Good") * 4]
        for exchange in pressed:
            await exchange.answer()
            assert exchange.ephemeral
        assert [exchange.followups for exchange in (asked, *pressed)] == [[]] * 13


@in_loop
async def test_a_button_of_another_server_s_answer(filled: Filled):
    """An answer's id is looked up where it is pressed: elsewhere it means nothing."""
    async with newsroom(filled()) as room:
        eve = room.discord.user("Eve")
        club = room.discord.guild("Club", eve)
        answer = await room.answered()
        await settled(room.client)
        other = await (await room.discord.slash(eve, club.channel, "ask", question=DIRECTOR)).answer()
        forged = {**other.buttons[0], "custom_id": answer.buttons[0]["custom_id"]}
        other.components[0]["components"][0] = forged
        said = await (await room.discord.click(other, "Quote")).answer()
        assert said.text == "I no longer have this answer. Please ask again."
