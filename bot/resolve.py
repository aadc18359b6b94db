"""The calendar date behind words such as "yesterday" or "Tuesday, October 5"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_QUESTION_WORD = re.compile(r"\b(?:when|what|which|who|whom|whose|where|why|how)\b.*", re.ASCII)
_TIME_NOUN = r"(?:week)?(?:day|date|month|year)\b"
_ASKS_FOR_TIME = re.compile(
    # "When he won, how old was he?" asks for something else.
    r"when\b(?!.*, (?:how|what|which|who|where|why)\b)"
    rf"|(?:what|which) (?:exact |specific )?{_TIME_NOUN}"
    rf"|what(?:['’]s| is| was| are| were| will be) the (?:(?!of\b)\w+ ){{0,2}}?{_TIME_NOUN}",
    re.ASCII,
)
_FUTURE = re.compile(
    r"\bwill\b"  # in lower case only: Will is also a name
    r"|(?i:\b(?:won['’]t|shall|would|going to|upcoming|tomorrow|next (?!to\b|day\b|morning\b)"
    r"|(?:is|are|was|were|be) (?:now |also |still )?(?:to|due|set to|expected)\b|(?:due|set) (?:for|on|in)\b"
    r"|scheduled|slated|planned|(?:plan|hope|aim|intend|expect)s? to)\b|['’]ll\b)",
    re.ASCII,
)

_CLOCK = re.compile(
    r"\b(?:\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\b\.?|o['’]clock)|\d{1,2}:\d\d(?::\d\d)?|\d{4}(?= (?:gmt|utc)\b))"
    r"(?: (?:gmt|utc|[ecmp][ds]?t|c?est|bst|(?:[a-z]+ )?time)\b)?",
    re.ASCII,
)
_MARKS = re.compile(r"['’]s\b|(?<=[a-z])-(?=\w)|[.,;:()\[\]\"“”‘’']", re.ASCII)
_AROUND = re.compile(
    r"\b(?:the|on|in|at|of|by|from|since|until|back|early|earlier|mid|late|later|beginning|start|middle|end"
    r"|dawn|noon|midnight|morning|afternoon|evening|night|year)\b"
)
_TODAY = re.compile(r"\btonight\b|\bthis (?:morning|afternoon|evening)\b")
_YEAR_BY_NAME = re.compile(r"\b(last|this|next) year\b")
_YEARS_ON = {"last": -1, "this": 0, "next": 1}
_COUNTED = re.compile(
    r"today|yesterday|tomorrow|(?:last|this|next) month|(?:\d{1,3}|[a-z]+) (?:day|week)s? ago", re.ASCII
)
_YEAR = r"\b(?:1\d|2[01])\d\d\b"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CALENDAR = re.compile(
    r"(?:this )?(?:(last|past|next|coming) )?"
    rf"(?:({'|'.join(_WEEKDAYS)})(?:s|nes|rs?|ur)?(?:day)?(?: |$))?"
    rf"((?:{_DAY} {_MONTH}|{_MONTH}(?: {_DAY})?)(?: {_YEAR})?|{_YEAR}-\d\d-\d\d)?",
    re.ASCII,
)
# The day of the month that a sentence puts right behind a weekday.
_DAY_BESIDE = re.compile(
    rf",? (?:{_MONTH}\.? {_DAY}|{_DAY} {_MONTH})\b(?:,? {_YEAR})?", re.ASCII | re.IGNORECASE
)
_ENDS_WITH_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})[a-z]*\.?\s*\Z", re.ASCII | re.IGNORECASE)


def resolve_date(
    question: str, answer: str, quote: str, published: str | None, place: int | None = None
) -> str | None:
    """The absolute ISO date that a "when" answer stands for, or None.

    The answer stands in the quote at `place`, or where it does so first.

    It is as precise as the words are: `2021-10-05`, `2021-10` or `2021`. What they leave out comes from the
    article's own date; durations, ranges and vague times stand for no date.
    """
    if not _asks_for_time(question) or len(answer) > 100:
        return None
    today = _article_day(published)
    words = _plain(answer + _beside(answer, quote, quote.find(answer) if place is None else place), today)
    if re.fullmatch(_YEAR, words, re.ASCII):
        return words if re.search(r"\b(?:when|year)\b", question.lower()) else None
    if _COUNTED.fullmatch(words):
        return _read(words, today) if today else None
    return _from_calendar(words, today, _looks_ahead(question, answer, quote))


def says_year(answer: str, resolved: str) -> bool:
    """Whether the words of an answer are a whole date already, so that the resolved one adds nothing."""
    return resolved[:4] in answer


def _beside(answer: str, quote: str, place: int) -> str:
    """What belongs to the answer's weekday but stands behind it: the reader often takes the weekday alone."""
    if place < 0 or not _ENDS_WITH_WEEKDAY.search(answer):
        return ""
    found = _DAY_BESIDE.match(quote, place + len(answer))
    return found[0] if found else ""


