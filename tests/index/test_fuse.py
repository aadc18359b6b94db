"""Arithmetic over ranked lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import coverage, duplicate_groups, fused, proximity, rarity, recency, scaled, shingles


def test_scaled_stretches_to_the_unit_interval() -> None:
    """The worst score becomes 0, the best 1, the rest lies between in proportion."""
    assert scaled({1: 2.0, 2: 6.0, 3: 4.0}) == {1: 0.0, 2: 1.0, 3: 0.5}
    assert scaled({1: -8.0, 2: -4.0, 3: -5.0}) == {1: 0.0, 2: 1.0, 3: 0.75}


def test_scaled_equal_scores_are_all_best() -> None:
    """A single score, or several equal ones, count in full."""
    assert scaled({7: -3.5}) == {7: 1.0}
    assert scaled({1: 0.0, 2: 0.0}) == {1: 1.0, 2: 1.0}
    assert scaled({}) == {}


def test_fused_adds_weighted_lists() -> None:
    """A key gets from each list its scaled score times the weight, and nothing where it is missing."""
    dense = {1: 0.9, 2: 0.5, 3: 0.7}
    bm25 = {3: 12.0, 4: 4.0}
    assert fused([(1.0, dense), (0.5, bm25)]) == {
        1: pytest.approx(1.0),
        2: pytest.approx(0.0),
        3: pytest.approx(1.0),  # 0.5 of the dense list and all of the other
        4: pytest.approx(0.0),
    }
    assert fused([(2.0, {1: 3.0})]) == {1: 2.0}
    assert fused([]) == {}
    assert fused([(1.0, {}), (1.0, {5: 1.0})]) == {5: 1.0}


@given(st.dictionaries(st.integers(), st.floats(-1e6, 1e6), min_size=1))
def test_scaled_keeps_order_and_range(scores: dict[int, float]) -> None:
    """Scaling never swaps two keys nor leaves the unit interval."""
    result = scaled(scores)
    assert result.keys() == scores.keys()
    assert max(result.values()) == 1.0
    ordered = sorted(scores, key=lambda key: scores[key])
    values = [result[key] for key in ordered]
    assert values == sorted(values)
    assert values[0] in (0.0, 1.0)


@pytest.mark.parametrize(
    ("published", "asked_on", "expected"),
    [
        ("2021-10-06", "2021-10-06", 1.0),
        ("2021-10-06T23:59:00+02:00", "2021-10-06", 1.0),
        ("2021-09-29", "2021-10-06", 0.889247),  # 1 - ln 2 / ln (1 + 3650/7)
        ("2020-10-06", "2021-10-06", 0.365185),  # 1 - ln (1 + 365/7) / ln (1 + 3650/7)
        ("2021-10-07", "2021-10-06", 0.0),
        ("2011-10-06", "2021-10-06", 0.0),
        ("1911-10-06", "2021-10-06", 0.0),
        (None, "2021-10-06", 0.0),
        ("2021-10-06", None, 0.0),
        (None, None, 0.0),
    ],
)
def test_recency(published: str | None, asked_on: str | None, expected: float) -> None:
    """1 on the day itself, falling with log age to 0 at ten years; 0 for the future and for no date."""
    assert recency(published, asked_on) == pytest.approx(expected, abs=1e-6)


def test_recency_ends_are_exact() -> None:
    """The ends of the scale are exactly 1 and 0."""
    assert recency("2021-10-06", "2021-10-06") == 1.0
    assert recency("2011-10-06", "2021-10-06") == 0.0
    assert recency("2021-10-07", "2021-10-06") == 0.0


def test_rarity() -> None:
    """Stems in fewer texts weigh more, one in no text most; the weights add up to 1."""
    texts = [frozenset({"mill", "shut"}), frozenset({"mill"})]
    assert rarity(frozenset({"mill", "otter"}), texts) == {
        "mill": pytest.approx(0.267513, abs=1e-6),  # ln 1.8 / ln 9
        "otter": pytest.approx(0.732487, abs=1e-6),  # ln 5 / ln 9
    }
    assert rarity(frozenset({"mill"}), texts) == {"mill": 1.0}
    assert rarity(frozenset(), texts) == {}
    assert rarity(frozenset({"mill"}), []) == {"mill": 0.0}


def test_coverage() -> None:
    """The weights of the stems that a text holds are added up."""
    weights = {"mill": 0.5, "otter": 0.25, "pier": 0.25}
    assert coverage(weights, frozenset({"pier", "mill", "dusk"})) == 0.75
    assert coverage(weights, frozenset()) == 0
    assert coverage({}, frozenset({"mill"})) == 0


def test_proximity() -> None:
    """The best pair of neighboring sentences counts, not what is scattered over the passage."""
    weights = {"mill": 0.5, "otter": 0.25, "pier": 0.25}
    mill, otter, pier, dusk = (frozenset({word}) for word in ("mill", "otter", "pier", "dusk"))
    assert proximity(weights, [mill]) == 0.5
    assert proximity(weights, [dusk, otter, pier]) == 0.5
    assert proximity(weights, [mill, dusk, otter, pier]) == 0.5
    assert proximity(weights, [otter, mill, dusk]) == 0.75
    assert proximity(weights, [mill | otter | pier, dusk]) == 1.0
    assert proximity(weights, []) == 0.0


def test_shingles_are_runs_of_four_words() -> None:
    """Each run of four words counts once, in lower case; a shorter text is one run."""
    assert shingles("The tide rose, and fell.") == {
        ("the", "tide", "rose", "and"),
        ("tide", "rose", "and", "fell"),
    }
    assert shingles("High tide") == {("high", "tide")}
    assert shingles("") == {()}


FERRY = "The ferry struck the breakwater at dawn and nine people were hurt"
CUP = "Harrow won the cup on penalties after extra time in the rain"


def test_duplicates_join_the_first_of_their_kind() -> None:
    """A copy, and a copy with more around it, join the group of the first; another text does not."""
    texts = [FERRY, CUP, FERRY.upper() + "!", "Officials said: " + FERRY + ", two of them badly."]
    assert duplicate_groups(texts, 0.8, 10) == [[0, 2, 3], [1]]


def test_a_part_of_a_text_is_its_copy() -> None:
    """Containment counts, whichever of the two is shorter."""
    part = "struck the breakwater at dawn and nine people"
    assert duplicate_groups([FERRY, part], 1.0, 10) == [[0, 1]]
    assert duplicate_groups([part, FERRY], 1.0, 10) == [[0, 1]]


def test_similarity_is_the_share_of_the_shorter_text() -> None:
    """Of 9 shingles one changed last word breaks one: 8 in 9 pass at 0.88 and fail at 0.9."""
    changed = FERRY.rsplit(" ", 1)[0] + " injured"
    assert duplicate_groups([FERRY, changed], 0.88, 10) == [[0, 1]]
    assert duplicate_groups([FERRY, changed], 0.9, 10) == [[0], [1]]


def test_the_limit_counts_groups() -> None:
    """Past the limit no group is opened, yet copies of the kept ones still join."""
    assert duplicate_groups([FERRY, CUP, "Something else again entirely", FERRY], 0.8, 1) == [[0, 3]]
    assert duplicate_groups([FERRY], 0.8, 0) == []
    assert duplicate_groups([], 0.8, 5) == []
