"""From ranked passages to hits: what is told already, what is cited first, and the rest of its story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.hits import Scores, hits_of, is_told, story_of
from index.rows import NewPassage, StoredPassage
from index.store import Store
from index.types import Article, Hit, Passage

from .editions import BLOG, CORRECTED, REPRINT, ROAD, ROAD_ANOTHER_DAY, WALL, WIRE


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path(":memory:"))) as store:
        yield store


def put(store: Store, *articles: Article) -> None:
    for article in articles:
        passage = Passage(article.id, 0, len(article.text), article.text)
        store.put(article, b"hash", [NewPassage(passage, article.id.encode(), b"\0\x3c")])


def part(article: Article, first: str, last: str, key: int = 0) -> StoredPassage:
    """The passage of an article from some words to others."""
    start, end = article.text.index(first), article.text.index(last) + len(last)
    return StoredPassage(key, Passage(article.id, start, end, article.text[start:end]), article)


def hits(store: Store, ordered: Sequence[StoredPassage], limit: int = 9) -> list[Hit]:
    """Ranked as they stand, each a point behind the one before."""
    scores = {found.key: float(-place) for place, found in enumerate(ordered)}
    return list(hits_of(store, ordered, Scores(scores, {}, {}), 0.8, limit))


def ids(articles: Sequence[Article]) -> list[str]:
    return [article.id for article in articles]


# Two editions, cut at other sentences.
OPENING = part(WIRE, "HOLM", "rules of the harbor allow.", 1)
REST = part(WIRE, "“We saw", "before noon.", 3)


def test_editions_cut_at_other_sentences_are_one_hit(store: Store) -> None:
    """Half of the shifted passage was told by the better one, the other half is in its neighbor."""
    put(store, WIRE, REPRINT)
    halved = part(REPRINT, "Nine passengers", "was only the noise,”", 2)
    found = hits(store, [OPENING, halved, REST])
    assert [(hit.passage_id, ids(hit.also_in), ids(hit.story)) for hit in found] == [
        ("1", ["reprint"], ["reprint"]),
        ("3", [], ["reprint"]),
    ]


def test_strangers_that_share_half_stay_two_hits(store: Store) -> None:
    """Only within a story is half enough."""
    put(store, WIRE, CORRECTED)
    halved = part(CORRECTED, "The Halden", "was only the noise,”", 2)
    assert [hit.passage_id for hit in hits(store, [OPENING, halved])] == ["1", "2"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Nine passengers", "Two passengers", False),
        ("an hour late", "an hour and 20 minutes late", False),
        ("had left Sorrel", "had left Vellbruck", False),
        ("the harbor police", "the police of Holm", True),
        ("hurt", "hurt on deck", True),
    ],
)
def test_what_an_edition_adds_is_a_hit_of_its_own(old: str, new: str, told: bool) -> None:
    """A number that the other article does not have, or a number or a name in another's place."""
    edition = replace(REPRINT, text=REPRINT.text.replace(old, new))
    own = part(edition, edition.text[edition.text.index("on Thursday") :][:20], "was only the noise,”")
    assert is_told(own, OPENING) == told


def test_a_passage_does_not_tell_its_own_neighbor() -> None:
    """Two of one article overlap by a sentence; both are read."""
    one = part(WIRE, "The Halden", "harbor allow.")
    assert not is_told(one, OPENING)


def test_of_equal_editions_the_earliest_is_cited(store: Store) -> None:
    """Then that of the least id, whichever was stored first; undated ones come last."""
    undated, later, early = (
        replace(WIRE, id=name, published=published)
        for name, published in [("a", None), ("b", "2024-03-09"), ("c", "2024-03-08")]
    )
    put(store, undated, later, early)
    whole = [
        StoredPassage(key, Passage(article.id, 0, 9, article.text[:9]), article)
        for key, article in enumerate((undated, later, early), 1)
    ]
    (hit,) = hits_of(store, whole, Scores(dict.fromkeys((1, 2, 3), 1.0), {}, {}), 0.8, 9)
    assert (hit.article.id, ids(hit.also_in), ids(hit.story)) == ("c", ["b", "a"], ["b", "a"])


def test_the_better_edition_is_cited(store: Store) -> None:
    """However late it was published."""
    put(store, WIRE, REPRINT)
    best, second = part(REPRINT, "Divers", "noon."), part(WIRE, "Divers", "noon.")
    (hit,) = hits(store, [replace(best, key=1), replace(second, key=2)])
    assert (hit.article.id, ids(hit.also_in)) == ("reprint", ["wire"])


def test_the_rest_of_a_story(store: Store) -> None:
    """Known for each of its articles, without itself; an article that is alone, or unknown, has none."""
    put(store, WIRE, REPRINT, BLOG, ROAD, ROAD_ANOTHER_DAY)
    found = story_of(store, ["wire", "blog", "road", "gone"])
    assert {name: ids(articles) for name, articles in found.items()} == {
        "wire": ["blog", "reprint"],
        "blog": ["wire", "reprint"],
    }


def test_of_a_long_story_the_beginning(store: Store) -> None:
    """Twenty articles at most, the earliest."""
    put(store, *(Article(f"{number:02}", WALL, published=f"2024-01-{number:02}") for number in range(1, 26)))
    assert ids(story_of(store, ["25"])["25"]) == [f"{number:02}" for number in range(1, 21)]
    assert ids(story_of(store, ["03"])["03"]) == [f"{number:02}" for number in range(1, 22) if number != 3]


def test_the_limit_counts_hits_not_copies(store: Store) -> None:
    """A copy that comes after the last hit still is one."""
    put(store, WIRE, REPRINT, ROAD)
    ordered = [
        OPENING,
        part(ROAD, "The council", "through.", 4),
        part(REPRINT, "A ferry", "harbor allow.", 5),
    ]
    (hit,) = hits(store, ordered, 1)
    assert (hit.rank, hit.article.id, ids(hit.also_in)) == (1, "wire", ["reprint"])
