"""Measures the whole system on labelled questions: retrieval, answers, confidence, speed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median

from index.types import Collection, Hit

from .answerer import Answerer, Question
from .dataset import Dataset, LabelledQuestion
from .metrics import (
    auroc,
    contains_answer,
    exact_match,
    f1,
    percentiles,
    risk_coverage,
)
from .types import Timings

DEPTHS = (1, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    question: LabelledQuestion
    answer: str
    """The best candidate, whatever its score; empty when there was none."""
    score: float
    first_hit: int | None
    """The rank of the first passage that holds an accepted answer."""
    passage_words: tuple[int, ...]
    timings: Timings

    @property
    def right(self) -> bool:
        """Whether an accepted answer stands in the best candidate as whole words."""
        return contains_answer(self.answer, self.question.answers)


def ask_all(answerer: Answerer, collection: Collection, dataset: Dataset) -> Iterator[Outcome]:
    """Ask every question of the dataset; `answerer` must answer at any score."""
    for question in dataset.questions:
        answer = answerer.answer(
            Question(question.text, asked_on=question.asked_on), [collection], depth=max(DEPTHS)
        )
        yield Outcome(
            question=question,
            answer=answer.answer or "",
            score=-math.inf if answer.score is None else answer.score,
            first_hit=first_hit(answer.hits, question.answers),
            passage_words=tuple(len(hit.passage.text.split()) for hit in answer.hits),
            timings=answer.timings_ms,
        )


def first_hit(hits: Sequence[Hit], answers: Sequence[str]) -> int | None:
    """The rank of the first passage whose text, without its title, holds an accepted answer."""
    return next((hit.rank for hit in hits if contains_answer(hit.passage.text, answers)), None)


def figures(outcomes: Sequence[Outcome], threshold: float) -> dict[str, object]:
    """All figures of a run, by the names `byline eval --json` writes; null where undefined."""
    answerable = [outcome for outcome in outcomes if outcome.question.answers]
    right = [outcome.right for outcome in outcomes]
    scores = [max(outcome.score, -1e9) for outcome in outcomes]
    answered = [is_right for is_right, score in zip(right, scores, strict=True) if score >= threshold]
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
        "contains_answer": _share([outcome.right for outcome in answerable]),
        "threshold": threshold,
        "answered": len(answered) / len(outcomes) if outcomes else None,
        "precision_at_threshold": _share(answered),
        "auroc": auroc(right, scores),
        "latency_ms": {
            stage: percentiles([timings[stage] for timings in stages])
            for stage in ("encode", "retrieve", "read", "total")
        },
        "risk_coverage": risk_coverage(right, scores) if outcomes else [],
        "baselines": baseline_figures([outcome.question for outcome in answerable]),
    }


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
