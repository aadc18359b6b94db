"""Evaluation data from a folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bot.dataset import Dataset, LabelledQuestion, load_dataset
from bot.errors import DatasetError

QUESTION = '{"id": 1, "question": "Who lit the lamp?", "answers": ["Nils", "Nils Aker"]}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset's folder with articles but no questions yet."""
    folder = tmp_path / "lamps"
    folder.mkdir()
    (folder / "articles.jsonl").write_text('{"text": "Nils lit the lamp."}\n', encoding="utf-8")
    return folder


def questions(folder: Path, text: str) -> Dataset:
    """Load the dataset with these questions."""
    (folder / "questions.jsonl").write_text(text, encoding="utf-8")
    return load_dataset(folder)


def test_all_that_is_read_of_a_question(folder: Path) -> None:
    """Text, answers and day; nothing else that stands in the line gets any further."""
    line = (
        '{"id": "q1", "question": "Who lit the lamp?", "answers": ["Nils", 7], "asked_on": "2024-02-01", '
        '"choices": ["Nils", "Ada"], "google_urls": ["https://example.org/nils"], "answer": "Nils"}'
    )
    assert questions(folder, line).questions == (
        LabelledQuestion("Who lit the lamp?", ("Nils", "7"), "2024-02-01", {}),
    )


def test_a_question_without_answers_or_day(folder: Path) -> None:
    """An empty list says that the articles do not say; a missing or empty day is None."""
    text = '{"question": "Why?", "answers": []}\n{"question": "How?", "answers": ["so"], "asked_on": ""}\n'
    assert questions(folder, text).questions == (
        LabelledQuestion("Why?", (), None, {}),
        LabelledQuestion("How?", ("so",), None, {}),
    )


def test_baselines_are_joined_by_id(folder: Path) -> None:
    """What published systems answered goes to the question of that id, whatever the id's type."""
    (folder / "baselines.jsonl").write_text(
        '{"id": "1", "old": "Nils", "older": 5}\n{"id": "9", "old": "nobody"}\n', encoding="utf-8"
    )
    text = QUESTION + '{"id": "2", "question": "Who else?", "answers": ["Ada"]}\n'
    assert [question.baselines for question in questions(folder, text).questions] == [
        {"old": "Nils", "older": "5"},
        {},
    ]


def test_the_packed_articles_come_first(folder: Path) -> None:
    """Where both forms are there, `articles.jsonl.gz` is the one."""
    assert questions(folder, QUESTION).articles == folder / "articles.jsonl"
    with gzip.open(folder / "articles.jsonl.gz", "wb") as packed:
        packed.write(b'{"text": "Ada lit the lamp."}\n')
    assert load_dataset(folder).articles == folder / "articles.jsonl.gz"


def test_the_key_changes_with_the_articles_only(folder: Path) -> None:
    """The index's name: the folder's name and the start of the articles' SHA-256."""
    assert questions(folder, QUESTION).key == "lamps-29ec173e"
    assert questions(folder, QUESTION + QUESTION).key == "lamps-29ec173e"
    (folder / "articles.jsonl").write_text('{"text": "Ada lit the lamp."}\n', encoding="utf-8")
    assert load_dataset(folder).key == "lamps-2ef7bdd9"


def test_the_name_is_the_folders_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the folder is given as `.`."""
    questions(folder, QUESTION)
    monkeypatch.chdir(folder)
    assert load_dataset(Path()).name == "lamps"


def test_a_folder_without_articles(tmp_path: Path) -> None:
    """It says which files are wanted."""
    with pytest.raises(DatasetError) as error:
        load_dataset(tmp_path / "nowhere")
    assert str(error.value) == (
        f"{tmp_path / 'nowhere'} holds no articles.jsonl or articles.jsonl.gz; give a dataset's folder"
    )


def test_a_folder_without_questions(folder: Path) -> None:
    """It names the file that is missing, or that is empty."""
    with pytest.raises(DatasetError) as error:
        load_dataset(folder)
    assert str(error.value).startswith(f"{folder / 'questions.jsonl'} cannot be read ([Errno 2] ")
    with pytest.raises(DatasetError) as error:
        questions(folder, "\n\n")
    assert str(error.value) == f"{folder / 'questions.jsonl'} holds no questions"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        ("[" * 100_000, "it is not a JSON object"),
        ('{"question": "Who?"}', "it needs `question` and the list `answers`"),
        ('{"question": 5, "answers": []}', "it needs `question` and the list `answers`"),
        ('{"question": "Who?", "answers": "Nils"}', "it needs `question` and the list `answers`"),
    ],
)
@pytest.mark.parametrize(
    ("before", "number"), [(QUESTION, 2), (QUESTION + "\n\n", 4)], ids=["straight", "blank"]
)
def test_a_line_that_is_off_is_named(folder: Path, line: str, problem: str, before: str, number: int) -> None:
    """By its number in the file, blank lines counted."""
    with pytest.raises(DatasetError) as error:
        questions(folder, before + line)
    assert str(error.value) == f"{folder / 'questions.jsonl'}, line {number}: {problem}"


def test_text_that_is_not_utf8(folder: Path) -> None:
    """It is refused by name."""
    (folder / "questions.jsonl").write_bytes(b'{"question": "Who \xff?", "answers": []}')
    with pytest.raises(DatasetError) as error:
        load_dataset(folder)
    assert str(error.value).startswith(f"{folder / 'questions.jsonl'} cannot be read ('utf-8' codec ")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_only_newlines_end_a_line(folder: Path, mark: str) -> None:
    """JSON may hold the other line ends of Unicode unescaped in a string."""
    text = f'{{"question": "Who{mark}lit it?", "answers": ["Nils"]}}\r\n{QUESTION}'
    assert [question.text for question in questions(folder, text).questions] == [
        f"Who{mark}lit it?",
        "Who lit the lamp?",
    ]
