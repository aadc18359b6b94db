"""Measures the reader alone: labelled questions with the context that does, or does not, answer them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from .errors import DatasetError
from .metrics import auroc, best_at_threshold, exact_match, f1
from .reader.model import ExtractiveReader, Reading

_BATCH = 256


@dataclass(frozen=True, slots=True)
class LabelledReading:
    """A question, a context, and what of the context answers; nothing when it does not."""

    question: str
    context: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What the reader found in one context."""

    labelled: LabelledReading
    answer: str
    """The best span's words, whatever its score; empty when there was none."""
    score: float


def load_readings(path: Path) -> list[LabelledReading]:
    """Read JSON Lines, gzipped or not, of `question`, `context` and the list `answers`."""
    readings = []
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    readings.append(_parsed(line, f"{path}, line {number}"))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{path} cannot be read ({reason}); give a JSON Lines file") from None
    if not readings:
        raise DatasetError(f"{path} holds no questions")
    return readings


def _parsed(line: bytes, place: str) -> LabelledReading:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise DatasetError(f"{place}: it is not a JSON object") from None
    if not isinstance(row, dict):
        raise DatasetError(f"{place}: it is not a JSON object")
    question, context, answers = row.get("question"), row.get("context"), row.get("answers")
    if not isinstance(question, str) or not isinstance(context, str) or not isinstance(answers, list):
        raise DatasetError(f"{place}: it needs `question`, `context` and the list `answers`")
    return LabelledReading(question, context, tuple(map(str, answers)))


def read_all(reader: ExtractiveReader, readings: Sequence[LabelledReading]) -> Iterator[ReadOutcome]:
    """The best span of every context."""
    for begin in range(0, len(readings), _BATCH):
        batch = readings[begin : begin + _BATCH]
        found = reader.extract([Reading(labelled.question, labelled.context) for labelled in batch])
        for labelled, spans in zip(batch, found, strict=True):
            best = spans[0] if spans else None
            yield ReadOutcome(
                labelled,
                labelled.context[best.start : best.end] if best else "",
                best.score if best else -1e9,
            )


def reading_figures(outcomes: Sequence[ReadOutcome]) -> dict[str, object]:
    """The reader's figures by the names `byline eval --reading --json` writes; null where undefined.

    `exact_match` and `f1` are over the answerable questions with an answer forced; `best_*` are over
    all, where giving no answer is right for the unanswerable, at the threshold that suits each best
    (Rajpurkar, Jia and Liang, "Know What You Don't Know", 2018, and SQuAD 2.0's evaluation script).
    """
    answerable = [bool(outcome.labelled.answers) for outcome in outcomes]
    scores = [outcome.score for outcome in outcomes]
    exact = [float(exact_match(outcome.answer, outcome.labelled.answers)) for outcome in outcomes]
    overlap = [f1(outcome.answer, outcome.labelled.answers) for outcome in outcomes]
    return {
        "questions": len(outcomes),
        "answerable": sum(answerable),
        "exact_match": _mean_where(answerable, exact),
        "f1": _mean_where(answerable, overlap),
        "best_exact_match": best_at_threshold(exact, answerable, scores),
        "best_f1": best_at_threshold(overlap, answerable, scores),
        "auroc": auroc(answerable, scores),
    }


def _mean_where(wanted: Sequence[bool], values: Sequence[float]) -> float | None:
    kept = [value for want, value in zip(wanted, values, strict=True) if want]
    return fmean(kept) if kept else None
