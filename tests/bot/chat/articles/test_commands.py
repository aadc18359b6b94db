"""`/articles`, with the real client on a pretended Discord."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

import bot.chat.articles.adding
from bot.app import App
from bot.chat.admin.forgetting import forget_server
from bot.chat.articles.adding import uploads_of
from bot.chat.client import Client
from bot.chat.keep.memory import Contribution
from index.sources.kinds import KINDS
from tests.discord_server import Exchange, Message, NotOffered, Permission, Upload

from ..staging import Newsroom, connected, in_loop, newsroom, settled

Filled = Callable[..., App]
MILL = Upload("mill.md", b"---\ntitle: The mill\ndate: 2024-05-01\n---\nWilla Sedge closed the mill.")
NOW = 1_730_000_000.0
ONE = "Please attach one file, or give one link."


def lines(name: str, *texts: str) -> Upload:
    """A JSON Lines file with an article for each text."""
    return Upload(name, "".join(json.dumps({"text": text}) + "\n" for text in texts).encode())


@asynccontextmanager
async def managed(app: App, **options: object) -> AsyncIterator[Newsroom]:
    """A newsroom in which Ada has Manage Server, and Ben has not; it is always NOW."""
    async with newsroom(app, **options) as room:  # type: ignore[arg-type]
        role = room.discord.role(room.guild, "Managers", Permission.MANAGE_GUILD)
        room.guild.members[room.ada.id].roles.append(role)
        room.client.clock = lambda: NOW
        yield room


async def articles(room: Newsroom, what: str, **options: object) -> Exchange:
    """Ada uses `/articles …`."""
    return await room.discord.slash(room.ada, room.channel, f"articles {what}", **options)


async def said(room: Newsroom, what: str, **options: object) -> str:
    """What the bot says to Ada's `/articles …`."""
    exchange = await articles(room, what, **options)
    return (await exchange.answer(when=lambda message: not message.text.endswith("…"))).text


async def chosen(room: Newsroom, what: str, typed: str = "") -> list[str]:
    """The titles suggested while Ada types."""
    found = await room.discord.autocomplete(
        room.ada, room.channel, f"articles {what}", focus="article", article=typed
    )
    return [choice["name"] for choice in found]


@contextmanager
def indexing_held(client: Client) -> Iterator[None]:
    """Keeps the indexing thread from working."""
    free = threading.Event()
    holding = asyncio.ensure_future(client.indexing.run(free.wait))
    try:
        yield
    finally:
        free.set()
        holding.add_done_callback(lambda done: done.cancelled() or done.exception())


def kept(room: Newsroom) -> list[str]:
    """The titles of the server's own articles."""
    page = uploads_of(room.client).holdings.page(room.guild.id, 1, 100)
    return [row.article.title for row in page.rows]


# --- adding -------------------------------------------------------------------------------------


@in_loop
async def test_a_file_is_added_and_answers(filled: Filled):
    """The reply is for the one who added it; the next question is answered from the article."""
    async with managed(filled()) as room:
        exchange = await articles(room, "add", file=MILL)
        assert (await exchange.answer()).text == "**mill.md**\n1 article was added."
        assert (exchange.deferred, exchange.ephemeral) == (True, True)
        answer = await room.answered("Who closed the mill?")
        assert answer.embed["description"].startswith("**Willa Sedge**")
        memory = room.client.places.memory(room.guild.id)
        (contribution,) = memory.contributions().values()
        assert contribution == Contribution(contribution.article_id, room.ada.id, NOW, "mill.md")


@in_loop
async def test_the_same_file_again_is_unchanged(filled: Filled):
    """An article added twice is there once, and stays with the one who added it first."""
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        room.client.clock = lambda: NOW + 60
        again = await said(room, "add", file=Upload("again.md", MILL.data))
        assert again == "**again.md**\n1 article was there already, unchanged."
        (contribution,) = room.client.places.memory(room.guild.id).contributions().values()
        assert (contribution.added_at, contribution.name) == (NOW, "mill.md")
        assert kept(room) == ["The mill"]


