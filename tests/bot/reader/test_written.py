"""Questions written about passages that the project does not hold: found again by their hash."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

import bot.reader.written as written_module
from bot.errors import ReaderError
from bot.reader.examples import epoch
from bot.reader.labelled import Example, Sentence, load_examples, load_sentences
from bot.reader.written import Passage, documents, load_written, passage_key

SHIP = "The ferry Halden struck a rock near the island of Sorrel."
STORM = "A storm closed the harbour of Tarn on Friday. Nobody was hurt."
ASKED = [Example("nq", "ferry", "what did the halden strike", SHIP, 24, 30, "The Halden")]
SENTENCES = [
    Sentence("news:7:1", "Nobody was hurt.", (3, 1)),
    Sentence("wiki:1:1", "Owls see well.", (10, 0)),
    Sentence("news:7:1", "A storm closed the harbour of Tarn on Friday.", (3, 0)),
    Sentence("wiki:1:1", "They hunt at night.", (9, 4)),
]


def written(folder: Path, *rows: tuple[str, str, int | None, int | None]) -> Path:
    """A file of such questions."""
    path = folder / "written.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for text, question, start, end in rows:
            row = {"passage": passage_key(text), "question": question, "start": start, "end": end}
            file.write(json.dumps(row) + "\n")
    return path


def test_a_passage_is_known_by_its_hash() -> None:
    """Twelve digits of the text's SHA-256, as `printf Ünder | sha256sum` prints them."""
    assert passage_key("Ünder") == "edb9147ab3c4"


def test_documents_are_their_sentences_in_order() -> None:
    """By paragraph and sentence, as numbers, whatever the order in the file."""
    assert list(documents(SENTENCES)) == [
        Passage(STORM, "news:7:1"),
        Passage("They hunt at night. Owls see well.", "wiki:1:1"),
    ]


def test_load_written(tmp_path: Path) -> None:
    """A question is put to the passage of that hash, be it an example's context or a document."""
    path = written(
        tmp_path,
        (SHIP, "Off which island did the Halden come to grief?", 50, 56),
        (SHIP, "Who owned the Halden?", None, None),
        (STORM, "What shut Tarn's port?", 0, 7),
    )
    found = load_written(path, ASKED, SENTENCES)
    assert found == [
        Example(
            "written",
            "ferry",
            "Off which island did the Halden come to grief?",
            SHIP,
            50,
            56,
            "The Halden",
        ),
        Example("written", "ferry", "Who owned the Halden?", SHIP, None, None, "The Halden"),
        Example("written", "news:7:1", "What shut Tarn's port?", STORM, 0, 7),
    ]
    assert [example.answer for example in found] == ["Sorrel", None, "A storm"]


def test_a_passage_that_the_data_lack(tmp_path: Path) -> None:
    """Questions about other data are refused, not left out."""
    path = written(tmp_path, (SHIP, "Who?", 0, 3), ("Else.", "What?", 0, 4), ("Elsewhere.", "Where?", 0, 9))
    with pytest.raises(ReaderError) as refusal:
        load_written(path, ASKED, SENTENCES)
    assert str(refusal.value) == (
        f"the data lack 2 passages that {path} asks about; they are of another version"
    )


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"Who?",
        gzip.compress(b"Who?\n")[:-9] + b"owls",
        gzip.compress(b"Who?\n"),
        gzip.compress(b'["who"]\n{}\n'),
    ],
)
def test_a_file_of_something_else(tmp_path: Path, content: bytes | None) -> None:
    """No file, no gzip, no JSON or no question: one line says so."""
    path = tmp_path / "notes.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReaderError) as refusal:
        load_written(path, ASKED, SENTENCES)
    assert str(refusal.value) == (
        f"{path} holds no written questions; give bot/reader/questions/written.jsonl.gz"
    )


def test_written_questions_come_once_in_every_epoch(tmp_path: Path) -> None:
    """As they are, whatever their place in the run, and none is made of them or put after a statement."""
    path = written(tmp_path, (SHIP, "Who owned the Halden?", None, None), (STORM, "What shut Tarn?", 0, 7))
    asked: Any = [*ASKED, *load_written(path, ASKED, SENTENCES)]
    for number in range(4):
        chosen = epoch(asked, SENTENCES, 13, number, made=9, after_statement=1.0)
        mine = sorted((e.question, e.answer) for e in chosen if e.source.startswith("written"))
        assert mine == [("What shut Tarn?", "A storm"), ("Who owned the Halden?", None)]


QUESTIONS = Path(written_module.__file__).parent / "questions" / "written.jsonl.gz"


def test_the_questions_of_this_project() -> None:
    """As many as their README says, and every line of one form."""
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert (len(rows), len({row["passage"] for row in rows})) == (39_243, 4_765)
    assert sum(row["start"] is None for row in rows) == 9_898
    for row in rows:
        assert list(row) == ["passage", "question", "start", "end"]
        assert row["question"] == row["question"].strip() != ""
        assert (row["start"] is None and row["end"] is None) or 0 <= row["start"] < row["end"]


def test_the_questions_of_this_project_fit_the_data(shared: Path) -> None:
    """Each is about a passage of the data, and its answer begins and ends with a word of that."""
    data = shared / "reader-data"
    examples = load_examples(data / "train.jsonl.gz")
    sentences = load_sentences(data / "wiki-sentences.jsonl.gz")
    found = load_written(QUESTIONS, examples, sentences)
    assert len(found) == 39_243
    for example in found:
        if example.start is not None and example.end is not None:
            answer = example.context[example.start : example.end]
            assert answer == answer.strip() != ""
            # No word is cut through, at either end.
            assert not re.search(r"\w\Z", example.context[: example.start]) or not re.match(r"\w", answer)
            assert not re.match(r"\w", example.context[example.end :]) or not re.search(r"\w\Z", answer)
