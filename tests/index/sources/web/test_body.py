"""Bodies: unpacked, and never more of them than asked for."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from index.sources.web.body import Damaged, TooLarge, read_beginning, read_body

ZEROS = bytes(200 << 20)


def pieces(data: bytes, size: int) -> list[bytes]:
    """The data as it comes over the wire."""
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("packing", ["", "identity", "gzip", "deflate"])
def test_in_pieces_of_any_size(packing: str, size: int) -> None:
    """What was packed comes out, however it was cut on its way."""
    text = b"The lamp at Ostrey was lit by Nils Fjeldgaard in 1911. " * 20
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(packing, bytes)(text)
    assert read_body(pieces(packed, size), packing, len(text)) == text


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_bomb_takes_no_memory(packing: str) -> None:
    """200 MB that come as one piece of 200 kB are never unpacked beyond the limit."""
    bomb = {"gzip": lambda data: gzip.compress(data, 1), "deflate": lambda data: zlib.compress(data, 1)}[
        packing
    ](ZEROS)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            read_body([bomb], packing, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()


def test_an_endless_body_is_not_asked_for_more() -> None:
    """Reading stops at the part that is too much."""
    asked = 0

    def endless() -> object:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * 100

    with pytest.raises(TooLarge):
        read_body(endless(), "", 1000)  # type: ignore[arg-type]
    assert asked == 11


def test_a_beginning() -> None:
    """As much as is wanted, of whatever there is."""
    assert read_beginning([b"abc", b"def"], "", 4) == b"abcd"
    assert read_beginning([b"abc"], "", 4) == b"abc"
    assert read_beginning([gzip.compress(ZEROS[:100_000])], "gzip", 1000) == bytes(1000)
    assert read_beginning([gzip.compress(b"abc")[:-4]], "gzip", 1000) == b"abc"
    assert read_beginning([b"abc"], "br", 1000) == b""


def test_what_breaks_off_is_damaged() -> None:
    """Half a page must not be taken for a whole one."""
    with pytest.raises(Damaged, match="it broke off before its end"):
        read_body([gzip.compress(b"abc")[:-4]], "gzip", 1000)
