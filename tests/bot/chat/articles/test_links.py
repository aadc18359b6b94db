"""`/articles add link:` and the menu, with the real client on a pretended Discord and a small internet."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from bot.app import App
from bot.chat.admin.forgetting import forget_server
from bot.chat.articles.parcels import links_in
from bot.chat.keep.memory import Contribution
from tests.discord_server import NotOffered
from tests.web_server import Connection, Seen, Web, reply

from ..staging import in_loop, settled
from .news import FEED, NOW, articles, feed, managed, said, text_of

Filled = Callable[..., App]
MENU = "Add the linked article"
LAMP = "http://news.example/lamp"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as running:
        for topic in ("lamp", "ferry"):
            running.page(f"news.example/{topic}", text_of(topic))
        running.page("news.example/feed", feed("lamp", "ferry"))
        yield running


@in_loop
async def test_a_link_is_added_and_answers(filled: Filled, web: Web):
    """The reply is for the one who added it; the next question is answered from the page."""
    async with managed(filled(), web) as room:
        assert await said(room, "add", link=LAMP) == "**http\\://news.example/lamp**\n1 article was added."
        answer = await room.answered("Who restored the lamp at Gull Point?")
        assert "Willa Sedge" in answer.text
        (contribution,) = room.client.places.memory(room.guild.id).contributions().values()
        assert contribution == Contribution(contribution.article_id, room.ada.id, NOW, LAMP)
        listed = await said(room, "list")
        assert f"added by {room.ada.mention}" in listed
        assert "Link\nhttp\\://news.example/lamp" in await said(room, "show", article="The lamp")


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://news.example/none", "it is not there (404)"),
        ("http://nowhere.invalid/", "its host is not known"),
        ("http://10.0.0.7/", "it leads into a private network, where I do not go"),
        ("http://[::ffff:127.0.0.1]/", "it leads into a private network, where I do not go"),
        ("http://inside.example/", "it leads into a private network, where I do not go"),
        ("http://news.example/away", "it leads into a private network, where I do not go"),
        (FEED, "it is a feed, not an article; /articles feed add follows it"),
    ],
)
def test_links_that_are_not_added(filled: Filled, web: Web, link: str, reason: str) -> None:
    """Each is told with its reason, and nothing inside is ever connected to."""
    web.names["inside.example"] = [["192.168.1.1"]]
    web.pages["news.example/away"] = reply(b"", 302, {"Location": "http://169.254.169.254/latest/"})

    @in_loop
    async def scene() -> None:
        async with managed(filled(), web) as room:
            assert f"\nNothing was added: {reason}." in await said(room, "add", link=link)
            assert {address for address, _ in web.connected} <= {"93.184.215.14"}
            assert "There are no articles yet." in await said(room, "list")

    scene()


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("file:///etc/passwd", "I read links that begin with http:// or https:// only"),
        ("gopher://news.example/", "I read links that begin with http:// or https:// only"),
        ("http://ada:secret@news.example/", "it carries a user name or a password"),
        ("http://0177.0.0.1/", "its host is an address written as another number"),
        ("http://2130706433/", "its host is an address written as another number"),
        ("x" * 5000, "it is too long for a link"),
    ],
)
def test_links_that_can_never_be_followed(filled: Filled, web: Web, link: str, reason: str) -> None:
    """Are refused at once, which is the acknowledgement, and nothing is fetched."""

    @in_loop
    async def scene() -> None:
        async with managed(filled(), web) as room:
            exchange = await articles(room, "add", link=link)
            message = await exchange.answer()
            assert message.text.startswith("I cannot read ")
            assert message.text.endswith(f": {reason}.")
            assert (exchange.deferred, exchange.ephemeral) == (False, True)
            assert web.seen == []

    scene()


@in_loop
async def test_a_reason_in_the_persons_language(filled: Filled, web: Web):
    """What the web says in English is told in hers."""
    async with managed(filled(), web) as room:
        room.ada.locale = "de"
        german = await room.discord.slash(
            room.ada, room.channel, "articles add", link="http://news.example/none"
        )
        text = (await german.answer(when=lambda message: not message.text.endswith("…"))).text
        assert text == "**http\\://news.example/none**\nHinzugefügt wurde nichts: da ist nichts (404)."


@in_loop
async def test_quotas_hold_for_links(filled: Filled, web: Web):
    """One article too many is not added, with the numbers."""
    async with managed(filled(max_articles=1), web) as room:
        await said(room, "add", link=LAMP)
        assert await said(room, "add", link="http://news.example/ferry") == (
            "http\\://news.example/ferry would be too many articles: this server has 1 of at most 1. "
            "Nothing was added; remove some first, or add less at once."
        )


# --- the menu -----------------------------------------------------------------------------------


@in_loop
async def test_the_menu_adds_what_a_message_links_to(filled: Filled, web: Web):
    """Each of its links, also one that leads to nothing, in one reply to the one who asked."""
    async with managed(filled(), web) as room:
        text = f"Read <{LAMP}>, [the ferry](http://news.example/ferry) and http://news.example/none!"
        await room.discord.message(room.ben, room.channel, text)
        (message,) = room.channel.messages.values()
        exchange = await room.discord.menu(room.ada, message, MENU)
        answer = await exchange.answer(when=lambda one: "added" in one.text)
        assert answer.text.splitlines() == [
            "**http\\://news.example/lamp**",
            "2 articles were added.",
            "1 thing was left out:",
            "- http\\://news.example/none: it is not there (404)",
        ]
        assert (exchange.deferred, exchange.ephemeral) == (True, True)
        users = {one.user for one in room.client.places.memory(room.guild.id).contributions().values()}
        assert users == {room.ada.id}


@in_loop
async def test_the_menu_of_a_message_without_links(filled: Filled, web: Web):
    """Is told so."""
    async with managed(filled(), web) as room:
        await room.discord.message(room.ben, room.channel, "Read ftp://news.example/lamp")
        (message,) = room.channel.messages.values()
        exchange = await room.discord.menu(room.ada, message, MENU)
        assert (await exchange.answer()).text == "There is no link in this message."
        assert exchange.ephemeral


@in_loop
async def test_the_menu_is_for_those_who_manage_the_server(filled: Filled, web: Web):
    """Discord shows it to nobody else, nor in direct messages; the right is checked again."""
    async with managed(filled(), web) as room:
        await room.discord.message(room.ben, room.channel, LAMP)
        (message,) = room.channel.messages.values()
        with pytest.raises(NotOffered):
            await room.discord.menu(room.ben, message, MENU)
        direct = room.discord.dm(room.ada)
        await (await room.discord.message(room.ada, direct, "Who directed the film?")).answer()
        with pytest.raises(NotOffered):
            await room.discord.menu(room.ada, next(iter(direct.messages.values())), MENU)
        room.discord.grant(room.guild, room.ben, MENU)
        exchange = await room.discord.menu(room.ben, message, MENU)
        assert (await exchange.answer()).text == "You need the permission “Manage Server” for this."
        assert web.seen == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", []),
        ("see http://a.example/x.", ["http://a.example/x"]),
        ("(http://a.example/x)", ["http://a.example/x"]),
        ("http://a.example/x_(y)", ["http://a.example/x_(y)"]),
        ("**HTTPS://a.example/**", ["HTTPS://a.example/"]),
        ("||http://a.example/|| <http://b.example/>", ["http://a.example/", "http://b.example/"]),
        ("[http://a.example/](http://b.example/)", ["http://a.example/"]),
        ("http://a.example/ http://a.example/", ["http://a.example/"]),
        (
            " ".join(f"http://{n}.example/" for n in range(7)),
            [f"http://{n}.example/" for n in range(5)],
        ),
    ],
)
def test_the_links_of_a_message(text: str, links: list[str]) -> None:
    """The first five, each once, without what stands around them."""
    assert links_in(text) == links


# --- while it goes on ---------------------------------------------------------------------------


@in_loop
async def test_a_slow_page_keeps_nobody_waiting(filled: Filled, web: Web):
    """While a link is fetched questions are answered, and the same server's next thing is refused."""
    arrived, free = threading.Event(), threading.Event()

    def slow(connection: Connection, _: Seen) -> None:
        arrived.set()
        free.wait(10)
        connection.send(reply(text_of("mill").encode()))

    web.pages["news.example/mill"] = slow
    async with managed(filled(), web) as room:
        exchange = await articles(room, "add", link="http://news.example/mill")
        await asyncio.to_thread(arrived.wait, 10)
        assert (await exchange.answer()).text == "Reading http\\://news.example/mill …"
        assert "Ilsa Marrow" in (await room.answered()).text
        assert await said(room, "add", link=LAMP) == (
            "Something else is being added to this server; please wait until that is done."
        )
        free.set()
        await exchange.answer(when=lambda message: "1 article was added." in message.text)


