"""The vector index and its file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.errors import StoreUnusable
from index.rows import NewPassage
from index.store import Store
from index.types import Article, Passage
from index.vectors import VectorIndex

EAST = np.array([[1.0, 0.0]], np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.faiss"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "store.sqlite3")) as store:
        yield store


def put(store: Store, name: str, degrees: float) -> None:
    """Store an article of one passage whose vector points `degrees` away from the east."""
    angle = np.radians(degrees)
    vector = np.array([np.cos(angle), np.sin(angle)], np.float16).tobytes()
    passage = Passage(name, 0, 10, "It rained.")
    store.put(Article(name, "It rained."), b"", [NewPassage(passage, vector, vector)])


@pytest.fixture
def three(store: Store) -> Store:
    """A store whose passages 1, 2 and 3 point 60, 0 and 90 degrees away from the east."""
    for name, degrees in (("a", 60), ("b", 0), ("c", 90)):
        put(store, name, degrees)
    return store


THREE = [(2, 1.0), (1, 0.5), (3, 0.0)]


def search(index: VectorIndex, limit: int = 10) -> list[tuple[int, float]]:
    return [(key, round(score, 3) + 0.0) for key, score in index.search(EAST, limit)]


def moment(store: Store) -> tuple[int, str]:
    """The store's latest generation."""
    generation = store.all_keys().generation
    return generation.number, generation.tag


def logged(store: Store) -> list[int]:
    """The generations that the store's log still tells of."""
    return [number for (number,) in store._db.rows("SELECT DISTINCT generation FROM log ORDER BY 1")]


def header(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_bytes().partition(b"\n")[0])
    return found


def test_the_nearest_come_first(path: Path, three: Store) -> None:
    """Keys come with their cosine, best first, no more than asked for."""
    index = VectorIndex(path, three, 2)
    assert search(index) == THREE
    assert search(index, 1) == [(2, 1.0)]
    assert index.size == 3


def test_among_some_keys(path: Path, three: Store) -> None:
    """With a list of keys only those are found, among none nothing is."""
    index = VectorIndex(path, three, 2)
    found = index.search(EAST, 10, np.array([3, 1, 99]))
    assert [(key, round(score, 3) + 0.0) for key, score in found] == [(1, 0.5), (3, 0.0)]
    assert index.search(EAST, 10, np.array([], np.int64)) == []


def test_an_empty_store_has_no_neighbors(path: Path, store: Store) -> None:
    """Nothing is found in nothing, and nothing is written for it."""
    index = VectorIndex(path, store, 2)
    assert index.search(EAST, 10) == []
    index.save()
    assert not path.exists()


def test_it_catches_up_before_each_search(path: Path, three: Store) -> None:
    """What was added and removed since the last search is in and out."""
    index = VectorIndex(path, three, 2)
    assert search(index) == THREE
    three.remove("b")
    put(three, "d", 45)
    assert search(index) == [(4, 0.707), (1, 0.5), (3, 0.0)]
    assert index.size == 3


