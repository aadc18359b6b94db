"""Stories in a store: joined, left, and the same whatever came in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import stories
from index.likeness import Wording
from index.rows import NewPassage
from index.store import Store
from index.types import Article, Passage

from .editions import BLOG, CORRECTED, REPRINT, ROAD, ROAD_ANOTHER_DAY, WALLED, WALLED_TOO, WIRE

# Each of a hundred words; neighbors share 82 of 97 runs of four, and of the next but one 67.
CHAIN = [
    Article(name, " ".join(f"w{number}" for number in range(start, start + 100)), published=f"2024-01-0{day}")
    for name, start, day in (("first", 0, 1), ("second", 15, 2), ("third", 30, 3), ("fourth", 45, 4))
]
FIRST, SECOND, THIRD, FOURTH = CHAIN


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(memory()) as store:
        yield store


def memory() -> Store:
    """A store that no disk slows down."""
    return Store(Path(":memory:"))


def put(store: Store, *articles: Article) -> None:
    for article in articles:
        passage = Passage(article.id, 0, len(article.text), article.text)
        store.put(article, b"hash", [NewPassage(passage, article.id.encode(), b"\0\x3c")])


def partition(store: Store) -> set[frozenset[str]]:
    """The ids of the articles of each story of several."""
    ids = [summary.id for summary in store.summaries()]
    numbers = store.stories(ids)
    return {frozenset(one for one in numbers if numbers[one] == number) for number in numbers.values()}


def expected(articles: Iterable[Article]) -> set[frozenset[str]]:
    """What hangs together when every article is compared with every other."""
    together = {article.id: {article.id} for article in articles}
    for one, other in combinations(articles, 2):
        if Wording(one.title, one.text).is_alike(Wording(other.title, other.text)):
            union = together[one.id] | together[other.id]
            together |= dict.fromkeys(union, union)
    return {frozenset(group) for group in together.values() if len(group) > 1}


def test_editions_are_one_story(store: Store) -> None:
    """And what is not alike is in none."""
    put(store, WIRE, ROAD, REPRINT, CORRECTED, BLOG, ROAD_ANOTHER_DAY, WALLED, WALLED_TOO)
    assert partition(store) == {frozenset({"wire", "reprint", "blog"})}


def test_a_chain_is_one_story(store: Store) -> None:
    """Its ends are not alike, but what is between them is alike to both."""
    put(store, FIRST, THIRD)
    assert partition(store) == set()
    put(store, SECOND)
    assert partition(store) == {frozenset({"first", "second", "third"})}


def test_without_its_middle_a_chain_falls_apart(store: Store) -> None:
    """Into what still hangs together; and the middle joins it again."""
    put(store, *CHAIN)
    store.remove("second")
    assert partition(store) == {frozenset({"third", "fourth"})}
    store.remove("third")
    assert partition(store) == set()
    put(store, SECOND, THIRD)
    assert partition(store) == {frozenset({"first", "second", "third", "fourth"})}


def test_a_changed_article_leaves_its_story(store: Store) -> None:
    """It joins the one it is alike to now, and its old one is put together without it."""
    put(store, *CHAIN, WIRE)
    put(store, replace(SECOND, text=REPRINT.text))
    assert partition(store) == {frozenset({"third", "fourth"}), frozenset({"wire", "second"})}


def test_a_removed_article_leaves_nothing(store: Store) -> None:
    """No signature and no band of it is kept."""
    put(store, WIRE, REPRINT)
    store.remove("wire")
    store.remove("reprint")
    with store._db.snapshot() as db:
        assert db.execute("SELECT count(*) FROM sketches").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM bands").fetchone() == (0,)


def test_the_articles_of_a_story(store: Store) -> None:
    """The earliest first, undated ones last; no more than asked for."""
    undated = replace(WIRE, id="undated", published=None)
    put(store, undated, REPRINT, ROAD, WIRE)
    numbers = store.stories(["road", "wire", "reprint", "undated", "gone"])
    assert numbers.keys() == {"wire", "reprint", "undated"}
    (number,) = set(numbers.values())
    assert store.articles_of([number], 9) == {number: (WIRE, REPRINT, undated)}
    assert store.articles_of([number], 2) == {number: (WIRE, REPRINT)}
    assert store.articles_of([], 9) == {}


def test_a_chance_collision_joins_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though all articles share a band and a signature, their texts are what counts."""
    same = stories.sketched(WIRE).signature
    monkeypatch.setattr(stories, "signature", lambda text: same)
    put(store, WIRE, REPRINT, ROAD, ROAD_ANOTHER_DAY, *CHAIN)
    assert partition(store) == {
        frozenset({"wire", "reprint"}),
        frozenset({"first", "second", "third", "fourth"}),
    }


def test_articles_older_than_stories(tmp_path: Path) -> None:
    """They are sketched when they are asked to be, once, and those that were are left as they are."""
    with closing(Store(tmp_path / "store.sqlite3")) as store:
        put(store, WIRE, REPRINT, *CHAIN, ROAD)
        before = partition(store)
        with store._db.transaction() as db:
            db.execute("DELETE FROM sketches WHERE article_id IN ('wire', 'second', 'road')")
            db.execute("DELETE FROM bands WHERE sketch NOT IN (SELECT key FROM sketches)")
        store.find_older_stories()
        assert partition(store) == before
        generation = store.generation()
        store.find_older_stories()
        assert store.generation() == generation


STEPS = st.lists(
    st.one_of(
        st.sampled_from([WIRE, REPRINT, CORRECTED, BLOG, *CHAIN]),
        st.builds(
            lambda article, other: replace(article, text=other.text, title=other.title),
            st.sampled_from([WIRE, *CHAIN]),
            st.sampled_from([WIRE, REPRINT, *CHAIN]),
        ),
        st.sampled_from(["wire", "reprint", "first", "second", "third"]),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=40, deadline=None)
def test_stories_follow_what_happens(steps: Sequence[Article | str]) -> None:
    """After any adding, changing and removing they are what comparing all with all makes of the rest."""
    held: dict[str, Article] = {}
    with closing(memory()) as store:
        for step in steps:
            if isinstance(step, Article):
                put(store, step)
                held[step.id] = step
            else:
                assert store.remove(step) == (held.pop(step, None) is not None)
            assert partition(store) == expected(held.values())


@given(st.permutations([WIRE, REPRINT, CORRECTED, BLOG, *CHAIN]))
@settings(max_examples=20, deadline=None)
def test_the_order_does_not_matter(articles: Sequence[Article]) -> None:
    """The same articles make the same stories, and each lists its articles in the same order."""
    with closing(memory()) as store:
        put(store, *articles)
        numbers = store.stories(article.id for article in articles)
        listed = {
            tuple(one.id for one in found) for found in store.articles_of(set(numbers.values()), 9).values()
        }
    assert listed == {("blog", "wire", "reprint"), ("first", "second", "third", "fourth")}
