"""Which sentences of a passage are worth reading for a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.fuse import coverage, rarity
from index.sentences import sentence_spans
from index.words import stems

# Reading is what an answer costs, and its cost grows with the text: of a passage of some 900
# characters only its best half is read, which cost no answer of 118 questions (docs/training.md).
_CHARACTERS = 450
# Words that stand together in one sentence count for more than the same words scattered.
_TOGETHER = 0.5
# "PORT AVERIL (Reuters) — ": a place before the first sentence. It belongs to no sentence, and a reader
# that has learnt from encyclopedias takes it for the subject.
_DATELINE = re.compile(r"(?:[A-Z][A-Z.'’-]+,? ){1,4}(?:\([\w ]{2,20}\) )?(?:—|–|--?) ")


def focused(question: str, texts: Sequence[str]) -> list[tuple[int, int]]:
    """Where in each text the neighbouring sentences that say most of the question begin and end.

    Words are weighed by how rare they are among the sentences of all texts. A sentence is never cut,
    but for the place and agency that news put before the first one.
    """
    asked = stems(question)
    split = [[(start, end, stems(text[start:end])) for start, end in sentence_spans(text)] for text in texts]
    weights = rarity(asked, [said for sentences in split for _, _, said in sentences])
    parts = []
    for text, sentences in zip(texts, split, strict=True):
        whole = len(text) <= _CHARACTERS or not sentences
        start, end = (0, len(text)) if whole else _best(weights, sentences)
        dateline = _DATELINE.match(text)
        parts.append((max(start, dateline.end()), end) if dateline else (start, end))
    return parts


def _best(
    weights: Mapping[str, float], sentences: Sequence[tuple[int, int, frozenset[str]]]
) -> tuple[int, int]:
    """The run of sentences, as long as may be, that says most; the first of equals."""
    runs = []
    for first, (start, end, said) in enumerate(sentences):
        last_end, words, single = end, said, coverage(weights, said)
        for _, next_end, next_said in sentences[first + 1 :]:
            if next_end - start > _CHARACTERS:
                break
            last_end, words = next_end, words | next_said
            single = max(single, coverage(weights, next_said))
        runs.append((coverage(weights, words) + _TOGETHER * single, -start, last_end))
    _, start, end = max(runs)
    return -start, end
