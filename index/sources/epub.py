"""E-books (EPUB): one article a book, its chapters in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from io import BufferedIOBase
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from .archive import Archive
from .decode import decode
from .found import Limits
from .markup import text_of_markup
from .reasons import BROKEN, ENCRYPTED
from .record import Record, Unreadable, canonical_link

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_CHAPTER_BYTES = 4 << 20
_MAX_LIST_BYTES = 4 << 20
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"


def read_epub(stream: BufferedIOBase, limits: Limits) -> Record:
    """A book's text, with the title, authors, date and link that it states."""
    archive = Archive(stream)
    place = _one(_parsed(archive, _CONTAINER), "//*[local-name()='rootfile']/@full-path")
    if place is None:
        raise Unreadable(BROKEN)
    package = _parsed(archive, place)
    chapters = list(_chapters(package, posixpath.dirname(place)))
    if not chapters:
        raise Unreadable(BROKEN)
    if _ENCRYPTION in archive.members and not _encrypted(archive).isdisjoint(chapters):
        raise Unreadable(ENCRYPTED)
    return Record(
        text="\n\n".join(_texts(archive, chapters, limits)),
        title=_one(package, _about("title")),
        url=next(filter(canonical_link, _all(package, f"{_about('source')} | {_about('identifier')}")), None),
        published=_date(package),
        authors=tuple(_all(package, _about("creator"))),
    )


def _parsed(archive: Archive, name: str) -> _Element:
    from lxml import etree  # noqa: PLC0415 (only books need it)

    # Entities stay as they are: they could be a file of this disk, or expand to gigabytes.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(archive.read(name, _MAX_LIST_BYTES), parser)
    except (KeyError, etree.LxmlError, ValueError):
        raise Unreadable(BROKEN) from None


def _all(element: _Element, path: str) -> list[str]:
    """What an XPath expression finds, as text."""
    found = element.xpath(path)
    texts = (each if isinstance(each, str) else "".join(each.itertext()) for each in found)
    return [text.strip() for text in texts if text.strip()]


def _one(element: _Element, path: str) -> str | None:
    return next(iter(_all(element, path)), None)


def _about(name: str) -> str:
    return f"//*[local-name()='metadata']//*[local-name()='{name}']"


def _date(package: _Element) -> str | None:
    """The day of publication; older books give several dates and say which that is."""
    path = _about("date")
    return _one(package, f"{path}[@*[local-name()='event']='publication']") or _one(
        package, f"{path}[not(@*[local-name()='event']='modification')]"
    )


def _chapters(package: _Element, folder: str) -> Iterator[str]:
    """The names of the members that are read one after the other."""
    items = {
        item.get("id"): item
        for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']")
        if "html" in (item.get("media-type") or "") and "nav" not in (item.get("properties") or "").split()
    }
    for reference in package.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        item = items.get(reference.get("idref"))
        if item is not None:
            yield _member(folder, item.get("href") or "")


def _member(folder: str, reference: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(urlsplit(reference).path)))


def _encrypted(archive: Archive) -> set[str]:
    """The members that only a shop's own program can read; fonts often are, and do not matter."""
    places = _all(_parsed(archive, _ENCRYPTION), "//*[local-name()='CipherReference']/@URI")
    return {_member("", place) for place in places}


def _texts(archive: Archive, chapters: list[str], limits: Limits) -> Iterator[str]:
    taken = 0
    for name in dict.fromkeys(chapters):
        try:
            text = text_of_markup(decode(archive.read(name, _MAX_CHAPTER_BYTES)))
        except KeyError:
            raise Unreadable(BROKEN) from None
        taken += len(text)
        if taken > limits.article:
            raise Unreadable(limits.too_long)
        yield text
