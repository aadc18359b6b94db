"""The collections that are open: how many, for how long, and what others do to their files."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import index.collection
from bot.chat.keep import shelf as shelf_module
from bot.chat.keep.shelf import FORGOTTEN, Shelf, is_there
from index.collection import STORE_FILE, VECTOR_FILE, LocalCollection
from index.errors import Forgotten, StoreUnusable
from index.types import Added, Article, Outcome
from tests.encoders import HashedWords

MILL = Article("mill", "The paper mill closed in spring.")
FERRY = Article("ferry", "The ferry to Holm sank at the pier.")


@pytest.fixture
def opened() -> list[str]:
    """The folders that were opened, in order."""
    return []


@pytest.fixture
def shelf(opened: list[str]) -> Iterator[Shelf]:
    """A shelf with room for two."""

    def opening(folder: Path) -> LocalCollection:
        opened.append(folder.name)
        return LocalCollection(folder, HashedWords())

    shelf = Shelf(opening, 2)
    yield shelf
    shelf.close()


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with articles, as another process would."""

    def make(name: str, *articles: Article) -> Path:
        with LocalCollection(tmp_path / name, HashedWords()) as collection:
            assert len(list(collection.add(articles))) == len(articles)
        return tmp_path / name

    return make


def ids(shelf: Shelf, folder: Path) -> list[str] | None:
    """The articles that are seen in a folder."""
    with shelf.reading(folder) as collection:
        return None if collection is None else sorted(article.id for article in collection.articles())


def is_open(collection: LocalCollection) -> bool:
    return collection._store._db._connections != []


# --- opening and closing --------------------------------------------------------------------------


def test_what_is_not_there_is_not_made(shelf: Shelf, tmp_path: Path) -> None:
    """Reading makes no folder; making does."""
    assert ids(shelf, tmp_path / "news") is None
    assert not (tmp_path / "news").exists()
    with shelf.making(tmp_path / "news") as made:
        assert (made.counts(), is_there(tmp_path / "news")) == ((0, 0), True)


def test_each_is_opened_once(shelf: Shelf, make: Callable[..., Path], opened: list[str]) -> None:
    """Two users at once, and the next one after them, have the same collection."""
    news = make("news", MILL)
    with shelf.reading(news) as one, shelf.making(news) as two:
        assert one is two
    with shelf.reading(news) as three:
        assert three is one
    assert (opened, shelf.size) == (["news"], 1)


def test_two_threads_open_one_collection(make: Callable[..., Path]) -> None:
    """Who comes while it is being opened waits for it."""
    news, together, opened = make("news", MILL), threading.Barrier(2), []

    def opening(folder: Path) -> LocalCollection:
        opened.append(LocalCollection(folder, HashedWords()))
        waiting.wait(0.05)
        return opened[0]

    shelf, waiting, got = Shelf(opening, 2), threading.Event(), []

    def use() -> None:
        together.wait(5)
        with shelf.reading(news) as collection:
            got.append(collection)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (len(opened), got) == (1, opened * 2)
    shelf.close()


def test_the_least_recently_used_is_closed(
    shelf: Shelf, make: Callable[..., Path], opened: list[str]
) -> None:
    """Beyond two, the one that was used longest ago is closed, and opened again when it is needed."""
    a, b, c = (make(name, MILL) for name in "abc")
    for folder in (a, b, a, c):
        assert ids(shelf, folder) == ["mill"]
    assert (opened, shelf.size) == (["a", "b", "c"], 2)
    assert ids(shelf, a) == ["mill"]
    assert opened == ["a", "b", "c"]
    assert ids(shelf, b) == ["mill"]
    assert (opened, shelf.size) == (["a", "b", "c", "b"], 2)


def test_what_is_in_use_is_never_closed(shelf: Shelf, make: Callable[..., Path]) -> None:
    """While three are in use all are open, and one is closed as soon as it can be."""
    a, b, c = (make(name, MILL) for name in "abc")
    with shelf.reading(a) as first:
        with shelf.reading(b) as second, shelf.reading(c) as third:
            assert first
            assert second
            assert third
            assert shelf.size == 3
            assert [is_open(one) for one in (first, second, third)] == [True, True, True]
        assert shelf.size == 2
        assert [is_open(one) for one in (first, second, third)] == [True, True, False]


