"""The record of truth."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import StoreUnusable
from index.history import Changes, Generation
from index.rows import NewPassage, StoredPassage
from index.sentences import display_title
from index.store import Store
from index.types import Article, ArticleSummary, Passage, Query
from index.words import match_expression
from tests.damage import overwrite_table

MILL = Article(
    "mill",
    "The mill closed. Fifty people lost their work.",
    title="Mill shuts",
    url="https://example.org/mill",
    published="2021-10-06",
    authors=("Ada Quill", "Tom Dräger"),
    root="/news",
    path="2021/mill.md",
)
CAFE = Article(
    "cafe", "“The café is open,” said O’Hara 🦉. It has nine seats.", published="2021-10-08T09:30:00+02:00"
)
FERRY = Article("ferry", "The ferries to Holm stopped.")

UP, DOWN, LEFT = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store(path)) as store:
        yield store


def new(article: Article, *vectors: tuple[float, float]) -> list[NewPassage]:
    """A passage for each sentence of `article`, with a hash that is the vector's own bytes."""
    starts = [0] + [at + 2 for at, mark in enumerate(article.text[:-1]) if mark == "."]
    ends = [start - 1 for start in starts[1:]] + [len(article.text)]
    packed = [np.array(vector, np.float16).tobytes() for vector in vectors]
    return [
        NewPassage(Passage(article.id, start, end, article.text[start:end]), vector, vector)
        for start, end, vector in zip(starts, ends, packed, strict=True)
    ]


def put(store: Store, article: Article, *vectors: tuple[float, float]) -> None:
    store.put(article, b"hash of " + article.id.encode(), new(article, *vectors))


def query(**filters: str) -> Query:
    return Query("", np.zeros((1, 2), np.float32), **filters)


def keys(store: Store, question: str, **filters: str) -> list[int]:
    match = match_expression(question)
    assert match is not None
    return [key for key, _ in store.bm25(match, query(**filters), 1.0, 10)]


def moment(store: Store, number: int) -> Generation:
    """The generation of that number, or one that never was."""
    row = store._db.row("SELECT number, tag FROM generations WHERE number = ?", (number,))
    return Generation(*row) if row else Generation(number, "never")


def changes(found: Changes | None) -> tuple[int, list[int], list[int]] | None:
    return found and (found.generation.number, found.added.tolist(), found.removed.tolist())


# --- articles and passages ----------------------------------------------------------------------


def test_an_article_comes_back_as_it_was(store: Store) -> None:
    """Every field survives, and so do curly quotes and characters outside the basic plane."""
    put(store, MILL, UP, DOWN)
    put(store, CAFE, UP, DOWN)
    assert store.article("mill") == MILL
    assert store.article("cafe") == CAFE
    assert store.article("ferry") is None
    assert store.counts() == (2, 4)


def test_passages_come_back_with_their_article(store: Store) -> None:
    """Hydration gives text, offsets and article, and leaves out keys that are not there."""
    put(store, MILL, UP, DOWN)
    put(store, CAFE, UP, DOWN)
    assert store.hydrate([4, 99, 1]) == {
        1: StoredPassage(1, Passage("mill", 0, 16, "The mill closed."), MILL),
        4: StoredPassage(4, Passage("cafe", 35, 53, "It has nine seats."), CAFE),
    }
    assert store.hydrate([]) == {}
    assert store.hydrate([np.int64(2)])[2].passage.text == "Fifty people lost their work."


def test_what_is_known_of_an_article(store: Store) -> None:
    """The content hash tells whether an article changed."""
    assert store.known("mill") is None
    put(store, MILL, UP, DOWN)
    assert store.known("mill") == b"hash of mill"


def test_removing_forgets_the_article(store: Store) -> None:
    """A removed article is gone with its passages; removing it again finds none."""
    put(store, MILL, UP, DOWN)
    put(store, FERRY, LEFT)
    assert store.remove("mill") is True
    assert store.remove("mill") is False
    assert store.article("mill") is None
    assert store.counts() == (1, 1)
    assert keys(store, "mill ferry") == [3]


def test_keys_are_never_given_again(store: Store) -> None:
    """A new passage never gets the key of a removed one, not even when the last one was removed."""
    put(store, MILL, UP, DOWN)
    store.remove("mill")
    put(store, FERRY, UP)
    assert list(store.hydrate(range(10))) == [3]
    put(store, FERRY, UP)  # replaced: again a new key
    assert list(store.hydrate(range(10))) == [4]


