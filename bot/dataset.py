"""Evaluation data: a folder with `articles.jsonl[.gz]` and `questions.jsonl`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from index.dates import parse_published

from .errors import DatasetError


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question whose answer is known. Nothing else of the dataset reaches the system under test."""

    text: str
    answers: tuple[str, ...]
    """All accepted answers; empty when the articles do not say."""
    asked_on: str | None
    baselines: dict[str, str]
    """What published systems answered, by their names; for comparison only."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Articles, and questions about them."""

    name: str
    articles: Path
    questions: tuple[LabelledQuestion, ...]

    @property
    def key(self) -> str:
        """Names the dataset's index: the folder's name and a hash of the articles."""
        with self.articles.open("rb") as file:
            return f"{self.name}-{hashlib.file_digest(file, 'sha256').hexdigest()[:8]}"


def load_dataset(folder: Path) -> Dataset:
    """Read a dataset folder; DatasetError says which file or line is off."""
    articles = next(
        (path for path in (folder / "articles.jsonl.gz", folder / "articles.jsonl") if path.is_file()), None
    )
    if articles is None:
        raise DatasetError(f"{folder} holds no articles.jsonl or articles.jsonl.gz; give a dataset's folder")
    return Dataset(folder.resolve().name, articles, load_questions(folder))


def load_questions(folder: Path) -> tuple[LabelledQuestion, ...]:
    """Read a folder's `questions.jsonl`, with the answers of published systems where there are any."""
    baselines: dict[str, dict[str, str]] = {}
    if (folder / "baselines.jsonl").is_file():
        for _, line in _lines(folder / "baselines.jsonl"):
            answered = {name: str(answer) for name, answer in line.items() if name != "id"}
            baselines[str(line.get("id", ""))] = answered
    questions = []
    for number, line in _lines(folder / "questions.jsonl"):
        text, answers = line.get("question"), line.get("answers")
        if not isinstance(text, str) or not isinstance(answers, list):
            raise DatasetError(
                f"{folder / 'questions.jsonl'}, line {number}: it needs `question` and the list `answers`"
            )
        asked_on = parse_published(str(line["asked_on"])) if line.get("asked_on") else None
        if line.get("asked_on") and asked_on is None:
            raise DatasetError(
                f"{folder / 'questions.jsonl'}, line {number}: `asked_on` is no day; write it as 2021-10-01"
            )
        accepted = tuple(map(str, answers))
        questions.append(LabelledQuestion(text, accepted, asked_on, baselines.get(str(line.get("id")), {})))
    if not questions:
        raise DatasetError(f"{folder / 'questions.jsonl'} holds no questions")
    return tuple(questions)


def _lines(path: Path) -> list[tuple[int, dict[str, object]]]:
    """The objects of a JSON Lines file with their line numbers; blank lines are passed over."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read ({error}); give a dataset's folder") from None
    lines = []
    # Not `splitlines`: a JSON string may hold the other line ends of Unicode as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise DatasetError(f"{path}, line {number}: it is not a JSON object")
        lines.append((number, value))
    return lines
