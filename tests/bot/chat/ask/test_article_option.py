"""Tests of `bot.chat.ask.ways`: the article that a question is narrowed to."""

from __future__ import annotations

from collections.abc import Callable

from bot.app import App
from index.types import Article

from ..staging import in_loop, newsroom

Filled = Callable[..., App]
LATER = Article(
    "later", "Nora Vale directed the film.", "Corrected", "https://news.example/later", "2024-05-01"
)


@in_loop
async def test_only_one_article(filled: Filled):
    """`article` narrows the question to it: the others are not read."""
    async with newsroom(filled()) as room:
        assert "Ilsa Marrow" in (await room.answered(article="film")).text
        assert "Ilsa Marrow" not in (await room.answered(article="tower")).text


@in_loop
async def test_an_article_that_is_not_there(filled: Filled):
    """A typed title that names no article, or several, is answered with what to do."""
    async with newsroom(filled()) as room:
        for typed in ("harbour", "the"):
            answer = await room.answered(article=typed)
            assert answer.text == (
                "There is no article of that name; choose one from the list that comes up while typing."
            )


@in_loop
async def test_titles_come_up_while_typing(filled: Filled):
    """Autocomplete offers the titles that hold what was typed, with the ids as values."""
    async with newsroom(filled()) as room:
        offered = await room.discord.autocomplete(
            room.ada, room.channel, "ask", focus="article", article="THE t"
        )
        assert offered == [{"name": "The tower", "value": "tower"}]


@in_loop
async def test_the_servers_own_titles_come_up_first(filled: Filled):
    """Both collections are offered in the server, and only the shared one in direct messages."""
    async with newsroom(filled()) as room:
        with room.client.places.own(room.guild.id) as own:
            list(own.add([LATER]))
        values = [
            [
                choice["value"]
                for choice in await room.discord.autocomplete(
                    room.ada, channel, "ask", focus="article", article=""
                )
            ]
            for channel in (room.channel, room.discord.dm(room.ada))
        ]
        assert values == [["later", "tower", "film", "ferry"], ["tower", "film", "ferry"]]


@in_loop
async def test_no_more_titles_than_discord_takes(filled: Filled):
    """Of 60 articles 25 are offered, and each that is chosen is the one that is read."""
    articles = [
        Article(f"https://news.example/{'x' * 100}/{number}", f"Warden {number} said so.", f"Title {number}")
        for number in range(60)
    ]
    async with newsroom(filled(articles)) as room:
        offered = await room.discord.autocomplete(
            room.ada, room.channel, "ask", focus="article", article="title"
        )
        assert len(offered) == 25
        chosen = next(choice for choice in offered if choice["name"] == "Title 7")
        assert "Warden 7" in (await room.answered("Who said so?", article=chosen["value"])).text
