"""Whether two articles are one story: the same wording, about the same, with nothing said otherwise."""

from __future__ import annotations

import hashlib
import zlib
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from .claims import Claims, claims, contradict
from .fuse import runs, shingles
from .words import stems

# The longer article's shingles that must stand in the other: two editions of a page share more,
# two reports of one event, and two days of a daily one, less (docs/design.md).
SIMILARITY = 0.8
# 32 bands of 4: two articles that are just alike resemble each other by 0.667 or more, and share a
# band with a probability of 1 - (1 - 0.667⁴)³² = 0.999.
HASHES = 128
_ROWS = 4
BANDS = HASHES // _ROWS
# Of articles that are just alike so many components are equal but for one pair in a thousand: 0.55 of
# them is three standard deviations below 0.667. To read both articles is what comparing them costs.
LEAST_EQUAL = 71
# Each takes half a KiB while it is hashed, and an article can have millions.
_HASHED_AT_ONCE = 8192
# Characters; beyond that no newspaper's article goes, and comparing takes seconds and much memory.
LONGEST_COMPARED = 500_000
# A title's words that must stand in the other article's text.
_TITLE_SHARE = 0.5

Signature = NDArray[np.uint32]
"""The least of each hash over an article's shingles, shape (128,)."""


def signature(text: str) -> Signature:
    """MinHash: the share of equal components of two signatures estimates how much two texts resemble."""
    from datasketch import MinHash  # noqa: PLC0415 (brings SciPy along, and only adding needs it)

    # Everything that the values depend on is said here: they are stored. CRC-32 is enough, because
    # the library mixes it once more, and takes half of SHA-1's time.
    sketch = MinHash(HASHES, seed=1, hashfunc=zlib.crc32, scheme="affine32")
    rest = runs(text)
    while some := [" ".join(run).encode() for run in islice(rest, _HASHED_AT_ONCE)]:
        sketch.update_batch(some)
    return np.asarray(sketch.hashvalues, np.uint32)


def bands(of: Signature) -> list[int]:
    """A 64-bit number for each four components of a signature; articles that share one may be alike."""
    numbers = []
    for start in range(0, HASHES, _ROWS):
        rows = start.to_bytes(2) + of[start : start + _ROWS].astype("<u4").tobytes()
        numbers.append(int.from_bytes(hashlib.blake2b(rows, digest_size=8).digest(), signed=True))
    return numbers


def equal_components(one: Signature, others: Signature) -> NDArray[np.intp]:
    """How many components of a signature are the same in another, or in each row of others."""
    return np.asarray(np.count_nonzero(others == one, axis=-1))


class Wording:
    """An article as it is compared with others; each aspect is worked out when it is first needed."""

    def __init__(self, title: str | None, text: str) -> None:
        self._title = title or ""
        self._text = text

    def is_alike(self, other: Wording) -> bool:
        """Whether both are one story.

        Both share four fifths of the longer one's wording (its shingles: Broder, "On the resemblance
        and containment of documents", 1997). Each text is about what the other's title says: pages of
        which only the wall was read are alike, and no story. And nowhere does a number or a name stand
        in another's place: that is the next day's notice, or a correction. Texts of books' length are
        one story only where they are the same to the letter.
        """
        if max(len(self._text), len(other._text)) > LONGEST_COMPARED:
            return self._text == other._text
        return (
            self._is_about(other)
            and other._is_about(self)
            and self._has_wording_of(other)
            and not contradict(self._claims, other._claims)
        )

    def _is_about(self, other: Wording) -> bool:
        asked = other._title_stems
        return len(asked & self._stems) >= _TITLE_SHARE * len(asked)

    def _has_wording_of(self, other: Wording) -> bool:
        if self._text == other._text:
            return True
        longer = max(len(self._shingles), len(other._shingles))
        return len(self._shingles & other._shingles) >= SIMILARITY * longer

    @cached_property
    def _title_stems(self) -> frozenset[str]:
        return stems(self._title)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return stems(self._text)

    @cached_property
    def _shingles(self) -> frozenset[tuple[str, ...]]:
        return shingles(self._text)

    @cached_property
    def _claims(self) -> Claims:
        return claims(f"{self._title}\n{self._text}")
