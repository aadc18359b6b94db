"""JSON Lines."""

from __future__ import annotations

import io

from index.sources.found import Found, Limits
from index.sources.jsonl import lines_of
from index.sources.record import Record, Unreadable


def lines(stream: io.BufferedIOBase, max_bytes: int = 1000) -> list[Found]:
    return list(lines_of(stream, Limits(max_bytes, "it is too long"), lambda: 0))


def content(found: Found) -> Record | str:
    try:
        return found.read()
    except Unreadable as problem:
        return str(problem)


def read(raw: bytes, max_bytes: int = 1000) -> list[tuple[int | None, Record | str]]:
    return [(found.line, content(found)) for found in lines(io.BytesIO(raw), max_bytes)]


def test_each_line_is_a_record() -> None:
    """Lines are numbered from 1, blank ones counted but passed over, and the last needs no line end."""
    raw = b'{"text": "One."}\n\n  \r\n{"text": "Two.", "title": "T", "date": "2021-10-06"}\r\n{"text": "3."}'
    assert read(raw) == [
        (1, Record("One.")),
        (4, Record("Two.", title="T", published="2021-10-06")),
        (5, Record("3.")),
    ]


def test_bad_lines_are_named_and_the_rest_read() -> None:
    """Each kind of bad line has its reason, and does not stop the lines after it."""
    raw = b"\n".join(
        [
            b'{"text": "One."}',
            b"{'text': 'Two.'}",
            b'["text"]',
            b'"text"',
            b'{"title": "No text"}',
            b'{"text": 7}',
            b'{"text": "caf\xe9"}',
            b"[" * 900 + b"]" * 90,
            b'{"text": "cut',
            b'{"text": "Nine."}',
        ]
    )
    assert read(raw) == [
        (1, Record("One.")),
        (2, "it is not valid JSON"),
        (3, "it is not a JSON object"),
        (4, "it is not a JSON object"),
        (5, "it has no field `text`"),
        (6, "its field `text` is not a string"),
        (7, Record("café")),
        (8, "it is not valid JSON"),
        (9, "it is not valid JSON"),
        (10, Record("Nine.")),
    ]


def test_deep_nesting_is_only_a_bad_line() -> None:
    """A line nested deeper than Python can follow is named like any other."""
    assert read(b"[" * 100_000 + b'\n{"text": "Two."}', 200_000) == [
        (1, "it is not valid JSON"),
        (2, Record("Two.")),
    ]


def test_a_byte_order_mark_is_passed_over() -> None:
    """A file that a Windows editor saved reads the same."""
    assert read(b'\xef\xbb\xbf{"text": "One."}\n') == [(1, Record("One."))]


def test_the_limit_counts_the_line() -> None:
    """A line of just the limit, line end included, is read; one byte more is too many."""
    line = b'{"text": "One."}\n'
    assert read(line + line, len(line)) == [(1, Record("One.")), (2, Record("One."))]
    assert read(line + b" " + line + line, len(line)) == [
        (1, Record("One.")),
        (2, "it is too long"),
        (3, Record("One.")),
    ]


class Endless(io.BufferedIOBase):
    """A line of many megabytes that nobody holds, and a good line after it."""

    def __init__(self, megabytes: int) -> None:
        self.left = megabytes << 20
        self.longest = 0
        self.tail = io.BytesIO(b'\n{"text": "After."}\n')

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        self.longest = max(self.longest, size)
        if self.left:
            given = min(size, self.left)
            self.left -= given
            return b"x" * given
        return self.tail.readline(size)


def test_an_over_long_line_is_never_held() -> None:
    """A line of 64 MB is skipped in small reads, named with its number, and the next one is read."""
    stream = Endless(64)
    found = [(each.line, content(each)) for each in lines(stream)]
    assert found == [(1, "it is too long"), (2, Record("After."))]
    assert stream.longest == 65_536


def test_an_over_long_last_line_ends_the_file() -> None:
    """A file that ends within an over-long line ends there."""
    assert read(b"x" * 200_000, 10) == [(1, "it is too long")]


def test_no_lines() -> None:
    """An empty file has no records."""
    assert read(b"") == []


def test_a_line_is_known_by_its_bytes() -> None:
    """The same line elsewhere, or with another line end, has the same digest; another line has another."""
    one, two, other = lines(io.BytesIO(b'{"text": "One."}\r\n\n{"text": "One."}\n{"text": "Two."}'))
    assert one.digest == two.digest != other.digest
    assert one.digest == bytes.fromhex("9098f1ccdd9bb0ae6907129ddff3c933")
    assert one.part == two.part == one.digest.hex()