def test_whether_there_ever_was_an_article(store: Store) -> None:
    """An emptied store remembers that it held something."""
    assert store.ever_had_articles() is False
    put(store, FERRY, UP)
    store.remove("ferry")
    assert store.ever_had_articles() is True


def test_replacing_is_all_or_nothing(store: Store) -> None:
    """When an article cannot be stored whole, the one before it stays."""
    put(store, FERRY, UP)
    changed = replace(FERRY, text="The ferries run. Again.")
    passages = new(changed, UP, DOWN)
    broken = replace(passages[1], vector_hash=None)
    with pytest.raises(StoreUnusable):
        store.put(changed, b"new", [passages[0], broken])  # type: ignore[list-item]
    assert store.article("ferry") == FERRY
    assert keys(store, "ferries") == [1]
    assert changes(store.changes_since(moment(store, 0))) == (1, [1], [])


def test_lists_are_newest_first(store: Store) -> None:
    """Summaries come newest first, undated ones last, untitled ones under their first sentence."""
    for article, vectors in ((FERRY, [UP]), (MILL, [UP, DOWN]), (CAFE, [UP, DOWN])):
        put(store, article, *vectors)
    found = list(store.summaries())
    assert [replace(summary, added_at="") for summary in found] == [
        ArticleSummary(
            "cafe",
            "“The café is open,” said O’Hara 🦉.",
            None,
            "2021-10-08T09:30:00+02:00",
            None,
            None,
            "",
            2,
        ),
        ArticleSummary(
            "mill", "Mill shuts", "https://example.org/mill", "2021-10-06", "/news", "2021/mill.md", "", 2
        ),
        ArticleSummary("ferry", "The ferries to Holm stopped.", None, None, None, None, "", 1),
    ]


def test_display_title() -> None:
    """A title or first sentence is shortened to 90 characters."""
    assert display_title("Mill shuts", "It rained.") == "Mill shuts"
    assert display_title(None, "It rained. It poured.") == "It rained."
    assert display_title(None, "a" * 100) == "a" * 89 + "…"
    assert display_title("", "") == ""


def test_meta_is_kept(path: Path, store: Store) -> None:
    """Manifest entries are seen by others, and later ones replace earlier ones."""
    store.set_meta({"encoder": "a", "dimension": 2})
    store.set_meta({"encoder": "b"})
    with closing(Store(path)) as other:
        assert other.meta()["encoder"] == "b"
        assert other.meta()["dimension"] == 2


# --- full text ----------------------------------------------------------------------------------


def test_words_are_found_in_their_forms(store: Store) -> None:
    """Plural and singular, capitals and accents make no difference, in text and title."""
    put(store, MILL, UP, DOWN)
    put(store, CAFE, UP, DOWN)
    put(store, FERRY, LEFT)
    assert keys(store, "FERRY") == [5]
    assert keys(store, "cafe") == keys(store, "CAFÉ") == [3]
    assert keys(store, "shut") == [1, 2]
    assert keys(store, "O'Hara's") == keys(store, "O’Hara") == [3]
    assert keys(store, "zeppelin") == []


def test_scores_are_higher_for_better(store: Store) -> None:
    """More of the question's words score higher, and a heavier title counts for more."""
    put(store, MILL, UP, DOWN)
    put(store, replace(FERRY, title="Closed"), UP)
    ranked = store.bm25('"mill" OR "closed"', query(), 0.5, 10)
    assert [key for key, _ in ranked] == [1, 3, 2]
    assert ranked[0][1] > ranked[1][1] > ranked[2][1] > 0
    light = dict(store.bm25('"closed"', query(), 0.1, 10))
    heavy = dict(store.bm25('"closed"', query(), 10.0, 10))
    assert heavy[3] > heavy[1]
    assert light[3] < light[1]


def test_no_more_than_asked_for(store: Store) -> None:
    """The limit keeps the best; equal scores come in order of their keys."""
    for number in range(5):
        put(store, replace(FERRY, id=f"f{number}"), UP)
    assert [key for key, _ in store.bm25('"ferry"', query(), 1.0, 3)] == [1, 2, 3]


