"""Tables (CSV)."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from index.sources.found import Found, Limits
from index.sources.record import Record, Unreadable
from index.sources.table import rows_of


def rows(raw: bytes, most: int = 1000) -> list[Found]:
    return list(rows_of(io.BytesIO(raw), Limits(most, "it is too long"), lambda: 0))


def read(raw: bytes, most: int = 1000) -> list[tuple[int | None, Record | str]]:
    found: list[tuple[int | None, Record | str]] = []
    for row in rows_of(io.BytesIO(raw), Limits(most, "it is too long"), lambda: 0):
        try:
            found.append((row.line, row.read()))
        except Unreadable as problem:
            found.append((row.line, str(problem)))
    return found


def reason(raw: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        rows(raw)
    return str(caught.value)


def test_each_row_is_an_article() -> None:
    """Fields are known by the first row's names, in any order and case; others are left out."""
    raw = (
        b"ID,Title,Views,Text,Date,Link,Author\r\n"
        b'7,The pier,12,"The lamps, all ""nine"", were lit.\nA crowd came.",'
        b"2021-10-06,https://example.org/a,Ada; Tom\r\n"
        b"\r\n"
        b"8,,,Second.\r\n"
    )
    assert read(raw) == [
        (
            2,
            Record(
                'The lamps, all "nine", were lit.\nA crowd came.',
                title="The pier",
                url="https://example.org/a",
                published="2021-10-06",
                authors=("Ada", "Tom"),
                id="7",
            ),
        ),
        (5, Record("Second.", id="8")),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"title,text\nT,One.",
        b"title;text\nT;One.",
        b"title\ttext\nT\tOne.",
        b"title|text\nT|One.",
        b"sep=;\r\ntitle;text\r\nT;One.",
        b'\xef\xbb\xbf"title";"text"\r\n"T";"One."\r\n',
        b"headline,content\nT,One.",
        b"body,headline\nOne.,T",
    ],
)
def test_dialects(raw: bytes) -> None:
    """Commas, semicolons, tabs or bars; a mark at the beginning, and other names for the same."""
    assert [record for _, record in read(raw)] == [Record("One.", title="T")]


def test_other_letters_are_read() -> None:
    """Rows that are not UTF-8 are what Windows writes."""
    assert read("text\nUn café.\n".encode("cp1252")) == [(2, Record("Un café."))]


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"a,b\n1,2\n", b"Just some words,\nand more", b"sep=\n", b"sep=;", b"\x00"]
)
def test_without_a_column_for_the_text_it_is_named(raw: bytes) -> None:
    """The first row must say where the text is."""
    assert reason(raw) == "its first row names no column `text`"


def test_a_row_without_text() -> None:
    """A row that is short of fields is an article without text; an empty one is none."""
    assert read(b"title,text\nT\nU,\n,\nV,Words.") == [
        (2, Record("", title="T")),
        (3, Record("", title="U")),
        (5, Record("Words.", title="V")),
    ]


def test_a_row_with_more_fields_than_names_is_named() -> None:
    """A comma that should have been quoted would cost the text its end; empty fields do no harm."""
    assert read(b"title,text\nT,The lamps, all nine, were lit.\nU,Words.,,\n") == [
        (2, "it is damaged or incomplete"),
        (3, Record("Words.", title="U")),
    ]


def test_a_quotation_mark_that_never_ends() -> None:
    """It takes the rest of the file, which is named where it begins."""
    assert read(b'text\nOne.\n"Two.\nThree.\nFour.\n') == [
        (2, Record("One.")),
        (3, "a quotation mark is opened here and never closed"),
    ]
    assert read(b'text\nA 5" pipe\nTwo.') == [(2, Record('A 5" pipe')), (3, Record("Two."))]


def test_a_row_that_is_too_long_is_skipped() -> None:
    """It is named with its first line, and the next row begins after its closing quotation mark."""
    long = b'"' + b"x\n" * 40 + b'y ""z"""\n'
    assert read(b"text\nOne.\n" + long + b"Two.\n", 50) == [
        (2, Record("One.")),
        (3, "it is too long"),
        (44, Record("Two.")),
    ]
    assert read(b"text\n" + b"x" * 99 + b"\nTwo.\n", 50) == [(2, "it is too long"), (3, Record("Two."))]


def test_a_bomb_of_fields_is_not_held() -> None:
    """Neither a row of a million fields nor one over a million lines is held in memory."""
    for row in (b"," * (1 << 20), b'"\n",' * (1 << 18)):
        raw = b"text\n" + row + b"\nAfter.\n"
        tracemalloc.start()
        try:
            assert read(raw)[0] == (2, "it is too long")
            assert tracemalloc.get_traced_memory()[1] < 1 << 20
        finally:
            tracemalloc.stop()


def test_a_large_field_is_read() -> None:
    """Python's own limit of 131,072 characters in a field is not ours."""
    assert read(b"text\n" + b"w" * 200_000, 300_000) == [(2, Record("w" * 200_000))]


def test_a_row_is_known_by_its_bytes() -> None:
    """It has the same digest in another place, and another under other names."""
    one, two = rows(b"id,text\n1,One.\n2,Two.\n")
    assert rows(b"id,text\n2,Two.\n")[0].digest == two.digest != one.digest
    assert rows(b"text,id\n2,Two.\n")[0].digest != two.digest
    assert two.part == (two.digest or b"").hex()
