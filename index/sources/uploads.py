"""Articles in a file that came over a network: a name and bytes, which never touch the disk."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO

from ..types import Article, Skipped
from .found import MAX_PAGE_BYTES, Limits, shown
from .kinds import GZIP, LINES, UNKNOWN_KIND, is_known
from .reading import find
from .reasons import DAMAGED, TOO_LARGE, TOO_LARGE_DOCUMENT, TOO_LARGE_PAGE, TOO_LONG
from .record import Unreadable, to_article

__all__ = [
    "MAX_ARTICLE_BYTES",
    "MAX_PAGE_BYTES",
    "TOO_LARGE",
    "TOO_LARGE_DOCUMENT",
    "TOO_LARGE_PAGE",
    "TOO_LONG",
]

MAX_ARTICLE_BYTES = 2 << 20
"""More than any article has. What cleans text and finds its sentences runs at a stretch, a second for some
MiB, and whoever serves others in the same process is held up as long."""
_STEP_BYTES = 1 << 16


def read_upload(name: str, data: bytes, max_bytes: int) -> Iterator[Article | Skipped]:
    """Yield the articles of a file; one of more than `max_bytes`, unpacked, is skipped as a whole.

    Such a file has no place that could stand for it, and names like `message.txt` repeat: without a
    link or an `id` an article is known by its text.
    """
    try:
        yield from _read(name, data, max_bytes)
    except Unreadable as problem:
        yield Skipped(shown(name), str(problem))


def _read(name: str, data: bytes, max_bytes: int) -> Iterator[Article | Skipped]:
    if not is_known(name):
        raise Unreadable(UNKNOWN_KIND)
    whole = True
    if name.lower().endswith(LINES) and data.startswith(GZIP):
        data, whole = _unpacked(data, max_bytes)
    if len(data) > max_bytes:
        raise Unreadable(TOO_LARGE)
    if not whole:  # half a line is no news beside the damage
        data = data[: data.rfind(b"\n") + 1]
    limits = Limits(MAX_ARTICLE_BYTES, document=max_bytes, unpacked=max_bytes)
    for found in find(name, BytesIO(data), len(data), limits, lambda _: None):
        try:
            yield to_article(found.read(), None, name, own_file=found.line is None, part=found.part)
        except Unreadable as problem:
            yield Skipped(shown(found.name(name)), str(problem))
    if not whole:
        raise Unreadable(DAMAGED)


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
