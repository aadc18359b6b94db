"""A tiny deterministic reader in the real one's place, for tests that need no model, and its calibration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bot.candidates import FEATURES
from bot.reader.calibrate import Calibration, Identity
from bot.reader.model import ExtractiveReader, Reading
from bot.reader.spans import Scored
from bot.settings import ReaderSettings
from index.sentences import sentence_spans
from index.settings import ChunkingSettings
from index.words import stems

_NAME = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)+")


class SharedWords(ExtractiveReader):
    """Offers sentences, or to who-questions the first full name in each.

    A score is 2 where a sentence has all the question's words, 0 with half of them, -2 with none.
    """

    name = "shared-words"
    fingerprint = "0"

    def __init__(self, settings: ReaderSettings | None = None) -> None:
        super().__init__(settings or ReaderSettings())

    def load(self) -> None:
        """There is nothing to load."""

    def extract(self, readings: Sequence[Reading]) -> list[list[Scored]]:
        return [_read(reading) for reading in readings]


def _read(reading: Reading) -> list[Scored]:
    asked, found = stems(reading.question), []
    for start, end in sentence_spans(reading.context):
        shared = asked & stems(reading.context[start:end])
        name = _NAME.search(reading.context, start, end) if "who" in reading.question.lower() else None
        found.append(
            Scored(4 * len(shared) / max(1, len(asked)) - 2, *(name.span() if name else (start, end)))
        )
    return sorted(found, key=lambda scored: (-scored.score, scored.start))[:5]


def by_score(encoder: str, weight: float = 1.0, offset: float = 0.0) -> Calibration:
    """A calibration of this reader and an encoder: the log odds are `weight` times the score and `offset`."""
    identity = Identity(encoder, "shared-words 0", ChunkingSettings().model_dump_json())
    weights = tuple(weight if name == "score" else 0.0 for name in FEATURES)
    return Calibration(identity, FEATURES, weights, offset, {"tests": 1})


def write_calibration(file: Path, encoder: str) -> Path:
    """Write a calibration by which a score of 0 is as sure as the config's threshold asks for."""
    file.write_text(by_score(encoder).to_json(), encoding="utf-8")
    return file
