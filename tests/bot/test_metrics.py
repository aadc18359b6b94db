"""The figures' arithmetic, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.metrics import (
    auroc,
    best_at_threshold,
    calibration_error,
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


@pytest.mark.parametrize(
    ("worth", "answerable", "scores", "best"),
    [
        ([], [], [], None),
        ([1.0], [True], [0.3], 1.0),
        ([0.0], [True], [0.3], 0.0),
        ([0.0], [False], [0.3], 1.0),
        # Answering the two best of four is worth 2, and leaving the unanswerable one open 1 more.
        ([1.0, 1.0, 0.0, 0.0], [True, True, False, True], [4.0, 3.0, 2.0, 1.0], 0.75),
        # An unanswerable question on top: answering nothing is worth 2, the first three 3 less its 1.
        ([0.0, 1.0, 1.0, 0.0], [False, True, True, False], [4.0, 3.0, 2.0, 1.0], 0.75),
        ([0.0, 0.5, 0.0, 0.0], [False, True, False, False], [4.0, 3.0, 2.0, 1.0], 0.75),
        ([0.5, 0.25], [True, True], [1.0, 2.0], 0.375),
        # One score for both: they are answered together (worth 1) or left open together (worth 1).
        ([1.0, 0.0], [True, False], [2.0, 2.0], 0.5),
        ([1.0, 0.0], [True, False], [2.0, 1.0], 1.0),
        ([0.0, 1.0], [False, True], [2.0, 2.0], 0.5),
        ([0.0, 1.0, 1.0], [False, True, True], [2.0, 2.0, 2.0], 2 / 3),
        ([1.0, 0.0], [True, False], [-1e9, -1e9], 0.5),
    ],
)
def test_best_at_threshold(
    worth: list[float], answerable: list[bool], scores: list[float], best: float | None
) -> None:
    """The best mean of what answers and silence are worth, over all thresholds."""
    assert best_at_threshold(worth, answerable, scores) == best


OUTCOMES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans(), st.integers(-3, 3)),
    min_size=1,
    max_size=20,
)


@settings(deadline=None)
@given(OUTCOMES)
def test_best_at_threshold_is_that_of_brute_force(outcomes: list[tuple[float, bool, int]]) -> None:
    """Every threshold tried one by one gives nothing better, and one of them gives it."""
    worth, answerable, scores = zip(*outcomes, strict=True)
    means = [
        sum(value if score >= threshold else float(not can) for value, can, score in outcomes) / len(outcomes)
        for threshold in range(-3, 5)
    ]
    assert best_at_threshold(worth, answerable, scores) == pytest.approx(max(means), abs=1e-12)


@pytest.mark.parametrize(
    ("right", "confidences", "bins", "error"),
    [
        ([], [], 10, None),
        ([True], [1.0], 10, 0.0),
        ([True], [0.25], 10, 0.75),
        ([False], [0.25], 10, 0.25),
        # One bin: half are right, 0.7 was said.
        ([True, False], [0.8, 0.6], 1, 0.2),
        # Two bins: 0.6 was said of the wrong one, 0.8 of the right one.
        ([True, False], [0.8, 0.6], 2, 0.4),
        ([True, False], [0.8, 0.6], 10, 0.4),
        # Two below (none right, 0.2 said), one above (right, 0.9 said): gaps 0.2, 0.2 and 0.1.
        ([True, False, False], [0.9, 0.3, 0.1], 2, 0.5 / 3),
        # Bins hold equally many, not equal stretches: all of these say between 0.5 and 0.53.
        ([False, False, True, True], [0.5, 0.51, 0.52, 0.53], 2, (0.505 + 0.475) / 2),
        ([True, False, True, False], [0.5, 0.5, 0.5, 0.5], 2, 0.0),
        ([True, True, True, False], [0.75, 0.75, 0.75, 0.75], 1, 0.0),
    ],
)
def test_calibration_error(
    right: list[bool], confidences: list[float], bins: int, error: float | None
) -> None:
    """How far what was said lies from what was right, bin by bin of equally many answers."""
    found = calibration_error(right, confidences, bins)
    assert found == (None if error is None else pytest.approx(error, abs=1e-12))


def test_calibration_error_has_ten_bins() -> None:
    """By default twenty answers are two a bin: that one of each two is right is what 0.5 says."""
    right = [number % 2 == 0 for number in range(20)]
    confidences = [0.5 + number / 1000 for number in range(20)]
    assert calibration_error(right, confidences) == pytest.approx(0.0095, abs=1e-12)
    assert calibration_error(right, [0.5] * 20) == 0.0


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=30), st.integers(1, 12))
def test_calibration_error_is_a_share(answers: list[tuple[bool, float]], bins: int) -> None:
    """Between 0 and 1, and never less than the distance of the two means over all."""
    right, confidences = zip(*answers, strict=True)
    error = calibration_error(right, confidences, bins)
    overall = abs(sum(right) - sum(confidences)) / len(right)
    assert error is not None
    assert overall - 1e-9 <= error <= 1.0