def test_saving_is_remembered(path: Path, three: Store) -> None:
    """The file names generation, dimension and checksum; the store's log is trimmed to it."""
    index = VectorIndex(path, three, 2)
    index.save()
    payload = path.read_bytes().partition(b"\n")[2]
    assert header(path) == {
        "generation": list(moment(three)),
        "dimension": 2,
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    assert moment(three)[0] == 3
    assert logged(three) == []


def test_a_file_that_is_up_to_date_is_not_written_again(path: Path, three: Store) -> None:
    """Saving twice, or after opening without a change, writes nothing."""
    index = VectorIndex(path, three, 2)
    index.save()
    path.unlink()
    index.save()
    assert not path.exists()


def test_a_saved_file_is_used(path: Path, three: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After saving, opening reads no vector from the store, and only what changed after that."""
    VectorIndex(path, three, 2).save()
    read: list[int] = []
    vectors = three.vectors
    remembering = lambda keys, size: (read.extend(keys.tolist()), vectors(keys, size))[1]  # noqa: E731
    monkeypatch.setattr(three, "vectors", remembering)
    index = VectorIndex(path, three, 2)
    assert search(index) == THREE
    assert read == []
    put(three, "d", 45)
    assert search(index)[1] == (4, 0.707)
    assert read == [4]


def truncated(path: Path, _: Store) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def only_a_header(path: Path, _: Store) -> None:
    path.write_bytes(path.read_bytes().partition(b"\n")[0])


def one_bit_off(path: Path, _: Store) -> None:
    raw = bytearray(path.read_bytes())
    raw[-30] ^= 1
    path.write_bytes(raw)


def wrong_header(**fields: object) -> Callable[[Path, Store], None]:
    def damage(path: Path, _: Store) -> None:
        payload = path.read_bytes().partition(b"\n")[2]
        path.write_bytes(json.dumps({**header(path), **fields}).encode() + b"\n" + payload)

    return damage


def written(raw: bytes) -> Callable[[Path, Store], None]:
    return lambda path, _: path.write_bytes(raw) and None


def of_another_store(path: Path, _: Store) -> None:
    """Put another store's file in its place: as valid, as many vectors, all of them different."""
    path.unlink()
    with closing(Store(path.parent / "other.sqlite3")) as other:
        for name in ("x", "y", "z"):
            put(other, name, 180)
        VectorIndex(path, other, 2).save()


def older_than_the_log(path: Path, store: Store) -> None:
    """Bring back the file of an earlier day, whose changes since then the log no longer holds."""
    old = path.read_bytes()
    store.remove("b")
    put(store, "b2", 180)
    VectorIndex(path, store, 2).save()
    store.remove("b2")
    put(store, "b", 0)
    VectorIndex(path, store, 2).save()
    path.write_bytes(old)


def restored_from_a_backup(path: Path, store: Store) -> None:
    """Leave a file of as many generations behind, from a history that the store has not seen."""
    shutil.copy(path.with_name("store.sqlite3"), path.with_name("copy.sqlite3"))
    with closing(Store(path.with_name("copy.sqlite3"))) as other:
        other.remove("b")
        put(other, "elsewhere", 0)
        VectorIndex(path, other, 2).save()
    store.remove("b")
    put(store, "b", 0)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path, _: path.unlink(), id="missing"),
        pytest.param(truncated, id="truncated"),
        pytest.param(only_a_header, id="only a header"),
        pytest.param(one_bit_off, id="one bit off"),
        pytest.param(written(b""), id="empty"),
        pytest.param(written(b"garbage"), id="garbage"),
        pytest.param(written(b"\x00\xff\xfe" * 5000), id="binary garbage"),
        pytest.param(written(b"[" * 5000), id="deeply nested garbage"),
        pytest.param(written(b"[]\n"), id="another kind of header"),
        pytest.param(written(b"{}\n"), id="an empty header"),
        pytest.param(wrong_header(dimension=3), id="another dimension"),
        pytest.param(wrong_header(generation=[9, "0" * 32]), id="from the future"),
        pytest.param(wrong_header(generation=[3, "0" * 32]), id="of another history"),
        pytest.param(restored_from_a_backup, id="newer than a restored store"),
        pytest.param(of_another_store, id="another store's file"),
        pytest.param(older_than_the_log, id="older than the trimmed log"),
    ],
)
def test_whatever_became_of_the_file_the_hits_are_the_same(
    path: Path, three: Store, damage: Callable[[Path, Store], None]
) -> None:
    """A missing, damaged, foreign or stale file is made again from the store, and the new one is good."""
    VectorIndex(path, three, 2).save()
    damage(path, three)
    index = VectorIndex(path, three, 2)
    best = max(three.hydrate(range(10)).values(), key=lambda found: found.article.id == "b").key
    expected = [(best, 1.0), (1, 0.5), (3, 0.0)]
    assert search(index) == expected
    put(three, "d", 180)  # something to save
    index.save()
    again = VectorIndex(path, three, 2)
    assert again.size == 4
    assert search(again, 3) == expected


