"""Articles out into a file and back, whole; what is damaged is named."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.backup import Backup, new_file, write_backup
from index.collection import LocalCollection
from index.errors import BackupError
from index.types import Article, Query, Skipped
from tests.encoders import HashedWords

MILL = Article(
    "mill",
    "The mill closed.\nFifty people lost “their” work – 🏭.",
    title="Mill shuts",
    url="https://example.org/mill",
    published="2021-10-06T09:30:00Z",
    authors=("Ada Quill", "Bo Rask"),
    root="/news",
    path="2021/mill.md",
    part="3",
    raw_digest=b"\x00\xff",
    added_at="2024-02-29T12:00:00+00:00",
)
BARE = Article("bare", "Nothing but text.")


def written(articles: Sequence[Article]) -> bytes:
    stream = io.BytesIO()
    assert write_backup(articles, stream) == len(articles)
    return stream.getvalue()


def read(data: bytes) -> list[Article | Skipped]:
    return list(Backup(io.BytesIO(data), "news.gz", len(data)))


def lines(*articles: Article) -> list[bytes]:
    return gzip.decompress(written(articles)).splitlines(keepends=True)


def test_all_of_an_article_comes_back() -> None:
    """Every field, also those that do not count when two articles are compared."""
    (mill, bare) = read(written([MILL, BARE]))
    assert (mill, bare) == (MILL, BARE)
    assert isinstance(mill, Article)
    assert (mill.raw_digest, mill.added_at, mill.part) == (b"\x00\xff", "2024-02-29T12:00:00+00:00", "3")


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MAYBE = st.none() | TEXT


@given(
    st.lists(
        st.builds(
            Article,
            TEXT,
            TEXT,
            MAYBE,
            MAYBE,
            MAYBE,
            st.lists(TEXT).map(tuple),
            MAYBE,
            MAYBE,
            TEXT,
            st.none() | st.binary(),
            MAYBE,
        ),
        max_size=5,
    )
)
@settings(max_examples=50, deadline=None)
def test_any_article_comes_back(articles: list[Article]) -> None:
    """Whatever is in it: line ends of all kinds, nothing, control characters."""
    assert read(written(articles)) == articles


def test_the_file_is_lines_of_json() -> None:
    """A head, an article a line by the names of its fields, and their number; the same bytes each time."""
    head, mill, end = map(json.loads, lines(MILL))
    assert (head, end) == ({"byline": "articles", "format": 1}, {"articles": 1})
    assert (mill["id"], mill["authors"], mill["raw_digest"]) == ("mill", ["Ada Quill", "Bo Rask"], "00ff")
    assert written([MILL, BARE]) == written([MILL, BARE])


def test_it_may_be_unpacked() -> None:
    """The same lines without gzip are read as well."""
    assert read(b"".join(lines(MILL, BARE))) == [MILL, BARE]


def test_nothing_is_a_backup_too() -> None:
    """Of a collection without articles."""
    assert read(written([])) == []


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b'{"text": "x"}\n', b"\x1f\x8bnonsense", b"[" * 9999])
def test_a_foreign_file(data: bytes) -> None:
    """It is refused before anything of it is read, with what to do instead."""
    with pytest.raises(BackupError) as caught:
        read(data)
    assert str(caught.value) == ("news.gz was not made by `byline export`; add it with: byline index FILE")


def test_a_newer_file() -> None:
    """What a later Byline wrote may mean something else."""
    with pytest.raises(BackupError) as caught:
        read(b'{"byline": "articles", "format": 2}\n')
    assert str(caught.value) == (
        "news.gz was written by a newer Byline; upgrade with: pip install --upgrade byline-bot"
    )


@pytest.mark.parametrize(
    "damaged",
    [
        lambda line: line.replace(b"Fifty", b"Sixty"),
        lambda line: line.replace(b'"mill"', b'"mall"'),
        lambda line: line[:-9] + b"\n",
        lambda line: b"\n",
        lambda line: b"\xff\xfe\n",
        lambda line: b"[1, 2]\n",
        lambda line: b'{"id": 1, "text": "x"}\n',
    ],
)
def test_a_damaged_line(damaged: object) -> None:
    """Its number is named, and the lines around it are read."""
    head, mill, bare, end = lines(MILL, BARE)
    data = b"".join([head, damaged(mill), bare, end])  # type: ignore[operator]
    assert read(data) == [Skipped("news.gz line 2", "it is damaged"), BARE]


def test_a_line_is_lost() -> None:
    """The last line says how many there should be."""
    head, _, bare, end = lines(MILL, BARE)
    assert read(head + bare + end) == [BARE, Skipped("news.gz line 3", "there should be 2 articles")]


def test_the_end_is_lost() -> None:
    """Cut between two lines, or in the middle of what is packed."""
    head, mill, *_ = lines(MILL, BARE)
    assert read(head + mill) == [MILL, Skipped("news.gz line 3", "its end is missing")]
    many = [Article(f"a{n}", f"{n * 7919} closed. " * 500) for n in range(50)]
    *whole, last = read(written(many)[:-400])
    assert whole == many[: len(whole)]
    assert last == Skipped(f"news.gz line {len(whole) + 2}", "from here on it cannot be unpacked")


def test_progress() -> None:
    """It is told in the bytes of the file."""
    data = written([MILL, BARE])
    backup = Backup(io.BytesIO(data), "news.gz", len(data))
    assert list(backup) == [MILL, BARE]
    assert (backup.done_bytes, backup.total_bytes) == (len(data), len(data))


def test_the_same_collection_comes_back(tmp_path: Path) -> None:
    """The same ids, fields and times, and for a question the same passages with the same scores."""
    articles = [
        Article(f"a{n}", f"Harbour {n} closed in winter. Nobody saw bridge {n % 3}. " * 9, f"Report {n % 2}")
        for n in range(12)
    ]
    query = Query("Which harbour closed?", HashedWords().encode_queries(["Which harbour closed?"]))
    with (
        closing(LocalCollection(tmp_path / "here", HashedWords())) as here,
        closing(LocalCollection(tmp_path / "there", HashedWords())) as there,
    ):
        list(here.add([*articles, MILL]))
        here.remove("a3")
        file = tmp_path / "news.gz"
        with new_file(file) as stream:
            write_backup((one.article for one in here.everything() if one.article), stream)
        list(there.add(one for one in read(file.read_bytes()) if isinstance(one, Article)))
        assert list(there.articles()) == list(here.articles())
        asked = [collection.retrieve(query, 5).hits for collection in (here, there)]
        found = [
            [(hit.passage, hit.article, hit.rank, hit.score, hit.also_in) for hit in hits] for hits in asked
        ]
    assert found[0] == found[1]
    assert len(found[0]) > 0


def _write_half(file: Path) -> None:
    with new_file(file) as stream:
        stream.write(b"half")
        raise RuntimeError


def test_a_file_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails in the middle leaves what was there before, and nothing else."""
    file = tmp_path / "news.gz"
    file.write_bytes(b"before")
    with pytest.raises(RuntimeError):
        _write_half(file)
    assert (file.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"before", ["news.gz"])
    with new_file(file) as stream:
        stream.write(b"whole")
    assert (file.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"whole", ["news.gz"])
