"""A collection looked after: what is wrong is found and mended, and space is given back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.collection import STORE_FILE, VECTOR_FILE, LocalCollection
from index.settings import ChunkingSettings
from index.types import Article, Outcome, Query
from index.verify import RESCUE, SKETCHED_LATER, Finding
from tests.damage import overwrite_table
from tests.encoders import HashedWords

SMALL = ChunkingSettings(max_tokens=32, overlap_sentences=0)
MILL = Article(
    "mill",
    "The paper mill closed in the cold spring of that year, as everybody in the valley had feared. "
    "Fifty people lost their work, and the whistle that woke all of them fell silent for good.",
    title="Mill shuts",
)
FERRY = Article(
    "ferry",
    "The old ferry to Holm sank at the pier in the night, with all its lamps still burning. "
    "Nobody at all was aboard of it, and the harbour master had gone home hours before that.",
)
OTTER = Article(
    "otter",
    "An otter was filmed below the weir by a boy who had skipped school to go fishing there. "
    "It was the first in forty years, and the town gave a small feast for the boy's camera.",
)
NEWS = (MILL, FERRY, OTTER)
AGAIN = "embedded again"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of three articles of two passages each, closed."""
    folder = tmp_path / "news"
    with open_in(folder) as collection:
        assert [added.passages for added in collection.add(NEWS)] == [2, 2, 2]
    return folder


def open_in(folder: Path, encoder: HashedWords | None = None) -> LocalCollection:
    return LocalCollection(folder, encoder or HashedWords(), SMALL)


def damage(folder: Path, *statements: str) -> None:
    """Change the database behind Byline's back."""
    with closing(sqlite3.connect(folder / STORE_FILE)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def verify(folder: Path, *, mend: bool = True, encoder: HashedWords | None = None) -> list[Finding]:
    with open_in(folder, encoder) as collection:
        return collection.upkeep.verify(mend=mend)


def hits(folder: Path) -> list[tuple[str, float]]:
    """What is found for a question, and how well it fits."""
    text = "Which ferry sank, and what closed in spring below the weir?"
    with open_in(folder) as collection:
        found = collection.retrieve(Query(text, HashedWords().encode_queries([text])), 10).hits
    return sorted((hit.passage.text, round(hit.score, 4)) for hit in found)


# --- verify -------------------------------------------------------------------------------------


def test_a_sound_collection(folder: Path) -> None:
    """Nothing is found, nothing is changed, and no model is needed."""
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".lock"}
    with LocalCollection(folder, object(), SMALL) as collection:  # type: ignore[arg-type]
        assert collection.upkeep.verify(mend=True) == []
    after = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".lock"}
    assert after == before


def test_an_empty_collection(tmp_path: Path) -> None:
    """There is nothing to be wrong."""
    assert verify(tmp_path / "empty") == []


def test_a_vector_file_that_is_behind_or_missing_is_sound(folder: Path) -> None:
    """It is derived: what it lacks, the store's log tells."""
    stale = (folder / VECTOR_FILE).read_bytes()
    with open_in(folder) as collection:
        list(collection.add([replace(MILL, id="later")]))
        collection.remove("ferry")
        collection._vectors = None  # as if it had been killed
    assert (folder / VECTOR_FILE).read_bytes() == stale
    assert verify(folder, mend=False) == []
    (folder / VECTOR_FILE).unlink()
    assert verify(folder, mend=False) == []


