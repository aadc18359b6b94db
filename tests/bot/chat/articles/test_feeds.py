"""`/articles feed …` and the schedule, with the real client on a pretended Discord and a small internet."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.app import App
from bot.chat.admin.forgetting import forget_server
from bot.chat.articles import feeds as feeds_module
from bot.chat.articles.adding import uploads_of
from bot.chat.articles.feeds import feeds_of
from bot.chat.articles.pulls import pulls_of
from index.sources.web.finding import FoundFeed
from tests.discord_server import Message, NotOffered
from tests.web_server import Connection, Seen, Web, reply

from ..staging import Newsroom, connected, in_loop, settled
from .news import FEED, NOW, articles, feed, managed, online, said, text_of

Filled = Callable[..., App]
HALF_HOUR = 1800.0


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as running:
        for topic in ("lamp", "ferry", "tower", "mill"):
            running.page(f"news.example/{topic}", text_of(topic))
        running.page("news.example/feed", feed("lamp", "ferry"))
        yield running


def kept(room: Newsroom) -> list[str]:
    """The titles of the server's own articles."""
    page = uploads_of(room.client).holdings.page(room.guild.id, 1, 100)
    return sorted(row.article.title for row in page.rows)


async def later(room: Newsroom, seconds: float = HALF_HOUR) -> None:
    """The next round comes."""
    at = room.client.clock() + seconds
    room.client.clock = lambda: at
    await pulls_of(room.client).round()


# --- following ----------------------------------------------------------------------------------


@in_loop
async def test_a_feed_is_followed(filled: Filled, web: Web):
    """It is read at once and told what came of it; later its new articles come by themselves, and answer."""
    async with managed(filled(), web) as room:
        assert await said(room, "feed add", link=FEED) == (
            "**Bay Post** is followed from now on: I read it every 30 minutes.\n2 articles were added."
        )
        assert kept(room) == ["The ferry", "The lamp"]
        web.page("news.example/feed", feed("tower", "lamp", "ferry"))
        await later(room)
        assert kept(room) == ["The ferry", "The lamp", "The tower"]
        assert "Willa Sedge" in (await room.answered("Who restored the tower at Gull Point?")).text
        assert web.paths("news.example") == ["/feed", "/feed", "/ferry", "/lamp", "/feed", "/tower"]


@in_loop
async def test_a_page_leads_to_its_feed(filled: Filled, web: Web):
    """What is followed is the feed, not the page."""
    named = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    web.page("news.example/", f"<html><head>{named}</head><body>The Bay Post</body></html>")
    async with managed(filled(), web) as room:
        assert "**Bay Post** is followed" in await said(room, "feed add", link="http://news.example/")
        assert [one.link for one in feeds_of(room.client, room.guild.id)] == [FEED]
        assert await said(room, "feed add", link=FEED) == "**Bay Post** is followed already."


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://news.example/lamp", "it is no feed, and names none"),
        ("http://news.example/none", "it is not there (404)"),
        ("http://10.0.0.7/feed", "it leads into a private network, where I do not go"),
    ],
)
def test_links_that_lead_to_no_feed(filled: Filled, web: Web, link: str, reason: str) -> None:
    """Are told with their reason; nothing is kept, not even a folder."""

    @in_loop
    async def scene() -> None:
        async with managed(filled(), web) as room:
            text = await said(room, "feed add", link=link)
            assert text == f"I cannot follow {link.replace('://', chr(92) + '://')}: {reason}."
            assert feeds_of(room.client, room.guild.id) == []

    scene()


@in_loop
async def test_a_server_may_follow_so_many(filled: Filled, web: Web):
    """One more is refused before anything is fetched."""
    async with managed(filled(max_feeds=1), web) as room:
        await said(room, "feed add", link=FEED)
        web.seen.clear()
        text = await said(room, "feed add", link="http://news.example/other")
        assert text == "This server follows 1 feeds, which is as many as it may."
        assert web.seen == []


@in_loop
async def test_quotas_hold_for_feeds(filled: Filled, web: Web):
    """Reading stops at the article that is too many and the list says so; with room again, the rest comes."""
    async with managed(filled(max_articles=1), web) as room:
        full = "this server keeps as many articles as it may"
        assert await said(room, "feed add", link=FEED) == (
            "**Bay Post** is followed from now on: I read it every 30 minutes.\n1 article was added.\n"
            f"1 thing was left out:\n- http\\://news.example/lamp: {full}"
        )
        assert f"failed: {full}" in await said(room, "feed list")
        await said(room, "remove", article="The ferry")
        await later(room)
        assert kept(room) == ["The lamp"]


