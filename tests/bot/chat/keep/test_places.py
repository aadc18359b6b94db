"""Where each server's things lie: what is asked, what is remembered, and that all of it can be forgotten."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.chat.keep import places as places_module
from bot.chat.keep.memory import ServerSettings
from bot.chat.keep.places import Places, Title
from index.collection import STORE_FILE, LocalCollection
from index.errors import EncoderMismatch, Forgotten, StoreUnusable, UnknownCollection
from index.types import Article, Query
from tests.encoders import HashedWords

from ...conftest import Words

ONE, TWO = 11, 22
DAY = 86_400.0
MILL = Article("mill", "The paper mill closed in spring.", "Mill shuts", published="2021-10-06")
FERRY = Article("ferry", "The ferry to Holm sank at the pier.", published="2021-10-08")
OTTER = Article("otter", "An otter was filmed below the weir.")
PRIVATE = ServerSettings(frozenset(), private=True, threads=False)


@pytest.fixture
def make(make_app: Callable[..., App]) -> Iterator[Callable[..., Places]]:
    """Makes the places of a program; keywords are settings of `discord:`. All are closed at the end."""
    made: list[Places] = []

    def make(**discord: object) -> Places:
        made.append(Places(make_app(**discord)))
        return made[-1]

    yield make
    for places in made:
        places.close()


@pytest.fixture
def places(make: Callable[..., Places]) -> Places:
    return make()


@pytest.fixture
def servers(places: Places) -> Places:
    """Two servers with an article and settings each, and a shared collection."""
    share(places, OTTER)
    for server, article in ((ONE, MILL), (TWO, FERRY)):
        add(places, server, article)
        places.memory(server).change(PRIVATE)
    return places


def share(places: Places, *articles: Article, name: str = "articles") -> Path:
    """Add to a collection as `byline index` does."""
    folder = places._app.collections_folder / name
    with LocalCollection(folder, places._app.encoder) as collection:
        assert len(list(collection.add(articles))) == len(articles)
    return folder


def add(places: Places, server: int, *articles: Article) -> None:
    with places.own(server) as collection:
        assert len(list(collection.add(articles))) == len(articles)


def seen(places: Places, server: int | None) -> list[list[str]]:
    """The articles that a question may be answered from, by collection."""
    with places.collections(server) as collections:
        return [sorted(article.id for article in collection.articles()) for collection in collections]


def left(places: Places) -> list[str]:
    """All files and folders of servers."""
    base = places.folder(ONE).parent
    return sorted(path.relative_to(base).as_posix() for path in base.rglob("*"))


# --- folders --------------------------------------------------------------------------------------


def test_folders(places: Places, tmp_path: Path) -> None:
    """Each server has its own by its id; direct messages have one."""
    assert places.folder(1234567890123456789) == tmp_path / "data/discord/servers/1234567890123456789"
    assert places.folder(None) == tmp_path / "data/discord/direct"


@pytest.mark.parametrize("server", [0, -1])
def test_what_is_no_server(places: Places, server: int) -> None:
    """A number that no server has gets no folder."""
    with pytest.raises(ValueError, match=rf"^{server} is no server's id$"):
        places.folder(server)
    with pytest.raises(ValueError, match=r"is no server's id$"), places.own(server):
        pass


# --- what is asked --------------------------------------------------------------------------------


def test_a_server_reads_the_shared_articles_and_its_own(servers: Places) -> None:
    """Nobody reads another's; direct messages read what is shared."""
    assert seen(servers, ONE) == [["otter"], ["mill"]]
    assert seen(servers, TWO) == [["otter"], ["ferry"]]
    assert seen(servers, 33) == [["otter"]]
    assert seen(servers, None) == [["otter"]]
    assert servers.servers() == {ONE, TWO}


def test_asking_makes_no_folder(servers: Places) -> None:
    """A server that only asks has nothing to be forgotten."""
    assert seen(servers, 33) == [["otter"]]
    assert servers.titles(33) == [Title("otter", "An otter was filmed below the weir.", None)]
    assert servers.folder(33).exists() is False


def test_without_shared_articles_a_server_has_its_own(places: Places) -> None:
    """The shared collection is left out where there is none."""
    add(places, ONE, MILL)
    assert seen(places, ONE) == [["mill"]]


