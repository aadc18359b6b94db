"""The extractive reader: a question and passages in, the words that answer it out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.encode import BUNDLED, bundled_folder
from index.models import first_line, quiet, use_native_precision, weights_sha256
from index.sentences import paragraphs
from index.types import Hit

from ..errors import ReaderError
from ..settings import ReaderSettings
from ..types import Span
from .bundled import NAME, shipped_facts, trained
from .focus import focused
from .roles import role_spans
from .spans import Logits, Scored, best_pairs, merged, no_answer_score

if TYPE_CHECKING:
    import torch

# Passages are shorter; longer contexts are read in windows that share this many tokens.
_WINDOW_TOKENS = 384
_STRIDE_TOKENS = 128
_QUESTION_TOKENS = 96
# Windows go through the model in batches of this many, sorted by length.
_BATCH = 16
# Candidates taken from a window before those that overlap are merged, and kept of a passage after.
_PAIRS = 20
_SPANS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read at once: a question and a context, under its article's title if it has one."""

    question: str
    context: str
    title: str | None = None


class ExtractiveReader:
    """A question-answering model that points at spans; loaded on first use, shared by all threads."""

    def __init__(self, settings: ReaderSettings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._model: torch.nn.Module | None = None
        self._tokenizer: Any = None  # transformers' tokenizers have no common typed base
        self._fingerprint = ""

    @property
    def name(self) -> str:
        """The model's name."""
        return NAME if self._settings.model == BUNDLED else self._settings.model

    @property
    def fingerprint(self) -> str:
        """A hash of the weights."""
        self.load()
        return self._fingerprint

    def load(self) -> None:
        """Load the model now rather than with the first question; ReaderError when it cannot be."""
        with self._lock:
            if self._model is None:
                quiet()
                self._model, self._tokenizer, self._fingerprint = _load(self._settings)
                use_native_precision(self._model)
                self._model.train(False)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """The spans of the hits' passages that may answer, best first.

        Of each passage the sentences that matter to the question are read. A span's score is by how
        much it beats "no answer" there (log odds): it compares across passages and collections.
        """
        parts = focused(question, [hit.passage.text for hit in hits])
        readings = [
            Reading(question, hit.passage.text[start:end], hit.article.title)
            for hit, (start, end) in zip(hits, parts, strict=True)
        ]
        spans = list(role_spans(question, hits))
        for hit, (start, _), found in zip(hits, parts, self.extract(readings), strict=True):
            offset = hit.passage.start + start
            spans += [Span(hit, offset + one.start, offset + one.end, one.score) for one in found]
        return sorted(spans, key=lambda span: (-span.score, span.hit.rank, span.start))

    def extract(self, readings: Sequence[Reading]) -> list[list[Scored]]:
        """For each reading the best spans of its context, best first, none overlapping another."""
        with self._lock:  # a fast tokenizer cannot be used by two threads at once
            self.load()
            windows = [window for n, reading in enumerate(readings) for window in self._windows(n, reading)]
            windows.sort(key=lambda window: len(window.inputs["input_ids"]))
            found: list[list[Scored]] = [[] for _ in readings]
            for begin in range(0, len(windows), _BATCH):
                batch = windows[begin : begin + _BATCH]
                for window, scored in zip(batch, self._score(batch), strict=True):
                    found[window.reading] += scored
        return [merged(spans, _SPANS) for spans in found]

    def _windows(self, number: int, reading: Reading) -> list[_Window]:
        """The reading in tokens, in several windows when it is long."""
        text, shift = titled(reading.title, reading.context)
        paragraph_starts = [begin for begin, _ in paragraphs(reading.context)]
        encoded = self._tokenizer(
            self._shortened(reading.question),
            text,
            truncation="only_second",
            max_length=_WINDOW_TOKENS,
            stride=_STRIDE_TOKENS,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        windows = []
        for i, offsets in enumerate(encoded["offset_mapping"]):
            words, sequences = encoded.word_ids(i), encoded.sequence_ids(i)
            inside = np.array(
                [which == 1 and shift <= a < b for which, (a, b) in zip(sequences, offsets, strict=True)]
            )
            # An answer begins and ends where words do, not within one.
            new = np.array([True, *(left != right for left, right in pairwise(words))])
            starts, ends = inside & new, inside & np.append(new[1:], True)
            # A window may break a word; the one before or after it has that word whole.
            read = np.flatnonzero([which == 1 for which in sequences])
            if i > 0:
                starts[read[0]] = False
            if i + 1 < len(encoded["offset_mapping"]):
                ends[read[-1]] = False
            inputs = {name: encoded[name][i] for name in self._tokenizer.model_input_names if name in encoded}
            places = [(a - shift, b - shift) for a, b in offsets]
            numbers = np.searchsorted(paragraph_starts, [a for a, _ in places], side="right")
            windows.append(_Window(number, inputs, places, starts, ends, numbers))
        return windows

    def _shortened(self, question: str) -> str:
        """The question's first words, where it is longer than a question can be."""
        offsets = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)
        ends = [end for _, end in offsets["offset_mapping"]]
        return question if len(ends) <= _QUESTION_TOKENS else question[: ends[_QUESTION_TOKENS - 1]]

    def _score(self, windows: Sequence[_Window]) -> list[list[Scored]]:
        """The candidates of each window, scored against its own "no answer"."""
        import torch  # noqa: PLC0415

        assert self._model is not None  # noqa: S101 (loaded)
        batch = self._tokenizer.pad([window.inputs for window in windows], return_tensors="pt")
        with torch.inference_mode():
            output = self._model(**batch)
        starts, ends = output.start_logits.float().numpy(), output.end_logits.float().numpy()
        return [
            window.candidates(start, end, self._settings.max_answer_tokens)
            for window, start, end in zip(windows, starts, ends, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Window:
    """Part of a reading, in tokens."""

    reading: int
    inputs: dict[str, Any]
    places: list[tuple[int, int]]
    """Where each token stands in the context."""
    starts: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    """Which tokens an answer may begin and end with."""
    parts: NDArray[np.integer]
    """The paragraph of each token: a heading and what stands under it are no answer together."""

    def candidates(self, start: Logits, end: Logits, max_tokens: int) -> list[Scored]:
        """The best spans of the context with their scores."""
        size = len(self.places)
        start, end = start[:size], end[:size]
        nothing = no_answer_score(start, end)
        return [
            Scored(score - nothing, self.places[first][0], self.places[last][1])
            for first, last, score in best_pairs(
                start, end, self.starts, self.ends, max_tokens, _PAIRS, self.parts
            )
        ]


def titled(title: str | None, context: str) -> tuple[str, int]:
    """The context after its title, as it is read, and where in that the context begins."""
    before = f"{title}. " if title else ""
    return before + context, len(before)


def _load(settings: ReaderSettings) -> tuple[torch.nn.Module, Any, str]:
    """The model, its tokenizer and a hash of its weights."""
    from safetensors import SafetensorError  # noqa: PLC0415
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer  # noqa: PLC0415

    bundled = settings.model == BUNDLED
    where = bundled_folder() if bundled else settings.model
    local = bundled or not settings.allow_download
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, local_files_only=local, use_fast=True)
        if bundled:
            return trained(), tokenizer, shipped_facts()["weights_sha256"]
        model, loading = AutoModelForQuestionAnswering.from_pretrained(
            where, local_files_only=local, output_loading_info=True
        )
        # An encoder would be given a random head, and random answers.
        if loading["missing_keys"]:
            raise ValueError(f"its weights lack {min(loading['missing_keys'])}")
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        advice = "" if settings.allow_download else ", or set reader.allow_download to fetch it once"
        raise ReaderError(
            f"the reader {settings.model!r} cannot be loaded ({first_line(error)}); "
            f"give reader.model a folder that holds a question-answering model{advice}"
        ) from error
    if not tokenizer.is_fast:
        raise ReaderError("this reader has no fast tokenizer; choose a model that ships tokenizer.json")
    return model, tokenizer, weights_sha256(model)
