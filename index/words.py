"""Words of questions and texts: which ones count, and what they have in common."""

from __future__ import annotations

import re
from functools import lru_cache

# The words English questions are built of; they are in every passage and tell none apart.
STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do
    does doing during each for from had has have having he her hers him his how i if in into is it its just
    many may me might more most much must my no nor not of off on once only or other our out over own per
    said same she should so some such than that the their them then there these they this those through to
    too under until up very was we were what when where which while who whom whose why will with would you
    your""".split()  # noqa: SIM905 (a list of a hundred strings is harder to read)
)

NUMBER_WORDS = frozenset(
    """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand
    thousands million millions billion billions dozen dozens half once twice""".split()  # noqa: SIM905
)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
# One who directs, one who wins: agent nouns that questions put as verbs. A list, because the ending
# alone would make a corner one who corns.
_VERBS = {
    "actor": "act", "buyer": "buy", "designer": "design", "director": "direct", "driver": "driv",
    "editor": "edit", "founder": "found", "inventor": "invent", "killer": "kill", "leader": "lead",
    "maker": "make", "manager": "manag", "owner": "own", "player": "play", "producer": "produc",
    "seller": "sell", "singer": "sing", "speaker": "speak", "winner": "win", "writer": "write",
}  # fmt: skip
_MOST_WORDS = 64


def content_words(text: str) -> list[str]:
    """The distinct words of `text` in order, lower-case, without stop words unless there is nothing else."""
    found = [_POSSESSIVE.sub("", word) for word in _WORD.findall(text)]
    # May is a month and a name; may is neither.
    kept = [word.lower() for word in found if word == "May" or word.lower() not in STOP_WORDS]
    return list(dict.fromkeys(kept or [word.lower() for word in found]))


def match_expression(question: str) -> str | None:
    """An FTS5 expression that matches passages with any of the question's words; None without words.

    Each word is a quoted FTS5 string, in which no character but the quote is special, and the
    words hold no quotes: no question can break the syntax.
    """
    words = content_words(question)[:_MOST_WORDS]
    return " OR ".join(f'"{word}"' for word in words) or None


def stems(text: str) -> frozenset[str]:
    """The stems of the content words of `text` (Porter's English stemmer, second version)."""
    return frozenset(map(_stem, content_words(text)))


def is_agent_noun(word: str) -> bool:
    """Whether the word is a known noun for one who does something: `director`, `winner`."""
    return word in _VERBS


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    import snowballstemmer  # noqa: PLC0415 (only asking needs it)

    stem: str = snowballstemmer.stemmer("english").stemWord(word)
    return _VERBS.get(word.removesuffix("s"), stem)
