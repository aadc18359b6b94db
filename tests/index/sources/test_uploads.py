"""Files that came over a network."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sources.kinds import KINDS, UNKNOWN_KIND
from index.sources.uploads import read_upload
from index.types import Article, Skipped
from tests.writers import docx, epub, paragraph, pdf, zipped

PARAGRAPH = "The lamps on the pier were lit again on Friday after nine dark years, the harbor board said."


def lines(*texts: str) -> bytes:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def read(name: str, data: bytes, max_bytes: int = 10_000) -> list[str]:
    """The text of each article, and `name: reason` of what was skipped."""
    return [
        item.text if isinstance(item, Article) else f"{item.name}: {item.reason}"
        for item in read_upload(name, data, max_bytes)
    ]


def only(name: str, data: bytes) -> Article:
    (item,) = read_upload(name, data, 10_000)
    assert isinstance(item, Article)
    return item


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.txt", b"From text.", "From text."),
        ("b.TEXT", b"From text too.", "From text too."),
        ("c.md", b"From *Markdown*.", "From Markdown."),
        ("d.Markdown", b"From Markdown too.", "From Markdown too."),
        ("e.html", f"<html><body><article><p>{PARAGRAPH}</p></article></body></html>".encode(), PARAGRAPH),
        ("f.HTM", f"<html><body><article><p>{PARAGRAPH}</p></article></body></html>".encode(), PARAGRAPH),
        ("g.jsonl", b'{"text": "From a line."}\n', "From a line."),
        ("h.JSONL.gz", gzip.compress(b'{"text": "From a packed line."}'), "From a packed line."),
        ("i.pdf", pdf(["From a page."]), "From a page."),
        ("j.docx", docx(paragraph("From Word.")), "From Word."),
        ("k.epub", epub({"c.xhtml": "<p>From a book.</p>"}), "From a book."),
        ("l.eml", b"Subject: Mail\n\nFrom a mail.", "From a mail."),
        ("m.csv", b"text\nFrom a row.\n", "From a row."),
        ("n.zip", zipped({"a.txt": "From a member."}), "From a member."),
        (".txt", b"A name that is all ending.", "A name that is all ending."),
    ],
)
def test_every_kind_is_read(name: str, data: bytes, text: str) -> None:
    """All that is read from a folder is read from an upload, whatever the ending's case."""
    assert read(name, data) == [text]


def test_the_fields_are_taken() -> None:
    """Title, date, link and authors come along; the place is the name alone."""
    data = (
        b"---\ntitle: The mill\ndate: 2021-10-06\nurl: https://example.org/mill\nauthor: Ada\n---\nIt closed."
    )
    assert only("mill.md", data) == Article(
        id="d5ae6eb41f027d5f",
        text="It closed.",
        title="The mill",
        url="https://example.org/mill",
        published="2021-10-06",
        authors=("Ada",),
        root=None,
        path="mill.md",
    )


@pytest.mark.parametrize("name", ["a.png", "b.txt.gz", "c", "", "d.jsonl.bz2", "https://example.org/e"])
def test_other_kinds_are_named(name: str) -> None:
    """What cannot be read is skipped, with what can."""
    assert list(read_upload(name, b"Some words.", 100)) == [Skipped(name, UNKNOWN_KIND)]


# --- identity -----------------------------------------------------------------------------------


def test_the_same_text_is_the_same_article_whatever_its_file_is_called() -> None:
    """Discord calls every pasted text `message.txt`: the name must not make one replace the other."""
    assert only("a.txt", b"Some words.").id == only("b.txt", b"Some words.").id
    assert only("message.txt", b"Some words.").id != only("message.txt", b"Other words.").id
    assert only("a.txt", b"Some words.").id == only("a.jsonl", lines("Some words.")).id


def test_a_link_or_an_id_makes_a_new_version_the_same_article() -> None:
    """A changed text under the same link, or the same id, has the article's id."""
    one, two = (only("a.md", f"---\nurl: https://example.org/a\n---\n{t}".encode()) for t in ("Old.", "New."))
    assert one.id == two.id
    one, two = (only("a.md", f"---\nid: 7\n---\n{text}".encode()) for text in ("Old.", "New."))
    assert one.id == two.id


# --- bounds and damage --------------------------------------------------------------------------