VECTORS = "the vector file does not fit the articles"
FULL_TEXT = "the full text does not fit the articles"
MENDABLE = {
    "full text lost": (
        ["INSERT INTO full_text (full_text) VALUES ('delete-all')"],
        [Finding(FULL_TEXT, "built again")],
    ),
    "full text of nothing": (
        ["INSERT INTO full_text (rowid, title, text) VALUES (77, 'ghost', 'ghost')"],
        [Finding(FULL_TEXT, "built again")],
    ),
    "a vector lost": (
        ["DELETE FROM vectors WHERE hash = (SELECT vector_hash FROM passages WHERE key = 3)"],
        [Finding("1 vector missing or damaged", AGAIN)],
    ),
    "vectors cut off": (
        ["UPDATE vectors SET vector = substr(vector, 1, 10)"],
        [Finding("6 vectors missing or damaged", AGAIN)],
    ),
    "a vector of nothing": (
        ["UPDATE vectors SET vector = zeroblob(64) WHERE hash = (SELECT vector_hash FROM passages)"],
        [Finding("1 vector missing or damaged", AGAIN)],
    ),
    "a vector of no numbers": (
        ["UPDATE vectors SET vector = unhex_ff WHERE hash = (SELECT vector_hash FROM passages)"],
        [Finding("1 vector missing or damaged", AGAIN)],
    ),
    "an orphan vector": (
        ["INSERT INTO vectors VALUES (x'00', zeroblob(64))"],
        [Finding("1 vector of no passage", "dropped")],
    ),
    "a passage lost": (
        ["DELETE FROM passages WHERE key = 2"],
        [
            Finding("1 vector of no passage", "dropped"),
            Finding("the passages of 1 article do not fit", AGAIN),
            Finding(FULL_TEXT, "built again"),
            Finding(VECTORS, "built again"),
        ],
    ),
    "a passage out of its article": (
        ["UPDATE passages SET end = 1000 WHERE key = 4"],
        [Finding("the passages of 1 article do not fit", AGAIN)],
    ),
    "a passage moved": (
        ["UPDATE passages SET start = 10 WHERE key = 1"],
        [Finding("the passages of 1 article do not fit", AGAIN), Finding(FULL_TEXT, "built again")],
    ),
    "a passage with another's vector": (
        ["UPDATE passages SET vector_hash = (SELECT vector_hash FROM passages WHERE key = 6) WHERE key = 1"],
        [
            Finding("1 vector of no passage", "dropped"),
            Finding("the passages of 1 article do not fit", AGAIN),
        ],
    ),
    "an article lost": (
        ["DELETE FROM articles WHERE id = 'otter'"],
        [
            Finding("2 passages of no article", "dropped"),
            Finding("2 vectors of no passage", "dropped"),
            Finding("1 sketch of no article", "dropped"),
            Finding(FULL_TEXT, "built again"),
        ],
    ),
    "a place of nothing": (
        ["INSERT INTO places VALUES ('/gone', '', x'00', 'gone')"],
        [Finding("1 place of no article", "dropped")],
    ),
    "a signature cut off": (
        ["UPDATE sketches SET signature = substr(signature, 1, 10) WHERE article_id = 'mill'"],
        [Finding("1 sketch damaged", SKETCHED_LATER)],
    ),
    "bands lost": (
        ["DELETE FROM bands WHERE band IN (SELECT band FROM bands GROUP BY band LIMIT 1)"],
        [Finding("1 sketch damaged", SKETCHED_LATER)],
    ),
    "all bands lost": (
        ["DELETE FROM bands"],
        [Finding("3 sketches damaged", SKETCHED_LATER)],
    ),
    "a sketch lost": (
        ["DELETE FROM sketches WHERE article_id = 'mill'"],
        [Finding("32 bands of no sketch", "dropped")],
    ),
    "everything derived lost": (
        [
            "DELETE FROM passages",
            "DELETE FROM vectors",
            "INSERT INTO full_text (full_text) VALUES ('delete-all')",
        ],
        [Finding("the passages of 3 articles do not fit", AGAIN), Finding(VECTORS, "built again")],
    ),
}


