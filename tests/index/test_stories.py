"""Stories in a store: joined, left, and the same whatever came in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
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


def test_older_articles_hold_nobody_up_for_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held while their stories are found is let go after each few of them, and not had for none."""
    put(store, WIRE, REPRINT, *CHAIN, ROAD)
    with store._db.transaction() as db:
        db.execute("DELETE FROM sketches")
        db.execute("DELETE FROM bands")
    monkeypatch.setattr("index.store._SKETCHED_AT_ONCE", 3)
    left = []

    @contextmanager
    def held() -> Iterator[None]:
        yield
        with store._db.snapshot() as db:
            left.append(len(stories.unsketched(db)))

    store.find_older_stories(held)
    store.find_older_stories(held)
    assert left == [4, 1, 0]


def compared(monkeypatch: pytest.MonkeyPatch) -> list[Wording]:
    """Grows by one with each pair of articles that is read and compared."""
    pairs = []
    is_alike = Wording.is_alike

    def counted(own: Wording, other: Wording) -> bool:
        pairs.append(own)
        return is_alike(own, other)

    monkeypatch.setattr(Wording, "is_alike", counted)
    return pairs


def test_a_large_story_is_put_together_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """When an article goes, one that is alike to all others is enough to tell that they hang together."""
    editions = [replace(WIRE, id=f"edition {number:02}") for number in range(30)]
    put(store, *editions)
    linked = []
    link = stories._link
    monkeypatch.setattr(stories, "_link", lambda db, own: (linked.append(own.article_id), link(db, own)))
    store.remove("edition 07")
    assert linked == ["edition 00"]
    assert partition(store) == {frozenset(one.id for one in editions) - {"edition 07"}}


def test_whether_all_have_a_sketch_is_counted(store: Store) -> None:
    """Where that is so, as nearly always, nothing is looked for in a large collection."""
    put(store, WIRE, REPRINT)
    said: list[str] = []
    with store._db.snapshot() as db:
        db.set_trace_callback(said.append)
        assert stories.unsketched(db) == []
        db.set_trace_callback(None)
    assert [statement.count("count(*)") for statement in said] == [2]


def test_nothing_is_compared_when_the_end_of_a_story_goes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It held nothing together; and one that goes by the least key among its articles goes by the next."""
    # Neighbors share 79 of 97 runs of four; the signatures of the ends tell that they are not alike.
    ends = [
        replace(FIRST, text=" ".join(f"w{n}" for n in range(at, at + 100)), id=f"{at}") for at in (0, 18, 36)
    ]
    put(store, *ends)
    assert partition(store) == {frozenset({"0", "18", "36"})}
    pairs = compared(monkeypatch)
    store.remove("36")
    assert (pairs, partition(store)) == ([], {frozenset({"0", "18"})})
    put(store, REPRINT, WIRE, BLOG)
    store.remove("reprint")
    with store._db.snapshot() as db:
        (least,) = db.execute("SELECT key FROM sketches WHERE article_id = 'wire'").fetchone()
    assert store.stories(["wire", "blog"]) == {"wire": least, "blog": least}


def test_pages_of_one_template_are_not_all_compared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the nearest that are not alike an article is compared, so many and no more; its copy is found."""
    monkeypatch.setattr(stories, "_MOST_UNLIKE", 4)
    days = [
        replace(
            ROAD,
            id=f"day {day:02}",
            text=WIRE.text.replace("214 people", f"{day} people"),
            title=None,
        )
        for day in range(10, 22)
    ]
    pairs = compared(monkeypatch)
    put(store, *days)
    assert len(pairs) == 0 + 1 + 2 + 3 + 8 * 4
    put(store, replace(days[7], id="copy"))
    assert partition(store) == {frozenset({"day 17", "copy"})}


def test_what_is_left_without_its_article_stops_nothing(store: Store) -> None:
    """A sketch of no article is linked with nothing, and a damaged one goes with its article."""
    put(store, WIRE, REPRINT, BLOG, FIRST, SECOND)
    with store._db.transaction() as db:
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("UPDATE articles SET id = 'another' WHERE id = 'reprint'")
        db.execute("UPDATE sketches SET signature = x'00' WHERE article_id = 'first'")
    assert store.remove("wire")
    assert store.remove("first")
    put(store, THIRD)
    assert partition(store) == {frozenset({"second", "third"})}


@pytest.mark.parametrize(
    "damage",
    ["UPDATE sketches SET signature = x'00'", "DELETE FROM sketches"],
    ids=["a signature cut off", "bands of no sketch"],
)
def test_a_damaged_sketch_is_made_again_with_its_article(store: Store, damage: str) -> None:
    """Though the new one has the number of the old one, and its bands may be there."""
    put(store, WIRE, REPRINT)
    with store._db.transaction() as db:
        db.execute(f"{damage} WHERE article_id = 'reprint'")
    put(store, REPRINT)
    assert partition(store) == {frozenset({"wire", "reprint"})}
    with store._db.snapshot() as db:
        assert db.execute("SELECT count(*) FROM bands").fetchone() == (64,)


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
