"""From features to probabilities: arithmetic by hand, and fits whose outcome is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ReaderError
from bot.reader.calibrate import Calibration, Identity, cross_validated, fit, load_calibration

LN3 = 1.0986122886681098
CALIBRATION = Calibration(
    Identity("all-MiniLM-L6-v2", "byline-reader", "200/40"),
    ("score", "margin"),
    (2.0, -1.0),
    0.5,
    {"harbour": 40, "orchard": 12},
)
JSON = """{
  "identity": {
    "encoder": "all-MiniLM-L6-v2",
    "reader": "byline-reader",
    "chunking": "200/40"
  },
  "features": [
    "score",
    "margin"
  ],
  "weights": [
    2.0,
    -1.0
  ],
  "offset": 0.5,
  "fitted_on": {
    "harbour": 40,
    "orchard": 12
  }
}
"""


def test_probabilities() -> None:
    """Weights times features plus the offset are log odds: none is one half, the log of 3 is 3 in 4."""
    rows = np.array([[0.0, 0.5], [LN3, LN3 + 0.5], [0.0, LN3 + 0.5], [LN3, 0.5]])
    assert CALIBRATION.probabilities(rows).tolist() == pytest.approx([0.5, 0.75, 0.25, 0.9], abs=1e-12)
    assert CALIBRATION.probabilities(np.empty((0, 2))).tolist() == []


def test_probabilities_of_what_is_beyond_all_bounds() -> None:
    """Features of any size give a probability, not an overflow."""
    rows = np.array([[1e300, 0.0], [-1e300, 0.0], [0.0, 1e9]])
    assert CALIBRATION.probabilities(rows).tolist() == [
        1.0,
        pytest.approx(1.9287498479639178e-22),
        pytest.approx(1.9287498479639178e-22),
    ]


def test_to_json() -> None:
    """A calibration is written so that a person can read it, whose it is first."""
    assert CALIBRATION.to_json() == JSON


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A calibration comes back as it was written."""
    (tmp_path / "own.json").write_text(JSON)
    assert load_calibration(tmp_path / "own.json", ("score", "margin")) == CALIBRATION


@settings(deadline=None)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dictionaries(st.text(), st.integers(0)),
)
def test_every_calibration_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, weights: list[float], offset: float, fitted_on: dict[str, int]
) -> None:
    """Not a digit is lost on the way through the file."""
    file = tmp_path_factory.mktemp("calibration") / "own.json"
    written = replace(CALIBRATION, weights=tuple(weights), offset=offset, fitted_on=fitted_on)
    file.write_text(written.to_json(), encoding="utf-8")
    assert load_calibration(file, ("score", "margin")) == written