@in_loop
async def test_so_many_entries_at_a_time(filled: Filled, web: Web, monkeypatch: pytest.MonkeyPatch):
    """A long feed does not keep the others waiting: the rest comes with the next rounds."""
    monkeypatch.setattr("bot.chat.articles.pulls.MOST_ENTRIES", 2)
    web.page("news.example/feed", feed("tower", "mill", "lamp", "ferry"))
    async with managed(filled(), web) as room:
        await said(room, "feed add", link=FEED)
        assert kept(room) == ["The mill", "The tower"]
        await later(room)
        assert kept(room) == ["The ferry", "The lamp", "The mill", "The tower"]


# --- the list, and removing ---------------------------------------------------------------------


@in_loop
async def test_the_list_tells_how_each_stands(filled: Filled, web: Web):
    """Name, articles, when it was read, who added it; and what is wrong, until when it is left alone."""
    async with managed(filled(), web) as room:
        assert await said(room, "feed list") == "Feeds\nNo feeds are followed yet."
        assert room.client.places.servers() == set()
        await said(room, "feed add", link=FEED)
        added = f"added by {room.ada.mention} <t:1730000000:R>"
        exchange = await articles(room, "feed list")
        assert (await exchange.answer()).embed["description"] == (
            f"[Bay Post](http://news.example/feed)\n-# 2 articles · last read <t:1730000000:R> · {added}"
        )
        web.page("news.example/feed", "", 503)
        await later(room)
        assert "-# 2 articles · failed: its server has a fault (503); again <t:" in await said(
            room, "feed list"
        )
        web.page("news.example/feed", "", 410)
        await later(room, 9000)
        gone = "switched off: it is gone for good, and is not asked for any more"
        assert gone in await said(room, "feed list")
        asked = len(web.seen)
        await later(room, 10**6)
        assert len(web.seen) == asked


@in_loop
async def test_articles_say_which_feed_they_came_by(filled: Filled, web: Web):
    """In the list and on their own; one that a person added says who, whatever feeds say."""
    async with managed(filled(), web) as room:
        await said(room, "add", link="http://news.example/lamp")
        await said(room, "feed add", link=FEED)
        lamp, ferry = sorted((await said(room, "list")).split("\n-# ")[1:], key=lambda row: "feed" in row)
        assert lamp.startswith(f"added by {room.ada.mention} <t:1730000000:R> · ")
        assert ferry.startswith("from the feed Bay Post <t:")
        assert "Feed\nBay Post" in await said(room, "show", article="The ferry")


@in_loop
async def test_a_feed_is_removed(filled: Filled, web: Web):
    """By what is suggested, or its title; its articles stay, and no more come."""
    async with managed(filled(), web) as room:
        await said(room, "feed add", link=FEED)
        suggested = await room.discord.autocomplete(
            room.ada, room.channel, "articles feed remove", focus="feed", feed="bay"
        )
        assert suggested == [{"name": "Bay Post", "value": FEED}]
        assert await said(room, "feed remove", feed=FEED) == (
            "**Bay Post** is no longer followed; its articles stay."
        )
        web.page("news.example/feed", feed("tower", "lamp", "ferry"))
        await later(room)
        assert kept(room) == ["The ferry", "The lamp"]
        assert "There is no feed of that name" in await said(room, "feed remove", feed="bay post")


@pytest.mark.parametrize("is_first", [True, False])
def test_a_feed_is_removed_with_its_articles(filled: Filled, web: Web, is_first: bool) -> None:
    """Those that came by it alone: what a person added stays, before the feed brought it or after."""

    @in_loop
    async def scene() -> None:
        async with managed(filled(), web) as room:
            lamp, followed = ("add", "http://news.example/lamp"), ("feed add", FEED)
            for what, link in (lamp, followed) if is_first else (followed, lamp):
                await said(room, what, link=link)
            assert await said(room, "feed remove", feed="bay post", articles=True) == (
                "**Bay Post** is no longer followed, and 1 article that came by it was removed."
            )
            assert kept(room) == ["The lamp"]

    scene()


@in_loop
async def test_the_status_tells_of_feeds(filled: Filled, web: Web):
    """How many there are of how many, when one was read last, and that one failed."""
    async with managed(filled(), web) as room:
        await said(room, "feed add", link=FEED)
        status = await room.discord.slash(room.ben, room.channel, "status")
        assert "Feeds\n1 of 20, last read <t:1730000000:R>" in (await status.answer()).text
        web.page("news.example/feed", "", 500)
        await later(room)
        status = await room.discord.slash(room.ben, room.channel, "status")
        assert "1 of 20, last read <t:1730000000:R>, 1 failed" in (await status.answer()).text


# --- rights -------------------------------------------------------------------------------------


