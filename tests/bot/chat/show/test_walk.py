"""Answers made of anything are walked through every view, and the pretended Discord must take them all."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from structlog.testing import capture_logs

import bot.chat.ask.responding
from bot.app import App
from bot.chat.ask.asking import Found
from bot.chat.keep.memory import Contribution
from bot.chat.languages import TRANSLATED, words
from bot.chat.show.listing import ListedArticle, article_embed, articles_embed
from bot.types import Alternative, Answer, Citation, Timings
from index.clean import clean_line
from index.collection import LocalCollection
from index.types import Article, ArticleSummary, Vectors
from tests.discord_server import Message, User
from tests.encoders import HashedWords

from ..staging import Newsroom, newsroom

HOSTILE = [
    "@everyone",
    "@here",
    "<@1>",
    "<@!1>",
    "<@&1>",
    "<#1>",
    "<t:0:R>",
    "<:a:1>",
    "</ask:1>",
    "[x](javascript:alert(1))",
    "[x](https://discord.gg/abc)",
    "https://discord.gg/abc",
    "discord.gg/abc",
    "```",
    "```py\n",
    "`",
    "||",
    "**",
    "__",
    "~~",
    "*",
    "_",
    "\\",
    "# ",
    "> ",
    ">>> ",
    "-# ",
    "- ",
    "1. ",
    "\n",
    "\n\n",
    " ",
    "\u200b",
    "\u202e",
    "\u2066",
    "שלום",
    "مرحبا",
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "e" + "\u0301" * 40,
    "𝒳",
    "ﷺ",
    ". ",
    "Ilsa Marrow directed the film. ",
]
plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)
piece = st.one_of(st.sampled_from(HOSTILE), plain)
short = st.lists(piece, max_size=6).map("".join)
# Long ones are made of few pieces, or making them would take longer than what is tested.
long = st.tuples(st.lists(piece, min_size=1, max_size=12).map("".join), st.integers(1, 50_000)).map(
    lambda made: (made[0] * (1 + made[1] // max(1, len(made[0]))))[: made[1]]
)
texts = st.one_of(short, short, long).map(lambda text: text if text.strip() else f"{text}a")
urls = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "https://news.example/film",
            "javascript:alert(1)",
            "https://discord.gg/abc",
            "https://news.example/(a)[b]<c>",
            f"https://news.example/{'a' * 5000}",
            "http://[",
        ]
    ),
    short,
)
days = st.one_of(st.none(), st.dates().map(lambda day: day.isoformat()))
confidences = st.one_of(st.none(), st.floats(0, 1))
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Made:
    """What is walked through the views."""

    answer: Answer
    articles: tuple[Article, ...]
    question: str
    written: str
    locale: str
    file_name: str


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """An article of anything, with an id that nobody else has."""
    key = f"{next(_numbers)} {draw(short)}"
    authors = tuple(draw(st.lists(short, max_size=3)))
    title = clean_line(draw(short)) or None  # as every source makes them
    return Article(key, draw(texts), title, draw(urls), draw(days), authors)


@st.composite
def citations(draw: st.DrawFn, source: st.SearchStrategy[Article]) -> Citation:
    """Any stretch of an article, with any stretch of it as the answer."""
    article = draw(source)
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(article.text))] * 2)))
    quote = article.text[start:end]
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(quote))] * 2)))
    others = tuple(draw(st.lists(source, max_size=3)))
    return Citation(quote, start, end, first, last, draw(st.floats(-9, 9)), "1", article, others)


@st.composite
def made_answers(draw: st.DrawFn) -> Made:
    """An answer that could have come of some articles, with all that people write around it."""
    there = tuple(draw(st.lists(articles(), min_size=1, max_size=4)))
    cites = citations(st.sampled_from(there))
    others = st.lists(st.builds(Alternative, texts, st.floats(-9, 9), confidences, cites), max_size=8)
    found = tuple(draw(st.lists(cites, max_size=5)))
    number, question = next(_numbers), draw(short)
    answer = Answer(
        id=f"{number:032x}",
        question=f"Who? {question}"[:2000],
        answer=draw(texts) if found else None,
        resolved=draw(st.sampled_from([None, "2021-10-05", "2021-10", "2021"])) if found else None,
        confidence=draw(confidences),
        score=None,
        citations=found,
        closest=() if found else tuple(draw(st.lists(cites, max_size=10))),
        alternatives=tuple(draw(others)),
        conflicts=tuple(draw(others)) if found else (),
        undated_left_out=draw(st.integers(0, 3)),
        spans=(),
        hits=(),
        timings_ms=Timings(0.0, 0.0, 0.0, 0.0),
    )
    locale = draw(st.sampled_from(["en-US", *TRANSLATED]))
    return Made(answer, there, answer.question, draw(short), locale, draw(short))


class Walk:
    """Shows each answer in every way that the bot has."""

    def __init__(self, room: Newsroom, collection: LocalCollection, people: dict[str, User]) -> None:
        self._room = room
        self._collection = collection
        self._people = people
        self.shown = 0

    async def take(self, made: Made) -> None:
        """Ask, press every button, fill in every form, list and show the articles."""
        discord = self._room.discord
        list(self._collection.add(made.articles))
        self._room.client.asking._read = (  # type: ignore[method-assign]
            lambda *_: Found(time.monotonic(), made.answer, None, is_of_samples=True)
        )
        asker = self._people[made.locale]
        asked = await discord.slash(asker, self._room.channel, "ask", question=made.question)
        answer = await self._see(await asked.answer())
        await self._press(answer, made)
        await self._mention(made)
        await self._articles(made)
        for article in made.articles:
            self._collection.remove(article.id)
        self._room.channel.messages.clear()
        assert discord.violations == []

    async def _see(self, message: Message) -> Message:
        assert message.mentions == []
        assert not message.mentions_everyone
        self.shown += 1
        return message

    async def _press(self, answer: Message, made: Made) -> None:
        discord = self._room.discord
        ids = {button["custom_id"].split(":")[1]: button["custom_id"] for button in answer.buttons}
        for kind in ids.keys() & {"quote", "more", "good"}:
            shown = await self._see(await (await discord.click(answer, ids[kind])).answer())
            for page in itertools.count(2):
                onward = [one["custom_id"] for one in shown.buttons if one["custom_id"].endswith(f":{page}")]
                if not onward:
                    break
                shown = await self._see(await (await discord.click(shown, onward[0])).answer())
        for kind in ("follow", "wrong"):
            form = await (await discord.click(answer, ids[kind])).shown_modal()
            sent = await discord.submit(form, f"Who? {made.written}"[:1000])
            await self._see(await sent.answer())

    async def _mention(self, made: Made) -> None:
        room = self._room
        said = f"{room.discord.bot.mention} Who? {made.written}"[:2000]
        asked = await room.discord.message(room.ada, room.channel, said)
        shown = await asked.answer()
        assert shown.mentions == []
        self.shown += 1

    async def _articles(self, made: Made) -> None:
        """What `/articles list` and `show` send, without uploading each article first."""
        spoken = words(made.locale)
        added = Contribution("a", 1, 0.0, made.file_name)
        rows = [
            ListedArticle(
                ArticleSummary(one.id, one.title or one.text[:60], one.url, one.published, None, None, "", 1),
                added,
            )
            for one in made.articles
        ]
        channel = self._room.client.get_partial_messageable(self._room.channel.id)
        await channel.send(embed=articles_embed(rows, 1, 2, spoken))
        await channel.send(embed=article_embed(made.articles[0], added, spoken, made.articles))
        self.shown += 2


class Blank(HashedWords):
    """To which all passages are alike, because nothing is looked for here."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.eye(1, self.dimension, dtype=np.float32), (len(texts), 1))


