"""A collection: adding, removing, retrieving, and what it refuses."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import collection as collection_module
from index.collection import STORE_FILE, VECTOR_FILE, LocalCollection
from index.errors import EncoderMismatch, Forgotten, InvalidName, SchemaTooNew, StoreUnusable
from index.schema import MIGRATIONS
from index.settings import ChunkingSettings, RetrievalSettings, StoreSettings
from index.types import Added, Article, Hit, Outcome, Query, Retrieved
from index.vectors import VectorIndex
from tests.encoders import HashedWords
from tests.fixtures.make_store import ARTICLES as RELEASED
from tests.fixtures.make_store import CHUNKING as RELEASED_CHUNKING

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

MILL = Article(
    "mill",
    "The paper mill closed in spring. Fifty people lost their work.",
    title="Mill shuts",
    published="2021-10-06",
    root="/news",
    path="mill.md",
)
FERRY = Article(
    "ferry", "The ferry to Holm sank at the pier. Nobody was aboard.", published="2021-10-08T09:30:00Z"
)
OTTER = Article("otter", "An otter was filmed below the weir. It was the first in years.")
NEWS = (MILL, FERRY, OTTER)

PLAIN = RetrievalSettings(dense_weight=1.0, bm25_weight=1.0, recency_weight=0.25, proximity_weight=0.0)
ALIKE = PLAIN.model_copy(update={"duplicate_similarity": 1.0})
SMALL = ChunkingSettings(max_tokens=32, overlap_sentences=0)


class Forbidden:
    """An encoder that nobody may touch."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the encoder's {name} was used")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "news"


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[..., LocalCollection]]:
    """Opens the same folder again, as another process would; all are closed at the end."""
    collections: list[LocalCollection] = []

    def opening(encoder: object = None, **settings: object) -> LocalCollection:
        collection = LocalCollection(folder, encoder or HashedWords(), **settings)  # type: ignore[arg-type]
        collections.append(collection)
        return collection

    yield opening
    for collection in collections:
        collection._store.close()


def outcomes(collection: LocalCollection, *articles: Article) -> list[tuple[str, str, int]]:
    return [(added.article_id, str(added.outcome), added.passages) for added in collection.add(articles)]


def ask(collection: LocalCollection, question: str, limit: int = 10, **filters: str) -> Retrieved:
    query = Query(question, HashedWords(collection._encoder.dimension).encode_queries([question]), **filters)
    return collection.retrieve(query, limit)


def found(collection: LocalCollection, question: str, limit: int = 10, **filters: str) -> list[str]:
    return [hit.article.id for hit in ask(collection, question, limit, **filters).hits]


def signature(hits: tuple[Hit, ...]) -> list[tuple[str, str, int]]:
    return [(hit.passage.text, hit.article.id, hit.rank) for hit in hits]


def scores(hits: tuple[Hit, ...]) -> list[float]:
    return [hit.score for hit in hits]


# --- adding -------------------------------------------------------------------------------------


def test_articles_are_added(collection: LocalCollection) -> None:
    """Each article is reported with its outcome and its number of passages, and comes back as it was."""
    assert list(collection.add(NEWS)) == [
        Added("mill", Outcome.ADDED, 1),
        Added("ferry", Outcome.ADDED, 1),
        Added("otter", Outcome.ADDED, 1),
    ]
    assert collection.counts() == (3, 3)
    assert collection.article("mill") == MILL
    assert collection.article("gone") is None
    assert [summary.id for summary in collection.articles()] == ["ferry", "mill", "otter"]
    assert collection.name == "news"


def test_the_encoder_reads_title_and_text(collection: LocalCollection, encoder: HashedWords) -> None:
    """What is embedded of a passage begins with the title."""
    outcomes(collection, MILL)
    assert encoder.encoded == ["Mill shuts. The paper mill closed in spring. Fifty people lost their work."]


def test_an_unchanged_article_costs_nothing(
    opened: Callable[..., LocalCollection], encoder: HashedWords
) -> None:
    """Adding the same article again embeds nothing, changes nothing, and does not even load the encoder."""
    outcomes(opened(encoder), *NEWS)
    embedded = len(encoder.encoded)
    generation = opened()._store.all_keys().generation
    assert outcomes(opened(encoder), MILL, OTTER) == [("mill", "unchanged", 0), ("otter", "unchanged", 0)]
    assert outcomes(opened(Forbidden()), FERRY) == [("ferry", "unchanged", 0)]
    assert (embedded, len(encoder.encoded)) == (3, 3)
    assert opened()._store.all_keys().generation == generation
    assert opened().counts() == (3, 3)