@in_loop
async def test_some_are_added_some_changed_some_left_out(filled: Filled):
    """Each outcome has its line; what was left out is named with its reason, the names escaped."""
    async with managed(filled()) as room:
        first = b'{"id": 1, "text": "One."}\n{"id": 2, "text": "Two."}\n'
        await said(room, "add", file=Upload("a.jsonl", first))
        second = b'{"id": 1, "text": "One."}\n{"id": 2, "text": "Too."}\n{"id": 3, "text": "Three."}\n'
        text = await said(room, "add", file=Upload("a_b_.jsonl", second + b"x\n" * 7))
        assert text == "\n".join(
            [
                r"**a\_b\_.jsonl**",
                "1 article was added.",
                "1 article was replaced by its new version.",
                "1 article was there already, unchanged.",
                "7 things were left out:",
                *(rf"- a\_b\_.jsonl, line {n}: it is not valid JSON" for n in range(4, 9)),
                "- and 2 more",
            ]
        )


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (Upload("a.txt", b" \n"), "**a.txt**\nNothing was added: it holds no text."),
        (Upload("a.txt", b"\0\0"), "**a.txt**\nNothing was added: it looks like a binary file, not text."),
        (Upload("a.jsonl", b"\n\n"), "**a.jsonl**\nThere is no article in it."),
        (
            Upload("a.jsonl.gz", gzip.compress(b"\0" * (1 << 20))),
            "**a.jsonl.gz**\nNothing was added: it is too large when it is unpacked.",
        ),
        (
            Upload("a.png", b"Some words."),
            f"I cannot read a.png. I read files that end in {' '.join(KINDS)}.",
        ),
        (
            Upload("a.txt", b"word " * 60_000),
            "a.txt is too large: it has 0.3 MiB, and I take up to 0.2 MiB.",
        ),
    ],
)
def test_files_that_are_not_added(filled: Filled, file: Upload, text: str) -> None:
    """Each is refused with its reason, and leaves nothing."""

    @in_loop
    async def scene() -> None:
        async with managed(filled(max_unpacked_mib=0.2)) as room:
            assert await said(room, "add", file=file) == text
            assert kept(room) == []

    scene()


@in_loop
async def test_what_is_refused_is_not_fetched(filled: Filled):
    """A file of a wrong kind, or larger than Discord takes there, is judged by what Discord says of it."""
    async with managed(filled(), attachment_size_limit=100) as room:
        assert "I cannot read a.rar." in await said(room, "add", file=Upload("a.rar", b"x"))
        large = await said(room, "add", file=Upload("a.txt", b"x" * 101))
        assert large == "a.txt is too large: it has 0.1 MiB, and I take up to 0 MiB."
        assert [request for request in room.discord.requests if "cdn" in request.name] == []


@in_loop
async def test_a_file_or_a_link(filled: Filled):
    """Neither, or both, is asked back, and nothing is fetched."""
    async with managed(filled()) as room:
        exchange = await articles(room, "add")
        assert (await exchange.answer()).text == ONE
        assert exchange.ephemeral
        assert await said(room, "add", link=room.discord.cdn_url, file=MILL) == ONE
        assert kept(room) == []
        assert [request for request in room.discord.requests if "cdn" in request.name] == []


@in_loop
async def test_a_file_that_discord_does_not_hand_out(filled: Filled):
    """When the CDN refuses, the person is asked to attach the file again; the next file is taken."""
    async with managed(filled()) as room:
        room.discord.core.world.keep_file = gone(room.discord.core.world.keep_file)  # type: ignore[method-assign]
        text = await said(room, "add", file=MILL)
        assert text == "Discord did not hand me the file; please attach it again."
        del room.discord.core.world.keep_file
        assert await said(room, "add", file=MILL) == "**mill.md**\n1 article was added."


def gone(keep: Callable[..., object]) -> Callable[..., object]:
    """Puts files on the CDN in such a way that nobody finds them there."""

    def keep_elsewhere(upload: Upload, channel_id: int) -> object:
        attachment = keep(upload, channel_id)
        attachment.id += 1  # type: ignore[attr-defined]
        return attachment

    return keep_elsewhere


# --- quotas -------------------------------------------------------------------------------------


@in_loop
async def test_a_server_may_have_so_many_articles(filled: Filled):
    """One too many and nothing of the file is added; the numbers are named."""
    async with managed(filled(max_articles=3)) as room:
        await said(room, "add", file=lines("a.jsonl", "One.", "Two."))
        text = await said(room, "add", file=lines("b.jsonl", "Three.", "Four."))
        assert text == (
            "b.jsonl would be too many articles: this server has 2 of at most 3. Nothing was added; "
            "remove some first, or add less at once."
        )
        assert len(kept(room)) == 2
        assert "1 article was added." in await said(room, "add", file=lines("c.jsonl", "Three."))


