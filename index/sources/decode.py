"""Text files, whatever wrote them: bytes in, characters out."""

from __future__ import annotations

from charset_normalizer import from_bytes

from .reasons import BINARY, UNTOLD_ENCODING
from .record import Unreadable

# In this order: UTF-32's mark begins with that of UTF-16.
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_SAMPLE = 4096
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b")
# Guessing takes minutes for a large text, and a part says as much as the whole.
_GUESSED_FROM = 1 << 19


def decode(raw: bytes) -> str:
    """Decode a text file; Unreadable when it does not look like text."""
    encoding = marked_encoding(raw)
    if encoding:
        return raw.decode(encoding, "replace")
    if looks_binary(raw[:_SAMPLE]):
        raise Unreadable(BINARY)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return raw.decode(_guessed(_sample(raw, error.start)), "replace")


def decode_line(line: bytes) -> str:
    """Decode a line of a file that is too large to be looked at as a whole."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")  # what programs that do not write UTF-8 write


def marked_encoding(raw: bytes) -> str | None:
    """The encoding that the first bytes announce."""
    return next((encoding for mark, encoding in _MARKS.items() if raw.startswith(mark)), None)


def looks_binary(sample: bytes) -> bool:
    """Whether bytes without an encoding's mark are no text: some are zero, or many are control characters."""
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return b"\x00" in sample or controls > len(sample) // 50


def _sample(raw: bytes, odd: int) -> bytes:
    """Whole lines of `raw` with its first byte that is not UTF-8."""
    if len(raw) <= _GUESSED_FROM:
        return raw
    start = raw.rfind(b"\n", max(0, odd - _GUESSED_FROM // 2), odd) + 1
    end = raw.rfind(b"\n", odd, start + _GUESSED_FROM)
    return raw[start : end if end > odd else odd + _GUESSED_FROM]


def _guessed(sample: bytes) -> str:
    found = from_bytes(sample)
    best = found.best()
    if best is None:
        raise Unreadable(UNTOLD_ENCODING)
    # A few accents look as good in a dozen encodings; Windows-1252 is the likeliest by far.
    western = (
        "cp1252" for match in found if "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos
    )
    return next(western, best.encoding)