def test_opening_needs_no_model(opened: Callable[..., LocalCollection], encoder: HashedWords) -> None:
    """Listing, reading, counting and removing never touch the encoder."""
    outcomes(opened(encoder), *NEWS)
    collection = opened(Forbidden())
    assert collection.counts() == (3, 3)
    assert len(list(collection.articles())) == 3
    assert collection.article("mill") == MILL
    assert collection.passage("1") is not None
    assert collection.remove("mill") is True
    assert collection.ever_had_articles is True
    collection.close()


def test_the_same_article_twice_in_one_go(collection: LocalCollection) -> None:
    """The second of two equal articles is unchanged, a different one of the same id is a change."""
    changed = replace(MILL, text="The mill opened again.")
    assert outcomes(collection, MILL, MILL, changed, FERRY) == [
        ("mill", "added", 1),
        ("mill", "unchanged", 0),
        ("mill", "changed", 1),
        ("ferry", "added", 1),
    ]
    assert collection.article("mill") == changed
    assert collection.counts() == (2, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "The paper mill closed in spring."},
        {"title": "Mill closes"},
        {"title": None},
        {"url": "https://example.org/mill"},
        {"published": "2021-10-07"},
        {"published": None},
        {"authors": ("Ada Quill",)},
    ],
)
def test_any_field_that_people_see_is_a_change(
    collection: LocalCollection, changes: dict[str, object]
) -> None:
    """A new text, title, link, date or author replaces the article."""
    outcomes(collection, MILL)
    changed = replace(MILL, **changes)  # type: ignore[arg-type]
    assert outcomes(collection, changed) == [("mill", "changed", 1)]
    assert collection.article("mill") == changed


def test_a_moved_file_is_no_change(collection: LocalCollection, encoder: HashedWords) -> None:
    """The same article from another place is unchanged; the place is noted."""
    outcomes(collection, MILL)
    moved = replace(MILL, root="/archive", path="2021/mill.md")
    assert outcomes(collection, moved) == [("mill", "unchanged", 0)]
    assert collection.article("mill") == moved
    assert len(encoder.encoded) == 1


def test_a_changed_article_embeds_only_what_is_new(folder: Path, encoder: HashedWords) -> None:
    """Passages whose text stayed keep their vectors; old passages are gone."""
    first, second = ("The paper mill closed on a gray Monday in the spring of that long and cold year.",) * 2
    second = "Fifty people lost their work, and the whistle that woke the valley fell silent for good."
    third = "The council wants to turn the empty halls into workshops, a school and a small museum."
    with LocalCollection(folder, encoder, SMALL) as collection:
        outcomes(collection, Article("mill", f"{first} {second}"))
        assert encoder.encoded == [first, second]
        assert outcomes(collection, Article("mill", f"{first} {third}")) == [("mill", "changed", 2)]
        assert encoder.encoded == [first, second, third]
        assert sorted(hit.passage.text for hit in ask(collection, "mill").hits) == sorted([first, third])
        assert found(collection, "whistle valley silent") == ["mill", "mill"]
        assert [hit.bm25_rank for hit in ask(collection, "whistle valley silent").hits] == [None, None]
        assert (collection.passage("1"), collection.passage("2")) == (None, None)


def test_no_text_is_embedded_twice(collection: LocalCollection, encoder: HashedWords) -> None:
    """The same words in two articles are embedded once, in one go or later."""
    outcomes(collection, MILL, replace(MILL, id="copy"))
    outcomes(collection, replace(MILL, id="later copy"))
    assert len(encoder.encoded) == 1
    assert collection.counts() == (3, 3)


def test_a_cached_vector_goes_with_its_last_passage(
    opened: Callable[..., LocalCollection], encoder: HashedWords, folder: Path
) -> None:
    """The cache holds no vector of a text that is in no article any more; such a text is embedded anew."""

    def cached() -> int:
        with closing(sqlite3.connect(folder / STORE_FILE)) as db:
            return int(db.execute("SELECT count(*) FROM vectors").fetchone()[0])

    collection = opened(encoder)
    outcomes(collection, MILL, replace(MILL, id="copy"), FERRY)
    assert cached() == 2
    collection.remove("mill")
    assert cached() == 2
    collection.remove("copy")
    assert cached() == 1
    outcomes(collection, replace(FERRY, text="The ferry sails again."))
    assert cached() == 1
    outcomes(collection, MILL)
    assert len(encoder.encoded) == 4


