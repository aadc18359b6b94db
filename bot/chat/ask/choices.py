"""Articles to choose from while typing, and back from what was chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from ..show.text import cut, one_line, units

MOST_CHOICES = 25
LONGEST_CHOICE = 100
_MARK = "#"


class Titled(Protocol):
    """An article as far as choosing it goes."""

    @property
    def article_id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """What people know it by."""


def choices(titles: Iterable[Titled], typed: str) -> list[tuple[str, str]]:
    """At most 25 titles that hold what was typed, whatever its case, each with its value."""
    wanted = one_line(typed).casefold()
    found: list[tuple[str, str]] = []
    for title in titles:
        # There may be 60,000: titles are one clean line, and only what is shown is made sure of.
        if wanted in title.title.casefold() and (name := cut(one_line(title.title), LONGEST_CHOICE)):
            found.append((name, choice_value(title.article_id)))
            if len(found) == MOST_CHOICES:
                break
    return found


def choice_value(article_id: str) -> str:
    """The article's id, or, where Discord would refuse or change that, a hash of it."""
    is_plain = article_id.isprintable() and article_id == article_id.strip()
    if is_plain and 0 < units(article_id) <= LONGEST_CHOICE and not article_id.startswith(_MARK):
        return article_id
    data = article_id.encode("utf-8", "surrogatepass")
    return _MARK + hashlib.blake2b(data, digest_size=16).hexdigest()


def chosen_article(chosen: str, titles: Sequence[Titled]) -> str | None:
    """The id of the article that was chosen, or whose title was typed; None when that names none."""
    is_hash = chosen.startswith(_MARK)
    for title in titles:
        # Most ids are their own values, and hashing 60,000 would take a while.
        if (choice_value(title.article_id) if is_hash else title.article_id) == chosen:
            return title.article_id
    typed = one_line(chosen).casefold()
    named = [title.article_id for title in titles if title.title.casefold() == typed]
    if not named:
        named = [title.article_id for title in titles if typed and typed in title.title.casefold()]
    # Of several nobody can tell which is meant.
    return named[0] if len(named) == 1 else None
