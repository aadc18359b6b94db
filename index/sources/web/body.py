"""A body as it comes over the wire, unpacked, and never more of it than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

ACCEPTED = "gzip"
"""The packing that is asked for; `deflate` is understood too, where a server sends it unasked."""
_MOST_MEMBERS = 1000
_GZIP, _ZLIB, _BARE = 31, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Damaged(Exception):
    """The body cannot be unpacked; the message says why, as a clause."""


class TooLarge(Exception):
    """There is more of the body than may be read."""


def read_body(parts: Iterable[bytes], packing: str, limit: int) -> bytes:
    """Join and unpack the parts of a body; TooLarge when it is over `limit` bytes, packed or not."""
    body = bytearray()
    for part in _unpacked(_within(parts, limit), packing.strip().lower(), limit):
        body += part
        if len(body) > limit:
            raise TooLarge
    return bytes(body)


def read_beginning(parts: Iterable[bytes], packing: str, limit: int) -> bytes:
    """At most `limit` bytes of a body; what cannot be unpacked ends it."""
    body = bytearray()
    try:
        for part in _unpacked(iter(parts), packing.strip().lower(), limit):
            body += part
            if len(body) >= limit:
                break
    except Damaged:
        pass
    return bytes(body[:limit])


def _within(parts: Iterable[bytes], limit: int) -> Iterator[bytes]:
    taken = 0
    for part in parts:
        taken += len(part)
        if taken > limit:
            raise TooLarge
        yield part


def _unpacked(parts: Iterator[bytes], packing: str, limit: int) -> Iterator[bytes]:
    if packing in ("", "identity"):
        return parts
    if packing in ("gzip", "x-gzip"):
        return _inflated(parts, limit, deflate=False)
    if packing == "deflate":
        return _inflated(parts, limit, deflate=True)
    raise Damaged(f"it is packed in a way that was not asked for ({packing[:40]!r})")


def _inflated(parts: Iterator[bytes], limit: int, *, deflate: bool) -> Iterator[bytes]:
    """Unpack part by part; a part's output is bounded too, because a kilobyte can hold a megabyte."""
    stream = None
    members = 0
    for part in _beginning_with_two(parts):
        rest = part
        while rest:
            if stream is None or stream.eof:
                members += 1
                if deflate and members > 1:
                    return  # what follows belongs to nothing
                stream = zlib.decompressobj(_window(rest) if deflate else _GZIP)
            if members > _MOST_MEMBERS:
                raise Damaged("it is packed in too many pieces")
            try:
                yield stream.decompress(rest, limit + 1)
            except zlib.error:
                if members > 1:
                    return  # padding after the last piece
                raise Damaged("it is damaged: it cannot be unpacked") from None
            rest = stream.unused_data if stream.eof else stream.unconsumed_tail
    if stream is None or not stream.eof:
        raise Damaged("it broke off before its end")


def _beginning_with_two(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts, the first of them of two bytes or more, which tell the kind of stream."""
    first = b""
    for part in parts:
        first += part
        if len(first) >= 2:
            break
    yield first
    yield from parts


def _window(start: bytes) -> int:
    """`deflate` means a zlib stream, and to some servers a bare one."""
    header = int.from_bytes(start[:2].ljust(2, b"\0"), "big")
    return _ZLIB if start[0] & 0x0F == 8 and header % 31 == 0 else _BARE