def test_a_rebuilt_index_has_the_same_scores(path: Path, store: Store) -> None:
    """To the last bit: vectors lose their precision before they enter the index, not when they are saved."""
    for number in range(40):
        put(store, f"a{number}", 3.7 * number)
    index = VectorIndex(path, store, 2)
    for number in range(0, 40, 3):
        store.remove(f"a{number}")
    before = index.search(EAST, 40)
    index.save()
    saved = VectorIndex(path, store, 2).search(EAST, 40)
    path.unlink()
    rebuilt = VectorIndex(path, store, 2).search(EAST, 40)
    assert len(before) == 26
    assert before == saved == rebuilt


def test_two_indexes_follow_each_other(path: Path, tmp_path: Path, three: Store) -> None:
    """Another process's index sees what changed, also after the log was trimmed behind it."""
    with closing(Store(tmp_path / "store.sqlite3")) as other:
        ours, theirs = VectorIndex(path, three, 2), VectorIndex(path, other, 2)
        assert search(theirs) == THREE
        put(three, "d", 45)
        three.remove("b")
        ours.save()
        assert logged(three) == []
        assert search(theirs) == [(4, 0.707), (1, 0.5), (3, 0.0)]
        other.remove("d")
        theirs.save()
        assert search(ours) == [(1, 0.5), (3, 0.0)]


def test_a_lost_file_and_a_trimmed_log(path: Path, tmp_path: Path, three: Store) -> None:
    """An open index that is behind the log, with no file to fall back on, is made again from the store."""
    with closing(Store(tmp_path / "store.sqlite3")) as other:
        theirs = VectorIndex(path, other, 2)
        put(three, "d", 45)
        VectorIndex(path, three, 2).save()
        path.unlink()
        assert search(theirs) == [(2, 1.0), (4, 0.707), (1, 0.5), (3, 0.0)]


def test_a_left_over_temporary_file_is_harmless(path: Path, three: Store) -> None:
    """What a killed process left behind is neither read nor in the way."""
    left = path.with_name("vectors.faiss.4711.tmp")
    left.write_bytes(b"half a fi")
    VectorIndex(path, three, 2).save()
    assert search(VectorIndex(path, three, 2)) == THREE
    assert left.read_bytes() == b"half a fi"


def test_the_file_is_replaced_at_once(path: Path, three: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails, the old file is as it was, nothing else is left, and the log is kept."""
    index = VectorIndex(path, three, 2)
    index.save()
    before = path.read_bytes()
    put(three, "d", 45)
    with monkeypatch.context() as patch:
        patch.setattr("index.vectors.os.fsync", _disk_full)
        with pytest.raises(StoreUnusable) as caught:
            index.save()
    assert str(caught.value) == (
        f"{path} cannot be written (No space left on device); free some space or fix its permissions "
        "(nothing is lost: it is made again from the store)"
    )
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir() if "vectors" in file.name) == ["vectors.faiss"]
    assert logged(three) == [4]
    index.save()
    assert header(path)["generation"] == list(moment(three))


def test_searching_does_not_wait_for_the_disk(
    path: Path, three: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the file is written, another thread searches, and finds what came meanwhile."""
    index, saved = VectorIndex(path, three, 2), moment(three)
    writing, searched = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        writing.set()
        assert searched.wait(10)

    monkeypatch.setattr(os, "fsync", slow)
    thread = threading.Thread(target=index.save)
    thread.start()
    assert writing.wait(10)
    put(three, "d", 120)
    assert search(index) == [*THREE, (4, -0.5)]
    searched.set()
    thread.join(10)
    assert (header(path)["generation"], logged(three)) == ([*saved], [4])
    index.save()
    assert (header(path)["generation"], logged(three)) == ([*moment(three)], [])


def _disk_full(_: int) -> None:
    raise OSError(28, "No space left on device")