def test_the_samples_stand_in(places: Places, encoders: list[Words]) -> None:
    """Where there is nothing at all the sample articles answer; they are read once."""
    (samples,) = seen(places, ONE)
    embedded = len(encoders[-1].encoded)
    assert len(samples) == 12
    assert [seen(places, None), seen(places, ONE)] == [[samples], [samples]]
    assert (len(encoders[-1].encoded), embedded) == (embedded, embedded)
    assert {title.article_id for title in places.titles(ONE)} == set(samples)
    add(places, ONE, MILL)
    assert (seen(places, ONE), seen(places, TWO)) == ([["mill"]], [samples])
    share(places, OTTER)
    assert seen(places, TWO) == [["otter"]]


def test_titles_do_not_read_the_samples(places: Places, encoders: list[Words]) -> None:
    """Choosing an article must be quick; before the first question there are no titles yet."""
    assert places.titles(None) == []
    assert encoders[-1].encoded == []


def test_the_samples_stand_in_for_empty_collections(places: Places) -> None:
    """Folders without an article are nothing yet; a collection that had some is asked, though it is empty."""
    share(places)
    add(places, ONE)
    assert [len(articles) for articles in seen(places, ONE)] == [12]
    add(places, ONE, MILL)
    assert seen(places, ONE) == [[], ["mill"]]
    with places.own(ONE) as own:
        assert own.remove("mill") is True
    assert seen(places, ONE) == [[], []]


def test_a_shared_collection_by_name(make: Callable[..., Places]) -> None:
    """The bot may share another collection than the terminal's."""
    places = make(shared_collection="news")
    share(places, MILL)
    share(places, OTTER, name="news")
    assert seen(places, None) == [["otter"]]


def test_the_samples_by_name(make: Callable[..., Places]) -> None:
    """They may be shared on purpose, whatever else there is."""
    places = make(shared_collection="samples")
    share(places, MILL)
    assert [len(articles) for articles in seen(places, None)] == [12]
    assert len(places.titles(None)) == 12


@pytest.mark.parametrize("name", ["missing", "../discord/servers/11"])
def test_a_shared_collection_that_is_not_there(make: Callable[..., Places], name: str) -> None:
    """Samples do not stand in for a mistake; servers with articles of their own are answered."""
    places = make(shared_collection=name)
    share(places, OTTER)
    add(places, ONE, MILL)
    assert seen(places, ONE) == [["mill"]]
    with pytest.raises(UnknownCollection) as caught:
        seen(places, TWO)
    assert str(caught.value).startswith(f"there is no collection {name!r} (there are: articles)")
    assert places.titles(TWO) == []


def test_few_collections_are_open(make: Callable[..., Places]) -> None:
    """Servers beyond the setting wait closed; all of them are answered."""
    places = make(max_open_collections=3)
    share(places, OTTER)
    for server in range(1, 9):
        add(places, server, Article(f"a{server}", "The ferry sank."))
    for server in (*range(1, 9), *range(8, 0, -1)):
        assert seen(places, server) == [["otter"], [f"a{server}"]]
        assert places._shelf.size == 3


def test_a_damaged_collection_harms_one_server(servers: Places) -> None:
    """The server whose files are damaged is told; all others, and direct messages, are answered."""
    servers.close()
    (servers.folder(ONE) / "articles" / STORE_FILE).write_bytes(b"no database at all" * 1000)
    for _ in range(2):
        with pytest.raises(StoreUnusable):
            seen(servers, ONE)
        with pytest.raises(StoreUnusable):
            servers.titles(ONE)
        assert (seen(servers, TWO), seen(servers, None)) == ([["otter"], ["ferry"]], [["otter"]])


def test_a_collection_of_another_encoder_harms_one_server(servers: Places) -> None:
    """It is found out when it is searched, in that server only."""
    with LocalCollection(servers.folder(33) / "articles", HashedWords(name="another")) as other:
        assert len(list(other.add([MILL]))) == 1
    query = Query("mill", servers._app.encoder.encode_queries(["mill"]))

    def found(server: int) -> list[list[str]]:
        with servers.collections(server) as collections:
            return [[hit.article.id for hit in one.retrieve(query, 5).hits] for one in collections]

    with pytest.raises(EncoderMismatch):
        found(33)
    assert found(ONE) == [["otter"], ["mill"]]


def test_a_shared_collection_that_is_deleted(servers: Places) -> None:
    """What the operator deletes while the bot runs is not read any more, and what is made anew is."""
    assert seen(servers, ONE) == [["otter"], ["mill"]]
    servers._app.delete_collection("articles")
    assert seen(servers, ONE) == [["mill"]]
    share(servers, FERRY)
    assert seen(servers, ONE) == [["ferry"], ["mill"]]


