"""Measures the whole system on labelled questions: retrieval, answers, confidence, speed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from index.types import Collection, Hit

from .answerer import Answerer, Question
from .candidates import FEATURES, features, gathered
from .dataset import Dataset, LabelledQuestion
from .errors import DatasetError
from .metrics import (
    auroc,
    calibration_error,
    contains_answer,
    exact_match,
    f1,
    percentiles,
    risk_coverage,
)
from .reader.calibrate import Calibration, Identity, cross_validated, fit
from .types import Timings

DEPTHS = (1, 5, 10, 20, 50)

# An answer of more words than this is never counted as right.
_MOST_WORDS = 10
# Candidates of each question that a calibration is fitted on.
_FITTED = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    question: LabelledQuestion
    answer: str
    """The best candidate, however sure; empty when there was none."""
    confidence: float | None
    score: float
    """The reader's score of the best candidate; -inf when there was none."""
    candidates: tuple[str, ...]
    """The words of the first candidates, by their evidence."""
    signs: NDArray[np.float64]
    """What speaks for each of them, shape (n, features)."""
    first_hit: int | None
    """The rank of the first passage that holds an accepted answer."""
    passage_words: tuple[int, ...]
    timings: Timings

    @property
    def right(self) -> bool:
        """Whether the best candidate is right."""
        return is_right(self.answer, self.question.answers)

    @property
    def sureness(self) -> float:
        """The confidence, or the score without a calibration."""
        return self.score if self.confidence is None else self.confidence

    def is_answered(self, threshold: float) -> bool:
        """Whether a person would be given the answer."""
        return self.score > 0 if self.confidence is None else self.confidence >= threshold


def ask_all(answerer: Answerer, collection: Collection, dataset: Dataset) -> Iterator[Outcome]:
    """Ask every question of the dataset; `answerer` must answer at any confidence."""
    for question in dataset.questions:
        answer = answerer.answer(
            Question(question.text, asked_on=question.asked_on), [collection], depth=max(DEPTHS)
        )
        candidates = gathered(answer.spans)
        yield Outcome(
            question=question,
            answer=answer.answer or "",
            confidence=answer.confidence,
            candidates=tuple(candidate.text for candidate in candidates[:_FITTED]),
            signs=features(question.text, candidates)[:_FITTED],
            score=-math.inf if answer.score is None else answer.score,
            first_hit=first_hit(answer.hits, question.answers),
            passage_words=tuple(len(hit.passage.text.split()) for hit in answer.hits),
            timings=answer.timings_ms,
        )


def is_right(answer: str, accepted: Sequence[str]) -> bool:
    """Whether an accepted answer stands in a short answer as whole words.

    One of over ten words is right by luck, and no answer to the person who asked.
    """
    return len(answer.split()) <= _MOST_WORDS and contains_answer(answer, accepted)


def first_hit(hits: Sequence[Hit], answers: Sequence[str]) -> int | None:
    """The rank of the first passage whose text, without its title, holds an accepted answer."""
    return next((hit.rank for hit in hits if contains_answer(hit.passage.text, answers)), None)


def figures(outcomes: Sequence[Outcome], threshold: float) -> dict[str, object]:
    """All figures of a run, by the names `byline eval --json` writes; null where undefined."""
    answerable = [outcome for outcome in outcomes if outcome.question.answers]
    right = [outcome.right for outcome in outcomes]
    scores = [max(outcome.sureness, -1e9) for outcome in outcomes]
    given = [outcome.is_answered(threshold) for outcome in outcomes]
    answered = [is_right for is_right, is_given in zip(right, given, strict=True) if is_given]
    found = [outcome.first_hit for outcome in answerable]
    stages = [asdict(outcome.timings) for outcome in outcomes]
    return {
        "questions": len(outcomes),
        **{
            f"hits@{depth}": _share([rank is not None and rank <= depth for rank in found])
            for depth in DEPTHS
        },
        "mrr@10": _share([1 / rank if rank is not None and rank <= 10 else 0.0 for rank in found]),
        "passage_words": median(words) if (words := [w for o in outcomes for w in o.passage_words]) else None,
        "exact_match": _share(
            [exact_match(outcome.answer, outcome.question.answers) for outcome in answerable]
        ),
        "f1": _share([f1(outcome.answer, outcome.question.answers) for outcome in answerable]),
        "contains_answer": _share(
            [contains_answer(outcome.answer, outcome.question.answers) for outcome in answerable]
        ),
        "threshold": threshold,
        "answered": len(answered) / len(outcomes) if outcomes else None,
        "precision_at_threshold": _share(answered),
        "refused": _share(
            [
                not is_given
                for outcome, is_given in zip(outcomes, given, strict=True)
                if not outcome.question.answers
            ]
        ),
        "auroc": auroc(right, scores),
        "calibration_error": _calibration_error(outcomes),
        "latency_ms": {
            stage: percentiles([timings[stage] for timings in stages])
            for stage in ("encode", "retrieve", "read", "total")
        },
        "risk_coverage": curve(outcomes),
        "baselines": baseline_figures([outcome.question for outcome in answerable]),
    }