def test_what_is_closed_is_saved(shelf: Shelf, tmp_path: Path) -> None:
    """Vectors are written when a collection makes room for another."""
    for name in "abc":
        with shelf.making(tmp_path / name) as collection:
            assert list(collection.add([MILL])) == [Added("mill", Outcome.ADDED, 1)]
    assert [(tmp_path / name / VECTOR_FILE).exists() for name in "abc"] == [True, False, False]
    shelf.close()
    assert [(tmp_path / name / VECTOR_FILE).exists() for name in "abc"] == [True, True, True]
    assert shelf.size == 0


def test_closing_leaves_what_is_in_use_to_its_user(shelf: Shelf, make: Callable[..., Path]) -> None:
    """It is closed when the last one has gone."""
    with shelf.reading(make("news", MILL)) as collection:
        assert collection
        shelf.close()
        assert is_open(collection) is True
    assert (is_open(collection), shelf.size) == (False, 0)


# --- trouble --------------------------------------------------------------------------------------


def test_what_cannot_be_opened_harms_only_itself(
    shelf: Shelf, make: Callable[..., Path], tmp_path: Path
) -> None:
    """A damaged collection is an error each time, until it is mended; it takes no room."""
    news, good = make("news", MILL), make("good", FERRY)
    kept = (news / STORE_FILE).read_bytes()
    (news / STORE_FILE).write_bytes(b"no database at all" * 1000)
    for _ in range(3):
        with pytest.raises(StoreUnusable):
            ids(shelf, news)
        assert ids(shelf, good) == ["ferry"]
    assert shelf.size == 1
    (news / STORE_FILE).write_bytes(kept)
    assert ids(shelf, news) == ["mill"]


