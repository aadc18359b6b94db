"""The kinds of file."""

from __future__ import annotations

import io

import pytest

from index.sources.kinds import KINDS, Kind, is_known, kind_of
from index.sources.record import Unreadable
from tests.writers import docx, epub, pdf, zipped


def test_the_endings_that_are_known() -> None:
    """An ending counts in any case; a packed file of another kind is not known."""
    assert KINDS == (
        ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".epub", ".eml", ".csv",
        ".jsonl", ".jsonl.gz", ".zip",
    )  # fmt: skip
    names = ("a.TXT", "b.jsonl.GZ", "c.txt.gz", "d.doc", "txt", ".md", "e.Zip")
    assert [name for name in names if is_known(name)] == ["a.TXT", "b.jsonl.GZ", ".md", "e.Zip"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"Words.", Kind.PLAIN),
        ("a.TEXT", b"", Kind.PLAIN),
        ("a.md", b"Words.", Kind.MARKDOWN),
        ("a.html", b"Words.", Kind.PAGE),
        ("a.eml", b"Words.", Kind.MAIL),
        ("a.csv", b"Words.", Kind.TABLE),
        ("a.jsonl", b"Words.", Kind.LINES),
        ("a.jsonl.gz", b"Words.", Kind.LINES),
        ("a.jsonl", b"<html>", Kind.LINES),
        ("a.md", b"\xef\xbb\xbf <!DOCTYPE HTML><title>", Kind.PAGE),
        ("a.csv", b"<HTML lang=en>", Kind.PAGE),
        ("a", pdf(["Words."]), Kind.PDF),
        ("a.txt", b" \n%PDF-1.4", Kind.PDF),
        ("a.txt", b"It begins with %PDF-1.4", Kind.PLAIN),
        ("a.pdf", b"It begins with %PDF-1.4", Kind.PDF),
        ("a.zip", docx(""), Kind.WORD),
        ("a.zip", epub({}), Kind.BOOK),
        ("a.txt", zipped({"a.txt": ""}), Kind.ARCHIVE),
        ("a", zipped({}), Kind.ARCHIVE),
    ],
)
def test_what_content_tells(name: str, content: bytes, kind: Kind) -> None:
    """Bytes that only one kind begins with outrank the ending; the stream is left at its beginning."""
    stream = io.BytesIO(content)
    assert kind_of(name, stream) == kind
    assert stream.tell() == 0


@pytest.mark.parametrize("name", ["a.jar", "a.odt", "a.apk"])
def test_other_archives_are_unknown(name: str) -> None:
    """A program's own archive, given by name, is no bundle of articles."""
    with pytest.raises(Unreadable, match="its kind is not known"):
        kind_of(name, io.BytesIO(zipped({"a.txt": "Words."})))