def test_a_file_of_just_the_limit_is_read() -> None:
    """The limit itself is allowed, for every kind of file as a whole."""
    assert read("a.txt", b"12345678", 8) == ["12345678"]
    assert read("a.txt", b"12345678", 7) == ["a.txt: it is too large"]
    assert read("a.jsonl", lines("One.", "Two."), 34) == ["One.", "Two."]
    assert read("a.jsonl", lines("One.", "Two."), 33) == ["a.jsonl: it is too large"]
    assert read("a.jsonl.gz", gzip.compress(lines("One.", "Two.")), 34) == ["One.", "Two."]
    assert read("a.jsonl.gz", gzip.compress(lines("One.", "Two.")), 33) == ["a.jsonl.gz: it is too large"]


def test_a_page_has_a_limit_of_its_own() -> None:
    """A page of more than 4 MiB is not taken apart: that would take a hundred times as much memory."""
    page = f"<html><body><article><p>{PARAGRAPH}</p></article></body></html>".encode()
    assert read("a.html", page + b" " * ((4 << 20) - len(page)), 5 << 20) == [PARAGRAPH]
    assert read("a.HTM", page + b" " * ((4 << 20) - len(page) + 1), 5 << 20) == [
        "a.HTM: it is too large for a page"
    ]


def test_an_article_has_a_limit_of_its_own() -> None:
    """One of more than 2 MiB is named and left out, as a file and as a line among others."""
    long = b"w" * (2 << 20)
    (whole,) = read("a.txt", long, 5 << 20)
    assert len(whole) == 2 << 20
    assert read("a.txt", long + b"w", 5 << 20) == ["a.txt: it is too long for one article"]
    assert read("a.md", long + b"w", 5 << 20) == ["a.md: it is too long for one article"]
    data = lines("One.") + b'{"text": "' + long + b'"}\n' + lines("Two.")
    assert read("a.jsonl", data, 5 << 20) == [
        "One.",
        "a.jsonl, line 2: it is too long for one article",
        "Two.",
    ]


def test_a_bomb_is_not_unpacked() -> None:
    """A gigabyte packed in a few kilobytes costs no more memory than the limit."""
    import tracemalloc

    bomb = gzip.compress(gzip.compress(b"\0" * (1 << 24)) * 64)  # the inner one would be 1 GiB
    bomb = gzip.decompress(bomb)
    assert len(bomb) < 1_100_000
    tracemalloc.start()
    try:
        assert read("a.jsonl.gz", bomb, 1 << 20) == ["a.jsonl.gz: it is too large"]
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_bad_line_is_named_and_the_rest_read() -> None:
    """A line's number stands in its name; the lines around it are articles."""
    assert read("a.jsonl", lines("One.") + b"\n{\n" + lines("Two.")) == [
        "One.",
        "a.jsonl, line 3: it is not valid JSON",
        "Two.",
    ]


def test_a_truncated_archive_keeps_the_lines_before_the_damage() -> None:
    """Whole lines are kept; half a line is not reported as bad JSON on top of the damage."""
    texts = [random.Random(number).randbytes(400).hex() for number in range(100)]
    packed = gzip.compress(lines(*texts))
    *kept, last = read("a.jsonl.gz", packed[: len(packed) * 4 // 5], 1 << 20)
    assert last == "a.jsonl.gz: it is damaged: the rest of it cannot be unpacked"
    assert 50 < len(kept) < 100
    assert kept == texts[: len(kept)]


def test_a_file_that_was_never_packed_is_read() -> None:
    """The content says whether it is packed, not the name."""
    assert read("a.jsonl.gz", lines("One.")) == ["One."]
    assert read("a.jsonl", gzip.compress(lines("One."))) == ["One."]


@settings(deadline=None)  # the first PDF starts a process of its own
@given(st.sampled_from([*KINDS, ".png"]), st.binary(max_size=300), st.booleans())
def test_any_bytes_are_articles_or_skipped(ending: str, data: bytes, packed: bool) -> None:
    """Whatever is sent, nothing but articles with text and reasons comes back."""
    name = f"x{ending}"
    for item in read_upload(name, gzip.compress(data) if packed else data, 10_000):
        if isinstance(item, Article):
            assert item.text.strip()
            assert (item.root, item.path) == (None, name)
        else:
            assert item.name.startswith(name)
            assert item.reason


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that looks like a path leads nowhere: an upload is read in memory."""
    monkeypatch.chdir(tmp_path)
    assert read("../../up.txt", b"Some words.") == ["Some words."]
    assert read("/etc/up.jsonl.gz", gzip.compress(lines("Some words."))) == ["Some words."]
    assert list(tmp_path.iterdir()) == []