@in_loop
async def test_a_server_may_have_so_much_text(filled: Filled):
    """The text of all articles together is bounded; removing makes room."""
    async with managed(filled(max_text_mib=0.1)) as room:
        await said(room, "add", file=Upload("a.txt", b"Some words. " * 8000))
        text = await said(room, "add", file=Upload("b.txt", b"More words. " * 2000))
        assert text == (
            "b.txt would be too much text: this server has 0.1 of at most 0.1 MiB. Nothing was added; "
            "remove some articles first, or add less at once."
        )
        await said(room, "remove", article="Some words.")
        assert "1 article was added." in await said(room, "add", file=Upload("b.txt", b"More words. " * 2000))


# --- rights -------------------------------------------------------------------------------------


@in_loop
async def test_the_commands_are_for_those_who_manage_the_server(filled: Filled):
    """Discord shows them to members with Manage Server only, and in servers only."""
    async with managed(filled()) as room:
        for name in ("add", "list"):
            with pytest.raises(NotOffered):
                await room.discord.slash(room.ben, room.channel, f"articles {name}")
        with pytest.raises(NotOffered):
            await room.discord.slash(room.ada, room.discord.dm(room.ada), "articles list")


@in_loop
async def test_the_right_is_checked_again(filled: Filled):
    """A server that shows the commands to everybody does not hand out the right."""
    refusal = "You need the permission “Manage Server” for this."
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        room.discord.grant(room.guild, room.ben, "articles")
        for what, options in (
            ("add", {"file": MILL}),
            ("list", {}),
            ("show", {"article": "The mill"}),
            ("remove", {"article": "The mill"}),
        ):
            exchange = await room.discord.slash(room.ben, room.channel, f"articles {what}", **options)
            assert (await exchange.answer()).text == refusal
            assert exchange.ephemeral
        found = await room.discord.autocomplete(
            room.ben, room.channel, "articles remove", focus="article", article=""
        )
        assert found == []
        assert kept(room) == ["The mill"]


@in_loop
async def test_a_page_is_not_turned_without_the_right(filled: Filled):
    """Who has lost the right, or never had it, gets no further page."""
    async with managed(filled(message_content=True), granted={"message_content"}) as room:
        await said(room, "add", file=lines("a.jsonl", *(f"Text {n}." for n in range(11))))
        exchange = await room.discord.message(room.ada, room.channel, "!articles list")
        page = await exchange.answer()
        pressed = await room.discord.click(page, "Next", by=room.ben)
        assert (await pressed.answer()).text == "You need the permission “Manage Server” for this."
        assert pressed.ephemeral
        assert "Page 1 of 2" in page.text


# --- list, show, remove -------------------------------------------------------------------------


@in_loop
async def test_the_list_names_who_added_what_and_when(filled: Filled):
    """A row has title, date, who and when; the mention pings nobody (the pretended Discord sees to it)."""
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        exchange = await articles(room, "list")
        page = await exchange.answer()
        (article_id,) = room.client.places.memory(room.guild.id).contributions()
        assert page.embed["description"] == (
            "The mill – <t:1714564800:D>\n"
            f"-# added by {room.ada.mention} <t:1730000000:R> · mill.md · {article_id}"
        )
        assert (page.labels, exchange.ephemeral) == ([], True)


@in_loop
async def test_an_empty_list(filled: Filled):
    """A server without articles of its own has none, whatever is shared; looking makes no folder."""
    async with managed(filled()) as room:
        assert await said(room, "list") == "Articles\nThere are no articles yet."
        assert room.client.places.servers() == set()


@in_loop
async def test_pages_are_turned(filled: Filled):
    """Next and Previous show the other pages in the same message."""
    async with managed(filled()) as room:
        await said(room, "add", file=lines("a.jsonl", *(f"Text {n:02}." for n in range(25))))
        page = await (await articles(room, "list")).answer()
        assert (page.labels, page.text.count("added by")) == (["Next"], 10)
        for button, labels, number in (
            ("Next", ["Previous", "Next"], 10),
            ("Next", ["Previous"], 5),
            ("Previous", ["Previous", "Next"], 10),
        ):
            pressed = await room.discord.click(page, button)
            await pressed.until(lambda one: one.edits)
            assert pressed.deferred
            assert (page.labels, page.text.count("added by")) == (labels, number)
        assert "Text 10." in page.text


