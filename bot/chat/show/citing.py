"""Where an answer was read, as Discord text: the quote with its answer, title, link and day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from index.clean import shorten
from index.sentences import display_title
from index.types import Article, Passage

from ...types import Citation
from .text import ELLIPSIS, ZERO_WIDTH_SPACE, beginning, bold, ending, escape, units

_LONGEST_TITLE = 90
_LONGEST_LINK = 512
# What ends a link's target, or is taken for markup or a mention even there.
_ENCODED = {character: f"%{ord(character):02X}" for character in "()<>\"'\\`*|[]{}^@"}
# Discord shows a link as raw text when the words it hides behind have brackets or look like a link.
_NO_LINK_TEXT = re.compile(r"[\[\]]|://|www\.|discord|dsc\.gg", re.IGNORECASE)
_INVITE = re.compile(r"(?:.*\.)?(?:discord(?:app)?\.\w+|dsc\.gg)", re.IGNORECASE)


def quoted(citation: Citation, limit: int) -> str:
    """The quote on one line with the answer in bold; what is cut is cut on both sides of the answer."""
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    answer = bold(beginning(quote[start:end], limit - 4))
    if not answer:
        return excerpt(citation, limit)
    room = limit - units(answer) - 2  # the spaces beside the answer
    # Each side may take half the room, and what the other does not need.
    head = ending(quote[:start], max(room // 2, room - units(beginning(quote[end:], room))))
    tail = beginning(quote[end:], room - units(head))
    before = " " if head and _space(quote, start) else ""
    return head + before + answer + (" " if tail and _space(quote, end) else "") + tail


def excerpt(citation: Citation, limit: int) -> str:
    """The quote on one line, from its best part on if it is cut, nothing marked: none of it is an answer."""
    quote, start = citation.quote, citation.answer_start
    tail = beginning(quote[start:], limit - 2)
    if not quote[:start].strip():
        return tail
    if tail.endswith(ELLIPSIS):
        return f"{ELLIPSIS} {tail}"
    head = ending(quote[:start], limit - 1 - units(tail))
    if head.startswith(ELLIPSIS) and not head.startswith(f"{ELLIPSIS} "):
        head = ELLIPSIS  # half a sentence says nothing
    seam = " " if _space(quote, start) else ZERO_WIDTH_SPACE
    return head + (seam if head else "") + tail


def in_context(citation: Citation, passage: Passage, limit: int) -> str:
    """The passage as a block quote with the answer in bold, between the article's lines around it."""
    text, passed = citation.article.text, slice(passage.start, passage.end)
    start, end = (citation.start + offset for offset in (citation.answer_start, citation.answer_end))
    answer = bold(beginning(text[start:end], limit // 2))
    side = (limit - units(answer)) // 4
    head = ending(text[passed.start : start], side, lines=True)
    tail = beginning(text[end : passed.stop], side, lines=True)
    before = _space(text, start) or ("" if answer else ZERO_WIDTH_SPACE)
    marked = head + (before if head else "") + answer + (_space(text, end) if answer else "") + tail
    quote = "\n".join(f"> {line}" for line in marked.splitlines() if line)
    earlier = ending(text[: passed.start], side, lines=True)
    later = beginning(text[passed.stop :], side, lines=True)
    return "\n".join(part for part in (earlier, quote, later) if part)


def _space(text: str, place: int) -> str:
    """The white space around a place of the text, as one character; empty if there is none.

    Where there is none, two texts that were escaped apart may make markup together: something has to
    stand between them.
    """
    left, right = text[:place], text[place:]
    around = left[len(left.rstrip()) :] + right[: len(right) - len(right.lstrip())]
    return "\n" if "\n" in around else " " if around else ""


def source(article: Article, *, linked: bool = True) -> str:
    """Title, link and day of an article on one line."""
    line = link_to(display_title(article.title, article.text), article.url if linked else None)
    return f"{line} – {day(article.date)}" if article.date else line


def link_to(title: str, url: str | None) -> str:
    """A title that leads to a page, if that may be linked to."""
    title = shorten(title, _LONGEST_TITLE)
    shown, link = escape(title) or "–", safe_link(url)
    if link is None:
        return shown
    return f"{shown} ([→]({link}))" if _NO_LINK_TEXT.search(title) else f"[{shown}]({link})"


def safe_link(url: str | None) -> str | None:
    """A link that may be clicked, or None for one that does not lead to a page, or is too long."""
    if not url or any(character.isspace() or not character.isprintable() for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or ":" in host:
        return None
    if _INVITE.fullmatch(host):
        return None
    page = "".join(_ENCODED.get(character, character) for character in url[len(parts.scheme) :])
    link = parts.scheme + page  # in small letters, as Discord wants it
    return link if units(link) <= _LONGEST_LINK else None


def day(iso: str) -> str:
    """A calendar day that each reader's Discord writes in their own language."""
    # Noon, so that it is the same day nearly everywhere on Earth.
    noon = datetime.combine(date.fromisoformat(iso), time(12), tzinfo=UTC)
    return f"<t:{noon.timestamp():.0f}:D>"


def ago(moment: float) -> str:
    """A moment that each reader's Discord writes as how long ago it was."""
    return f"<t:{moment:.0f}:R>"
