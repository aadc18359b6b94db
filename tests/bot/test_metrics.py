"""The figures' arithmetic, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.metrics import (
    auroc,
    contains_answer,
    exact_match,
    f1,
    normalise_answer,
    percentiles,
    risk_coverage,
)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The Lantern", "lantern"),
        ("a lantern, an owl & the sea", "lantern owl sea"),
        ("Another theme than that", "another theme than that"),
        ("“Squid Game”", "squid game"),
        ("Squid Game", "squid game"),
        ("‘Squid’ „Game“", "squid game"),
        ("O’Dowd", "odowd"),
        ("2019–2021", "20192021"),
        ("2019-2021", "20192021"),
        ("2019—2021", "20192021"),
        ("  two\n\tlines ", "two lines"),
        ("$1.37 billion", "137 billion"),
        ("The", ""),
        ("...", ""),
        ("", ""),
        ("ÉCLAIR", "éclair"),
    ],
)
def test_normalise_answer(text: str, normalised: str) -> None:
    """Case, articles, punctuation and typographic marks do not count; words and their order do."""
    assert normalise_answer(text) == normalised


@pytest.mark.parametrize(
    ("answer", "accepted", "matches"),
    [
        ("“Squid Game”", ["Squid Game"], True),
        ("the Lantern.", ["An owl", "lantern"], True),
        ("2019–2021", ["2019-2021"], True),
        ("Lantern Street", ["Lantern"], False),
        ("Street Lantern", ["Lantern Street"], False),
        ("", [], False),
        ("", ["Lantern"], False),
        ("Lantern", [], False),
    ],
)
def test_exact_match(answer: str, accepted: list[str], matches: bool) -> None:
    """Equal to one of the accepted answers after normalisation, and nothing less."""
    assert exact_match(answer, accepted) is matches


@pytest.mark.parametrize(
    ("answer", "accepted", "value"),
    [
        ("Ilsa Marrow", ["Ilsa Marrow"], 1.0),
        ("director Ilsa Marrow", ["Ilsa Marrow"], 0.8),
        ("Marrow", ["Ilsa Marrow"], 2 / 3),
        ("Ilsa Marrow and Oda Trevell", ["Oda Trevell"], 4 / 7),
        ("Marrow", ["Oda Trevell", "Ilsa Marrow"], 2 / 3),
        ("red red red", ["red green"], 0.4),
        ("red red", ["red red green green"], 2 / 3),
        ("blue", ["red"], 0.0),
        ("", ["red"], 0.0),
        ("red", [], 0.0),
        ("", [], 0.0),
        ("the", ["a"], 1.0),
        ("the", ["red"], 0.0),
    ],
)
def test_f1(answer: str, accepted: list[str], value: float) -> None:
    """Twice the shared tokens over all tokens of both, best of the accepted, repeats counted once each."""
    assert f1(answer, accepted) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "accepted", "held"),
    [
        ("The European court sat in Ghent.", ["Europe"], False),
        ("All of Europe was asked.", ["Europe"], True),
        ("Europe", ["Europe"], True),
        ("It took 14 months.", ["4"], False),
        ("It took 14 months.", ["14 months"], True),
        ("It took 14 long months.", ["14 months"], False),
        ("They watched “Squid Game” at home.", ["Squid Game"], True),
        ("It was Marrow.", ["Trevell", "the Marrow"], True),
        ("It was Marrow.", [], False),
        ("It was Marrow.", [""], False),
        ("It was Marrow.", ["the", "..."], False),
        ("", ["Marrow"], False),
    ],
)
def test_contains_answer(text: str, accepted: list[str], held: bool) -> None:
    """An accepted answer must stand in the text as whole tokens, one after the other."""
    assert contains_answer(text, accepted) is held


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_what_matches_exactly_is_contained_and_overlaps_fully(answer: str, accepted: str) -> None:
    """Exact match implies F1 of 1 and, when there is any word, that the answer is contained."""
    if exact_match(answer, [accepted]):
        assert f1(answer, [accepted]) == 1.0
        assert contains_answer(answer, [accepted]) is (normalise_answer(accepted) != "")


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_f1_is_symmetric_and_a_share(left: str, right: str) -> None:
    """Answer and accepted answer can trade places, and the value stays within 0 and 1."""
    assert f1(left, [right]) == f1(right, [left])
    assert 0.0 <= f1(left, [right]) <= 1.0


@pytest.mark.parametrize(
    ("right", "scores", "area"),
    [
        ([True, True, False, False], [0.9, 0.8, 0.3, 0.1], 1.0),
        ([False, False, True, True], [0.9, 0.8, 0.3, 0.1], 0.0),
        ([True, False, True, False], [0.9, 0.8, 0.3, 0.1], 0.75),
        ([True, False], [0.5, 0.5], 0.5),
        ([True, True], [0.9, 0.1], None),
        ([False], [0.9], None),
        ([], [], None),
    ],
)
def test_auroc(right: list[bool], scores: list[float], area: float | None) -> None:
    """The share of right–wrong pairs in the right order, ties half; undefined without both kinds."""
    assert auroc(right, scores) == area


def test_risk_coverage_rows() -> None:
    """Questions are taken best score first; each row tells how many of those were wrong."""
    assert risk_coverage([True, False, True, False], [0.9, 0.2, 0.4, 0.7], steps=4) == [
        {"coverage": 0.25, "risk": 0.0, "threshold": 0.9},
        {"coverage": 0.5, "risk": 0.5, "threshold": 0.7},
        {"coverage": 0.75, "risk": 1 / 3, "threshold": 0.4},
        {"coverage": 1.0, "risk": 0.5, "threshold": 0.2},
    ]


def test_risk_coverage_has_twenty_rows() -> None:
    """By default a row for every twentieth of the questions, the last for all of them."""
    right = [number < 30 for number in range(40)]
    rows = risk_coverage(right, [1 - number / 100 for number in range(40)])
    assert [row["coverage"] for row in rows] == [step / 20 for step in range(1, 21)]
    assert [row["risk"] for row in rows] == [
        *[0.0] * 15, 2 / 32, 4 / 34, 6 / 36, 8 / 38, 10 / 40
    ]  # fmt: skip
    assert rows[0]["threshold"] == 0.99
    assert rows[-1]["threshold"] == 0.61


def test_risk_coverage_of_one_question_and_of_none() -> None:
    """One question is all of the coverage in every row; none gives no rows."""
    assert risk_coverage([False], [0.3], steps=2) == [
        {"coverage": 1.0, "risk": 1.0, "threshold": 0.3},
        {"coverage": 1.0, "risk": 1.0, "threshold": 0.3},
    ]
    assert risk_coverage([], []) == []


@pytest.mark.parametrize(
    ("values", "p50", "p95"),
    [
        ([], None, None),
        ([7.0], 7.0, 7.0),
        ([10.0, 20.0], 15.0, 19.5),
        ([float(value) for value in range(101)], 50.0, 95.0),
        ([1.0, 1.0, 1.26], 1.0, 1.2),
    ],
)
def test_percentiles(values: list[float], p50: float | None, p95: float | None) -> None:
    """The median and the 95th percentile, interpolated, to a tenth of a millisecond."""
    assert percentiles(values) == {"p50": p50, "p95": p95}