def test_stop_words_alone_are_still_words(store: Store) -> None:
    """A question of nothing but stop words finds passages that hold them."""
    put(store, MILL, UP, DOWN)
    put(store, FERRY, UP)
    assert keys(store, "to?") == [3]
    assert keys(store, "who is the their") == [2, 1, 3]


def test_the_words_of_a_changed_article_are_forgotten(path: Path, store: Store) -> None:
    """After changes and removals the full-text index agrees with the passages, down to its own check."""
    put(store, MILL, UP, DOWN)
    put(store, CAFE, UP, DOWN)
    put(store, replace(MILL, title="Mill reopens", text="The works hum again."), UP)
    store.note([replace(MILL, root=None, path=None)])
    store.remove("cafe")
    assert keys(store, "mill closed shut café work") == [5]
    assert keys(store, "closed shut café fifty") == []
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO full_text (full_text, rank) VALUES ('integrity-check', 1)")


def test_removed_text_is_overwritten(path: Path) -> None:
    """Nothing of a removed article's sentences is left in the closed file."""
    with closing(Store(path)) as store:
        put(store, MILL, UP, DOWN)
        put(store, FERRY, UP)
    assert b"Fifty people lost their work" in path.read_bytes()
    with closing(Store(path)) as store:
        store.remove("mill")
    left = path.read_bytes()
    for secret in (b"Fifty people", b"Mill shuts", b"example.org/mill", b"Ada Quill", b"2021/mill.md"):
        assert secret not in left
    assert b"The ferries to Holm" in left


