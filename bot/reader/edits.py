"""Questions changed in one thing, so that what answered them answers them no more."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\b")
_AUXILIARY = re.compile(r"\b(did|was|were|is|are|has|have|can|does|do|could|would|will)\b", re.IGNORECASE)
_PAIRS = """first/last before/after largest/smallest most/least more/less higher/lower highest/lowest
increase/decrease increased/decreased north/south east/west northern/southern eastern/western early/late
earlier/later begin/end began/ended start/stop started/stopped win/lose won/lost good/bad best/worst
large/small larger/smaller big/small old/new older/younger oldest/youngest rich/poor male/female men/women
king/queen father/mother son/daughter husband/wife support/oppose supported/opposed allow/prohibit
allowed/prohibited accept/reject accepted/rejected include/exclude included/excluded buy/sell bought/sold
inside/outside above/below upper/lower maximum/minimum majority/minority public/private birth/death
born/died strong/weak stronger/weaker hot/cold fast/slow long/short longest/shortest enter/leave
create/destroy created/destroyed positive/negative import/export rise/fall rose/fell open/close
opened/closed add/remove added/removed same/different internal/external major/minor"""
_OPPOSITES = {
    word: other for pair in _PAIRS.split() for word, other in (pair.split("/"), reversed(pair.split("/")))
}


def edited(question: str, context: str, others: Sequence[str], chance: random.Random) -> str | None:
    """Change one thing in a question so that its context answers it no more; None where none can be.

    The changes are those that the writers of SQuAD 2.0's unanswerable questions made most (Rajpurkar,
    Jia and Liang, "Know What You Don't Know", 2018, table 1): another entity or number, an antonym,
    a negation.
    """
    ways: list[_Way] = [_other_name, _other_number, _opposite, _opposite]
    chance.shuffle(ways)
    # A "not" alone must not give it away.
    ways = [*ways, _negated] if chance.random() > 0.1 else [_negated, *ways]
    for way in ways:
        changed = way(question, context, others, chance)
        if changed and changed != question:
            return changed
    return None


_Way = Callable[[str, str, Sequence[str], random.Random], str | None]


def _other_name(question: str, context: str, others: Sequence[str], chance: random.Random) -> str | None:
    return _swapped(_NAME, question, context, others, chance)


def _other_number(question: str, context: str, others: Sequence[str], chance: random.Random) -> str | None:
    return _swapped(_NUMBER, question, context, others, chance)


def _swapped(
    kind: re.Pattern[str], question: str, context: str, others: Sequence[str], chance: random.Random
) -> str | None:
    """The question with one thing of a kind exchanged for another of the context or the article."""
    here = [match for match in kind.finditer(question) if match[0] in context]
    if not here:
        return None
    match = chance.choice(here)
    pool = context if chance.random() < 0.6 else chance.choice(others)
    new = sorted({m[0] for m in kind.finditer(pool)} - {match[0]})
    new = [word for word in new if word not in question and match[0] not in word]
    return question[: match.start()] + chance.choice(new) + question[match.end() :] if new else None


def _opposite(question: str, context: str, others: Sequence[str], chance: random.Random) -> str | None:
    here = [match for match in re.finditer(r"\w+", question) if match[0].lower() in _OPPOSITES]
    if not here:
        return None
    match = chance.choice(here)
    return question[: match.start()] + _OPPOSITES[match[0].lower()] + question[match.end() :]


def _negated(question: str, context: str, others: Sequence[str], chance: random.Random) -> str | None:
    match = _AUXILIARY.search(question)
    return None if match is None else f"{question[: match.end()]} not{question[match.end() :]}"