@pytest.mark.parametrize("case", MENDABLE)
def test_what_is_made_from_the_articles_is_made_again(folder: Path, case: str) -> None:
    """It is said, mended, and sound then, with the same hits as before; `--check` only says it."""
    statements, findings = MENDABLE[case]
    expected = hits(folder)
    if case == "an article lost":
        expected = [hit for hit in expected if "otter" not in hit[0] and "camera" not in hit[0]]
    ff = "x'" + "ff" * 64 + "'"
    damage(folder, *(statement.replace("unhex_ff", ff) for statement in statements))
    said = [finding.what for finding in verify(folder, mend=False)]
    assert said == [finding.what for finding in verify(folder, mend=False)]  # nothing was mended
    assert set(said) >= {findings[0].what}
    assert verify(folder) == findings
    assert verify(folder) == []
    found = hits(folder)
    assert [text for text, _ in found] == [text for text, _ in expected]
    if case != "an article lost":  # rarer words weigh more
        assert found == expected


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("DELETE FROM articles WHERE id = 'copy'", {"ferry", "otter"}),
        ("UPDATE sketches SET signature = x'00' WHERE article_id = 'copy'", {"ferry", "otter"}),
        ("DELETE FROM bands", set()),
    ],
    ids=["an article lost", "a signature lost", "bands lost"],
)
def test_stories_are_found_again(folder: Path, statement: str, kept: set[str]) -> None:
    """With the next article that is added, each story in which something was damaged, and no other."""
    with open_in(folder) as collection:
        list(collection.add([replace(MILL, id="copy"), replace(MILL, id="third")]))
    damage(folder, statement)
    assert verify(folder) != []
    with closing(sqlite3.connect(folder / STORE_FILE)) as db:
        assert {article_id for (article_id,) in db.execute("SELECT article_id FROM sketches")} == kept
    with open_in(folder) as collection:
        list(collection.add([replace(OTTER, id="later")]))
        held = {summary.id for summary in collection.articles()}
        assert {one.id for one in collection.story("mill")} == held & {"copy", "third"}
        assert [collection.remove(article_id) for article_id in sorted(held)] == [True] * len(held)
    assert verify(folder) == []


def test_indexes_that_are_open_follow_what_is_mended(folder: Path) -> None:
    """A process that read a damaged vector searches by the mended one from then on."""
    expected = hits(folder)
    damage(folder, "UPDATE vectors SET vector = zeroblob(64)")
    (folder / VECTOR_FILE).unlink()
    text = "Which ferry sank, and what closed in spring below the weir?"
    query = Query(text, HashedWords().encode_queries([text]))
    with open_in(folder) as there:
        there.retrieve(query, 10)
        assert verify(folder) == [Finding("6 vectors missing or damaged", AGAIN)]
        found = there.retrieve(query, 10).hits
    assert sorted((hit.passage.text, round(hit.score, 4)) for hit in found) == expected


@pytest.mark.parametrize("content", [b"", b"nonsense", b"{}\n", b'{"generation": 1}\n', None])
def test_a_damaged_vector_file(folder: Path, content: bytes | None) -> None:
    """It is built again, whatever is in it; None: a byte of it was changed."""
    expected = hits(folder)
    data = (folder / VECTOR_FILE).read_bytes()
    changed = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:] if content is None else content
    (folder / VECTOR_FILE).write_bytes(changed)
    finding = Finding(VECTORS, "built again")
    assert verify(folder, mend=False) == [replace(finding, done=None)]
    (folder / VECTOR_FILE).write_bytes(changed)  # closing has mended it
    assert verify(folder) == [finding]
    assert (folder / VECTOR_FILE).read_bytes() == data
    assert hits(folder) == expected


def test_a_vector_file_with_other_vectors(folder: Path) -> None:
    """A whole file of the right moment is still held against the store, number by number."""
    with open_in(folder) as collection:
        index = collection._index()
        vectors = np.eye(32, dtype=np.float32)[:6]
        index._index.reset()
        index._index.add_with_ids(vectors, np.arange(1, 7))
        index._saved_generation = replace(index._generation, number=-1)
        index.save()
    finding = Finding(VECTORS, "built again")
    assert (verify(folder), verify(folder)) == ([finding], [])


def test_an_altered_article_is_not_mended(folder: Path) -> None:
    """What it said before is written nowhere; whoever has it can put it right."""
    damage(folder, "UPDATE articles SET text = replace(text, 'Fifty', 'Sixty') WHERE id = 'mill'")
    what, advice = "1 article (mill) altered since stored", "remove what is wrong and index its source again"
    assert verify(folder)[0] == Finding(what, advice=advice)
    with open_in(folder) as collection:
        collection.remove("mill")
        list(collection.add([MILL]))
    assert verify(folder) in ([], [Finding(FULL_TEXT, "built again")])
    assert verify(folder) == []


