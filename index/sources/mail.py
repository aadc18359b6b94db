"""Mails as programs save them (`.eml`)."""

from __future__ import annotations

import codecs
import re
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import MIMEPart
from email.utils import getaddresses

from .decode import decode, decode_line
from .found import MAX_PAGE_BYTES
from .markup import text_of_markup
from .reasons import LONG_HEADER, NO_MAIL, NO_TEXT, TOO_LARGE_PAGE
from .record import Record, Unreadable

_TELLING = ("from", "subject", "date", "message-id")
# Telling the parts of a header can take time that grows with its square.
_LONGEST_HEADER = 20_000
_CONTENT_HEADER = re.compile(
    rb"^content-[a-z-]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_LINK = re.compile(r"https?://[^\s<>]+")
# Names of encodings that are something else, some of them slow enough to stand for an attack.
_NO_CHARSETS = ("punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape")


def read_mail(raw: bytes) -> Record:
    """A mail's text, with its subject as the title, and who sent it when; attachments are left alone."""
    if any(len(header[0]) > _LONGEST_HEADER for header in _CONTENT_HEADER.finditer(raw)):
        raise Unreadable(LONG_HEADER)
    try:
        message = message_from_bytes(raw, policy=policy.default)
        body = message.get_body(("plain", "html"))
    except RecursionError:  # parts in parts in parts
        raise Unreadable(NO_TEXT) from None
    headers = _headers(message)
    if not any(name in headers for name in _TELLING):
        raise Unreadable(NO_MAIL)
    archived = _LINK.search(headers.get("archived-at", ""))
    return Record(
        text="" if body is None else _text(body),
        title=headers.get("subject"),
        url=archived[0] if archived else None,
        published=headers.get("date"),
        authors=tuple(name or address for name, address in getaddresses([headers.get("from", "")])),
        id=headers.get("message-id", "").strip("<> \t\r\n") or None,
    )


def _headers(message: MIMEPart) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        if len(value) > _LONGEST_HEADER:
            raise Unreadable(LONG_HEADER)
        headers.setdefault(name.lower(), _decoded(value))
    return headers


def _decoded(header: str) -> str:
    # What is neither ASCII nor encoded as it should be came through as surrogates.
    plain = decode_line(header.encode("utf-8", "surrogateescape"))
    try:
        return str(make_header(decode_header(plain)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return plain


def _text(body: MIMEPart) -> str:
    raw = body.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    is_page = body.get_content_subtype() == "html"
    if is_page and len(raw) > MAX_PAGE_BYTES:
        raise Unreadable(TOO_LARGE_PAGE)
    text = _characters(raw, str(body.get_param("charset", "")))
    if is_page:
        return text_of_markup(text)
    if str(body.get_param("format", "")).lower() == "flowed":
        return _unflowed(text, str(body.get_param("delsp", "")).lower() == "yes")
    return text


def _characters(raw: bytes, charset: str) -> str:
    try:
        codec = codecs.lookup(charset).name
        if codec not in _NO_CHARSETS:
            return raw.decode(codec, "replace")
    except (LookupError, UnicodeError, ValueError):
        pass
    return decode(raw) if raw else ""


def _unflowed(text: str, delete_space: bool) -> str:
    """The text with its soft line ends undone (RFC 3676): lines that end in a space go on."""
    parts: list[str] = []
    for line in text.splitlines():
        stuffed = line.removeprefix(" ")
        if stuffed.endswith(" ") and stuffed != "-- ":
            parts.append(stuffed[:-1] if delete_space else stuffed)
        else:
            parts.append(f"{stuffed}\n")
    return "".join(parts)
