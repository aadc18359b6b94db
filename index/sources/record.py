"""What every source reads before it becomes an `Article`: the fields, uncleaned, as found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..clean import clean_line, clean_text
from ..dates import parse_published
from ..types import Article
from .reasons import NO_TEXT

_NO_LINK = re.compile(r"[\s<>\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id", re.IGNORECASE)


class Unreadable(Exception):
    """A file or record that is no article; the message is the reason shown."""


@dataclass(frozen=True, slots=True)
class Record:
    """One article's fields as its source wrote them."""

    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    id: str | None = None


def record_from(fields: Mapping[str, object]) -> Record:
    """Take the known fields of a JSON object or front matter; Unreadable names the one that is off."""
    text = fields.get("text")
    if not isinstance(text, str):
        raise Unreadable("it has no field `text`" if text is None else "its field `text` is not a string")
    return Record(
        text=text,
        title=_scalar(fields, "title"),
        url=_scalar(fields, "url") or _scalar(fields, "link"),
        published=_scalar(fields, "published") or _scalar(fields, "date"),
        authors=_names(fields.get("authors", fields.get("author"))),
        id=_scalar(fields, "id"),
    )


def to_article(
    record: Record,
    root: Path | None,
    path: str,
    *,
    own_file: bool,
    part: str = "",
    raw_digest: bytes | None = None,
) -> Article:
    """Clean a record and give it its identity; Unreadable when no text is left.

    `own_file` says that the file is the article, so that its place can identify it; a line of a
    file has no place of its own, because lines move, and neither has a file without a `root`, which
    was never on this disk. `part` says which of its file's articles it is; a member of an archive has
    its place there.
    """
    text = clean_text(record.text)
    if not any(character.isalnum() for character in text):
        raise Unreadable(NO_TEXT)
    url = canonical_link(record.url)
    if url:
        identity = f"url:{url}"
    elif record.id:
        identity = f"id:{record.id}"
    elif own_file and root is not None:
        identity = _file_identity((root / path).as_posix(), part)
    else:
        identity = f"text:{text}"
    return Article(
        id=_id_of(identity),
        text=text,
        title=clean_line(record.title or "") or None,
        url=url,
        published=parse_published(record.published) if record.published else None,
        authors=tuple(name for name in map(clean_line, record.authors) if name),
        root=None if root is None else storable(str(root)),
        path=storable(path),
        part=storable(part),
        raw_digest=raw_digest,
    )


def id_by_place(file: str, part: str) -> str:
    """The id of an article that nothing but its place on disk tells from others."""
    return _id_of(_file_identity(file, part))


def _file_identity(file: str, part: str) -> str:
    return f"file:{file}" + (f"!{part}" if part else "")


def _id_of(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def canonical_link(raw: str | None) -> str | None:
    """The link as it identifies an article: no fragment, no tracking; None unless http or https."""
    try:
        parts = urlsplit((raw or "").strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or _NO_LINK.search(parts.geturl()):
        return None
    query = urlencode([pair for pair in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(pair[0])])
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, query, ""))


def names_in(stated: str) -> tuple[str, ...]:
    """The authors that are named in one text, parted as programs for documents part them."""
    return tuple(name.strip() for name in stated.split(";") if name.strip())


def storable(path: str) -> str:
    """The path with bytes that are no UTF-8, which file names may hold, spelled out."""
    return path.encode("utf-8", "backslashreplace").decode()


def _scalar(fields: Mapping[str, object], key: str) -> str | None:
    value = fields.get(key)
    if value is None or isinstance(value, list | dict):
        return None
    return str(value)


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(str(name) for name in value if isinstance(name, str | int))
    return ()
