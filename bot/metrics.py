"""Pure functions from answers to figures. All shares are 0–1."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-"})
"""Typographic marks and what stands for them on a keyboard."""
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalise_answer(text: str) -> str:
    """Lower case without punctuation, articles and extra space, typographic marks folded first.

    The normalisation of SQuAD's official evaluation script (Rajpurkar et al., 2016).
    """
    bare = text.translate(FOLD).lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact_match(answer: str, accepted: Sequence[str]) -> bool:
    """Whether the answer equals an accepted one after normalisation."""
    return normalise_answer(answer) in map(normalise_answer, accepted)


def f1(answer: str, accepted: Sequence[str]) -> float:
    """The best token-overlap F1 with an accepted answer, as SQuAD computes it."""
    return max(
        (_f1(normalise_answer(answer).split(), normalise_answer(gold).split()) for gold in accepted),
        default=0.0,
    )


def _f1(answer: list[str], gold: list[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    shared = sum((Counter(answer) & Counter(gold)).values())
    return 2 * shared / (len(answer) + len(gold))


def contains_answer(text: str, accepted: Sequence[str]) -> bool:
    """Whether an accepted answer stands in `text` as whole tokens, both normalised."""
    padded = f" {normalise_answer(text)} "
    return any(f" {gold} " in padded for gold in map(normalise_answer, accepted) if gold)


def auroc(right: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The chance that a right answer scores above a wrong one; None when all are of one kind."""
    if len(set(right)) < 2:
        return None
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 (heavy to import)

    return float(roc_auc_score(right, scores))


def risk_coverage(right: Sequence[bool], scores: Sequence[float], steps: int = 20) -> list[dict[str, float]]:
    """The share of wrong answers when only the best-scored share of questions is answered.

    One row for each of `steps` coverages up to 1, with the score that had to be reached.
    """
    order = np.argsort(-np.asarray(scores, np.float64), kind="stable")
    wrong = np.cumsum(~np.asarray(right, bool)[order])
    rows = []
    for step in range(1, steps + 1):
        answered = max(1, round(len(order) * step / steps))
        if answered <= len(order):
            rows.append(
                {
                    "coverage": answered / len(order),
                    "risk": float(wrong[answered - 1]) / answered,
                    "threshold": float(np.asarray(scores)[order[answered - 1]]),
                }
            )
    return rows


def percentiles(values_ms: Sequence[float]) -> dict[str, float | None]:
    """The median and the 95th percentile; None of nothing."""
    if not values_ms:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(values_ms, (50, 95))
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def best_at_threshold(
    worth: Sequence[float], answerable: Sequence[bool], scores: Sequence[float]
) -> float | None:
    """The best mean over all questions when those below a score are left unanswered.

    An answer is worth `worth`; leaving a question open is worth 1 when it is unanswerable, else 0.
    Questions of one score are answered together. None without questions.
    """
    if not worth:
        return None
    order = np.argsort(-np.asarray(scores, np.float64), kind="stable")
    ordered = np.asarray(scores, np.float64)[order]
    is_open = ~np.asarray(answerable, bool)[order]
    # Having answered the first n: what they are worth, and what is left open among the others.
    answered = np.concatenate([[0.0], np.cumsum(np.asarray(worth, np.float64)[order])])
    left_open = is_open.sum() - np.concatenate([[0], np.cumsum(is_open)])
    borders = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    return float(((answered + left_open)[borders]).max() / len(order))


def calibration_error(right: Sequence[bool], confidences: Sequence[float], bins: int = 10) -> float | None:
    """Expected calibration error over equal-mass bins; None without answers.

    The mean distance between a bin's share of right answers and its mean confidence (Naeini, Cooper
    and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015, with bins
    of equal mass as in Nguyen and O'Connor, "Posterior Calibration", 2015).
    """
    if not right:
        return None
    order = np.argsort(np.asarray(confidences, np.float64), kind="stable")
    was_right = np.asarray(right, np.float64)[order]
    said = np.asarray(confidences, np.float64)[order]
    parts = np.array_split(np.arange(len(order)), bins)
    gaps = [len(part) * abs(was_right[part].mean() - said[part].mean()) for part in parts if len(part)]
    return float(sum(gaps) / len(order))