def test_a_shared_collection_that_is_embedded_again(servers: Places) -> None:
    """`byline reindex` beside the running bot: whoever asks meanwhile, and afterwards, finds the same."""
    query = Query("otter mill", servers._app.encoder.encode_queries(["otter mill"]))

    def found() -> list[list[str]]:
        with servers.collections(ONE) as collections:
            return [[hit.article.id for hit in one.retrieve(query, 5).hits] for one in collections]

    times = [found()]
    servers._app.reindex("articles", lambda _: times.append(found()))
    times.append(found())
    assert times == [[["otter"], ["mill"]]] * 3


# --- titles ---------------------------------------------------------------------------------------


def test_titles(servers: Places) -> None:
    """A server's own come first, each collection's newest first; direct messages have the shared ones."""
    add(servers, ONE, FERRY)
    assert servers.titles(ONE) == [
        Title("ferry", "The ferry to Holm sank at the pier.", "2021-10-08"),
        Title("mill", "Mill shuts", "2021-10-06"),
        Title("otter", "An otter was filmed below the weir.", None),
    ]
    assert [title.article_id for title in servers.titles(TWO)] == ["ferry", "otter"]
    assert [title.article_id for title in servers.titles(None)] == ["otter"]


def test_titles_are_read_again_when_articles_changed(
    servers: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with each letter typed, but after any change by anybody."""
    reads: list[str] = []
    reading = LocalCollection.articles

    def counted(collection: LocalCollection) -> Any:
        reads.append(collection._folder.parent.name)
        return reading(collection)

    monkeypatch.setattr(LocalCollection, "articles", counted)
    for _ in range(3):
        assert [title.article_id for title in servers.titles(ONE)] == ["mill", "otter"]
    assert reads == ["collections", "11"][::-1]
    share(servers, FERRY)  # another process
    assert [title.article_id for title in servers.titles(ONE)] == ["mill", "ferry", "otter"]
    with servers.own(ONE) as own:
        own.remove("mill")
    assert [title.article_id for title in servers.titles(ONE)] == ["ferry", "otter"]
    assert reads == ["11", "collections", "collections", "11"]


# --- memory ---------------------------------------------------------------------------------------


def test_memories(places: Places) -> None:
    """Each server has one, direct messages have one; each is opened once."""
    one, two, direct = places.memory(ONE), places.memory(TWO), places.memory(None)
    assert len({one, two, direct}) == 3
    assert (places.memory(ONE), places.memory(None)) == (one, direct)
    one.change(PRIVATE)
    assert (one.settings(), two.settings()) == (PRIVATE, ServerSettings())
    assert (places.folder(ONE) / "memory.sqlite3").is_file()
    assert (places.folder(None) / "memory.sqlite3").is_file()


def test_few_memories_are_open(make: Callable[..., Places]) -> None:
    """Those that were needed longest ago are closed, and come back with what they held."""
    places = make(max_open_collections=2)
    for server in range(1, 6):
        places.memory(server).change(PRIVATE)
    assert list(places._memories) == [4, 5]
    assert places.memory(4).settings() == PRIVATE
    assert places.memory(1).settings() == PRIVATE
    assert list(places._memories) == [4, 1]


# --- forgetting later -----------------------------------------------------------------------------


def test_a_marked_server_is_forgotten_when_its_day_has_come(servers: Places) -> None:
    """Seven days after the mark, not sooner; another mark meanwhile does not put it off."""
    now = 1_700_000_000.0
    servers.mark(ONE, now)
    assert (servers.folder(ONE) / "forget-after").read_text() == "1700604800.0\n"
    servers.mark(ONE, now + 6 * DAY)
    assert servers.sweep(now + 7 * DAY - 1) == []
    assert seen(servers, ONE) == [["otter"], ["mill"]]
    assert servers.sweep(now + 7 * DAY) == [ONE]
    assert (servers.servers(), seen(servers, ONE)) == ({TWO}, [["otter"]])
    assert servers.sweep(now + 70 * DAY) == []


def test_a_server_that_invites_again_is_kept(servers: Places) -> None:
    """The mark is taken off; unmarking what was not marked changes nothing."""
    servers.mark(ONE, 0.0)
    servers.unmark(ONE)
    servers.unmark(ONE)
    servers.unmark(33)
    assert servers.sweep(100 * DAY) == []
    assert seen(servers, ONE) == [["otter"], ["mill"]]
    servers.mark(ONE, 200 * DAY)
    assert servers.sweep(206 * DAY) == []
    assert servers.sweep(207 * DAY) == [ONE]


def test_a_server_without_a_folder_needs_no_mark(servers: Places) -> None:
    """There is nothing to forget of it."""
    servers.mark(33, 0.0)
    assert (servers.folder(33).exists(), servers.sweep(100 * DAY)) == (False, [])


def test_forgetting_without_delay(make: Callable[..., Places]) -> None:
    """With no days between, the next sweep forgets."""
    places = make(forget_after_days=0)
    add(places, ONE, MILL)
    places.mark(ONE, 5.0)
    assert (places.sweep(4.0), places.sweep(5.0), left(places)) == ([], [ONE], [])


@pytest.mark.parametrize("damaged", ["", "soon", "\0\0"])
def test_a_damaged_mark_is_none(servers: Places, damaged: str) -> None:
    """Nothing is forgotten for a mark that says nothing; the next mark replaces it."""
    (servers.folder(ONE) / "forget-after").write_text(damaged)
    assert servers.sweep(100 * DAY) == []
    servers.mark(ONE, 0.0)
    assert servers.sweep(7 * DAY) == [ONE]


def test_other_things_in_the_folder_are_no_servers(servers: Places) -> None:
    """What is not named as a server's folder is left alone."""
    base = servers.folder(ONE).parent
    (base / "notes.txt").write_text("the operator's")
    (base / "backup").mkdir()
    assert servers.servers() == {ONE, TWO}
    assert servers.sweep(100 * DAY) == []
    assert {"notes.txt", "backup"} <= set(left(servers))


# --- forgetting now -------------------------------------------------------------------------------


def test_forgetting(servers: Places) -> None:
    """Nothing of the server is left; others keep theirs; it may begin anew."""
    assert len(servers.titles(ONE)) == 2
    servers.forget(ONE)
    assert [path for path in left(servers) if not path.startswith("22")] == []
    assert (seen(servers, ONE), seen(servers, TWO)) == ([["otter"]], [["otter"], ["ferry"]])
    assert [title.article_id for title in servers.titles(ONE)] == ["otter"]
    assert servers.memory(ONE).settings() == ServerSettings()
    assert servers.memory(TWO).settings() == PRIVATE
    add(servers, ONE, FERRY)
    assert seen(servers, ONE) == [["otter"], ["ferry"]]


def test_forgetting_what_is_not_there(servers: Places) -> None:
    """Nothing happens, and nothing is made."""
    before = left(servers)
    servers.forget(33)
    assert left(servers) == before
    servers.forget(ONE)
    servers.forget(ONE)
    assert servers.servers() == {TWO}


def test_forgetting_what_was_not_opened(servers: Places, make: Callable[..., Places]) -> None:
    """A program that was just started forgets what an earlier one kept, even if it is damaged."""
    servers.close()
    (servers.folder(ONE) / "articles" / STORE_FILE).write_bytes(b"no database at all" * 1000)
    (servers.folder(ONE) / "memory.sqlite3").write_bytes(b"nor this" * 1000)
    later = make()
    later.forget(ONE)
    assert (later.servers(), seen(later, ONE)) == ({TWO}, [["otter"]])


def test_forgetting_while_a_question_is_read(servers: Places) -> None:
    """It is answered to its end; no question after it sees anything, and its end takes the files away."""
    with servers.collections(ONE) as collections:
        servers.forget(ONE)
        assert [[article.id for article in one.articles()] for one in collections] == [["otter"], ["mill"]]
        assert seen(servers, ONE) == [["otter"]]
        assert servers.memory(ONE).settings() == ServerSettings()
        assert (servers.folder(ONE) / "articles" / STORE_FILE).exists() is True
    assert [path for path in left(servers) if not path.startswith("22")] == [
        "11",
        *(f"11/memory.sqlite3{end}" for end in ("", "-shm", "-wal")),
    ]
    servers.forget(ONE)
    assert servers.servers() == {TWO}


def test_forgetting_while_articles_are_added(servers: Places) -> None:
    """It does not wait for the indexing thread, which adds no more; nothing is left of what it added."""
    begun, forgotten, said = threading.Event(), threading.Event(), []

    def coming() -> Iterator[Article]:
        yield FERRY
        begun.set()
        assert forgotten.wait(10)
        yield Article("late", "Too late for the ferry.")

    def index() -> None:
        try:
            with servers.own(ONE) as own:
                list(own.add(coming()))
        except Forgotten as error:
            said.append(str(error))

    thread = threading.Thread(target=index)
    thread.start()
    assert begun.wait(10)
    servers.forget(ONE)
    assert (thread.is_alive(), seen(servers, ONE)) == (True, [["otter"]])
    forgotten.set()
    thread.join(10)
    assert said == ["collection 'articles' is being deleted; there is nothing to add to"]
    assert (servers.servers(), [path for path in left(servers) if not path.startswith("22")]) == ({TWO}, [])
    add(servers, ONE, OTTER)
    assert seen(servers, ONE) == [["otter"], ["otter"]]


# --- a program that is killed ---------------------------------------------------------------------


class Killed(BaseException):
    """The end of the program, in the middle of something."""


class Kill:
    """Ends the program just before, or in the middle of, its n-th change of the disk."""

    def __init__(self, after: int) -> None:
        self.left = after

    def step(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **keywords: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return change(*arguments, **keywords)

        return stepping

    def half(self, folder: Path, **_: object) -> None:
        """Deleting a tree is many changes."""
        for file in sorted(folder.rglob("*"), reverse=True):
            self.step(file.rmdir if file.is_dir() else file.unlink)()
        folder.rmdir()


def kill(monkeypatch: pytest.MonkeyPatch, after: int) -> pytest.MonkeyPatch:
    killing = Kill(after)
    for name in ("rename", "replace", "mkdir", "rmdir", "touch"):
        monkeypatch.setattr(Path, name, killing.step(getattr(Path, name)))
    monkeypatch.setattr(places_module.shutil, "rmtree", killing.half)
    return monkeypatch


@pytest.mark.parametrize("in_use", [False, True])
@pytest.mark.parametrize("after", range(16))
def test_a_kill_in_the_middle_leaves_no_half(
    servers: Places, make: Callable[..., Places], after: int, in_use: bool
) -> None:
    """Wherever it strikes, the server is afterwards whole or gone, and the next sweep ends what was begun."""
    using = servers.collections(ONE)
    if in_use:
        using.__enter__()
    with pytest.MonkeyPatch.context() as patch:
        kill(patch, after)
        try:
            servers.forget(ONE)
            killed = False
        except Killed:
            killed = True
    # Nobody in the killed program leaves, but its files are closed.
    for book in (*servers._shelf._books.values(), *servers._shelf._retired.values()):
        assert book.collection
        book.collection._store.close()
    later = make()
    begun = seen(later, ONE) == [["otter"]]
    if not killed or begun:
        later.unmark(ONE)  # the server is still there, but it wanted to be forgotten
        later.sweep(1.0)
        assert [path for path in left(later) if not path.startswith("22")] == []
        assert later.memory(ONE).settings() == ServerSettings()
    else:
        assert seen(later, ONE) == [["otter"], ["mill"]]
        assert later.memory(ONE).settings() == PRIVATE
        assert later.sweep(1.0) == []
    assert (killed, begun) in {(True, False), (True, True), (False, True)}
    assert (after < 1) == (not begun)
    assert seen(later, TWO) == [["otter"], ["ferry"]]
    assert later.memory(TWO).settings() == PRIVATE


@pytest.mark.parametrize("first", ["memory", "own", "sweep"])
def test_what_was_begun_is_ended_before_anything_new(
    servers: Places, make: Callable[..., Places], first: str
) -> None:
    """After a kill the server begins anew with nothing, whatever it is that comes first."""
    with pytest.MonkeyPatch.context() as patch:
        kill(patch, 2)
        with pytest.raises(Killed):
            servers.forget(ONE)
    later = make()
    if first == "memory":
        later.memory(ONE).change(PRIVATE)
    elif first == "own":
        add(later, ONE, FERRY)
    assert later.sweep(1.0) == ([ONE] if first == "sweep" else [])
    assert later.memory(ONE).settings() == (PRIVATE if first == "memory" else ServerSettings())
    assert seen(later, ONE) == ([["otter"], ["ferry"]] if first == "own" else [["otter"]])


# --- the end --------------------------------------------------------------------------------------


def test_closing(servers: Places) -> None:
    """Everything is closed; what is in use is closed by its last user; it can be opened again."""
    with servers.collections(ONE) as collections:
        servers.close()
        assert [[article.id for article in one.articles()] for one in collections] == [["otter"], ["mill"]]
        assert [one._store._db._connections != [] for one in collections] == [True, True]
    assert [one._store._db._connections for one in collections] == [[], []]
    assert (servers._memories, servers._shelf.size) == ({}, 0)
    assert seen(servers, ONE) == [["otter"], ["mill"]]
    with closing(servers):
        shutil.rmtree(servers.folder(ONE))
