"""The kinds of file, and how their bytes become text."""

from __future__ import annotations

import pytest

from index.sources.kinds import KINDS, decode, is_known
from index.sources.record import Unreadable


def test_the_endings_that_are_known() -> None:
    """An ending counts in any case; a packed file of another kind is not known."""
    assert KINDS == (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".jsonl", ".jsonl.gz")
    assert [
        name for name in ("a.TXT", "b.jsonl.GZ", "c.txt.gz", "d.pdf", "txt", ".md") if is_known(name)
    ] == [
        "a.TXT",
        "b.jsonl.GZ",
        ".md",
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń, powiedział burmistrz w poniedziałek.", "cp1250"),
        ("Ο δήμαρχος είπε ότι η γέφυρα θα κλείσει τη Δευτέρα.", "cp1253"),
    ],
)
def test_other_encodings_are_still_guessed(text: str, encoding: str) -> None:
    """A text that reads badly as Windows-1252 is read as what it resembles most."""
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "it looks like a binary file, not text"),
        (b"PK\x03\x04\x14\x00\x00\x00", "it looks like a binary file, not text"),
        ("no mark".encode("utf-16-le"), "it looks like a binary file, not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "its encoding cannot be told"),
    ],
)
def test_binary_is_no_text(raw: bytes, reason: str) -> None:
    """Bytes that are no text in any encoding are refused."""
    with pytest.raises(Unreadable) as caught:
        decode(raw)
    assert str(caught.value) == reason
