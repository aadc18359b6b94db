"""Articles in a file that came over a network: a name and bytes, which never touch the disk."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO

from ..types import Article, Skipped
from .jsonl import read_jsonl
from .kinds import DAMAGED, DOCUMENTS, LINES, PACKED, UNKNOWN_KIND, is_known
from .record import Unreadable, to_article

TOO_LARGE = "it is too large"
TOO_LARGE_PAGE = "it is too large for a page"
TOO_LONG = "it is too long for one article"
MAX_ARTICLE_BYTES = 2 << 20
"""More than any article has. What cleans text and finds its sentences runs at a stretch, a second for some
MiB, and whoever serves others in the same process is held up as long."""
MAX_PAGE_BYTES = 4 << 20
"""Telling a page's article from what is around it takes a hundred times the page in memory."""
_PAGES = (".html", ".htm")
_STEP_BYTES = 1 << 16


def read_upload(name: str, data: bytes, max_bytes: int) -> Iterator[Article | Skipped]:
    """Yield the articles of a file; one of more than `max_bytes`, unpacked, is skipped as a whole.

    Such a file has no place that could stand for it, and names like `message.txt` repeat: without a
    link or an `id` an article is known by its text.
    """
    try:
        yield from _read(name, data, max_bytes)
    except Unreadable as problem:
        yield Skipped(name, str(problem))


def _read(name: str, data: bytes, max_bytes: int) -> Iterator[Article | Skipped]:
    if not is_known(name):
        raise Unreadable(UNKNOWN_KIND)
    whole = True
    if name.lower().endswith(PACKED):
        data, whole = _unpacked(data, max_bytes)
    if len(data) > max_bytes:
        raise Unreadable(TOO_LARGE)
    if name.lower().endswith(LINES):
        yield from _read_lines(name, data if whole else data[: data.rfind(b"\n") + 1])
    else:
        yield _read_document(name, data)
    if not whole:
        raise Unreadable(DAMAGED)


def _read_document(name: str, data: bytes) -> Article:
    is_page = name.lower().endswith(_PAGES)
    if is_page and len(data) > MAX_PAGE_BYTES:
        raise Unreadable(TOO_LARGE_PAGE)
    if not is_page and len(data) > MAX_ARTICLE_BYTES:
        raise Unreadable(TOO_LONG)
    read = next(read for ending, read in DOCUMENTS.items() if name.lower().endswith(ending))
    record = read(data)
    if len(record.text) > MAX_ARTICLE_BYTES:
        raise Unreadable(TOO_LONG)
    return to_article(record, None, name, own_file=True)


def _read_lines(name: str, data: bytes) -> Iterator[Article | Skipped]:
    for number, record in read_jsonl(BytesIO(data), MAX_ARTICLE_BYTES, TOO_LONG):
        try:
            if isinstance(record, Unreadable):
                raise record
            yield to_article(record, None, name, own_file=False)
        except Unreadable as problem:
            yield Skipped(f"{name}, line {number}", str(problem))


def _unpacked(data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """What is packed in `data`, hardly more than `max_bytes` of it, and whether nothing is damaged."""
    unpacked = bytearray()
    with gzip.GzipFile(fileobj=BytesIO(data)) as stream:
        try:
            while len(unpacked) <= max_bytes and (part := stream.read1(_STEP_BYTES)):
                unpacked += part
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return bytes(unpacked), False
    return bytes(unpacked), True
