"""Bytes of text files become characters."""

from __future__ import annotations

import time

import pytest

from index.sources.decode import decode
from index.sources.record import Unreadable


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń, powiedział burmistrz w poniedziałek.", "cp1250"),
        ("Ο δήμαρχος είπε ότι η γέφυρα θα κλείσει τη Δευτέρα.", "cp1253"),
        ("Мост через реку закроют в понедельник, сообщил мэр города.", "cp1251"),
        ("Мост через реку закроют в понедельник, сообщил мэр города.", "koi8-r"),
        ("市長は月曜日に橋が閉鎖されると発表した。", "shift_jis"),
        ("市长宣布大桥将于星期一关闭。", "gb18030"),
        ("시장은 월요일에 다리가 폐쇄된다고 발표했다.", "euc_kr"),
    ],
)
def test_other_encodings_are_guessed(text: str, encoding: str) -> None:
    """A text that reads badly as Windows-1252 is read as what it resembles most."""
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings(encoding: str) -> None:
    """A mark at the beginning says what follows, and is no part of it."""
    assert decode("Le café ferme.".encode(encoding)) == "Le café ferme."


@pytest.mark.parametrize(
    "raw",
    [
        b"\x7fELF\x02\x01\x01\x00\x00\x00",
        b"PK\x03\x04\x14\x00\x00\x00",
        "no mark".encode("utf-16-le"),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
        b"\x1f\x8b" + bytes(range(1, 32)) * 9,
    ],
)
def test_binary_is_no_text(raw: bytes) -> None:
    """Bytes that are no text in any encoding are refused."""
    with pytest.raises(Unreadable) as caught:
        decode(raw)
    assert str(caught.value) == "it looks like a binary file, not text"


def test_a_few_control_characters_are_text() -> None:
    """Old editors leave an end-of-file mark, terminals their colours, printers a new page."""
    assert decode(b"One.\x0cTwo.\x1b[0m\x1a") == "One.\x0cTwo.\x1b[0m\x1a"


def test_a_large_text_is_guessed_from_a_part() -> None:
    """The part with the odd letters decides, also when they come late, and it does not take long."""
    text = "Plain words. " * 200_000 + "\n" + "Le café ferme, a dit le maire. " * 200_000
    start = time.perf_counter()
    assert decode(text.encode("cp1252")) == text
    assert time.perf_counter() - start < 5