def _asks_for_time(question: str) -> bool:
    """Whether a sentence's first question word asks for a day, a month or a year."""
    sentences = re.split(r"[.?!] ", _squeeze(question.lower()))
    asked = [found[0] for found in map(_QUESTION_WORD.search, sentences) if found]
    return any(map(_ASKS_FOR_TIME.match, asked))


def _article_day(published: str | None) -> date | None:
    try:
        day = date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
    return day if 1000 <= day.year <= 2199 else None  # leaves room to count back and forth


def _plain(answer: str, today: date | None) -> str:
    """The words of the answer that carry its date, in lower case."""
    text = _squeeze(_MARKS.sub(" ", _CLOCK.sub(" ", answer.lower())))
    text = _TODAY.sub("today", text.replace("last night", "yesterday"))
    if today is not None:
        year = today.year
        text = _YEAR_BY_NAME.sub(lambda found: str(year + _YEARS_ON[found[1]]), text)
    return _squeeze(_AROUND.sub(" ", text))


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _looks_ahead(question: str, answer: str, quote: str) -> bool:
    """Whether the answer lies in the article's future, as far as the sentence tells."""
    # "The company said on Tuesday that it will": what will be is something else.
    words = re.escape(answer.strip())
    if re.search(rf"\b(?:said|told \w+)(?: on| in| late| early)* {words}\b|\b{words} (?:said|told)\b", quote):
        return False
    return any(map(_FUTURE.search, (question, quote)))


def _from_calendar(words: str, today: date | None, future: bool) -> str | None:
    """A weekday, a day or a month; what they leave out is sought on one side of the article's date."""
    found = _CALENDAR.fullmatch(words)
    if found is None or not words:
        return None
    steer, weekday, rest = found.groups("")
    if re.search(_YEAR, rest, re.ASCII):
        return _read(rest)
    if today is None:
        return None
    future = steer in {"next", "coming"} if steer else future
    candidates = _candidates(rest, today, future)
    if steer:
        candidates = [iso for iso in candidates if not today.isoformat().startswith(iso)]
    if weekday:
        fitting = [iso for iso in candidates if _falls_on(weekday, iso)]
        if rest and fitting:
            return fitting[0]  # no two, as three years in a row start on different weekdays
        candidates = fitting or candidates
    return _nearest(candidates, today, future)


def _candidates(words: str, today: date, future: bool) -> list[str]:
    """What the words stand for in the years around the article; without words, the days of a week."""
    if words:
        found = [_read(f"{words} {year}") for year in (today.year - 1, today.year, today.year + 1)]
        return [iso for iso in found if iso]
    days = range(8) if future else range(-7, 1)
    return [(today + timedelta(count)).isoformat() for count in days]


def _falls_on(weekday: str, iso: str) -> bool:
    return len(iso) == 10 and date.fromisoformat(iso).weekday() == _WEEKDAYS.index(weekday)


def _nearest(candidates: list[str], today: date, future: bool) -> str | None:
    here = today.isoformat()
    if future:
        return min((iso for iso in candidates if iso >= here[: len(iso)]), default=None)
    # Some time zones are a day ahead of the article's.
    tomorrow = (today + timedelta(1)).isoformat()
    return max((iso for iso in candidates if iso <= here or iso == tomorrow), default=None)


def _read(words: str, today: date | None = None) -> str | None:
    """What dateparser makes of a written date or, given `today`, of words that count from it."""
    # Heavy to import, and few questions need it.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    settings: dict[str, object] = {"PARSERS": ["absolute-time"], "PREFER_DAY_OF_MONTH": "first"}
    if today is not None:
        settings = {"PARSERS": ["relative-time"], "RELATIVE_BASE": datetime.combine(today, time(12))}
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(words)
    if found.date_obj is None:
        return None
    iso = str(found.date_obj.date().isoformat())
    return iso[:7] if found.period == "month" else iso
