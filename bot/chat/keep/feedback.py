"""What people said of answers, as an evaluation dataset."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from index.clean import clean_line
from index.errors import BylineError
from index.types import Article

from ...app import App
from ...dataset import LabelledQuestion
from .kept import Judged, KeptAnswer, Verdict, digest
from .places import Places


class ExportError(BylineError):
    """The feedback cannot be exported as asked."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The questions whose right answers are known, and how many judged answers gave none."""

    questions: tuple[LabelledQuestion, ...]
    not_corrected: int
    """Wrong, and nobody said what is right."""
    not_alone: int
    """Follow-ups, and questions of certain days or of one article: without that they ask something else."""

    def __str__(self) -> str:
        """What was exported and what was left out, for a person."""
        return (
            f"{len(self.questions):,} questions; left out: {self.not_corrected:,} wrong without a "
            f"correction, {self.not_alone:,} narrowed or following up"
        )


def export(app: App, folder: Path, server: int | None = None) -> Labelled:
    """Write the judged answers of all servers, or of one, with the articles they were asked of.

    The folder appears when all is written. It holds neither who asked nor where.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} is not an empty folder; choose a new one")
    with closing(Places(app)) as places:
        found = {place: list(_judged(places, place)) for place in _chosen(places, server)}
        labelled = label(judged for verdicts in found.values() for judged in verdicts)
        if not labelled.questions:
            raise ExportError(
                f"no judged answer can be exported ({labelled}); people judge with the buttons Good and Wrong"
            )
        _write(folder, labelled, _articles(places, [place for place, judged in found.items() if judged]))
    return labelled


def label(verdicts: Iterable[Judged]) -> Labelled:
    """The accepted answers of each judged answer's question; the verdicts on one answer stand together."""
    questions: list[LabelledQuestion] = []
    not_corrected = not_alone = 0
    for _, group in groupby(verdicts, key=lambda judged: judged.answer.id):
        judged = list(group)
        answer, accepted = judged[0].answer, _accepted(judged)
        if accepted is None:
            not_corrected += 1
        elif not _stands_alone(answer):
            not_alone += 1
        else:
            asked_on = datetime.fromtimestamp(answer.asked_at, UTC).date().isoformat()
            questions.append(LabelledQuestion(clean_line(answer.question), accepted, asked_on, {}))
    return Labelled(tuple(questions), not_corrected, not_alone)


def _accepted(judged: Sequence[Judged]) -> tuple[str, ...] | None:
    """What people called right: the answer given, corrections; none where the articles rightly did not say.

    None when all they said is that it is wrong.
    """
    good = any(one.verdict is Verdict.GOOD for one in judged)
    given = judged[0].answer.answer
    said = [given] if good and given is not None else []
    said += [one.correction for one in judged if one.verdict is Verdict.WRONG and one.correction is not None]
    accepted = tuple(dict.fromkeys(filter(None, map(clean_line, said))))
    return accepted if accepted or good else None


def _stands_alone(answer: KeptAnswer) -> bool:
    """Whether the question is all that was asked: an evaluation knows no more of it."""
    return (answer.previous, answer.since, answer.until, answer.article_id) == (None, None, None, None)


def _chosen(places: Places, server: int | None) -> list[int | None]:
    """The places whose feedback is wanted; None stands for direct messages."""
    known = sorted(places.servers())
    if server is None:
        return [*known, None]
    if server not in known:
        listed = ", ".join(map(str, known)) or "none yet"
        raise ExportError(f"nothing is kept of server {server} (there are: {listed}); give one that is")
    return [server]


def _judged(places: Places, place: int | None) -> Iterator[Judged]:
    if places.folder(place).is_dir():  # else looking would make one
        yield from places.memory(place).feedback()


def _articles(places: Places, asked: Iterable[int | None]) -> Iterator[dict[str, object]]:
    """The articles that were there to be asked, each once, as lines of JSON Lines."""
    written: dict[str, set[str]] = {}
    for place in asked:
        with places.collections(place) as collections:
            for collection in collections:
                for summary in collection.articles():
                    article = collection.article(summary.id)
                    if article is None:  # removed this moment
                        continue
                    versions, version = written.setdefault(article.id, set()), digest(article.text)
                    if version not in versions:
                        # Two servers may hold an article in two versions; under one name only one would
                        # be read back.
                        yield _line(article, f"{article.id}-{version}" if versions else None)
                        versions.add(version)


def _line(article: Article, other_name: str | None) -> dict[str, object]:
    line = {
        "id": other_name or article.id,
        "title": article.title,
        "url": None if other_name else article.url,
        "published": article.published,
        "authors": list(article.authors),
        "text": article.text,
    }
    return {name: value for name, value in line.items() if value}


def _write(folder: Path, labelled: Labelled, articles: Iterable[dict[str, object]]) -> None:
    """Write the dataset beside its place and move it there whole."""
    unfinished = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    questions = (
        {"question": question.text, "answers": question.answers, "asked_on": question.asked_on}
        for question in labelled.questions
    )
    try:
        unfinished.mkdir(parents=True)
        _write_lines(unfinished / "articles.jsonl", articles)
        _write_lines(unfinished / "questions.jsonl", questions)
        unfinished.replace(folder)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written ({error.strerror}); choose another place") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_lines(file: Path, lines: Iterable[Mapping[str, object]]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
