"""What numbers and names stand where in a text, and whether two texts put others in the same place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from itertools import groupby

from .words import NUMBER_WORDS, STOP_WORDS

Run = frozenset[str]
"""Numbers and names that stand together, lower-case."""
Claims = Mapping[tuple[str, ...], Set[Run]]
"""By the two words before and the two after a run, all runs that stand between them."""

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_WORD = re.compile(r"\w+(?:[.,:]\d+)*")
_RUN = "@"


def claims(text: str) -> Claims:
    """The runs of `text`, each under the words around it within its sentence.

    One with fewer than two plain words around it is left out: such places are everywhere.
    """
    found: dict[tuple[str, ...], set[Run]] = defaultdict(set)
    for sentence in _SENTENCE_END.split(text):
        pieces = _pieces(_WORD.findall(sentence))
        words = ["", "", *(piece if isinstance(piece, str) else _RUN for piece in pieces), "", ""]
        for position, piece in enumerate(pieces, 2):
            if isinstance(piece, str):
                continue
            around = (*words[position - 2 : position], *words[position + 1 : position + 3])
            if sum(word not in ("", _RUN) for word in around) >= 2:
                found[around].add(piece)
    return found


def contradict(one: Claims, other: Claims) -> bool:
    """Whether in some place the two only say different things: `on 4 May`, `on 5 May`."""
    return any(
        not any(said <= also or also <= said for said in one[place] for also in other[place])
        for place in one.keys() & other.keys()
    )


def figures(text: str) -> frozenset[str]:
    """The words of `text` that count: `214`, `nine`."""
    return frozenset(word for word in map(str.lower, _WORD.findall(text)) if _counts(word))


def _pieces(words: list[str]) -> list[str | Run]:
    """The words of a sentence, those that name or count as runs."""
    pieces: list[str | Run] = []
    for named, group in groupby(words, _names_or_counts):
        lower = [word.lower() for word in group]
        # One capital at the beginning of a sentence tells nothing.
        opens = not pieces and len(lower) == 1 and not _counts(lower[0])
        if named and not opens:
            pieces.append(frozenset(lower))
        else:
            pieces += lower
    return pieces


def _names_or_counts(word: str) -> bool:
    is_capital = not word.islower() and (word == "May" or word.lower() not in STOP_WORDS)
    return is_capital or _counts(word.lower())


def _counts(word: str) -> bool:
    return word[0].isdigit() or word in NUMBER_WORDS
