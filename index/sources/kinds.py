"""What is read as an article: told by a file's content, and by its ending where content does not tell."""

from __future__ import annotations

from enum import Enum, auto
from io import BufferedIOBase
from pathlib import PurePosixPath

from .archive import Archive
from .reasons import BROKEN, DAMAGED, NO_TEXT, NOT_AS_NAMED, OLD_WORD, RICH_TEXT
from .record import Unreadable

__all__ = ["DAMAGED", "KINDS", "UNKNOWN_KIND", "Kind", "is_known", "kind_of"]


class Kind(Enum):
    """How the bytes of a file are read."""

    PLAIN = auto()
    MARKDOWN = auto()
    PAGE = auto()
    MAIL = auto()
    PDF = auto()
    WORD = auto()
    BOOK = auto()
    LINES = auto()
    TABLE = auto()
    ARCHIVE = auto()


PACKED = ".gz"
LINES = (".jsonl", f".jsonl{PACKED}")
ARCHIVE = ".zip"
ENDINGS = {
    ".txt": Kind.PLAIN,
    ".text": Kind.PLAIN,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.PAGE,
    ".htm": Kind.PAGE,
    ".pdf": Kind.PDF,
    ".docx": Kind.WORD,
    ".epub": Kind.BOOK,
    ".eml": Kind.MAIL,
    ".csv": Kind.TABLE,
    **dict.fromkeys(LINES, Kind.LINES),
    ARCHIVE: Kind.ARCHIVE,
}
KINDS = tuple(ENDINGS)
STREAMED = (*LINES, ".csv")
"""Files of lines, which are never held in memory as a whole."""
UNKNOWN_KIND = f"its kind is not known; Byline reads {' '.join(KINDS)}"

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PDF = b"%PDF-"
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RICH_TEXT = b"{\\rtf"
_PAGE = (b"<!doctype html", b"<html")
# What may stand before a file's first characters.
_BLANK = b"\xef\xbb\xbf \t\r\n"
_BEGINNING = 1024
_NOT_TEXT = (Kind.PDF, Kind.WORD, Kind.BOOK, Kind.ARCHIVE)
_WORD_TYPE = b"wordprocessingml.document.main+xml"
_LONGEST_TYPES = 1 << 20


def is_known(name: str) -> bool:
    """Whether the name's ending is that of a file Byline reads."""
    return name.lower().endswith(KINDS)


def kind_of(name: str, stream: BufferedIOBase) -> Kind:
    """The kind of an open file, which is left at its beginning; Unreadable when it is none Byline reads."""
    named = next((kind for ending, kind in ENDINGS.items() if name.lower().endswith(ending)), None)
    start = stream.read(_BEGINNING)
    kind = _kind(named, PurePosixPath(name).suffix, start, stream)
    stream.seek(0)
    return kind


def _kind(named: Kind | None, ending: str, start: bytes, stream: BufferedIOBase) -> Kind:
    if start.startswith(ZIP):
        return _kind_of_zip(named, ending, stream)
    # Programs put a line or a few bytes before it, and readers of PDF find it all the same.
    if start.lstrip(_BLANK).startswith(_PDF) or (named is Kind.PDF and _PDF in start):
        return Kind.PDF
    if start.startswith(_OLD_WORD):
        raise Unreadable(OLD_WORD)
    if start.startswith(GZIP) and named is not Kind.LINES:
        raise Unreadable(UNKNOWN_KIND)
    return _kind_of_text(named, start)


def _kind_of_text(named: Kind | None, start: bytes) -> Kind:
    if named is None:
        raise Unreadable(UNKNOWN_KIND)
    if named in _NOT_TEXT:
        raise Unreadable(NOT_AS_NAMED if start else NO_TEXT)
    if start.startswith(_RICH_TEXT):
        raise Unreadable(RICH_TEXT)
    is_page = start.lstrip(_BLANK).lower().startswith(_PAGE)
    return Kind.PAGE if is_page and named is not Kind.LINES else named


def _kind_of_zip(named: Kind | None, ending: str, stream: BufferedIOBase) -> Kind:
    """Documents of several programs are zip files: their members tell."""
    archive = Archive(stream)
    if "META-INF/container.xml" in archive.members:
        return Kind.BOOK
    if "[Content_Types].xml" in archive.members:
        if _WORD_TYPE in archive.read("[Content_Types].xml", _LONGEST_TYPES):
            return Kind.WORD
        raise Unreadable(UNKNOWN_KIND)
    if named in (Kind.WORD, Kind.BOOK):
        raise Unreadable(BROKEN)
    if "mimetype" in archive.members or (named is None and ending):
        raise Unreadable(UNKNOWN_KIND)  # OpenDocument, or a program's own archive
    return Kind.ARCHIVE
