"""From an open file to the places in it where articles should be: the seam of files, uploads and archives."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase, BytesIO

from .bundle import members_of
from .decode import decode, looks_binary, marked_encoding
from .docx import read_docx
from .epub import read_epub
from .found import Found, Limits, digest_of_stream
from .html import read_html
from .jsonl import lines_of
from .kinds import GZIP, Kind, kind_of
from .mail import read_mail
from .packed import Packed
from .pdf import read_pdf
from .plain import read_markdown, read_plain
from .reasons import BINARY, DAMAGED, NESTED, TOO_LARGE_DOCUMENT, TOO_LARGE_PAGE
from .record import Record, Unreadable
from .table import rows_of

_READERS: dict[Kind, Callable[[BufferedIOBase, Limits], Record]] = {
    Kind.PLAIN: lambda stream, _: read_plain(decode(stream.read())),
    Kind.MARKDOWN: lambda stream, _: read_markdown(decode(stream.read())),
    Kind.PAGE: lambda stream, _: read_html(stream.read()),
    Kind.MAIL: lambda stream, _: read_mail(stream.read()),
    Kind.PDF: read_pdf,
    Kind.WORD: read_docx,
    Kind.BOOK: read_epub,
}
"""One article a file."""
_Finder = Callable[[BufferedIOBase, Limits, Callable[[], int]], Iterator[Found]]
_FINDERS: dict[Kind, _Finder] = {Kind.LINES: lines_of, Kind.TABLE: rows_of}
"""One article a line."""
_SAMPLE = 4096


def find(
    name: str, stream: BufferedIOBase, size: int, limits: Limits, passed_over: Callable[[str], None]
) -> Iterator[Found]:
    """Find the articles in a file of `size` bytes; Unreadable when the rest of it, or all, cannot be read.

    `passed_over` is told the ending of what an archive holds beside articles.
    """
    kind = kind_of(name, stream)
    if kind is Kind.ARCHIVE:
        yield from members_of(stream, limits, passed_over, _find_in_member)
    else:
        yield from _find(kind, stream, size, limits)


def _find_in_member(name: str, stream: BufferedIOBase, size: int, limits: Limits) -> Iterator[Found]:
    kind = kind_of(name, stream)
    if kind is Kind.ARCHIVE:
        raise Unreadable(NESTED)
    yield from _find(kind, stream, size, limits)


def _find(kind: Kind, stream: BufferedIOBase, size: int, limits: Limits) -> Iterator[Found]:
    if kind in _FINDERS:
        yield from _lines(_FINDERS[kind], stream, limits)
    else:
        yield _whole(kind, stream, size, limits)


def _whole(kind: Kind, stream: BufferedIOBase, size: int, limits: Limits) -> Found:
    most, problem = _most(kind, size, limits)
    if size > most:
        raise Unreadable(problem)

    def read() -> Record:
        record = _READERS[kind](stream, limits)
        if len(record.text) > limits.article:
            raise Unreadable(limits.too_long)
        return record

    return Found(read, size, digest_of_stream(stream))


def _most(kind: Kind, size: int, limits: Limits) -> tuple[int, str]:
    if kind in (Kind.PLAIN, Kind.MARKDOWN):
        return limits.article, limits.too_long
    if kind is Kind.PAGE:
        return limits.page, limits.too_long if size > limits.article >= limits.page else TOO_LARGE_PAGE
    return limits.mail if kind is Kind.MAIL else limits.document, TOO_LARGE_DOCUMENT


def _lines(find_in: _Finder, stream: BufferedIOBase, limits: Limits) -> Iterator[Found]:
    start = stream.read1(len(GZIP))
    stream.seek(0)
    if start != GZIP:
        yield from find_in(_as_lines(stream, limits), limits, stream.tell)
        return
    try:
        with Packed(stream) as unpacked:
            yield from find_in(_as_lines(unpacked, limits), limits, stream.tell)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable(DAMAGED) from None


def _as_lines(stream: BufferedIOBase, limits: Limits) -> BufferedIOBase:
    """The same text in an encoding whose lines end in one byte; Unreadable when it is no text."""
    start = stream.read1(_SAMPLE)
    stream.seek(0)
    if marked_encoding(start) not in (None, "utf-8-sig"):
        raw = stream.read(limits.article + 1)
        if len(raw) > limits.article:
            raise Unreadable(limits.too_long)
        return BytesIO(decode(raw).encode("utf-8", "replace"))
    if looks_binary(start):
        raise Unreadable(BINARY)
    return stream
