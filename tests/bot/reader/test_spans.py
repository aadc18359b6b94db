"""From logits to spans: tables by hand, and the same by trying every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reader.spans import Scored, best_pairs, merged, no_answer_score

START = np.array([9.0, 1.0, 5.0, 2.0])
END = np.array([9.0, 3.0, 1.0, 4.0])
CONTEXT = np.array([False, True, True, True])


@pytest.mark.parametrize(
    ("starts", "ends", "max_tokens", "count", "pairs"),
    [
        (
            CONTEXT,
            CONTEXT,
            3,
            10,
            [(2, 3, 9.0), (2, 2, 6.0), (3, 3, 6.0), (1, 3, 5.0), (1, 1, 4.0), (1, 2, 2.0)],
        ),
        (CONTEXT, CONTEXT, 2, 3, [(2, 3, 9.0), (2, 2, 6.0), (3, 3, 6.0)]),
        (CONTEXT, CONTEXT, 2, 10, [(2, 3, 9.0), (2, 2, 6.0), (3, 3, 6.0), (1, 1, 4.0), (1, 2, 2.0)]),
        (CONTEXT, CONTEXT, 1, 10, [(2, 2, 6.0), (3, 3, 6.0), (1, 1, 4.0)]),
        (np.array([False, True, False, False]), CONTEXT, 3, 10, [(1, 3, 5.0), (1, 1, 4.0), (1, 2, 2.0)]),
        (CONTEXT, np.array([False, False, True, False]), 3, 10, [(2, 2, 6.0), (1, 2, 2.0)]),
        (np.array([False, False, False, True]), np.array([False, True, False, False]), 3, 10, []),
        (np.array([False] * 4), CONTEXT, 3, 10, []),
        (CONTEXT, np.array([False] * 4), 3, 10, []),
        (CONTEXT, CONTEXT, 3, 0, []),
        (CONTEXT, CONTEXT, 0, 10, []),
    ],
)
def test_best_pairs(
    starts: np.ndarray, ends: np.ndarray, max_tokens: int, count: int, pairs: list[tuple[int, int, float]]
) -> None:
    """The best sums of both logits within mask and length, equal ones in the order of the text."""
    assert best_pairs(START, END, starts, ends, max_tokens, count) == pairs


def test_an_answer_stays_within_a_part() -> None:
    """The best pair of all runs over the border between two parts; the best within one part wins."""
    parts = np.array([0, 0, 1, 1])
    assert best_pairs(START, END, CONTEXT, CONTEXT, 3, 10, parts) == [
        (2, 3, 9.0),
        (2, 2, 6.0),
        (3, 3, 6.0),
        (1, 1, 4.0),
    ]
    assert best_pairs(START, END, CONTEXT, CONTEXT, 3, 1, np.array([0, 0, 0, 1])) == [(2, 2, 6.0)]


def test_both_ends_are_chosen_together() -> None:
    """The best start and the best end are no answer when the end comes first: the best pair wins."""
    start = np.array([0.0, 1.0, 0.0, 8.0])
    end = np.array([0.0, 0.0, 3.0, -9.0])
    every = np.array([True] * 4)
    assert best_pairs(start, end, every, every, 4, 2) == [(1, 2, 4.0), (0, 2, 3.0)]


def test_logits_are_added_exactly() -> None:
    """The sum is made in double precision, whatever the model's logits come in."""
    start, end = np.array([16777216.0, 0.0], np.float32), np.array([1.0, 0.0], np.float32)
    every = np.array([True, True])
    assert best_pairs(start, end, every, every, 2, 1) == [(0, 0, 16777217.0)]
    assert no_answer_score(start, end) == 16777217.0


def test_a_logit_of_minus_infinity_is_never_chosen() -> None:
    """What a model rules out is no candidate, even where nothing else is left."""
    never = np.array([-np.inf, -np.inf])
    every = np.array([True, True])
    assert best_pairs(never, np.zeros(2), every, every, 2, 5) == []
    assert best_pairs(np.array([-np.inf, 1.0]), np.zeros(2), every, every, 2, 5) == [(1, 1, 1.0)]


