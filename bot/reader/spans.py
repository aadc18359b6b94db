"""Pure arithmetic from a reader's logits to spans; knows no model and no text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.floating]


@dataclass(frozen=True, slots=True, order=True)
class Scored:
    """Part of a text, `start` to `end`, and by how much it beats "no answer" (log odds)."""

    score: float
    start: int
    end: int

    def overlaps(self, other: Scored) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


def best_pairs(
    start: Logits,
    end: Logits,
    starts: NDArray[np.bool_],
    ends: NDArray[np.bool_],
    max_tokens: int,
    count: int,
    parts: NDArray[np.integer] | None = None,
) -> list[tuple[int, int, float]]:
    """The `count` best (first token, last token, score), best first.

    `start` and `end` are logits, `starts` and `ends` say where an answer may begin and end, all of
    shape (n,). Both ends are scored together (Devlin et al., "BERT", 2019, section 4.3: the sum of
    both logits) over the pairs of at least 1 and at most `max_tokens` tokens; `parts`, also of shape
    (n,), numbers the part of the text a token belongs to, and no pair goes over into another.
    """
    firsts, lasts = np.flatnonzero(starts), np.flatnonzero(ends)
    if not len(firsts) or not len(lasts) or count < 1:
        return []
    scores = start[firsts, None].astype(np.float64) + end[None, lasts]
    tokens = lasts[None, :] - firsts[:, None] + 1
    scores[(tokens < 1) | (tokens > max_tokens)] = -np.inf
    if parts is not None:
        scores[parts[firsts][:, None] != parts[lasts][None, :]] = -np.inf
    flat = scores.ravel()
    best = np.argpartition(-flat, min(count, flat.size) - 1)[:count]
    best = best[np.lexsort((best, -flat[best]))]
    rows, columns = np.divmod(best[np.isfinite(flat[best])], len(lasts))
    return [
        (int(firsts[row]), int(lasts[column]), float(scores[row, column]))
        for row, column in zip(rows, columns, strict=True)
    ]


def no_answer_score(start: Logits, end: Logits) -> float:
    """What "the passage does not say" scores: both ends at the first token (Devlin et al., section 4.3)."""
    return float(start[0]) + float(end[0])


def merged(spans: Iterable[Scored], count: int) -> list[Scored]:
    """The `count` best spans, best first, none of which overlaps a better one."""
    kept: list[Scored] = []
    for span in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if len(kept) == count:
            break
        if not any(span.overlaps(better) for better in kept):
            kept.append(span)
    return kept