def test_an_unreadable_row_is_not_mended(folder: Path) -> None:
    """Its key says which it is; the others go on."""
    damage(folder, "UPDATE articles SET authors = 'none' WHERE id = 'ferry'")
    assert verify(folder) == [Finding("1 article (2) unreadable", advice=RESCUE)]


def test_a_lost_manifest(folder: Path) -> None:
    """Vectors of an unknown model cannot be searched; embedding all again puts that right."""
    damage(folder, "DELETE FROM meta WHERE name IN ('encoder', 'fingerprint')")
    what = "it is not known what it was embedded with (encoder, fingerprint)"
    assert verify(folder) == [Finding(what, advice="run: byline reindex")]
    with open_in(folder) as collection:
        list(collection.reindex(folder.parent / "beside"))
    assert verify(folder) == []


def test_another_model_does_not_mend(folder: Path) -> None:
    """One collection never holds vectors of two models."""
    damage(folder, "DELETE FROM vectors")
    finding, *_ = verify(folder, encoder=HashedWords(name="another"))
    assert finding == Finding(
        "6 vectors missing or damaged",
        advice="collection 'news' was built with encoder hashed-words, the config says another; "
        "run: byline reindex --collection news, or set the config back",
    )
    assert verify(folder)[0] == Finding("6 vectors missing or damaged", AGAIN)
    assert verify(folder) == []


def test_a_damaged_index_of_the_database(folder: Path) -> None:
    """SQLite's own indexes are made again from its tables."""
    damage(
        folder,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX passages_article ON passages(start)'"
        " WHERE name = 'passages_article'",
    )
    (finding,) = verify(folder)
    assert finding.what.startswith(
        "the database's indexes are damaged (row 1 missing from index passages_article"
    )
    assert finding.done == "built again"
    assert verify(folder) == []


def test_a_damaged_database(folder: Path) -> None:
    """What cannot be mended is named, with what helps; nothing is touched."""
    overwrite_table(folder / STORE_FILE, "articles")
    data = (folder / STORE_FILE).read_bytes()
    (finding,) = verify(folder)
    assert (finding.done, finding.advice) == (None, RESCUE)
    assert (folder / STORE_FILE).read_bytes() == data


# --- compact --------------------------------------------------------------------------------------


def many(count: int) -> list[Article]:
    return [Article(f"a{number}", f"Harbour {number} was closed in winter. " * 40) for number in range(count)]


def test_space_is_given_back(tmp_path: Path) -> None:
    """Nearly all of what was removed, in database and vector file; what is left is found as before."""
    folder = tmp_path / "news"
    with open_in(folder) as collection:
        list(collection.add(many(90)))
    with open_in(folder) as collection:
        list(collection.add(NEWS))
        for article in many(90):
            assert collection.remove(article.id)
    expected = hits(folder)
    with open_in(folder) as collection:
        before = size_bytes(folder)
        freed = collection.upkeep.compact()
        after = size_bytes(folder)
    assert freed == before - after
    assert after < before / 3
    assert (hits(folder), verify(folder)) == (expected, [])


def test_others_read_and_write_on(folder: Path) -> None:
    """One that has the collection open, even in the middle of reading it, notices nothing."""
    expected = hits(folder)
    with open_in(folder) as there:
        reading = there.everything()
        assert next(reading).article == MILL
        with open_in(folder) as here:
            here._store.database._connection().execute("PRAGMA busy_timeout = 50")
            here.upkeep.compact()
        assert [stored.article for stored in reading] == [FERRY, OTTER]
        assert [added.outcome for added in there.add([replace(MILL, id="new")])] == [Outcome.ADDED]
        assert there.remove("new") is True
    assert (hits(folder), verify(folder)) == (expected, [])


def test_nothing_of_what_was_removed_is_left(folder: Path) -> None:
    """No word of it stands anywhere in the folder."""
    with open_in(folder) as collection:
        collection.remove("otter")
        collection.upkeep.compact()
    left = b"".join(file.read_bytes() for file in folder.iterdir()).lower()
    assert (b"otter" in left, b"ferry" in left) == (False, True)


def size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
