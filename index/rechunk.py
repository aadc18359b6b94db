"""Cut a changed article so that passages before and after the change stay what they were."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix

from .chunk import (
    Piece,
    TokenStarts,
    first_of_next,
    passage_of,
    pieces_of,
    room_for_text,
    runs_of,
)
from .types import Article, Passage

Run = tuple[int, int]
"""The first and the last piece of a passage."""


def rechunk_article(
    old: Article,
    spans: Sequence[tuple[int, int]],
    new: Article,
    token_starts: TokenStarts,
    max_tokens: int,
    overlap_sentences: int,
) -> list[Passage]:
    """Cut `new` as `chunk_article` would, but keep those of `old`'s passages that the change left alone.

    `spans` are the (start, end) of the old passages in order. Those in the text's unchanged beginning and
    end are kept, moved where the text moved, and only what is between them is cut anew. Where that would
    leave many more passages than cutting it all, it is all cut.
    """
    room = room_for_text(new.title, token_starts, max_tokens)
    pieces = pieces_of(new.text, token_starts, room)
    tokens = [piece.tokens for piece in pieces]
    runs = afresh = list(runs_of(tokens, room, overlap_sentences))
    if old.title == new.title:  # it is embedded with every passage
        before, after = _kept(old.text, spans, new.text, pieces, room)
        runs = _joined(before, after, tokens, room, overlap_sentences)
    if len(runs) > len(afresh) + 1 + len(afresh) // 4:
        runs = afresh
    return [passage_of(new, pieces[first].start, pieces[last].end) for first, last in runs]


def _kept(
    old: str, spans: Sequence[tuple[int, int]], new: str, pieces: Sequence[Piece], room: int
) -> tuple[list[Run], list[Run]]:
    """The old passages in the unchanged beginning and in the unchanged end, as runs of the new pieces."""
    # Of characters, not of paths.
    same_start = len(commonprefix((old, new)))  # noqa: RUF071
    most = min(len(old), len(new)) - same_start
    same_end = len(commonprefix((old[::-1][:most], new[::-1][:most])))  # noqa: RUF071
    starts = {piece.start: number for number, piece in enumerate(pieces)}
    ends = {piece.end: number for number, piece in enumerate(pieces)}
    shift = len(new) - len(old)

    def run(start: int, end: int) -> Run | None:
        """The pieces from one offset to another, where sentences still begin and end there."""
        first, last = starts.get(start), ends.get(end)
        if first is None or last is None or sum(piece.tokens for piece in pieces[first : last + 1]) > room:
            return None
        return first, last

    before: list[Run] = []
    for start, end in spans:
        kept = run(start, end) if end <= same_start else None
        if kept is None:
            break
        before.append(kept)
    after: list[Run] = []
    for start, end in reversed(spans[len(before) :]):
        kept = run(start + shift, end + shift) if start >= len(old) - same_end else None
        if kept is None:
            break
        after.insert(0, kept)
    return before, after


def _joined(before: list[Run], after: list[Run], tokens: Sequence[int], room: int, overlap: int) -> list[Run]:
    """All runs: what lies between those kept at the beginning and at the end is cut anew."""
    first = first_new = 0
    if before:
        first_new = before[-1][1] + 1
        first = first_of_next(tokens, room, overlap, *before[-1]) if first_new < len(tokens) else first_new
    # Where what lay between was cut out, the two sides share nothing yet.
    while after and after[0][0] <= first_new and after[0][0] > first:
        after = after[1:]
    if first_new >= (after[0][0] if after else len(tokens)):
        return [*before, *after]
    # Those in between end with what the first one kept shares with its neighbour.
    stop = min(after[0][0] + overlap, after[0][1]) if after else len(tokens)
    between = list(runs_of(tokens[:stop], room, overlap, first))
    while after and between[-1][0] >= after[0][0]:
        between.pop()  # it holds nothing but what is shared
    return [*before, *between, *after]
