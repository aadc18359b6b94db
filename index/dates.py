"""Dates as sources write them in, ISO 8601 out."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_WEEK = re.compile(r"\d{4}-?W\d\d")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")


def parse_published(raw: str) -> str | None:
    """Read a publication date in any common notation; None when it names no whole calendar day.

    The result is `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM:SS` with an offset where the source gave a time.
    """
    text = raw.strip()
    if not any(character.isdigit() for character in text) or len(text) > 100:
        return None
    if _YEAR_LAST.fullmatch(text):
        return _year_last(text)
    for parse in (_iso, _year_first, _rfc_2822, _words):
        found = parse(text)
        if found is not None:
            return found
    return None


def parse_day(raw: str) -> str:
    """Read a day that a person typed (`2021-10-01`); ValueError says what is wanted."""
    try:
        return date.fromisoformat(raw.strip()).isoformat()
    except ValueError:
        raise ValueError(f"{raw!r} is not a day; write it as 2021-10-01") from None


def _iso(text: str) -> str | None:
    try:
        if _WEEK.fullmatch(text):
            return None  # Python would take its Monday
        if len(text) <= 10:
            return date.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).isoformat(timespec="seconds")
    except ValueError:
        return None


def _year_first(text: str) -> str | None:
    found = _YEAR_FIRST.fullmatch(text)
    if not found:
        return None
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None


def _year_last(text: str) -> str | None:
    """`6.10.2021` has the day first; `5/6/2021` may have either, and guessing would put it in a citation."""
    found = _YEAR_LAST.fullmatch(text)
    assert found is not None  # noqa: S101 (the caller has looked)
    first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if mark != "." and first <= 12 and second <= 12 and first != second:
        return None
    month_first = mark != "." and first <= 12
    month, day = (first, second) if month_first else (second, first)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _rfc_2822(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).isoformat(timespec="seconds")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _words(text: str) -> str | None:
    # Heavy to import, and most sources never need it.
    import dateparser  # noqa: PLC0415

    found = dateparser.parse(
        text,
        settings={
            # "3 days ago" is relative to a moment nobody recorded; "March" names no day.
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    if found is None:
        return None
    has_time = re.search(r"\d:\d\d", text) is not None
    return str(found.isoformat(timespec="seconds") if has_time else found.date().isoformat())