def test_what_cannot_be_saved_harms_nobody(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk vectors are not written; whoever's visit makes room does not suffer for it."""

    def full(*_: object) -> None:
        raise StoreUnusable("the disk is full")

    monkeypatch.setattr(index.collection.VectorIndex, "save", full)
    for name in "abc":
        with shelf.making(tmp_path / name) as collection:
            assert list(collection.add([MILL])) == [Added("mill", Outcome.ADDED, 1)]
    assert shelf.size == 2
    assert ids(shelf, tmp_path / "a") == ["mill"]


def test_a_failing_user_leaves_like_any_other(shelf: Shelf, make: Callable[..., Path]) -> None:
    """What goes wrong inside is passed on, and the collection can be closed."""
    news = make("news", MILL)
    with pytest.raises(ZeroDivisionError), shelf.reading(news) as collection:
        raise ZeroDivisionError
    shelf.close()
    assert is_open(collection) is False


# --- what other processes do ----------------------------------------------------------------------


def test_a_collection_that_another_process_deletes(shelf: Shelf, make: Callable[..., Path]) -> None:
    """Its articles are not shown from files that are no longer there."""
    news = make("news", MILL)
    with shelf.reading(news) as collection:
        assert collection
    shutil.rmtree(news)
    assert ids(shelf, news) is None
    assert (is_open(collection), shelf.size, news.exists()) == (False, 0, False)


def test_a_collection_that_another_process_replaces(shelf: Shelf, make: Callable[..., Path]) -> None:
    """Who comes later sees the new one; who reads the old one ends in peace and writes nothing over it."""
    news = make("news", MILL)
    with shelf.making(news) as old:
        assert list(old.add([FERRY])) == [Added("ferry", Outcome.ADDED, 1)]
        shutil.rmtree(news)
        make("news", FERRY)
        before = (news / VECTOR_FILE).read_bytes()
        assert ids(shelf, news) == ["ferry"]
        assert sorted(article.id for article in old.articles()) == ["ferry", "mill"]
        with pytest.raises(Forgotten):
            list(old.add([MILL]))
    assert (is_open(old), shelf.size) == (False, 1)
    assert (news / VECTOR_FILE).read_bytes() == before
    assert ids(shelf, news) == ["ferry"]


def test_what_another_process_adds_is_seen(shelf: Shelf, make: Callable[..., Path]) -> None:
    """The store is one for all processes."""
    news = make("news", MILL)
    assert ids(shelf, news) == ["mill"]
    make("news", FERRY)
    assert ids(shelf, news) == ["ferry", "mill"]


# --- retiring -------------------------------------------------------------------------------------


def test_retiring_what_nobody_uses(shelf: Shelf, make: Callable[..., Path]) -> None:
    """It is closed and taken away at once; a new one can be made."""
    news = make("news", MILL)
    with shelf.reading(news) as collection:
        assert collection
    shelf.retire(news, lambda: shutil.rmtree(news))
    assert (is_open(collection), news.exists(), ids(shelf, news)) == (False, False, None)
    with shelf.making(news) as anew:
        assert anew.ever_had_articles is False


def test_retiring_what_was_never_opened(shelf: Shelf, make: Callable[..., Path], opened: list[str]) -> None:
    """It is taken away unopened; where there is nothing, there is nothing to take."""
    news, taken = make("news", MILL), []
    shelf.retire(news, lambda: shutil.rmtree(news))
    shelf.retire(news, lambda: taken.append(news))
    assert (news.exists(), opened, taken) == (False, [], [])


def test_retiring_what_is_in_use(shelf: Shelf, make: Callable[..., Path]) -> None:
    """Nobody new sees it; its users go on reading, but add no more; the last of them takes it away."""
    news = make("news", MILL)
    with shelf.reading(news) as one:
        with shelf.making(news) as two:
            adding = two.add(article for article in (FERRY, MILL))
            shelf.retire(news, lambda: shutil.rmtree(news))
            shelf.retire(news, lambda: shutil.rmtree(news))
            assert ids(shelf, news) is None
            assert [article.id for article in two.articles()] == ["mill"]
            with pytest.raises(Forgotten) as caught:
                next(adding)
            assert str(caught.value) == "collection 'news' is being deleted; there is nothing to add to"
        assert (news / FORGOTTEN).exists()
        assert one
        assert one.counts() == (1, 1)
    assert (is_open(one), news.exists(), shelf.size) == (False, False, 0)


def test_a_new_one_waits_for_the_users_of_the_old(shelf: Shelf, make: Callable[..., Path]) -> None:
    """Two collections never share a folder."""
    news, made = make("news", MILL), []

    def make_anew() -> None:
        with shelf.making(news) as collection:
            made.append(collection.counts())

    thread = threading.Thread(target=make_anew)
    with shelf.reading(news):
        shelf.retire(news, lambda: shutil.rmtree(news))
        thread.start()
        thread.join(0.05)
        assert (thread.is_alive(), made) == (True, [])
    thread.join(5)
    assert made == [(0, 0)]


def test_nobody_waits_forever(
    shelf: Shelf, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who needs a new one while the old one is in use for too long is told."""
    monkeypatch.setattr(shelf_module, "_WAIT_SECONDS", 0.01)
    news = make("news", MILL)
    with shelf.reading(news):
        shelf.retire(news, lambda: shutil.rmtree(news))
        with pytest.raises(Forgotten) as caught, shelf.making(news):
            pass
    assert str(caught.value) == f"{news} is being deleted and still in use; try again in a minute"


def test_what_cannot_be_taken_away_stays_hidden(shelf: Shelf, make: Callable[..., Path]) -> None:
    """Its last user is not told of trouble that is not theirs, and nobody sees it ever after."""
    news = make("news", MILL)

    def refuse() -> None:
        raise PermissionError("not yours")

    with shelf.reading(news):
        shelf.retire(news, refuse)
    assert (news.exists(), ids(shelf, news)) == (True, None)
    shelf.retire(news, lambda: shutil.rmtree(news))
    assert news.exists() is False


def test_retiring_while_it_is_being_opened(make: Callable[..., Path]) -> None:
    """Who was just about to add something adds nothing."""
    news, taken = make("news", MILL), []

    def opening(folder: Path) -> LocalCollection:
        shelf.retire(folder, lambda: taken.append(folder))
        return LocalCollection(folder, HashedWords())

    shelf = Shelf(opening, 2)
    with shelf.making(news) as collection:
        assert taken == []
        with pytest.raises(Forgotten):
            list(collection.add([FERRY]))
    assert taken == [news]