_TROUBLE = st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "NEAR(",
        "NEAR/3",
        '"',
        '""',
        "'",
        "(",
        ")",
        "*",
        "^",
        ":",
        "title:",
        "-",
        "+",
        "{",
        "}",
    ]
)
_SIGNS = st.sampled_from(
    ["\x00", "\n", "🦉", "’", "ﷺ", "Ⅷ", "²", "İ", "ǅ", "中", "\u0301", "\ud800", "--", ";", "%"]
)
_HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(st.one_of(_TROUBLE, _SIGNS, st.just("ferry")), max_size=12).map(" ".join),
    st.lists(st.one_of(_TROUBLE, _SIGNS), max_size=12).map("".join),
)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with passages 1 and 2 of the mill, 3 and 4 of the café, and 5 of the ferry."""
    with closing(Store(tmp_path_factory.mktemp("three") / "store.sqlite3")) as store:
        put(store, MILL, UP, DOWN)
        put(store, CAFE, UP, DOWN)
        put(store, FERRY, LEFT)
        yield store


@settings(deadline=None)
@given(_HOSTILE, _HOSTILE)
def test_no_question_breaks_the_search(three: Store, before: str, after: str) -> None:
    """Operators, quotes, NULs and whatever else stand around a word, the word is found."""
    assert 5 in keys(three, f"{before} holm {after}")
    match = match_expression(before)
    if match is not None:
        found = three.bm25(match, query(), 1.0, 10)
        assert {key for key, _ in found} <= {1, 2, 3, 4, 5}


def test_a_question_of_one_huge_word(three: Store) -> None:
    """A megabyte without a space is searched for, and not found."""
    assert keys(three, "x" * 1_000_000) == []
    assert keys(three, "holm " + "é" * 1_000_000) == [5]


# --- filters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"since": "2021-10-06"}, [1, 2, 3, 4]),
        ({"since": "2021-10-07"}, [3, 4]),
        ({"since": "2021-10-08"}, [3, 4]),
        ({"since": "2021-10-09"}, []),
        ({"until": "2021-10-08"}, [1, 2, 3, 4]),
        ({"until": "2021-10-07"}, [1, 2]),
        ({"until": "2021-10-06"}, [1, 2]),
        ({"until": "2021-10-05"}, []),
        ({"since": "2021-10-06", "until": "2021-10-06"}, [1, 2]),
        ({"since": "2021-10-08", "until": "2021-10-06"}, []),
        ({"article_id": "ferry"}, [5]),
        ({"article_id": "mill", "since": "2021-10-07"}, []),
        ({"article_id": "ferry", "since": "2021-10-01"}, []),
        ({"article_id": "' OR 1=1 --"}, []),
    ],
)
def test_filters(three: Store, filters: dict[str, str], found: list[int]) -> None:
    """Days are inclusive, undated articles pass no date filter, and both searches filter alike."""
    among = three.keys_matching(query(**filters))
    assert among is not None
    assert sorted(among.tolist()) == found
    everything = "mill fifty cafe seats ferry"
    assert sorted(keys(three, everything, **filters)) == found


def test_no_filter_is_no_list(three: Store) -> None:
    """Without a filter there is no list of keys to search among."""
    assert three.keys_matching(query()) is None
    assert three.undated() == 1


# --- vectors and the log ------------------------------------------------------------------------


def test_vectors_are_unit_length(store: Store) -> None:
    """What was stored in half precision comes out as float32 of unit length, in order of the keys."""
    put(store, MILL, (0.6, 0.8), DOWN)
    keys, vectors = store.vectors(np.array([2, 1, 99]), 2)
    assert keys.tolist() == [1, 2]
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-7)
    assert vectors == pytest.approx(np.array([[0.6, 0.8], [0.0, 1.0]]), abs=1e-3)


def test_no_vectors(store: Store) -> None:
    """Keys that are gone give no vectors."""
    keys, vectors = store.vectors(np.array([7]), 2)
    assert (keys.size, vectors.size) == (0, 0)


def test_a_damaged_vector_is_left_out(store: Store) -> None:
    """One that has not as many components as all others would end every search."""
    put(store, MILL, UP, DOWN)
    with store.database.transaction() as db:
        first = "SELECT vector_hash FROM passages WHERE key = 1"
        db.execute(f"UPDATE vectors SET vector = zeroblob(6) WHERE hash = ({first})")
    keys, vectors = store.vectors(np.array([1, 2]), 2)
    assert (keys.tolist(), vectors.tolist()) == ([2], [list(DOWN)])


def test_a_vector_goes_with_its_last_passage(store: Store) -> None:
    """A vector that two articles share stays until the second one goes."""
    up, down = (np.array(vector, np.float16).tobytes() for vector in (UP, DOWN))
    put(store, MILL, UP, DOWN)
    put(store, FERRY, UP)
    assert store.cached_vectors([up, down, b"?"]) == {up: up, down: down}
    store.remove("mill")
    assert store.cached_vectors([up, down]) == {up: up}
    store.remove("ferry")
    assert store.cached_vectors([up, down]) == {}


def test_the_log_tells_what_changed(store: Store) -> None:
    """Each write is a generation; what came and went since is in neither list."""
    put(store, MILL, UP, DOWN)  # keys 1, 2
    put(store, FERRY, UP)  # key 3
    assert changes(store.changes_since(moment(store, 0))) == (2, [1, 2, 3], [])
    assert changes(store.changes_since(moment(store, 2))) == (2, [], [])
    store.remove("mill")
    put(store, replace(FERRY, text="The ferries run."), UP)  # key 4 for 3
    put(store, CAFE, UP, DOWN)  # keys 5, 6
    store.remove("cafe")
    assert changes(store.changes_since(moment(store, 0))) == (6, [4], [])
    assert changes(store.changes_since(moment(store, 2))) == (6, [4], [1, 2, 3])
    assert changes(store.changes_since(moment(store, 5))) == (6, [], [5, 6])
    assert changes(store.all_keys()) == (6, [4], [])


def test_a_trimmed_log_says_so(store: Store) -> None:
    """Before the trimmed part, or ahead of the store, the log cannot say what changed."""
    for article in ("a", "b", "c"):
        put(store, replace(FERRY, id=article), UP)
    store.trim_log(moment(store, 2))
    assert store.changes_since(moment(store, 1)) is None
    assert changes(store.changes_since(moment(store, 2))) == (3, [3], [])
    assert store.changes_since(moment(store, 4)) is None
    store.trim_log(moment(store, 1))  # a slower process trims less: nothing comes back
    assert store.changes_since(moment(store, 1)) is None
    assert changes(store.changes_since(moment(store, 2))) == (3, [3], [])


def test_a_damaged_file_is_named(path: Path) -> None:
    """A store whose pages were overwritten is an error that says what to do, not nonsense."""
    with closing(Store(path)) as store:
        put(store, MILL, UP, DOWN)
    overwrite_table(path, "articles")
    with closing(Store(path)) as store, pytest.raises(StoreUnusable) as caught:
        store.article("mill")
    assert str(caught.value) == (
        f"{path} cannot be used (database disk image is malformed); check the disk's space and permissions, "
        "or restore the folder from a backup"
    )
