"""What stands between a file and its articles: places where one should be, not yet read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedIOBase

from .reasons import TOO_LONG
from .record import Record, Unreadable

_STEP_BYTES = 1 << 20

MAX_PAGE_BYTES = 4 << 20
"""Telling a page's article from what is around it takes a hundred times the page in memory."""
MAX_DOCUMENT_BYTES = 100 << 20
"""Most of a large document is pictures."""
MAX_MAIL_BYTES = 32 << 20
"""Most of a large mail is attachments; taking it apart needs several times as much memory."""
MAX_UNPACKED_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read, in bytes, and what is said of more."""

    article: int
    """The text of an article, and the bytes of a file that is nothing but text."""
    too_long: str = TOO_LONG
    page: int = MAX_PAGE_BYTES
    """A saved page."""
    document: int = MAX_DOCUMENT_BYTES
    """A PDF, Word file or book, as it lies there."""
    unpacked: int = MAX_UNPACKED_BYTES
    """All that is read of an archive."""

    @property
    def mail(self) -> int:
        """A mail with its attachments."""
        return min(self.document, MAX_MAIL_BYTES)


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a file where an article should be."""

    read: Callable[[], Record]
    """Unreadable says why there is none. To be called before the next one is asked for."""
    at: int
    """How many bytes of the file end here."""
    digest: bytes | None = None
    """Of the bytes that `read` reads; None when that is bound to fail."""
    member: str = ""
    line: int | None = None
    """Both say where in the file it is, when it is not all of it."""

    @property
    def part(self) -> str:
        """What tells it from the file's other articles: lines move, so it is the digest for them."""
        digest = self.digest.hex() if self.line is not None and self.digest else ""
        return ":".join(part for part in (self.member, digest) if part)

    def name(self, file: str) -> str:
        """What it is called in front of a person."""
        place = f"{file}/{self.member}" if self.member else file
        return place if self.line is None else f"{place}, line {self.line}"


def failed(problem: Unreadable | str, at: int, line: int | None = None) -> Found:
    """A place of which is known already that nothing can be read there."""

    def read() -> Record:
        raise Unreadable(problem) if isinstance(problem, str) else problem

    return Found(read, at, line=line)


def digest_of(*raw: bytes) -> bytes:
    """What tells whether an article's bytes have changed."""
    digest = hashlib.blake2b(digest_size=16)
    for part in raw:
        digest.update(part)
    return digest.digest()


def digest_of_stream(stream: BufferedIOBase) -> bytes:
    """The same for an open file, which is left at its beginning."""
    digest = hashlib.blake2b(digest_size=16)
    while part := stream.read(_STEP_BYTES):
        digest.update(part)
    stream.seek(0)
    return digest.digest()


def shown(name: str) -> str:
    """A file's name as it can be shown: on one line, without what steers a terminal."""
    line = " ".join(name.split())
    return "".join(character if character.isprintable() else "\ufffd" for character in line)