@in_loop
async def test_pages_are_turned_after_a_restart(filled: Filled):
    """The button's id is all it takes; a page that is gone meanwhile becomes the last there is."""
    app = filled()
    async with managed(app) as room:
        await said(room, "add", file=lines("a.jsonl", *(f"Text {n:02}." for n in range(21))))
        page = await (await articles(room, "list")).answer()
        await (await room.discord.click(page, "Next")).until(lambda one: one.edits)
        await room.client.close()
        async with connected(app, room.discord) as client:
            holdings = uploads_of(client).holdings
            (last,) = holdings.page(room.guild.id, 3, 10).rows
            assert holdings.remove(room.guild.id, last.article.id) == last.article.title
            await (await room.discord.click(page, "Next")).until(lambda one: one.edits)
            assert "Page 2 of 2" in page.text


@in_loop
async def test_an_article_is_shown(filled: Filled):
    """By id, as autocomplete gives it, or by title; its text, date and who added it."""
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        assert await chosen(room, "show", "mill") == ["The mill"]
        (article_id,) = room.client.places.memory(room.guild.id).contributions()
        for typed in (article_id, "the mill"):
            text = await said(room, "show", article=typed)
            assert "The mill\nWilla Sedge closed the mill." in text
            assert room.ada.mention in text


@in_loop
async def test_only_the_servers_own_articles_are_shown_and_removed(filled: Filled):
    """The shared collection, and another server's, are not theirs to look after."""
    nothing = "There is no article of that name; choose one from the list that comes up while typing."
    async with managed(filled()) as room:
        other = room.discord.guild("Elsewhere", managers=(room.ada,))
        exchange = await room.discord.slash(room.ada, other.channel, "articles add", file=MILL)
        await exchange.answer()
        assert await chosen(room, "remove") == []
        for typed in ("film", "The film", "The mill"):
            assert await said(room, "remove", article=typed) == nothing
            assert await said(room, "show", article=typed) == nothing
        found = await room.discord.autocomplete(
            room.ada, other.channel, "articles remove", focus="article", article=""
        )
        assert [choice["name"] for choice in found] == ["The mill"]


@in_loop
async def test_nothing_of_a_removed_article_is_shown(filled: Filled):
    """Once it is said to be removed: no answer, no suggestion, no list, no quote of an old answer has it."""
    async with managed(filled()) as room:
        await said(room, "add", file=MILL)
        old = await room.answered("Who closed the mill?")
        assert "Willa Sedge" in old.text
        assert await said(room, "remove", article="The mill") == (
            "**The mill** was removed. Nothing of it will be shown again."
        )
        assert await chosen(room, "remove") == []
        suggested = await room.discord.autocomplete(
            room.ada, room.channel, "ask", focus="article", article="mill", question="x"
        )
        assert suggested == []
        assert await said(room, "list") == "Articles\nThere are no articles yet."
        assert "Willa Sedge" not in (await room.answered("Who closed the mill?")).text
        quote = await (await room.discord.click(old, "Quote")).answer()
        assert "Willa Sedge" not in quote.text
        assert room.client.places.memory(room.guild.id).contributions() == {}


# --- while it goes on ---------------------------------------------------------------------------


