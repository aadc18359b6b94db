"""The characters of a page, from whatever bytes it came in."""

from __future__ import annotations

import re

from ..decode import decode, marked_encoding

_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,80}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_HEAD_BYTES = 4096
# What the WHATWG's list of encodings names; Python knows others that are slow, or run code to decode.
_KNOWN = re.compile(
    r"utf-?8|utf-?16(-?[lb]e)?|us-ascii|latin-?1|iso-?8859-?(\d\d?)|windows-?(874|125\d)|x-cp125\d|cp125\d|"
    r"gb2312|gbk|gb18030|big5(-hkscs)?|euc-(jp|kr)|shift[-_]jis|sjis|iso-2022-jp|ks_c_5601-1987|"
    r"koi8-[ru]|ibm866|cp866|macintosh|x-mac-cyrillic|tis-620",
    re.I,
)
# Pages that say one of these mean its Windows superset, with its curly quotes; so browsers read them.
_SUPERSETS = {
    "us-ascii": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
}


def decode_page(body: bytes, stated: str | None) -> str:
    """Decode a page, by its bytes where they leave no doubt, else by its server, itself, or a guess."""
    marked = marked_encoding(body)
    if marked:
        return body.decode(marked, "replace")
    try:
        return body.decode("utf-8")  # what is valid UTF-8 by accident has no accents to lose
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(body[:_HEAD_BYTES])
    for name in (stated, declared[1].decode("ascii") if declared else None):
        known = _python_name(name)
        if known is not None and not known.startswith("utf"):
            return body.decode(known, "replace")
    return decode(body)


def _python_name(name: str | None) -> str | None:
    name = (name or "").strip().lower()
    if not _KNOWN.fullmatch(name):
        return None
    name = _SUPERSETS.get(name, name.removeprefix("x-"))
    try:
        b"".decode(name)
    except LookupError:
        return None
    return name
