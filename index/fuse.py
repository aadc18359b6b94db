"""Pure functions over ranked lists: fusion, recency, proximity, near-duplicates."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from .words import NUMBER_WORDS

_SHINGLE = 4
_WORD = re.compile(r"\w+")


def scaled(scores: Mapping[int, float]) -> dict[int, float]:
    """Shift and stretch scores to 0–1 within one list, so that two lists can be added up.

    The min–max normalisation of Lee, "Analyses of Multiple Evidence Combination" (SIGIR 1997).
    """
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}


def fused(lists: Iterable[tuple[float, Mapping[int, float]]]) -> dict[int, float]:
    """Add up (weight, scores) lists after scaling each; a key missing from a list gets nothing from it."""
    total: dict[int, float] = {}
    for weight, scores in lists:
        for key, score in scaled(scores).items():
            total[key] = total.get(key, 0.0) + weight * score
    return total


def recency(published: str | None, asked_on: str | None) -> float:
    """How fresh an article was on the day of the question, 0–1: 1 on its day, falling with log age.

    With the logarithm, a week matters in this month's news and not at all in an old archive, where
    all articles are about as far away. Without a date, or published later, nothing is known: 0.
    """
    if not published or not asked_on:
        return 0.0
    age_days = (date.fromisoformat(asked_on[:10]) - date.fromisoformat(published[:10])).days
    if age_days < 0:
        return 0.0
    return max(0.0, 1.0 - math.log1p(age_days / 7) / math.log1p(10 * 365 / 7))


def rarity(asked: frozenset[str], texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weigh the stems of a question by how rare they are among some texts; the weights add up to 1.

    The inverse document frequency of Spärck Jones (1972), counted over the texts at hand alone, so
    that it needs no statistics of the collection.
    """
    counts = Counter(stem for text in texts for stem in text & asked)
    weights = {stem: math.log(1 + len(texts) / (counts[stem] + 0.5)) for stem in sorted(asked)}
    total = sum(weights.values()) or 1.0
    return {stem: weight / total for stem, weight in weights.items()}


def coverage(weights: Mapping[str, float], text: frozenset[str]) -> float:
    """How much of the question's weight stands in a text, 0–1."""
    return sum(weight for stem, weight in weights.items() if stem in text)


def proximity(weights: Mapping[str, float], sentences: Sequence[frozenset[str]]) -> float:
    """The best coverage by any two neighbouring sentences of a passage, 0–1.

    BM25 does not see whether the question's words stand together or scattered over a passage.
    """
    pairs = pairwise([frozenset(), *sentences])
    return max((coverage(weights, before | sentence) for before, sentence in pairs), default=0.0)


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """The runs of four words of `text`, lower-case, in their order."""
    words = _WORD.findall(text.lower())
    for start in range(max(len(words) - _SHINGLE + 1, 1)):
        yield tuple(words[start : start + _SHINGLE])


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The set of runs of four words of `text`, lower-case."""
    return frozenset(runs(text))


def duplicate_groups(
    texts: Sequence[str],
    similarity: float,
    limit: int,
    told: Callable[[int, int], bool] = lambda position, leader: False,
) -> list[list[int]]:
    """Group positions whose texts are near-copies: the first `limit` groups, each led by its first position.

    Two texts are near-copies when the shorter one's shingles lie in the longer one's for at least
    `similarity` of them (containment: Broder, "On the resemblance and containment of documents",
    1997), and all its numbers and names do: a correction differs in one word, and it is no copy.
    What `told(position, leader)` says to be told by the leader already joins it too.
    """
    groups: list[tuple[frozenset[tuple[str, ...]], frozenset[str], list[int]]] = []
    for position, text in enumerate(texts):
        own, own_facts = shingles(text), facts(text)
        for leader, leader_facts, group in groups:
            alike = len(own & leader) >= similarity * min(len(own), len(leader))
            agree = own_facts <= leader_facts or leader_facts <= own_facts
            if (alike and agree) or told(position, group[0]):
                group.append(position)
                break
        else:
            if len(groups) < limit:
                groups.append((own, own_facts, [position]))
    return [group for *_, group in groups]


def facts(text: str) -> frozenset[str]:
    """The words of `text` that name or count: capitalised ones, numbers, number words."""
    words = _WORD.findall(text)
    return frozenset(word.lower() for word in words if not word.islower() or word in NUMBER_WORDS)