@st.composite
def chosen_from(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Logits with many ties among them, and masks."""
    size = draw(st.integers(1, 12))
    logits = st.lists(
        st.one_of(st.integers(-3, 3), st.floats(-50, 50, width=32)), min_size=size, max_size=size
    )
    mask = st.lists(st.booleans(), min_size=size, max_size=size)
    start, end = (np.array(draw(logits), np.float32) for _ in range(2))
    starts, ends = (np.array(draw(mask), bool) for _ in range(2))
    return start, end, starts, ends


@settings(deadline=None)
@given(chosen_from(), st.integers(1, 14), st.integers(1, 90))
def test_best_pairs_are_those_of_brute_force(
    given_: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], max_tokens: int, count: int
) -> None:
    """Over every pair that is allowed: the same best scores, each from a pair that has it, sorted."""
    start, end, starts, ends = given_
    allowed = {
        (i, j, float(start[i]) + float(end[j]))
        for i in range(len(start))
        for j in range(len(start))
        if starts[i] and ends[j] and i <= j < i + max_tokens
    }
    found = best_pairs(start, end, starts, ends, max_tokens, count)
    expected = sorted(allowed, key=lambda pair: (-pair[2], pair[0], pair[1]))
    assert [score for *_, score in found] == [score for *_, score in expected[:count]]
    assert set(found) <= allowed
    assert len(set(found)) == len(found)
    assert found == sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))
    # Ties at the border leave a choice; everything above it is settled.
    if len(expected) > count:
        border = expected[count][2]
        assert [p for p in found if p[2] > border] == [p for p in expected[:count] if p[2] > border]
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("start", "end", "score"),
    [([1.5, 9.0], [-0.25, 9.0], 1.25), ([-3.0], [1.0], -2.0), ([0.0, 4.0], [0.0, 4.0], 0.0)],
)
def test_no_answer_score(start: list[float], end: list[float], score: float) -> None:
    """Both logits of the first token, and of no other."""
    assert no_answer_score(np.array(start), np.array(end)) == score


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ((0, 4), (4, 8), False),
        ((0, 5), (4, 8), True),
        ((0, 9), (4, 8), True),
        ((4, 8), (4, 8), True),
        ((0, 2), (5, 6), False),
    ],
)
def test_overlaps(one: tuple[int, int], other: tuple[int, int], overlaps: bool) -> None:
    """Two spans overlap when they share a character; to touch is not to overlap."""
    assert Scored(1.0, *one).overlaps(Scored(2.0, *other)) is overlaps
    assert Scored(2.0, *other).overlaps(Scored(1.0, *one)) is overlaps


def test_merged_keeps_the_best_of_what_overlaps() -> None:
    """A span is dropped for a better one it overlaps; one it does not overlap stays."""
    clara, clara_stone, stone_in, june = (
        Scored(6.0, 22, 27), Scored(9.0, 22, 33), Scored(4.0, 28, 36), Scored(2.0, 37, 41)
    )  # fmt: skip
    assert merged([clara, june, stone_in, clara_stone], 5) == [clara_stone, june]
    assert merged([clara, june, stone_in], 5) == [clara, stone_in, june]
    assert merged([clara, june, stone_in], 2) == [clara, stone_in]
    assert merged([clara, june, stone_in], 0) == []
    assert merged([], 5) == []


def test_a_dropped_span_drops_no_other() -> None:
    """Only what is kept stands in the way: the third does not touch the first."""
    assert merged([Scored(3.0, 0, 5), Scored(2.0, 4, 9), Scored(1.0, 8, 12)], 5) == [
        Scored(3.0, 0, 5),
        Scored(1.0, 8, 12),
    ]


def test_merged_takes_the_earlier_and_shorter_of_equals() -> None:
    """Equal scores are settled by the place in the text, so that the order given does not matter."""
    spans = [Scored(1.0, 3, 9), Scored(1.0, 3, 5), Scored(1.0, 6, 9), Scored(1.0, 3, 5)]
    assert merged(spans, 5) == merged(spans[::-1], 5) == [Scored(1.0, 3, 5), Scored(1.0, 6, 9)]


SPANS = st.lists(
    st.builds(
        lambda score, start, length: Scored(float(score), start, start + length),
        st.integers(-4, 4),
        st.integers(0, 30),
        st.integers(1, 8),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(SPANS, st.integers(0, 8))
def test_merged_spans_are_the_best_without_overlap(spans: list[Scored], count: int) -> None:
    """Sorted, at most `count`, none overlapping; the best is kept, and what was dropped had a better one."""
    kept = merged(spans, count)
    assert len(kept) <= count
    assert set(kept) <= set(spans)
    order = [(-span.score, span.start, span.end) for span in kept]
    assert order == sorted(order)
    assert not any(one.overlaps(other) for i, one in enumerate(kept) for other in kept[:i])
    if spans and count:
        assert kept[0].score == max(span.score for span in spans)
    for span in set(spans) - set(kept):
        beaten = any(span.overlaps(better) and better.score >= span.score for better in kept)
        assert beaten or (len(kept) == count and all(better.score >= span.score for better in kept))
    assert merged(spans[::-1], count) == kept
