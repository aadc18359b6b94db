"""Finding, among all contexts, the one that a search would bring for a question it does not answer."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

from index.fuse import rarity
from index.words import stems

# The likest contexts looked at: where they all hold the answer, the question is a common one.
_TRIED = 5


class Contexts:
    """Contexts by the words in them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._having: dict[str, list[int]] = defaultdict(list)
        said = [stems(text) for text in texts]
        for number, words in enumerate(said):
            for word in words:
                self._having[word].append(number)
        self._rarity = rarity(frozenset(self._having), said)

    def nearest_without(self, question: str, answer: str) -> str | None:
        """Of the contexts without the answer's words the one most like the question; None if none is."""
        likeness: dict[int, float] = defaultdict(float)
        for word in sorted(stems(question)):
            for number in self._having.get(word, ()):
                likeness[number] += self._rarity[word]
        best = heapq.nlargest(_TRIED, likeness, key=likeness.__getitem__)
        texts = (self._texts[number] for number in best)
        return next((text for text in texts if answer.lower() not in text.lower()), None)