@in_loop
async def test_feeds_are_for_those_who_manage_the_server(filled: Filled, web: Web):
    """Discord shows the commands to nobody else; the right is checked again, and nothing is fetched."""
    async with managed(filled(), web) as room:
        with pytest.raises(NotOffered):
            await room.discord.slash(room.ben, room.channel, "articles feed list")
        room.discord.grant(room.guild, room.ben, "articles")
        for what, options in (("add", {"link": FEED}), ("list", {}), ("remove", {"feed": FEED})):
            exchange = await room.discord.slash(room.ben, room.channel, f"articles feed {what}", **options)
            assert (await exchange.answer()).text == "You need the permission “Manage Server” for this."
            assert exchange.ephemeral
        found = await room.discord.autocomplete(
            room.ben, room.channel, "articles feed remove", focus="feed", feed=""
        )
        assert found == []
        assert web.seen == []


# --- the schedule -------------------------------------------------------------------------------


@in_loop
async def test_the_shared_collections_feeds_are_read_too(filled: Filled, web: Web):
    """Those of `byline feeds add`, for every server's questions."""
    app = filled()
    with app.chosen() as collection:
        collection.feeds.add(FEED, "Bay Post", NOW)
    async with managed(app, web) as room:
        await later(room)
        assert "Willa Sedge" in (await room.answered("Who restored the lamp at Gull Point?")).text
        assert kept(room) == []


@in_loop
async def test_the_first_round_comes_with_the_start(filled: Filled, web: Web):
    """A feed that was read lately is left alone, also by a program that starts over and over."""
    app = filled()
    async with managed(app, web) as room:
        await said(room, "feed add", link=FEED)
        web.page("news.example/feed", feed("tower", "lamp", "ferry"))
        await room.client.close()
        for moment, titles in (
            (NOW + 60, ["The ferry", "The lamp"]),
            (NOW + HALF_HOUR, ["The ferry", "The lamp", "The tower"]),
        ):
            async with connected(online(app, web), room.discord, clock=lambda at=moment: at) as client:
                await settled(client)
                page = uploads_of(client).holdings.page(room.guild.id, 1, 100)
                assert sorted(row.article.title for row in page.rows) == titles


@in_loop
async def test_a_server_that_removed_the_bot(filled: Filled, web: Web):
    """Its feeds are asked for no more, though its articles are kept for some days."""
    async with managed(filled(), web) as room:
        await said(room, "feed add", link=FEED)
        asked = len(web.seen)
        await room.client.upkeep.removed(None or 0, room.guild.id)
        await later(room)
        assert len(web.seen) == asked
        await room.client.upkeep.joined(0, room.guild.id)
        await later(room)
        assert len(web.seen) == asked + 1


@in_loop
async def test_a_server_that_is_forgotten_meanwhile(filled: Filled, web: Web):
    """What is being read for it does not arrive, and nothing is written there again."""
    async with managed(filled(), web) as room:
        await said(room, "feed add", link=FEED)
        web.page("news.example/feed", feed("tower", "mill", "lamp", "ferry"))
        real = room.client.places.kept
        opened = 0

        def forgetting(server: int | None) -> object:
            nonlocal opened
            opened += server is not None
            if opened == 4:
                room.client.places.forget(room.guild.id)
            return real(server)

        room.client.places.kept = forgetting  # type: ignore[method-assign,assignment]
        await later(room)
        assert opened >= 4
        assert room.client.places.servers() == set()


@in_loop
async def test_a_feed_that_fails_keeps_no_other_from_being_read(filled: Filled, web: Web):
    """In the same server or another, whatever is wrong."""
    web.page("else.example/feed", feed("a", title="Else", host="else.example"))
    web.page("else.example/a", text_of("abbey"))
    async with managed(filled(), web) as room:
        await said(room, "feed add", link="http://else.example/feed")
        await said(room, "feed add", link=FEED)
        web.page("else.example/feed", "", 500)
        web.page("news.example/feed", feed("tower", "lamp", "ferry"))
        await later(room)
        assert kept(room) == ["The abbey", "The ferry", "The lamp", "The tower"]
        assert [one.failures for one in feeds_of(room.client, room.guild.id)] == [1, 0]


@in_loop
async def test_questions_come_first(filled: Filled, web: Web, monkeypatch: pytest.MonkeyPatch):
    """After each article the feeds' thread stands back for them."""
    async with managed(filled(), web) as room:
        stood_back: list[tuple[object, bool]] = []
        monkeypatch.setattr(
            room.client.feeds,
            "give_way",
            lambda to: stood_back.append((to, threading.current_thread().name == "feeds")),
        )
        await said(room, "feed add", link=FEED)
        assert stood_back == [(room.client.questions, True)] * 2


@in_loop
async def test_never(filled: Filled, web: Web):
    """Where the operator wants no schedule, a feed is read once, and that is said."""
    async with managed(filled(feed_minutes=0), web) as room:
        assert (await said(room, "feed add", link=FEED)).splitlines()[0] == (
            "**Bay Post** is kept, but I read feeds only once: whoever runs me has it so."
        )