@in_loop
async def test_progress_is_shown(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """The reply says how far it is, each two seconds if that is new, and what came of it at the end."""
    assert bot.chat.articles.adding.PROGRESS_SECONDS == 2
    monkeypatch.setattr(bot.chat.articles.adding, "PROGRESS_SECONDS", 0.05)
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            assert (await exchange.answer()).text == "Reading mill.md …"
            await asyncio.sleep(0.2)
            assert len(exchange.edits) == 1  # nothing is new, so nothing is changed
        await exchange.answer(when=lambda message: "added" in message.text)


@in_loop
async def test_a_file_at_a_time(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """A second file for the same server is refused, one for another server waits; both are told."""
    monkeypatch.setattr(bot.chat.articles.adding, "PROGRESS_SECONDS", 0.05)
    async with managed(filled()) as room:
        other = room.discord.guild("Elsewhere", managers=(room.ada,))
        with indexing_held(room.client):
            first = await articles(room, "add", file=MILL)
            await first.answer()
            assert await said(room, "add", file=MILL) == (
                "Something else is being added to this server; please wait until that is done."
            )
            waiting = await room.discord.slash(room.ada, other.channel, "articles add", file=MILL)
            text = "Other articles are being added first; yours come after them."
            assert (await waiting.answer()).text == text
        for exchange in (first, waiting):
            await exchange.answer(when=lambda message: "1 article was added." in message.text)


@in_loop
async def test_questions_are_answered_meanwhile(filled: Filled):
    """A file that is being indexed keeps nobody from asking."""
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            assert "Ilsa Marrow" in (await room.answered()).text
        await exchange.answer()


@in_loop
async def test_the_last_word_comes_in_time(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """Before the reply can be changed no more, it says where the rest can be seen; the end is dropped."""
    monkeypatch.setattr(bot.chat.articles.adding, "PROGRESS_SECONDS", 0.05)
    monkeypatch.setattr(bot.chat.articles.adding, "LAST_WORD_SECONDS", 3600.0)
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            text = (await exchange.answer()).text
            assert text == (
                "I am still adding mill.md. Discord does not let me change this message any longer; /status "
                "tells how far it is."
            )
            room.discord.expire(exchange)
        await settled(room.client)
        while uploads_of(room.client).running(room.guild.id):
            await asyncio.sleep(0.01)
        assert kept(room) == ["The mill"]
        assert exchange.followups == []
        assert room.channel.messages == {}


@in_loop
async def test_a_reply_that_was_dismissed(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """Who does not want to see it any more gets the articles all the same."""
    monkeypatch.setattr(bot.chat.articles.adding, "PROGRESS_SECONDS", 0.05)
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            room.discord.dismiss(await exchange.answer())
        while uploads_of(room.client).running(room.guild.id):
            await asyncio.sleep(0.01)
        assert kept(room) == ["The mill"]


@in_loop
async def test_a_server_that_is_forgotten_meanwhile(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """What is on its way to a forgotten server does not arrive, and nothing is written there again."""
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            while not room.client.indexing.depth > 1:
                await asyncio.sleep(0.01)
            await forget_server(room.client, room.guild.id)
        assert (await exchange.answer()).text == (
            "All that I keep of this server was deleted meanwhile; nothing was added."
        )
        await settled(room.client)
        assert room.client.places.servers() == set()
        assert "1 article was added." in await said(room, "add", file=MILL)


@in_loop
async def test_the_program_ends_meanwhile(filled: Filled):
    """Who waits is told that the rest must be added again; the program ends without waiting for it."""
    async with managed(filled()) as room:
        with indexing_held(room.client):
            exchange = await articles(room, "add", file=MILL)
            while not room.client.indexing.depth > 1:
                await asyncio.sleep(0.01)
            closing = asyncio.create_task(room.client.close())
            text = (await exchange.answer()).text
            assert text == "I am being restarted. 0 articles were added; please add the rest again."
        await closing


# --- the twin -----------------------------------------------------------------------------------


@in_loop
async def test_the_twin_does_the_same_by_message(filled: Filled):
    """Where the bot may read messages, `!articles` adds, lists, shows and removes."""
    async with managed(filled(message_content=True), granted={"message_content"}) as room:

        async def twin(content: str, *files: Upload) -> Message:
            exchange = await room.discord.message(room.ada, room.channel, content, files=files)
            return await exchange.answer()

        assert (await twin("!articles add", MILL)).text == "**mill.md**\n1 article was added."
        assert "added by" in (await twin("!articles")).text
        assert "added by" in (await twin("!articles list")).text
        assert "Willa Sedge closed the mill." in (await twin("!articles show The mill")).text
        assert "was removed" in (await twin("!articles remove the mill")).text
        assert "There is no article of that name" in (await twin("!articles show")).text
        assert (await twin("!articles add")).text == ONE
        assert (await twin("!articles add", MILL, MILL)).text == ONE
        assert (await twin("!articles add https://news.example", MILL)).text == ONE
        assert "written in a way that I do not understand" in (await twin("!articles burn")).text
        assert kept(room) == []


@in_loop
async def test_the_twin_checks_the_right_too(filled: Filled):
    """A prefix has no permissions of its own in Discord: the handler is all there is."""
    async with managed(filled(message_content=True), granted={"message_content"}) as room:
        await said(room, "add", file=MILL)
        for content, files in (
            ("!articles add", (MILL,)),
            ("!articles list", ()),
            ("!articles show The mill", ()),
            ("!articles remove The mill", ()),
        ):
            exchange = await room.discord.message(room.ben, room.channel, content, files=files)
            assert (await exchange.answer()).text == "You need the permission “Manage Server” for this."
        in_private = await room.discord.message(room.ada, room.discord.dm(room.ada), "!articles list")
        assert (await in_private.answer()).text == "This works in a server only."
        assert kept(room) == ["The mill"]


@in_loop
async def test_there_is_no_twin_without_the_intent(filled: Filled):
    """Where messages are not read, neither is the prefix."""
    async with managed(filled()) as room:
        exchange = await room.discord.message(room.ada, room.channel, "!articles list")
        await said(room, "list")
        assert exchange.response is None
