"""Cut an article into passages of whole sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .clean import shorten
from .sentences import sentence_spans
from .types import Article, Passage

_TITLE_CHARACTERS = 200

SPECIAL_TOKENS = 4
"""Room for the model's own start, end and separator marks, and the stop after the title."""

TokenStarts = Callable[[str], NDArray[np.int64]]
"""Gives the character offset of each token of a text, ascending."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one that is longer than a passage."""

    start: int
    end: int
    tokens: int


def chunk_article(
    article: Article, token_starts: TokenStarts, max_tokens: int, overlap_sentences: int
) -> list[Passage]:
    """Cut `article` into passages of at most `max_tokens` tokens, the title's included.

    Neighbours share `overlap_sentences` sentences where those leave room for something new. A
    sentence longer than a passage is cut between tokens. Together the passages cover every sentence.
    """
    room = room_for_text(article.title, token_starts, max_tokens)
    pieces = pieces_of(article.text, token_starts, room)
    runs = runs_of([piece.tokens for piece in pieces], room, overlap_sentences)
    return [passage_of(article, pieces[first].start, pieces[last].end) for first, last in runs]


def passage_of(article: Article, start: int, end: int) -> Passage:
    """The passage between two offsets."""
    return Passage(article.id, start, end, article.text[start:end])


def room_for_text(title: str | None, token_starts: TokenStarts, max_tokens: int) -> int:
    """The tokens of a passage that the title before it leaves."""
    title_tokens = len(token_starts(embedded_title(title)))
    # Also in a script where every character is a token the text gets half the room.
    return max(max_tokens - SPECIAL_TOKENS - title_tokens, max_tokens // 2)


def embedding_text(title: str | None, passage: str) -> str:
    """What the encoder reads of a passage: the article's title says what it is about."""
    if not title:
        return passage
    short = embedded_title(title)
    return f"{short} {passage}" if short[-1] in ".!?…" else f"{short}. {passage}"


def embedded_title(title: str | None) -> str:
    """The title as it stands before each passage: a very long one would leave the text no room."""
    return shorten(title or "", _TITLE_CHARACTERS)


def pieces_of(text: str, token_starts: TokenStarts, room: int) -> list[Piece]:
    """What passages are made of: each at most `room` tokens, in order."""
    return list(_pieces(text, token_starts(text), room))


def _pieces(text: str, tokens: NDArray[np.int64], room: int) -> Iterator[Piece]:
    for start, end in sentence_spans(text):
        first, last = np.searchsorted(tokens, (start, end))
        cuts = [start, *(int(tokens[index]) for index in range(first + room, last, room)), end]
        for left, right in pairwise(cuts):
            inner = text[left:right].rstrip()
            count = int(np.subtract(*np.searchsorted(tokens, (right, left))))
            if inner:
                yield Piece(left, left + len(inner), count)


def runs_of(tokens: Sequence[int], room: int, overlap: int, first: int = 0) -> Iterator[tuple[int, int]]:
    """Yield (first, last) indices of runs whose sum is within `room`, greedily, from `first` to the end."""
    while first < len(tokens):
        last, total = first, tokens[first]
        while last + 1 < len(tokens) and total + tokens[last + 1] <= room:
            last += 1
            total += tokens[last]
        yield first, last
        if last + 1 == len(tokens):
            return
        first = first_of_next(tokens, room, overlap, first, last)


def first_of_next(tokens: Sequence[int], room: int, overlap: int, first: int, last: int) -> int:
    """Where the run after (first, last) begins.

    That is some pieces back for the overlap, but never so far that the next new one would not fit.
    """
    following = last + 1
    shared = 0
    while following > last + 1 - overlap and following - 1 > first:
        shared += tokens[following - 1]
        if shared + tokens[last + 1] > room:
            break
        following -= 1
    return following