def test_each_article_is_safe_when_it_is_reported(
    opened: Callable[..., LocalCollection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops in the middle has what was reported, and nothing by halves."""
    monkeypatch.setattr(collection_module, "_WINDOW", 2)
    adding = opened().add([MILL, FERRY, OTTER])
    assert next(adding).article_id == "mill"
    assert opened(Forbidden()).counts() == (1, 1)
    assert next(adding).article_id == "ferry"
    assert opened(Forbidden()).counts() == (2, 2)
    adding.close()
    assert outcomes(opened(), *NEWS) == [
        ("mill", "unchanged", 0),
        ("ferry", "unchanged", 0),
        ("otter", "added", 1),
    ]


def test_a_text_without_sentences_is_kept_without_passages(collection: LocalCollection) -> None:
    """An article of white space has no passage and is never found, yet is there."""
    assert outcomes(collection, Article("blank", " \n ")) == [("blank", "added", 0)]
    assert collection.counts() == (1, 0)
    assert found(collection, "anything") == []


def test_passages_are_no_longer_than_the_encoder_reads(folder: Path) -> None:
    """The smaller of the configured limit and the encoder's own holds."""
    text = "One is red. Two is blue. Three is gray. Four is pink."
    with LocalCollection(folder, HashedWords(max_tokens=12)) as collection:
        assert outcomes(collection, Article("a", text)) == [("a", "added", 3)]
        assert collection._store.meta()["max_tokens"] == 12


# --- removing -----------------------------------------------------------------------------------


def test_a_removed_article_is_never_found_again(opened: Callable[..., LocalCollection]) -> None:
    """Neither here nor in a collection that was already open, nor after opening anew."""
    here, there = opened(), opened()
    outcomes(here, *NEWS)
    assert found(there, "paper mill")[0] == "mill"
    (passage_id,) = (hit.passage_id for hit in ask(there, "paper mill").hits if hit.article.id == "mill")
    assert there.passage(passage_id) is not None
    assert here.remove("mill") is True
    assert here.remove("mill") is False
    for collection in (here, there, opened()):
        assert sorted(found(collection, "paper mill closed")) == ["ferry", "otter"]
        assert collection.passage(passage_id) is None
        assert collection.article("mill") is None


def test_keys_are_never_given_again(opened: Callable[..., LocalCollection]) -> None:
    """The id of a removed passage never becomes another's, even across openings."""
    here, there = opened(), opened()
    outcomes(here, MILL)
    assert [hit.passage_id for hit in ask(there, "mill").hits] == ["1"]
    here.remove("mill")
    here.close()
    outcomes(opened(), FERRY)
    assert [(hit.passage_id, hit.article.id) for hit in ask(there, "ferry").hits] == [("2", "ferry")]
    assert there.passage("1") is None


def test_adding_what_was_removed(collection: LocalCollection) -> None:
    """A removed article can be added again."""
    outcomes(collection, MILL)
    collection.remove("mill")
    assert found(collection, "mill") == []
    assert outcomes(collection, MILL) == [("mill", "added", 1)]
    assert found(collection, "mill") == ["mill"]


def test_deleting_forgets_everything(folder: Path, collection: LocalCollection) -> None:
    """The folder goes; a collection of that name starts empty."""
    outcomes(collection, *NEWS)
    ask(collection, "mill")
    collection.delete()
    assert not folder.exists()
    with LocalCollection(folder, HashedWords(dimension=8)) as anew:
        assert anew.ever_had_articles is False
        assert outcomes(anew, MILL) == [("mill", "added", 1)]


# --- retrieving ---------------------------------------------------------------------------------


def test_hits_say_how_they_got_there(opened: Callable[..., LocalCollection]) -> None:
    """A hit carries passage, article and its place in both lists; what only one list has is marked so."""
    collection = opened(retrieval=PLAIN)
    outcomes(collection, *NEWS)
    first, second, third = ask(collection, "Who sank the ferry at Holm?").hits
    assert (first.passage_id, first.article, first.rank) == ("2", FERRY, 1)
    assert first.passage.text == "The ferry to Holm sank at the pier. Nobody was aboard."
    assert (first.passage.start, first.passage.end) == (0, 54)
    assert (first.score, first.dense_rank, first.bm25_rank) == (2.0, 1, 1)
    assert (second.rank, third.rank) == (2, 3)
    assert (second.bm25_rank, third.bm25_rank) == (None, None)
    assert {second.dense_rank, third.dense_rank} == {2, 3}
    assert first.also_in == ()


def test_the_dense_score_is_the_cosine(collection: LocalCollection) -> None:
    """Asking with a passage's own words gives a cosine of one, to half precision."""
    outcomes(collection, OTTER)
    (hit,) = ask(collection, OTTER.text).hits
    assert hit.dense_score == pytest.approx(1.0, abs=2e-3)


def test_an_empty_collection_has_no_hits(collection: LocalCollection) -> None:
    """Asking before adding finds nothing and is no error."""
    assert ask(collection, "Who?") == Retrieved(())
    assert collection.ever_had_articles is False


def test_a_question_without_words(collection: LocalCollection) -> None:
    """A question of signs is searched by meaning alone."""
    outcomes(collection, *NEWS)
    assert [hit.bm25_rank for hit in ask(collection, "?! 🦉").hits] == [None, None, None]


def test_the_limit(collection: LocalCollection) -> None:
    """No more hits than asked for, and the best of them."""
    outcomes(collection, *NEWS)
    assert found(collection, "ferry pier", 1) == ["ferry"]
    assert found(collection, "ferry pier", 0) == []


def test_near_copies_are_one_hit(collection: LocalCollection) -> None:
    """Copies in other articles stand behind the best of them, not beside it."""
    outcomes(
        collection, FERRY, replace(FERRY, id="agency", published=None), MILL, replace(FERRY, id="reprint")
    )
    first, second = ask(collection, "ferry pier").hits
    assert first.article.id == "ferry"
    assert [article.id for article in first.also_in] == ["agency", "reprint"]
    assert (second.article.id, second.also_in) == ("mill", ())


@pytest.mark.parametrize(
    ("filters", "articles", "undated"),
    [
        ({}, ["ferry", "mill", "otter"], 0),
        ({"since": "2021-10-06"}, ["ferry", "mill"], 1),
        ({"since": "2021-10-07"}, ["ferry"], 1),
        ({"since": "2021-10-08"}, ["ferry"], 1),
        ({"since": "2021-10-09"}, [], 1),
        ({"until": "2021-10-08"}, ["ferry", "mill"], 1),
        ({"until": "2021-10-07"}, ["mill"], 1),
        ({"until": "2021-10-06"}, ["mill"], 1),
        ({"until": "2021-10-05"}, [], 1),
        ({"since": "2021-10-06", "until": "2021-10-06"}, ["mill"], 1),
        ({"article_id": "otter"}, ["otter"], 0),
        ({"article_id": "otter", "since": "2000-01-01"}, [], 1),
        ({"article_id": "gone"}, [], 0),
    ],
)
def test_filters(
    collection: LocalCollection, filters: dict[str, str], articles: list[str], undated: int
) -> None:
    """Days are inclusive; with one, undated articles are left out and counted; an article can be chosen."""
    outcomes(collection, *NEWS)
    retrieved = ask(collection, "mill ferry otter", **filters)
    assert sorted(hit.article.id for hit in retrieved.hits) == articles
    assert retrieved.undated_left_out == undated


def test_newer_articles_are_likelier(opened: Callable[..., LocalCollection]) -> None:
    """Of two that fit alike, the one nearer to the day of the question is first; a later one has no edge."""
    old = Article("old", "The bridge closed for a day, the council said.", published="2019-10-01")
    new = Article("new", "The council said, for a day the bridge closed.", published="2021-10-01")
    collection = opened(retrieval=PLAIN)
    outcomes(collection, old, new)
    question = "bridge closed council"
    assert found(collection, question) == ["old", "new"]  # alike: the first stored
    assert found(collection, question, asked_on="2021-10-02") == ["new", "old"]
    assert found(collection, question, asked_on="2019-10-02") == ["old", "new"]
    first, second = ask(collection, question, asked_on="2021-10-01").hits
    assert first.score - second.score == pytest.approx(0.25 * (1 - 0.2557), abs=1e-4)


def test_weights_choose_between_meaning_and_words(opened: Callable[..., LocalCollection]) -> None:
    """With a weight of nothing, a list has no say in the order."""
    outcomes(opened(), *NEWS)
    only_words = opened(retrieval=PLAIN.model_copy(update={"dense_weight": 0.0}))
    assert scores(ask(only_words, "otter weir").hits) == [1.0, 0.0, 0.0]
    only_meaning = opened(retrieval=PLAIN.model_copy(update={"bm25_weight": 0.0}))
    hits = ask(only_meaning, "otter weir").hits
    assert [hit.dense_rank for hit in hits] == [1, 2, 3]
    assert (hits[0].score, hits[2].score) == (1.0, 0.0)


def test_words_that_stand_together_count_for_more(opened: Callable[..., LocalCollection]) -> None:
    """Of two passages with the same words, the one that holds them in neighboring sentences comes first."""
    far = "The mayor resigned. It was raining. Then it snowed. The harbor flooded."
    near = "It was raining. Then it snowed. The mayor resigned. The harbor flooded."
    outcomes(opened(), Article("far", far), Article("near", near))
    question = "mayor harbor"
    assert found(opened(retrieval=ALIKE), question) == ["far", "near"]  # alike: the first stored
    together = opened(retrieval=ALIKE.model_copy(update={"proximity_weight": 0.8}))
    first, second = ask(together, question).hits
    assert (first.article.id, second.article.id) == ("near", "far")
    assert first.score - second.score == pytest.approx(0.4)  # half of the question's words, of 0.8


@pytest.mark.parametrize(
    "passage_id", ["", "x", "-1", "1.0", " 1", "²", "99", "9" * 30, "9" * 5000, "1 OR 1=1"]
)
def test_a_passage_that_is_not_there(collection: LocalCollection, passage_id: str) -> None:
    """Any text may be asked for; only an id that was given out is found."""
    outcomes(collection, MILL)
    assert collection.passage(passage_id) is None


def test_a_passage_by_its_id(collection: LocalCollection) -> None:
    """The id of a hit gives its passage and article."""
    outcomes(collection, MILL)
    (hit,) = ask(collection, "mill").hits
    assert collection.passage(hit.passage_id) == (hit.passage, MILL)


def test_threads_ask_while_one_adds(collection: LocalCollection) -> None:
    """Questions during indexing find whole articles only, and nothing fails."""
    failures: list[BaseException] = []
    done = threading.Event()

    def asking() -> None:
        try:
            while not done.is_set():
                for hit in ask(collection, "ferry number pier").hits:
                    assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(30):
        outcomes(collection, Article(f"a{number % 10}", f"Ferry number {number} left the pier. Again."))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert collection.counts() == (10, 10)
    collection.close()


def test_one_thread_adds_and_removes_while_another_asks(opened: Callable[..., LocalCollection]) -> None:
    """From the first article on, with the vectors saved after each: nothing fails, nothing half is shown."""
    collection = opened(storing=StoreSettings(save_every_seconds=0))
    failures: list[BaseException] = []
    shown: set[str] = set()
    done = threading.Event()

    def asking() -> None:
        try:
            while not done.is_set():
                for hit in ask(collection, "ferry number pier").hits:
                    assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
                    shown.add(hit.article.id)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=asking)
    thread.start()
    for number in range(40):
        outcomes(collection, Article(f"a{number}", f"Ferry number {number} left the pier."))
        if number >= 5:
            assert collection.remove(f"a{number - 5}") is True
    deadline = time.monotonic() + 10
    while "a39" not in shown and time.monotonic() < deadline:
        time.sleep(0.001)
    done.set()
    thread.join()
    assert failures == []
    left = [f"a{number}" for number in range(35, 40)]
    assert sorted(found(collection, "ferry number pier")) == left
    assert sorted(found(opened(), "ferry number pier")) == left
    assert "a39" in shown


def test_threads_share_one_vector_index(collection: LocalCollection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that come first at the same moment do not make two, which would write the same file."""
    outcomes(collection, MILL)
    collection._vectors = None
    made: list[VectorIndex] = []
    together = threading.Barrier(2)

    def slow(*arguments: Any) -> VectorIndex:
        time.sleep(0.02)
        made.append(VectorIndex(*arguments))
        return made[-1]

    def asking() -> None:
        together.wait(10)
        ask(collection, "mill")

    monkeypatch.setattr(collection_module, "VectorIndex", slow)
    threads = [threading.Thread(target=asking) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [collection._vectors]


def test_the_version(opened: Callable[..., LocalCollection]) -> None:
    """It changes with each article that comes, changes or goes, in any process, and with nothing else."""
    collection, other = opened(), opened()
    versions = [collection.version]
    for change in (
        lambda: outcomes(other, MILL),
        lambda: outcomes(collection, replace(MILL, text="The mill opened again.")),
        lambda: collection.remove("mill"),
    ):
        change()
        versions.append(collection.version)
    assert len(set(versions)) == 4
    outcomes(collection, MILL)
    latest = collection.version
    outcomes(collection, MILL, replace(MILL, path="elsewhere.md"))
    ask(collection, "mill")
    collection.remove("gone")
    assert (collection.version, other.version) == (latest, latest)


def test_an_abandoned_collection(folder: Path) -> None:
    """It can still be read, but takes no more articles, and writes nothing when it is closed."""
    with LocalCollection(folder, HashedWords(), storing=StoreSettings(save_every_seconds=0)) as collection:
        adding = collection.add(iter((MILL, FERRY)))
        collection.abandon()
        with pytest.raises(Forgotten) as caught:
            next(adding)
        assert str(caught.value) == "collection 'news' is being deleted; there is nothing to add to"
    with LocalCollection(folder, HashedWords()) as collection:
        outcomes(collection, MILL)
        collection.abandon()
        assert found(collection, "mill") == ["mill"]
    assert (folder / VECTOR_FILE).exists() is False


def test_a_failed_save_closes_the_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever becomes of the vectors, no file stays open."""
    collection = LocalCollection(folder, HashedWords())
    outcomes(collection, MILL)

    def full(_: object) -> None:
        raise StoreUnusable("the disk is full")

    monkeypatch.setattr(VectorIndex, "save", full)
    with pytest.raises(StoreUnusable, match=r"^the disk is full$"):
        collection.close()
    assert collection._store._db._connections == []


# --- saving and opening again -------------------------------------------------------------------

_WORDS = [
    "mill",
    "ferry",
    "otter",
    "pier",
    "said",
    "the",
    "council",
    "café",
    "1958",
    "“no”",
    "weir",
    "sank",
    "🦉",
]
_SENTENCE = st.lists(st.sampled_from(_WORDS), min_size=2, max_size=14).map(
    lambda words: " ".join(words) + "."
)
_ARTICLE = st.builds(
    Article,
    id=st.sampled_from(["a", "b", "c", "d"]),
    text=st.lists(_SENTENCE, min_size=1, max_size=6).map(" ".join),
    title=st.one_of(st.none(), _SENTENCE),
    published=st.sampled_from([None, "2021-10-06", "2019-01-31T08:00:00"]),
)
_STEP = st.one_of(
    _ARTICLE,
    st.sampled_from(["remove a", "remove b", "remove c", "save", "reopen", "lose vectors"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(_STEP, max_size=14), _SENTENCE)
def test_hits_are_those_of_the_articles_however_they_came(steps: list[Article | str], question: str) -> None:
    """After any history, hits are the same when opened again, with the vector file lost, and in an open peer.

    And the store holds exactly the passages, full text and vectors of the articles that are left.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "news")
        expected: dict[str, Article] = {}
        peer = LocalCollection(folder, HashedWords(), SMALL)
        ask(peer, question)
        collection = LocalCollection(folder, HashedWords(), SMALL)
        for step in steps:
            if isinstance(step, Article):
                outcomes(collection, step)
                expected[step.id] = step
            elif step.startswith("remove"):
                assert collection.remove(step[-1]) == (expected.pop(step[-1], None) is not None)
            else:
                collection.close()
                if step == "lose vectors":
                    Path(folder, VECTOR_FILE).unlink(missing_ok=True)
                if step != "save":
                    collection = LocalCollection(folder, HashedWords(), SMALL)

        hits = ask(collection, question, 50, asked_on="2021-10-07").hits
        collection.close()
        with LocalCollection(folder, HashedWords(), SMALL) as again:
            reopened = ask(again, question, 50, asked_on="2021-10-07").hits
        Path(folder, VECTOR_FILE).unlink(missing_ok=True)
        with LocalCollection(folder, HashedWords(), SMALL) as again:
            rebuilt = ask(again, question, 50, asked_on="2021-10-07").hits
        seen_by_peer = ask(peer, question, 50, asked_on="2021-10-07").hits
        peer.close()

        for others in (reopened, rebuilt, seen_by_peer):
            assert signature(others) == signature(hits)
            assert scores(others) == pytest.approx(scores(hits), abs=1e-6)
        for hit in hits:
            article = expected[hit.article.id]
            assert hit.article == article
            assert hit.passage.text == article.text[hit.passage.start : hit.passage.end]
        held = {hit.article.id for hit in hits} | {copy.id for hit in hits for copy in hit.also_in}
        assert held == expected.keys()

        with closing(sqlite3.connect(folder / STORE_FILE)) as db:
            db.execute("INSERT INTO full_text (full_text, rank) VALUES ('integrity-check', 1)")
            unused = "SELECT count(*) FROM vectors WHERE hash NOT IN (SELECT vector_hash FROM passages)"
            assert db.execute(unused).fetchone() == (0,)
            assert db.execute("SELECT count(*) FROM articles").fetchone() == (len(expected),)


def test_closing_saves_the_vectors(folder: Path) -> None:
    """The vector file is written at close, beside a store without a write-ahead log."""
    with LocalCollection(folder, HashedWords()) as collection:
        outcomes(collection, MILL)
        assert not (folder / VECTOR_FILE).exists()
    assert sorted(file.name for file in folder.iterdir()) == [STORE_FILE, VECTOR_FILE]


def test_a_long_add_saves_now_and_then(folder: Path) -> None:
    """With no seconds between saves, the vector file is written after each batch."""
    storing = StoreSettings(save_every_seconds=0)
    with LocalCollection(folder, HashedWords(), storing=storing) as collection:
        outcomes(collection, MILL)
        assert (folder / VECTOR_FILE).is_file()
        assert collection._store._db.rows("SELECT count(*) FROM log") == [(0,)]


@pytest.mark.parametrize("kept", [[STORE_FILE], [STORE_FILE, VECTOR_FILE]])
def test_a_collection_of_release_0_1_0_opens(folder: Path, kept: list[str]) -> None:
    """A collection that Byline 0.1.0 wrote opens as it was, with its vectors or without."""
    folder.mkdir()
    for name in kept:
        shutil.copyfile(FIXTURES / "store-0.1.0" / name, folder / name)
    encoder = HashedWords()
    with LocalCollection(folder, encoder, RELEASED_CHUNKING) as collection:
        assert collection.counts() == (3, 6)
        for article in RELEASED:
            assert collection.article(article.id) == article
        hit, *_ = ask(collection, "Who caught the otter on his phone?").hits
        assert (hit.passage_id, hit.rank, hit.dense_rank, hit.bm25_rank) == ("2", 1, 1, 1)
        assert (
            hit.passage.text == "A night watchman at the paper mill, Tobias Krantz, caught it on his phone."
        )
        assert (hit.passage.start, hit.passage.end) == (74, 148)
        assert hit.article.authors == ("Wilhelmina Ost", "Paul Dräger")
        assert hit.dense_score == pytest.approx(0.528, abs=1e-3)
        assert [summary.id for summary in collection.articles()] == [
            "77aa01d2c4e5b693",
            "0f3c9a51e27b8d64",
            "c0ffee1234567890",
        ]
        assert [str(added.outcome) for added in collection.add(RELEASED)] == ["unchanged"] * 3
        assert encoder.encoded == []
        assert outcomes(collection, MILL) == [("mill", "added", 1)]
        assert next(hit.passage_id for hit in ask(collection, "Fifty people").hits) == "7"


# --- what is refused ----------------------------------------------------------------------------


def other_weights() -> HashedWords:
    encoder = HashedWords()
    encoder.fingerprint = "retrained"
    return encoder


def other_dimension() -> HashedWords:
    encoder = HashedWords(dimension=16)
    encoder.fingerprint = "hashed-words-32"
    return encoder


@pytest.mark.parametrize(
    ("encoder", "chunking", "difference"),
    [
        (HashedWords(name="other"), None, "encoder hashed-words, the config says other"),
        (other_weights(), None, "fingerprint hashed-words-32, the config says retrained"),
        (other_dimension(), None, "dimension 32, the config says 16"),
        (HashedWords(), ChunkingSettings(max_tokens=64), "max_tokens 240, the config says 64"),
        (HashedWords(max_tokens=128), None, "max_tokens 240, the config says 128"),
        (HashedWords(), ChunkingSettings(overlap_sentences=2), "overlap_sentences 1, the config says 2"),
    ],
)
def test_another_encoder_or_chunking_is_refused(
    opened: Callable[..., LocalCollection],
    encoder: HashedWords,
    chunking: ChunkingSettings | None,
    difference: str,
) -> None:
    """Asking and adding are refused in words that name the command; reading still works, the store stays."""
    outcomes(opened(), MILL)
    collection = opened(encoder, chunking=chunking)
    message = (
        f"collection 'news' was built with {difference}; "
        "run: byline reindex --collection news, or set the config back"
    )
    with pytest.raises(EncoderMismatch) as caught:
        ask(collection, "mill")
    assert str(caught.value) == message
    with pytest.raises(EncoderMismatch) as caught:
        outcomes(collection, FERRY)
    assert str(caught.value) == message
    assert encoder.encoded == []
    assert collection.article("mill") == MILL
    collection.close()
    assert opened().counts() == (1, 1)
    assert found(opened(), "mill") == ["mill"]


def test_asking_an_empty_collection_commits_it_to_nothing(opened: Callable[..., LocalCollection]) -> None:
    """Only the first article ties a collection to its encoder."""
    assert ask(opened(), "mill").hits == ()
    assert opened()._store.meta() == {}
    other = opened(HashedWords(name="other"))
    assert outcomes(other, MILL) == [("mill", "added", 1)]


def test_the_manifest(collection: LocalCollection) -> None:
    """The store records what its vectors depend on."""
    outcomes(collection, MILL)
    assert collection._store.meta() == {
        "encoder": "hashed-words",
        "fingerprint": "hashed-words-32",
        "dimension": 32,
        "max_tokens": 240,
        "overlap_sentences": 1,
    }


def test_a_newer_collection_is_refused(opened: Callable[..., LocalCollection], folder: Path) -> None:
    """A collection of a newer Byline is refused when it is opened."""
    opened().close()
    with closing(sqlite3.connect(folder / STORE_FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaTooNew) as caught:
        opened()
    assert str(caught.value) == (
        f"{folder}/store.sqlite3 was written by a newer Byline (schema 99, this one knows "
        f"{len(MIGRATIONS)}); upgrade with: pip install --upgrade byline-bot"
    )


@pytest.mark.parametrize("name", ["News", ".hidden", "-dash", "a b", "a.b", "café", "a" * 129, "a\n"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    """Names are small letters, digits, dashes and underscores; nothing is made for another."""
    with pytest.raises(InvalidName) as caught:
        LocalCollection(tmp_path / name, HashedWords())
    assert str(caught.value) == f"{name!r} cannot name a collection; use small letters, digits, '-' and '_'"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "0", "guild-123456789012345678", "my_news", "a" * 128])
def test_a_name_that_is_one_is_taken(tmp_path: Path, name: str) -> None:
    """Servers' numbers and plain words are names."""
    with LocalCollection(tmp_path / name, HashedWords()) as collection:
        assert collection.name == name


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the way is an error that names the option for another place."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnusable) as caught:
        LocalCollection(tmp_path / "data" / "news", HashedWords())
    assert str(caught.value) == (
        f"{tmp_path}/data/news cannot be made (Not a directory); choose another folder with --data"
    )


def test_a_store_that_is_no_database_is_named(folder: Path) -> None:
    """A store that something overwrote is refused at once."""
    folder.mkdir()
    (folder / STORE_FILE).write_bytes(b"Not a database. " * 100)
    with pytest.raises(StoreUnusable) as caught:
        LocalCollection(folder, HashedWords())
    assert str(caught.value).startswith(f"{folder}/store.sqlite3 cannot be used (file is not a database); ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(folder: Path) -> None:
    """A collection cannot be made in a folder that may not be written."""
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreUnusable) as caught:
        LocalCollection(folder, HashedWords())
    assert str(caught.value).startswith(f"{folder}/store.sqlite3 cannot be used (")


def test_a_vector_that_was_damaged_on_the_way_is_still_found_by_words(collection: LocalCollection) -> None:
    """An encoder that gives a vector of zeros leaves the passage to the full text."""

    class Blank(HashedWords):
        def encode_passages(self, texts: list[str]) -> np.ndarray:  # type: ignore[override]
            return np.zeros((len(texts), self.dimension), np.float32)

    with LocalCollection(collection._folder.parent / "blank", Blank()) as blank:
        outcomes(blank, MILL, FERRY)
        assert found(blank, "ferry", 1) == ["ferry"]
