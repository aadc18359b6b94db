"""The reader measured alone: its data, its figures, and the way through it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.errors import DatasetError
from bot.reader.model import ExtractiveReader, Reading
from bot.reader.spans import Scored
from bot.reading import LabelledReading, ReadOutcome, load_readings, read_all, reading_figures
from bot.settings import ReaderSettings

LINES = (
    '{"question": "Who built it?", "context": "Clara Stone built it.", "answers": ["Clara Stone", "Stone"]}\n'
    "\n"
    '{"question": "Wo?", "context": "In Köln.", "answers": [], "more": 1}\n'
    '{"question": "How many?", "context": "It had 12.", "answers": [12]}'
)
READINGS = [
    LabelledReading("Who built it?", "Clara Stone built it.", ("Clara Stone", "Stone")),
    LabelledReading("Wo?", "In Köln.", ()),
    LabelledReading("How many?", "It had 12.", ("12",)),
]


@pytest.mark.parametrize("name", ["data.jsonl", "data.jsonl.gz"])
def test_load_readings(tmp_path: Path, name: str) -> None:
    """One a line, gzipped or not; empty lines and other keys do not matter, and numbers are their digits."""
    content = LINES.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert load_readings(tmp_path / name) == READINGS


def refusal(path: Path) -> str:
    """What reading a file is refused with."""
    with pytest.raises(DatasetError) as caught:
        load_readings(path)
    return str(caught.value)


NEEDS = "it needs `question`, `context` and the list `answers`"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "it is not a JSON object"),
        (b"nonsense", "it is not a JSON object"),
        (b"\xff\xfe\xfa", "it is not a JSON object"),
        (b"[" * 100_000, "it is not a JSON object"),
        (b"[]", "it is not a JSON object"),
        (b'"text"', "it is not a JSON object"),
        (b"null", "it is not a JSON object"),
        (b"{}", NEEDS),
        (b'{"question": "Who?", "context": "It."}', NEEDS),
        (b'{"question": "Who?", "answers": []}', NEEDS),
        (b'{"context": "It.", "answers": []}', NEEDS),
        (b'{"question": 1, "context": "It.", "answers": []}', NEEDS),
        (b'{"question": "Who?", "context": ["It."], "answers": []}', NEEDS),
        (b'{"question": "Who?", "context": "It.", "answers": "It"}', NEEDS),
        (b'{"question": "Who?", "context": "It.", "answers": null}', NEEDS),
    ],
)
def test_a_line_of_something_else_is_named(tmp_path: Path, line: bytes, problem: str) -> None:
    """The error names the file and the line, empty ones counted, and what is wrong with it."""
    file = tmp_path / "data.jsonl"
    file.write_bytes(json.dumps({"question": "", "context": "", "answers": []}).encode() + b"\n\n" + line)
    assert refusal(file) == f"{file}, line 3: {problem}"


def test_a_missing_file(tmp_path: Path) -> None:
    """The error names the file and what to give."""
    for name in ("none.jsonl", "none.jsonl.gz"):
        file = tmp_path / name
        assert refusal(file) == (f"{file} cannot be read (No such file or directory); give a JSON Lines file")


def test_a_folder(tmp_path: Path) -> None:
    """A folder is no file."""
    assert refusal(tmp_path) == f"{tmp_path} cannot be read (Is a directory); give a JSON Lines file"


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_questions(tmp_path: Path, content: bytes) -> None:
    """Nothing to read is an error, not a figure of nothing."""
    file = tmp_path / "data.jsonl"
    file.write_bytes(content)
    assert refusal(file) == f"{file} holds no questions"


def test_a_gzip_file_that_is_none(tmp_path: Path) -> None:
    """Plain text under the name of a gzip file is told so."""
    file = tmp_path / "data.jsonl.gz"
    file.write_text(LINES)
    assert refusal(file) == f"{file} cannot be read (Not a gzipped file (b'{{\"')); give a JSON Lines file"


def test_a_gzip_file_cut_short(tmp_path: Path) -> None:
    """A download that broke off is told so."""
    file = tmp_path / "data.jsonl.gz"
    file.write_bytes(gzip.compress(LINES.encode())[:-12])
    assert refusal(file) == (
        f"{file} cannot be read (Compressed file ended before the end-of-stream marker was reached); "
        "give a JSON Lines file"
    )


def test_a_damaged_gzip_file(tmp_path: Path) -> None:
    """A gzip file with a wrong byte in its middle is told so."""
    file = tmp_path / "data.jsonl.gz"
    content = bytearray(gzip.compress(LINES.encode()))
    content[10] = 0xFF
    file.write_bytes(content)
    assert refusal(file) == (
        f"{file} cannot be read (Error -3 while decompressing data: invalid block type); "
        "give a JSON Lines file"
    )


class Listed(ExtractiveReader):
    """A reader that finds what it was given, and remembers what it was asked."""

    def __init__(self, found: dict[str, list[Scored]]) -> None:
        super().__init__(ReaderSettings())
        self._found = found
        self.asked: list[list[Reading]] = []

    def extract(self, readings: Sequence[Reading]) -> list[list[Scored]]:
        self.asked.append(list(readings))
        return [self._found.get(reading.question, []) for reading in readings]


def test_read_all() -> None:
    """Of each context the words of the best span, whatever its score; of one without spans nothing."""
    reader = Listed(
        {"Who built it?": [Scored(-2.5, 6, 11), Scored(-3.0, 0, 5)], "How many?": [Scored(1.0, 7, 9)]}
    )
    assert list(read_all(reader, READINGS)) == [
        ReadOutcome(READINGS[0], "Stone", -2.5),
        ReadOutcome(READINGS[1], "", -1e9),
        ReadOutcome(READINGS[2], "12", 1.0),
    ]
    assert reader.asked == [
        [
            Reading("Who built it?", "Clara Stone built it."),
            Reading("Wo?", "In Köln."),
            Reading("How many?", "It had 12."),
        ]
    ]


def test_read_all_goes_in_batches() -> None:
    """The reader is given 256 at a time, and outcomes come while it goes on; none are lost."""
    readings = [LabelledReading(f"{number}?", "It is so.", ()) for number in range(600)]
    reader = Listed({f"{number}?": [Scored(float(number), 0, 2)] for number in range(600)})
    outcomes = read_all(reader, readings)
    assert next(outcomes) == ReadOutcome(readings[0], "It", 0.0)
    assert [len(batch) for batch in reader.asked] == [256]
    assert [outcome.score for outcome in outcomes] == [float(number) for number in range(1, 600)]
    assert [len(batch) for batch in reader.asked] == [256, 256, 88]
    assert list(read_all(reader, [])) == []


def outcome(answers: Sequence[str], answer: str, score: float) -> ReadOutcome:
    """What was found where something was, or was not, to be found."""
    return ReadOutcome(LabelledReading("Who?", "", tuple(answers)), answer, score)


def test_reading_figures() -> None:
    """Five questions, computed by hand."""
    outcomes = [
        outcome(["Clara Stone"], "the Clara Stone", 5.0),  # exact
        outcome(["Ilsa Marrow", "Marrow"], "director Ilsa Marrow", 3.0),  # F1 0.8
        outcome([], "Tarn", 2.0),
        outcome(["Tarn"], "Brisk", 1.0),  # wrong
        outcome([], "Brisk", 0.0),
    ]
    # Exact: answering the first alone leaves 2 rightly open: 3 of 5. F1: the first two give 1.8 and 2.
    # Of the 6 pairs of an answerable and an unanswerable question, 5 are in the right order.
    assert reading_figures(outcomes) == {
        "questions": 5,
        "answerable": 3,
        "exact_match": pytest.approx(1 / 3),
        "f1": pytest.approx(0.6),
        "best_exact_match": pytest.approx(0.6),
        "best_f1": pytest.approx(0.76),
        "auroc": pytest.approx(5 / 6),
    }


def test_no_span_is_no_answer_at_any_threshold() -> None:
    """A context in which nothing was found counts as left open: right where it does not answer."""
    assert reading_figures([outcome(["Tarn"], "Tarn", -3.0), outcome([], "", -1e9)]) == {
        "questions": 2,
        "answerable": 1,
        "exact_match": 1.0,
        "f1": 1.0,
        "best_exact_match": 1.0,
        "best_f1": 1.0,
        "auroc": 1.0,
    }


def test_figures_where_some_are_undefined() -> None:
    """Without unanswerable questions, without answerable ones, and without any: null, not nought."""
    assert reading_figures([outcome(["Tarn"], "Tarn", 1.0)]) == {
        "questions": 1,
        "answerable": 1,
        "exact_match": 1.0,
        "f1": 1.0,
        "best_exact_match": 1.0,
        "best_f1": 1.0,
        "auroc": None,
    }
    assert reading_figures([outcome([], "Tarn", 1.0)]) == {
        "questions": 1,
        "answerable": 0,
        "exact_match": None,
        "f1": None,
        "best_exact_match": 1.0,
        "best_f1": 1.0,
        "auroc": None,
    }
    assert reading_figures([]) == {
        "questions": 0,
        "answerable": 0,
        "exact_match": None,
        "f1": None,
        "best_exact_match": None,
        "best_f1": None,
        "auroc": None,
    }