def curve(outcomes: Sequence[Outcome]) -> list[dict[str, float]]:
    """The risk–coverage curve of the outcomes, the surest answers first."""
    scores = [max(outcome.sureness, -1e9) for outcome in outcomes]
    return risk_coverage([outcome.right for outcome in outcomes], scores) if outcomes else []


def _calibration_error(outcomes: Sequence[Outcome]) -> float | None:
    said = [(outcome.right, outcome.confidence) for outcome in outcomes if outcome.confidence is not None]
    return calibration_error([right for right, _ in said], [confidence for _, confidence in said])


def fitted(outcomes: Mapping[str, Sequence[Outcome]], identity: Identity) -> Calibration:
    """A calibration for the models that gave these outcomes; each dataset counts the same."""
    rows, right, weights, _ = _training_rows(outcomes)
    slope, offset = fit(rows, right, weights)
    sizes = {name: len(dataset) for name, dataset in outcomes.items()}
    return Calibration(identity, FEATURES, tuple(map(float, slope)), offset, sizes)


def cross_validated_confidences(outcomes: Mapping[str, Sequence[Outcome]]) -> dict[str, list[Outcome]]:
    """The outcomes with the confidences of calibrations that have not seen their question.

    The answer is chosen among the candidates that an outcome keeps, half of those that an answerer rates.
    """
    rows, right, weights, groups = _training_rows(outcomes)
    probabilities = iter(cross_validated(rows, right, weights, groups))
    return {
        name: [_chosen(outcome, [next(probabilities) for _ in outcome.candidates]) for outcome in dataset]
        for name, dataset in outcomes.items()
    }


def _chosen(outcome: Outcome, probabilities: Sequence[float]) -> Outcome:
    """The outcome with the most probable candidate as its answer."""
    if not probabilities:
        return outcome
    best = int(np.argmax(probabilities))
    return replace(outcome, answer=outcome.candidates[best], confidence=float(probabilities[best]))


def _training_rows(
    outcomes: Mapping[str, Sequence[Outcome]],
) -> tuple[NDArray[np.float64], list[bool], list[float], list[int]]:
    """Of every candidate: its features, whether it is right, its weight, its question's number."""
    rows, right, weights, groups = [], [], [], []
    for dataset in outcomes.values():
        candidates = sum(len(outcome.candidates) for outcome in dataset)
        for number, outcome in enumerate(dataset):
            rows.append(outcome.signs)
            right += [is_right(text, outcome.question.answers) for text in outcome.candidates]
            weights += [1 / candidates for _ in outcome.candidates]
            groups += [number] * len(outcome.candidates)
    if len(set(right)) < 2:
        raise DatasetError("a calibration needs several right answers and several wrong ones")
    scale = len(weights) / sum(weights) if weights else 1.0
    return np.concatenate(rows), right, [weight * scale for weight in weights], groups


def baseline_figures(questions: Sequence[LabelledQuestion]) -> dict[str, dict[str, float | None]]:
    """What published systems reach on the same questions, by the same functions."""
    names = dict.fromkeys(name for question in questions for name in question.baselines)
    table = {}
    for name in names:
        answers = [(question.baselines.get(name, ""), question.answers) for question in questions]
        table[name] = {
            "exact_match": _share([exact_match(answer, accepted) for answer, accepted in answers]),
            "f1": _share([f1(answer, accepted) for answer, accepted in answers]),
            "contains_answer": _share([contains_answer(answer, accepted) for answer, accepted in answers]),
        }
    return table


def _share(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
