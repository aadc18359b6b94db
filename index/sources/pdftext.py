"""The text of a PDF: a program of its own, which `pdf.py` runs and which may fail in any way.

A PDF can be made to cost any amount of memory and time, so the system holds this process to what
it may have. It reads the file from its standard input and writes one JSON object.
"""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any, BinaryIO

MEMORY_BYTES = 640 << 20
CPU_SECONDS = 120
# A file's end is marked in its last kilobyte; some programs write a little more after it.
_TAIL_BYTES = 4096
_PRISM = (
    "http://prismstandard.org/namespaces/basic/2.0/",
    "http://prismstandard.org/namespaces/basic/2.1/",
    "http://prismstandard.org/namespaces/basic/3.0/",
)


class _Encrypted(Exception):
    """It opens only with a password."""


class _Damaged(Exception):
    """It, or a page of it, cannot be read."""


class _TooLong(Exception):
    """There is more text than may be."""


def main() -> None:
    """Read a PDF; the argument is how many bytes of text may be in it."""
    _hold_back()
    try:
        found = _read(_seekable(sys.stdin.buffer), int(sys.argv[1]))
    except _Encrypted:
        found = {"problem": "encrypted"}
    except _Damaged:
        found = {"problem": "damaged"}
    except _TooLong:
        found = {"problem": "too long"}
    except (MemoryError, RecursionError):
        found = {"problem": "too much"}
    sys.stdout.write(json.dumps(found))


def _hold_back() -> None:
    """Have the system end this process rather than let it take more than its share."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS)):
        try:
            resource.setrlimit(limit, (most, most))
        except (
            ValueError,
            OSError,
        ):  # a system that has the limit and cannot keep it, or a lower one already
            continue


def _seekable(stream: BinaryIO) -> BinaryIO:
    return stream if stream.seekable() else io.BytesIO(stream.read())


def _read(stream: BinaryIO, most: int) -> dict[str, Any]:
    from pypdf import PasswordType, PdfReader  # noqa: PLC0415 (after the limits are set)
    from pypdf.errors import LimitReachedError  # noqa: PLC0415

    _check_end(stream)
    try:
        reader = PdfReader(stream)
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise _Encrypted
        pages = _pages(reader, most)
        # Looked for only where there is nothing else.
        pictured = not "".join(pages).strip() and any(map(_is_pictured, reader.pages))
    except (_Encrypted, _TooLong, MemoryError, RecursionError):
        raise
    except LimitReachedError:
        raise MemoryError from None
    except Exception:  # the edge of this program: whatever pypdf meets, the file is to blame
        raise _Damaged from None
    return {"pages": pages, "pictured": pictured, **_stated(reader)}


def _check_end(stream: BinaryIO) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL_BYTES))
    if b"%%EOF" not in stream.read():
        raise _Damaged
    stream.seek(0)


def _pages(reader: Any, most: int) -> list[str]:
    pages, taken = [], 0
    for page in reader.pages:
        text = page.extract_text()
        taken += len(text)
        if taken > most:
            raise _TooLong
        pages.append(text)
    return pages


def _is_pictured(page: Any) -> bool:
    """Whether a page draws a picture: an object of its own (Do) or one in line (BI); PDF 32000-1, 8.9."""
    contents = page.get_contents()
    return contents is not None and re.search(rb"(?<!\S)(?:Do|BI)(?!\S)", contents.get_data()) is not None


def _stated(reader: Any) -> dict[str, Any]:
    """What the file says of itself, in its own notations; what cannot be read of that is left out."""
    try:
        stated = _from_xmp(reader)
    except Exception:  # as above; the text is what matters
        stated = {}
    try:
        info = reader.metadata or {}
        for key, name in (("title", "/Title"), ("author", "/Author"), ("created", "/CreationDate")):
            if info.get(name):
                stated.setdefault(key, str(info[name]))
    except Exception:
        return stated
    return stated


def _from_xmp(reader: Any) -> dict[str, Any]:
    xmp = reader.xmp_metadata
    if xmp is None:
        return {}
    titles = xmp.dc_title or {}
    found = {
        "title": titles.get("x-default") or next(iter(titles.values()), None),
        "authors": xmp.dc_creator,
        "published": _prism(xmp, "publicationDate") or next((str(each) for each in xmp.dc_date or ()), None),
        "links": [link for link in (_prism(xmp, "url"), xmp.dc_source, xmp.dc_identifier) if link],
    }
    return {key: value for key, value in found.items() if value}


def _prism(xmp: Any, name: str) -> str | None:
    """A field that publishers add."""
    nodes = (node for space in _PRISM for node in xmp.get_element("", space, name))
    texts = ("".join(child.data for child in node.childNodes if hasattr(child, "data")) for node in nodes)
    return next(texts, None)


if __name__ == "__main__":
    main()
