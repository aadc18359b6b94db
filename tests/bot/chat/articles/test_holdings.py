"""A server's own articles, as those see them who look after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from bot.app import App
from bot.chat.articles.holdings import Holdings
from bot.chat.articles.quotas import Usage
from bot.chat.keep.memory import Contribution
from bot.chat.keep.places import Places
from index.types import Article

SERVER, OTHER = 11, 22


@pytest.fixture
def places(make_app: Callable[..., App]) -> Iterator[Places]:
    with closing(Places(make_app())) as places:
        yield places


@pytest.fixture
def holdings(places: Places) -> Holdings:
    return Holdings(places)


def fill(places: Places, number: int, server: int = SERVER) -> None:
    with places.own(server) as own:
        for _ in own.add(Article(f"id{n}", f"Text {n}.", f"Title {n:02}") for n in range(number)):
            pass


def test_nothing_is_made_by_looking(places: Places, holdings: Holdings) -> None:
    """A server that never added anything has an empty page, no usage, nothing to choose, and no folder."""
    page = holdings.page(SERVER, 7, 10)
    assert (page.rows, page.number, page.pages) == ((), 1, 1)
    assert holdings.usage(SERVER) == Usage(0, 0)
    assert holdings.choices(SERVER, "") == []
    assert holdings.chosen(SERVER, "id1") is None
    assert holdings.article(SERVER, "id1") is None
    assert holdings.remove(SERVER, "id1") is None
    assert places.servers() == set()


def test_pages(places: Places, holdings: Holdings) -> None:
    """Ten a page; a page beyond the last is the last."""
    fill(places, 21)
    titles = [row.article.title for row in holdings.page(SERVER, 2, 10).rows]
    assert titles == [f"Title {n}" for n in range(10, 20)]
    last = holdings.page(SERVER, 99, 10)
    assert ([row.article.id for row in last.rows], last.number, last.pages) == (["id20"], 3, 3)
    assert holdings.page(SERVER, 0, 10).number == 1
    fill(places, 20, OTHER)
    assert holdings.page(OTHER, 2, 10).pages == 2


def test_who_added_what_stands_beside_it(places: Places, holdings: Holdings) -> None:
    """A row and a single article have their contribution, where it is known."""
    fill(places, 2)
    by = Contribution("id1", 7, 1000.0, "a.txt")
    places.memory(SERVER).contributed(by)
    assert [row.contribution for row in holdings.page(SERVER, 1, 10).rows] == [None, by]
    assert holdings.article(SERVER, "id1") == (Article("id1", "Text 1.", "Title 01"), by, None)
    assert holdings.article(SERVER, "id0") == (Article("id0", "Text 0.", "Title 00"), None, None)
    assert holdings.article(SERVER, "id2") is None


def test_the_rest_of_a_story(places: Places, holdings: Holdings) -> None:
    """The other articles that are alike; none for one that is alone, or not there."""
    first, second = (Article(f"copy{n}", "The mill closed in spring, and nobody knew why.") for n in (1, 2))
    with places.own(SERVER) as own:
        assert len(list(own.add([first, second, Article("id1", "Text 1.")]))) == 3
    assert holdings.story(SERVER, "copy1") == (second,)
    assert holdings.story(SERVER, "id1") == holdings.story(SERVER, "gone") == ()
    assert holdings.story(OTHER, "copy1") == ()


def test_an_article_is_chosen_by_id_or_title(places: Places, holdings: Holdings) -> None:
    """Ids, whole titles and parts that only one title has; what fits several or none chooses nothing."""
    fill(places, 12)
    assert holdings.choices(SERVER, "e 1") == [("Title 10", "id10"), ("Title 11", "id11")]
    assert [holdings.chosen(SERVER, typed) for typed in ("id3", "title 03", "e 03", "title", "x", "")] == [
        "id3",
        "id3",
        "id3",
        None,
        None,
        None,
    ]


def test_nothing_of_a_removed_article_is_left(places: Places, holdings: Holdings) -> None:
    """List, choices, usage and who added it know it no more at once; its title is given back."""
    fill(places, 2)
    places.memory(SERVER).contributed(Contribution("id1", 7, 1000.0, "a.txt"))
    assert holdings.usage(SERVER) == Usage(2, 14)
    assert len(holdings.choices(SERVER, "")) == 2
    assert holdings.remove(SERVER, "id1") == "Title 01"
    assert holdings.remove(SERVER, "id1") is None
    assert [row.article.id for row in holdings.page(SERVER, 1, 10).rows] == ["id0"]
    assert holdings.choices(SERVER, "") == [("Title 00", "id0")]
    assert holdings.usage(SERVER) == Usage(1, 7)
    assert places.memory(SERVER).contributions() == {}


def test_a_server_that_was_forgotten_has_nothing(places: Places, holdings: Holdings) -> None:
    """What was remembered of the list goes with the folder, also when it is filled anew."""
    fill(places, 2)
    assert holdings.page(SERVER, 1, 10).rows[0].article.id == "id0"
    places.forget(SERVER)
    assert holdings.page(SERVER, 1, 10).rows == ()
    assert holdings.usage(SERVER) == Usage(0, 0)
    fill(places, 1)
    assert holdings.usage(SERVER) == Usage(1, 7)


def test_servers_are_kept_apart(places: Places, holdings: Holdings) -> None:
    """Nothing of one server is listed, shown or removed in another."""
    fill(places, 2)
    fill(places, 1, OTHER)
    assert holdings.article(OTHER, "id1") is None
    assert holdings.remove(OTHER, "id1") is None
    assert holdings.usage(SERVER) == Usage(2, 14)


def test_many_servers_are_looked_at_in_turn(places: Places, holdings: Holdings) -> None:
    """However many lists were looked at, each is right when it is looked at again."""
    for server in range(1, 21):
        fill(places, 1, server)
        assert holdings.usage(server) == Usage(1, 7)
    assert holdings.remove(1, "id0") == "Title 00"
    assert [holdings.usage(server).articles for server in range(1, 21)] == [0] + [1] * 19