@in_loop
async def test_forgetting_a_server_forgets_its_feeds(filled: Filled, web: Web):
    """They lie in its folder."""
    async with managed(filled(), web) as room:
        await said(room, "feed add", link=FEED)
        await forget_server(room.client, room.guild.id)
        assert await said(room, "feed list") == "Feeds\nNo feeds are followed yet."


@pytest.mark.parametrize("has_articles", [True, False])
@pytest.mark.parametrize("page", ["feed", "lamp"])
def test_forgetting_a_server_while_a_feed_is_added(
    filled: Filled, web: Web, page: str, has_articles: bool
) -> None:
    """While it or its article is fetched: it is told, and nothing of the server is made anew."""
    arrived, free = threading.Event(), threading.Event()
    body = feed("lamp") if page == "feed" else text_of("lamp")

    def slow(connection: Connection, _: Seen) -> None:
        arrived.set()
        free.wait(10)
        connection.send(reply(body.encode()))

    @in_loop
    async def scene() -> None:
        async with managed(filled(), web) as room:
            if has_articles:
                await said(room, "add", link="http://news.example/mill")
            web.page("news.example/feed", feed("lamp"))
            web.pages[f"news.example/{page}"] = slow
            exchange = await articles(room, "feed add", link=FEED)
            await asyncio.to_thread(arrived.wait, 10)
            await forget_server(room.client, room.guild.id)
            free.set()
            told = "All that I keep of this server was deleted meanwhile; nothing was added."
            await exchange.answer(when=lambda message: message.text == told)
            assert feeds_of(room.client, room.guild.id) == []
            assert not room.client.places.folder(room.guild.id).exists()

    scene()


@in_loop
async def test_feeds_added_at_once_stay_within_the_limit(
    filled: Filled, web: Web, monkeypatch: pytest.MonkeyPatch
):
    """Both are found while there is room for one; the other is refused."""
    both, real = asyncio.Barrier(2), feeds_module._found

    async def together(*values: Any) -> FoundFeed:
        found = await real(*values)
        await both.wait()
        return found

    monkeypatch.setattr(feeds_module, "_found", together)
    web.page("news.example/other", feed("tower", title="Other"))
    async with managed(filled(max_feeds=1), web) as room:
        links = (FEED, "http://news.example/other")
        exchanges = [await articles(room, "feed add", link=link) for link in links]
        texts = [
            (await one.answer(when=lambda message: not message.text.endswith("…"))).text for one in exchanges
        ]
        refused = "This server follows 1 feeds, which is as many as it may."
        assert [text == refused for text in texts].count(True) == 1
        assert len(feeds_of(room.client, room.guild.id)) == 1


@in_loop
async def test_the_program_ends_while_a_feed_is_read(filled: Filled, web: Web):
    """Who waits is told; the feed is kept, and the next start reads what was not come to."""
    arrived, free = threading.Event(), threading.Event()

    def slow(connection: Connection, _: Seen) -> None:
        arrived.set()
        free.wait(10)
        connection.send(reply(text_of("ferry").encode()))

    app = filled()
    web.pages["news.example/ferry"] = slow
    async with managed(app, web) as room:
        exchange = await articles(room, "feed add", link=FEED)
        await asyncio.to_thread(arrived.wait, 10)
        await room.client.close()
        free.set()
        told = "I am being restarted. Please ask again in a minute."
        await exchange.answer(when=lambda message: message.text == told)
        async with connected(online(app, web), room.discord, clock=lambda: NOW + HALF_HOUR) as client:
            await settled(client)
            page = uploads_of(client).holdings.page(room.guild.id, 1, 100)
            assert sorted(row.article.title for row in page.rows) == ["The ferry", "The lamp"]


# --- the twin -----------------------------------------------------------------------------------


@in_loop
async def test_the_twin_does_the_same_by_message(filled: Filled, web: Web):
    """`!articles feed …` where the bot may read messages."""
    async with managed(filled(message_content=True), web, granted={"message_content"}) as room:

        async def twin(content: str) -> Message:
            exchange = await room.discord.message(room.ada, room.channel, content)
            return await exchange.answer(when=lambda message: not message.text.endswith("…"))

        assert "**Bay Post** is followed" in (await twin(f"!articles feed add {FEED}")).text
        assert "Bay Post" in (await twin("!articles feed")).text
        assert "Bay Post" in (await twin("!articles feed list")).text
        assert "no longer followed" in (await twin("!articles feed remove bay post")).text
        assert "written in a way that I do not understand" in (await twin("!articles feed burn")).text
        assert "I cannot read" in (await twin("!articles feed add")).text
        added = await twin("!articles add http://news.example/tower")
        assert added.text == "**http\\://news.example/tower**\n1 article was added."
