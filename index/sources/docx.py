"""Word files (`.docx`)."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from typing import IO, TYPE_CHECKING, cast

from .archive import Archive
from .found import Limits
from .reasons import BROKEN, TOO_LARGE_DOCUMENT
from .record import Record, Unreadable, canonical_link, names_in

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from lxml.etree import _Element

MAX_MARKUP_BYTES = 16 << 20
"""A tree of the markup takes twenty times its size in memory; that of a long book has five MiB."""
# Smaller members are taken for markup without a look.
_LOOKED_AT_BYTES = 1 << 16
_BLANK = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXT = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "t"))
_SPACES = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# The second form of what stands beside it in a newer one, and what somebody has struck out.
_LEFT_OUT = {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    f"{_W}del",
    f"{_W}moveFrom",
}


def read_docx(stream: BufferedIOBase, limits: Limits) -> Record:
    """A Word file's text, tables and text boxes too, with the title, authors and date it states."""
    from docx import Document  # noqa: PLC0415 (only Word files need it)
    from docx.opc.exceptions import OpcError  # noqa: PLC0415
    from lxml.etree import LxmlError  # noqa: PLC0415

    _check(Archive(stream), limits)
    stream.seek(0)
    try:
        return _record(Document(cast("IO[bytes]", stream)))
    except (OpcError, LxmlError, zipfile.BadZipFile, zlib.error, EOFError, RecursionError):
        raise Unreadable(BROKEN) from None
    except (LookupError, ValueError, AttributeError, TypeError):
        # python-docx takes a file at its word; these are what becomes of one that lies.
        raise Unreadable(BROKEN) from None


def _check(archive: Archive, limits: Limits) -> None:
    """Everything in the file is going to be read, and what is markup to be held as a tree."""
    archive.check()
    if archive.unpacked_bytes > limits.document:
        raise Unreadable(TOO_LARGE_DOCUMENT)
    markup = 0
    for info in archive.infos:
        if info.file_size > _LOOKED_AT_BYTES:
            with archive.open(info) as member:
                if not member.read(64).lstrip(_BLANK).startswith(b"<"):
                    continue
        markup += info.file_size
    if markup > MAX_MARKUP_BYTES:
        raise Unreadable(TOO_LARGE_DOCUMENT)


def _record(document: WordFile) -> Record:
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415

    text = "\n\n".join(_blocks(document.element.body))
    package = document.part.package
    if RELATIONSHIP_TYPE.CORE_PROPERTIES not in {each.reltype for each in package.rels.values()}:
        return Record(text)  # the library would make some up
    stated = document.core_properties
    return Record(
        text,
        title=stated.title or None,
        url=canonical_link(stated.identifier),
        published=stated.created.isoformat() if stated.created else None,
        authors=names_in(stated.author),
    )


def _blocks(element: _Element) -> Iterator[str]:
    """Paragraphs and tables in order, whatever they are wrapped in; a paragraph's text boxes follow it."""
    for child in element.iterchildren("*"):
        if child.tag == _TABLE:
            yield "\n".join(_rows(child))
        elif child.tag not in _LEFT_OUT:
            if child.tag == _PARAGRAPH:
                yield "".join(_words(child))
            yield from _blocks(child)


def _rows(table: _Element) -> Iterator[str]:
    for row in _nearest(table, _ROW):
        yield " | ".join(" ".join(_blocks(cell)) for cell in _nearest(row, _CELL))


def _nearest(element: _Element, tag: str) -> Iterator[_Element]:
    """The elements of a tag below another, but not those of a table within the table."""
    for child in element.iterchildren("*"):
        if child.tag == tag:
            yield child
        elif child.tag != _TABLE and child.tag not in _LEFT_OUT:
            yield from _nearest(child, tag)


def _words(element: _Element) -> Iterator[str]:
    """The text of a paragraph, without that of the text boxes that hang on it."""
    for child in element.iterchildren("*"):
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag != _PARAGRAPH and child.tag not in _LEFT_OUT:
            yield from _words(child)
