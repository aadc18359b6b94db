"""Labelled questions and single sentences, as the files of training data have them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

WRITTEN = "written"
"""The source of questions that were written for this project (see written.py)."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a context that answers it at `start` to `end`, or does not (None)."""

    source: str
    group: str
    question: str
    context: str
    start: int | None
    end: int | None
    title: str | None = None
    """Put before the context: half of the time, for the reader must do without one as well."""

    @property
    def answer(self) -> str | None:
        """The words of the context that answer."""
        return None if self.start is None else self.context[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an encyclopedia or a newspaper.

    `document` tells which ones belong together, `place` (paragraph, sentence) in which order.
    """

    document: str
    text: str
    place: tuple[int, ...] = ()


def load_examples(path: Path) -> list[Example]:
    """Read a JSON Lines file of labelled questions (see docs/training.md for its keys)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [
            Example(
                row["source"],
                row["group"],
                row["question"],
                row["context"],
                row["start"],
                row["end"],
                row.get("title"),
            )
            for row in map(json.loads, lines)
        ]


def load_sentences(path: Path) -> list[Sentence]:
    """Read the sentences that lengthen single ones.

    An id `a:b:c:d:e` names document `a:b:c`, in it paragraph d, in that sentence e.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [
            Sentence(document_of(row["id"]), row["text"], tuple(map(int, row["id"].split(":")[3:])))
            for row in map(json.loads, lines)
        ]


def document_of(identifier: str) -> str:
    """The document that a sentence, or a question about one, belongs to: the first three parts of its id."""
    return ":".join(identifier.split(":")[:3])
