"""What is read as an article: how the bytes of each kind of file become records."""

from __future__ import annotations

from collections.abc import Callable

from charset_normalizer import from_bytes

from .html import read_html
from .plain import read_markdown, read_plain
from .record import Record, Unreadable

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decode(raw: bytes) -> str:
    """Decode a text file whatever wrote it; Unreadable when it does not look like text."""
    for bom, encoding in _BOMS.items():
        if raw.startswith(bom):
            return raw.decode(encoding, "replace")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        found = from_bytes(raw)
        best = found.best()
        if best is None:
            raise Unreadable("its encoding cannot be told") from None
        # A few accents look as good in a dozen encodings; Windows-1252 is the likeliest by far.
        western = (
            match for match in found if "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos
        )
        text = str(next(western, best))
    if "\x00" in text[:4096]:
        raise Unreadable("it looks like a binary file, not text")
    return text


DOCUMENTS: dict[str, Callable[[bytes], Record]] = {
    ".txt": lambda raw: read_plain(decode(raw)),
    ".text": lambda raw: read_plain(decode(raw)),
    ".md": lambda raw: read_markdown(decode(raw)),
    ".markdown": lambda raw: read_markdown(decode(raw)),
    ".html": read_html,
    ".htm": read_html,
}
"""One article a file, by ending."""
PACKED = ".gz"
LINES = (".jsonl", f".jsonl{PACKED}")
"""One article a line."""
KINDS = (*DOCUMENTS, *LINES)
UNKNOWN_KIND = f"its kind is not known; Byline reads {' '.join(KINDS)}"
DAMAGED = "it is damaged: the rest of it cannot be unpacked"


def is_known(name: str) -> bool:
    """Whether the name's ending is that of a file Byline reads."""
    return name.lower().endswith(KINDS)
