"""From what speaks for an answer to the probability that it is right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError, ReaderError

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """What a calibration belongs to: with anything else its probabilities mean nothing."""

    encoder: str
    reader: str
    chunking: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression: a weight for each feature, and an offset."""

    identity: Identity
    features: tuple[str, ...]
    weights: tuple[float, ...]
    offset: float
    fitted_on: dict[str, int]
    """The datasets, with how many questions of each."""

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability that each answer is right, shape (n,), from features of shape (n, k)."""
        return _logistic(rows @ np.array(self.weights) + self.offset)

    def to_json(self) -> str:
        """What `load_calibration` reads."""
        return json.dumps(asdict(self), indent=2) + "\n"


def load_calibration(file: Path, features: Sequence[str]) -> Calibration:
    """Read what `Calibration.to_json` wrote; ReaderError when it is something else."""
    advice = "fit one with: byline eval DATASET --calibrate FILE"
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        calibration = Calibration(
            Identity(**values["identity"]),
            tuple(values["features"]),
            tuple(map(float, values["weights"])),
            float(values["offset"]),
            dict(values["fitted_on"]),
        )
    except OSError as error:
        raise ReaderError(f"the calibration {file} cannot be read ({error.strerror}); {advice}") from None
    except (ValueError, TypeError, KeyError):
        raise ReaderError(f"{file} is not a calibration; {advice}") from None
    if calibration.features != tuple(features) or len(calibration.weights) != len(features):
        raise ReaderError(f"the calibration {file} is of another version of Byline; {advice}")
    return calibration


def fit(
    rows: NDArray[np.float64], right: Sequence[bool], weights: Sequence[float]
) -> tuple[NDArray[np.float64], float]:
    """The weight of each feature and the offset that make the answers most likely.

    Logistic regression with a small L2 penalty over standardised features (Platt, "Probabilistic
    Outputs for Support Vector Machines", 1999, with several features in place of one). `weights`
    says how much each row counts.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (heavy to import)

    if len(set(right)) < 2:
        raise DatasetError("a calibration needs several right answers and several wrong ones")
    middle, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((rows - middle) / scale, np.asarray(right, bool), sample_weight=np.asarray(weights))
    slope = model.coef_[0] / scale
    return slope, float(model.intercept_[0] - slope @ middle)


def cross_validated(
    rows: NDArray[np.float64], right: Sequence[bool], weights: Sequence[float], groups: Sequence[int]
) -> NDArray[np.float64]:
    """The probability of each row by a fit that has not seen its group, shape (n,)."""
    probabilities = np.zeros(len(rows))
    fold = np.asarray(groups) % _FOLDS
    was_right, weight = np.asarray(right, bool), np.asarray(weights)
    for number in range(_FOLDS):
        held = fold == number
        if held.any():
            slope, offset = fit(rows[~held], was_right[~held], weight[~held])
            probabilities[held] = _logistic(rows[held] @ slope + offset)
    return probabilities


def _logistic(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    probabilities: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0)))
    return probabilities
