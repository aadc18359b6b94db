"""Questions written for this project about passages that are not part of it.

They name a passage by its hash and an answer by its place, so that the file holds no text but ours.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ReaderError
from .labelled import WRITTEN, Example, Sentence


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to ask about, and what an example about it is filed under."""

    text: str
    group: str
    title: str | None = None


def load_written(path: Path, examples: Sequence[Example], sentences: Sequence[Sentence]) -> list[Example]:
    """Read a JSON Lines file of questions and put them to their passages among the data's.

    A line has `passage` (see `passage_key`), `question`, `start` and `end` (character offsets of the answer
    in the passage; null when it does not answer). ReaderError when the data lack a passage asked about.
    """
    passages = [*(Passage(e.context, e.group, e.title) for e in examples), *documents(sentences)]
    known = {passage_key(passage.text): passage for passage in passages}
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [
                (row["passage"], row["question"], row["start"], row["end"]) for row in map(json.loads, lines)
            ]
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError):
        raise ReaderError(
            f"{path} holds no written questions; give bot/reader/questions/written.jsonl.gz"
        ) from None
    lacking = {key for key, *_ in rows} - known.keys()
    if lacking:
        raise ReaderError(
            f"the data lack {len(lacking)} passages that {path} asks about; they are of another version"
        )
    asked = ((known[key], question, start, end) for key, question, start, end in rows)
    return [
        Example(WRITTEN, passage.group, question, passage.text, start, end, passage.title)
        for passage, question, start, end in asked
    ]


def passage_key(text: str) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of a passage's text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def documents(sentences: Sequence[Sentence]) -> Iterator[Passage]:
    """The sentences of each document in their order, as one passage."""
    together: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        together[sentence.document].append(sentence)
    for document, those in together.items():
        ordered = sorted(those, key=lambda sentence: sentence.place)
        yield Passage(" ".join(sentence.text for sentence in ordered), document)