def _walk(app: App, examples: int) -> int:
    """Walk that many answers; how many messages were shown."""
    app.encoder = Blank(name=app.encoder.name)  # type: ignore[assignment]
    with capture_logs(), asyncio.Runner() as runner, app.chosen() as collection:
        stack = AsyncExitStack()
        room = runner.run(_entered(stack, app))
        try:
            people = {
                locale: room.discord.user(f"Speaker of {locale}", locale=locale)
                for locale in ("en-US", *TRANSLATED)
            }
            for person in people.values():
                room.discord.join(room.guild, person)
            walk = Walk(room, collection, people)

            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(made_answers())
            def each(made: Made) -> None:
                runner.run(walk.take(made))

            each()
            return walk.shown
        finally:
            runner.run(stack.aclose())


async def _entered(stack: AsyncExitStack, app: App) -> Newsroom:
    # What is shown is tried here, not how fast: a busy machine may take its time.
    return await stack.enter_async_context(newsroom(app, acknowledge_within=60.0))


@pytest.fixture(autouse=True)
def any_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions made of anything are seldom English."""
    monkeypatch.setattr(bot.chat.ask.responding, "reads_english_only", lambda _: False)


def test_a_few_answers_made_of_anything(filled: Callable[..., App]):
    """Ten answers in every view: the server takes all of them, and nobody is pinged."""
    assert _walk(filled(), 10) > 70


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_thousand_answers_made_of_anything(filled: Callable[..., App]):
    """2,000 answers in every view: the server takes all of them, and nobody is pinged."""
    assert _walk(filled(), 2000) > 14_000