@in_loop
async def test_a_server_that_is_forgotten_while_a_link_is_fetched(filled: Filled, web: Web):
    """Nothing is written there again."""
    arrived, free = threading.Event(), threading.Event()

    def slow(connection: Connection, _: Seen) -> None:
        arrived.set()
        free.wait(10)
        connection.send(reply(text_of("mill").encode()))

    web.pages["news.example/mill"] = slow
    async with managed(filled(), web) as room:
        exchange = await articles(room, "add", link="http://news.example/mill")
        await asyncio.to_thread(arrived.wait, 10)
        await forget_server(room.client, room.guild.id)
        free.set()
        text = "All that I keep of this server was deleted meanwhile; nothing was added."
        await exchange.answer(when=lambda message: message.text == text)
        await settled(room.client)
        assert room.client.places.servers() == set()


@in_loop
async def test_the_program_ends_while_a_link_is_fetched(filled: Filled, web: Web):
    """Who waits is told, and the program does not wait for the page."""
    arrived, free = threading.Event(), threading.Event()

    def slow(connection: Connection, _: Seen) -> None:
        arrived.set()
        free.wait(10)
        connection.send(reply(text_of("mill").encode()))

    web.pages["news.example/mill"] = slow
    async with managed(filled(), web) as room:
        exchange = await articles(room, "add", link="http://news.example/mill")
        await asyncio.to_thread(arrived.wait, 10)
        await room.client.close()
        free.set()
        told = "I am being restarted. Please ask again in a minute."
        await exchange.answer(when=lambda message: message.text == told)