def test_a_missing_calibration_is_refused(tmp_path: Path) -> None:
    """The error names the file, what is wrong with it, and the command that makes one."""
    with pytest.raises(ReaderError) as caught:
        load_calibration(tmp_path / "none.json", ("score", "margin"))
    assert str(caught.value) == (
        f"the calibration {tmp_path / 'none.json'} cannot be read (No such file or directory); "
        "fit one with: byline eval DATASET --calibrate FILE"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\xfa",
        b"[]",
        b"null",
        b'"a string"',
        b"{}",
        json.dumps({**json.loads(JSON), "identity": {"encoder": "e", "reader": "r"}}).encode(),
        json.dumps({**json.loads(JSON), "identity": "e"}).encode(),
        json.dumps({**json.loads(JSON), "weights": ["heavy", 1]}).encode(),
        json.dumps({**json.loads(JSON), "weights": None}).encode(),
        json.dumps({**json.loads(JSON), "offset": [0.5]}).encode(),
        json.dumps({**json.loads(JSON), "features": 2}).encode(),
        json.dumps({**json.loads(JSON), "fitted_on": 3}).encode(),
        json.dumps({key: value for key, value in json.loads(JSON).items() if key != "offset"}).encode(),
    ],
)
def test_what_is_no_calibration_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file of anything else is told from a calibration, whatever it holds."""
    file = tmp_path / "own.json"
    file.write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        load_calibration(file, ("score", "margin"))
    assert str(caught.value) == (
        f"{file} is not a calibration; fit one with: byline eval DATASET --calibrate FILE"
    )


@pytest.mark.parametrize(
    ("features", "weights"),
    [
        (["score"], [2.0]),
        (["margin", "score"], [2.0, -1.0]),
        (["score", "margin", "words"], [2.0, -1.0, 0.0]),
        (["score", "margin"], [2.0]),
    ],
)
def test_other_features_are_refused(tmp_path: Path, features: list[str], weights: list[float]) -> None:
    """Weights of other features, of the same in another order, or of too few mean nothing here."""
    file = tmp_path / "own.json"
    file.write_text(json.dumps({**json.loads(JSON), "features": features, "weights": weights}))
    with pytest.raises(ReaderError) as caught:
        load_calibration(file, ("score", "margin"))
    assert str(caught.value) == (
        f"the calibration {file} is of another version of Byline; "
        "fit one with: byline eval DATASET --calibrate FILE"
    )


def test_fit_finds_the_shares() -> None:
    """Right once in four without the feature, three times in four with it: the logs of 1/3 and 3."""
    rows = np.array([[0.0], [0.0], [1.0], [1.0]])
    slope, offset = fit(rows, [True, False, True, False], [1e6, 3e6, 3e6, 1e6])
    assert slope.tolist() == [pytest.approx(2 * LN3, abs=1e-3)]
    assert offset == pytest.approx(-LN3, abs=1e-3)


def test_fit_counts_a_row_by_its_weight() -> None:
    """A row of weight 3 counts like three rows; without the weights the feature would say nothing."""
    rows = np.array([[0.0], [0.0], [1.0], [1.0]])
    slope, offset = fit(rows, [True, False, True, False], [1.0, 1.0, 1.0, 1.0])
    assert (slope.tolist(), offset) == ([pytest.approx(0.0, abs=1e-9)], pytest.approx(0.0, abs=1e-9))


def test_fit_stays_finite_where_a_feature_tells_all() -> None:
    """The penalty holds the weight w at w(1 + e^w) = 2, which without one would grow for ever."""
    slope, offset = fit(np.array([[-1.0], [1.0]]), [False, True], [1.0, 1.0])
    assert slope.tolist() == [pytest.approx(0.6748, abs=1e-3)]
    assert offset == pytest.approx(0.0, abs=1e-6)


def test_fit_does_not_depend_on_units() -> None:
    """A feature measured in thousandths, from another zero, has another weight and says the same."""
    rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    right, weights = [False, True, False, True], [1.0, 1.0, 1.0, 1.0]
    slope, offset = fit(rows, right, weights)
    other_slope, other_offset = fit(rows * 1000 + 500, right, weights)
    assert other_slope[0] * 1000 == pytest.approx(slope[0], abs=1e-4)
    assert other_offset + other_slope[0] * 500 == pytest.approx(offset, abs=1e-4)
    assert slope[0] > 0.1


def test_a_feature_that_never_varies_has_no_weight() -> None:
    """A constant column neither divides by nothing nor counts."""
    rows = np.array([[7.0, 0.0], [7.0, 0.0], [7.0, 1.0], [7.0, 1.0]])
    slope, offset = fit(rows, [True, False, True, False], [1e6, 3e6, 3e6, 1e6])
    assert slope.tolist() == [0.0, pytest.approx(2 * LN3, abs=1e-3)]
    assert offset == pytest.approx(-LN3, abs=1e-3)


def test_fit_finds_what_made_the_data() -> None:
    """Of 8000 answers drawn from known odds, it finds weights and offset, and says no more than is true."""
    chance = np.random.default_rng(7)
    rows = np.column_stack(
        [chance.normal(1, 2, 8000), chance.normal(0, 0.5, 8000), chance.normal(0, 1, 8000)]
    )
    truth = 1 / (1 + np.exp(-(1.0 * rows[:, 0] - 2.0 * rows[:, 1] - 0.5)))
    right = chance.random(8000) < truth
    slope, offset = fit(rows, right.tolist(), [1.0] * 8000)
    assert slope.tolist() == pytest.approx([1.0, -2.0, 0.0], abs=0.12)
    assert offset == pytest.approx(-0.5, abs=0.12)
    said = replace(CALIBRATION, weights=tuple(slope), offset=offset).probabilities(rows)
    assert said.mean() == pytest.approx(right.mean(), abs=1e-4)
    for part in np.array_split(np.argsort(said), 10):
        assert said[part].mean() == pytest.approx(right[part].mean(), abs=0.05)


RIGHT = {0: 10, 1: 0, 2: 5, 3: 5, 4: 2}
"""Of ten answers of each group, how many are right."""


def test_cross_validation_has_not_seen_the_group() -> None:
    """Without any feature, each group is given the share of right answers among the other groups."""
    groups = [group for group in RIGHT for _ in range(10)]
    right = [place < RIGHT[group] for group in RIGHT for place in range(10)]
    said = cross_validated(np.zeros((50, 1)), right, [1.0] * 50, groups)
    expected = [0.3] * 10 + [0.55] * 10 + [0.425] * 10 + [0.425] * 10 + [0.5] * 10
    assert said.tolist() == pytest.approx(expected, abs=1e-4)


def test_cross_validation_tells_nothing_that_only_the_group_shows() -> None:
    """A feature that gives its own group's outcome away helps nobody: it was not there to learn from."""
    groups = [group for group in RIGHT for _ in range(10)]
    right = [place < RIGHT[group] for group in RIGHT for place in range(10)]
    telling = np.array([[1.0 if group == 0 else 0.0] for group in groups])
    seen, offset = fit(telling, right, [1.0] * 50)
    leaked = 1 / (1 + np.exp(-(seen[0] + offset)))
    assert leaked > 0.8
    said = cross_validated(telling, right, [1.0] * 50, groups)
    assert said[:10].tolist() == pytest.approx([0.3] * 10, abs=1e-4)


def test_cross_validation_weighs_rows_and_leaves_no_group_out() -> None:
    """With fewer groups than folds each still gets its probability; rows count by their weight."""
    right = [True, False, True, False]
    said = cross_validated(np.zeros((4, 1)), right, [3.0, 1.0, 1.0, 4.0], [0, 0, 1, 1])
    assert said.tolist() == pytest.approx([0.2, 0.2, 0.75, 0.75], abs=1e-4)


def test_rows_of_one_group_are_held_out_together_wherever_they_stand() -> None:
    """The order of the rows does not matter, and probabilities come in the rows' order."""
    groups = [2, 0, 2, 1, 0, 1, 1]
    right = [True, True, True, False, False, True, False]
    said = cross_validated(np.zeros((7, 1)), right, [1.0] * 7, groups)
    assert said.tolist() == pytest.approx([0.4, 0.6, 0.4, 0.75, 0.6, 0.75, 0.75], abs=1e-4)
