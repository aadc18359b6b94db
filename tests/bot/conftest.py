"""What the tests of `bot` share: the program with tiny models, and hits made by hand."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot.app
from bot.__main__ import cli
from bot.terminal.command import run_cli
from bot.types import Answer, Citation, Timings
from index.settings import EncoderSettings
from index.types import Article, Hit, Passage
from tests.encoders import HashedWords
from tests.readers import SharedWords, write_calibration

MARROW = "Ilsa Marrow directed the film."
TREVELL = "Oda Trevell restored the clock tower in Quillby. It took 14 months."
HENNOCK = "The ferry to Hennock Island was sold for 3 million crowns. Nobody was told."
DIRECTOR = "Ilsa Marrow · 88% sure\n"
"""The answer to who directed the film: it has all the question's words, so its log odds are 2."""
UNCALIBRATED = (
    "No confidence: the calibration is of another encoder, reader or chunking. "
    "Fit one with: byline eval DATASET --calibrate FILE\n"
)


class Words(HashedWords):
    """The tiny encoder where the program builds its model."""

    precision = "float32"
    made: list[Words]
    """Every one that a test's commands built, in order; set by the fixture."""

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__(name=settings.model)
        self.asked: list[str] = []
        self.made.append(self)

    def load(self) -> None:
        """There is nothing to load."""

    def encode_queries(self, texts):  # type: ignore[no-untyped-def]
        self.asked.extend(texts)
        return super().encode_queries(texts)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Program:
    """Runs `byline` commands in this process, from an empty folder, with the data folder in it."""

    folder: Path
    data: Path
    encoders: list[Words]
    run: Callable[..., Done]

    def __call__(self, *arguments: object, stdin: str = "") -> Done:
        """Run one command with `--data`."""
        return self.run(*arguments, "--data", self.data, stdin=stdin)

    def write(self, name: str, text: str) -> Path:
        """Write a file, with its folders, and return its path."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def embedded(self) -> list[str]:
        """The passages that the latest command embedded."""
        return self.encoders[-1].encoded


@pytest.fixture(scope="session")
def shipped_calibration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A calibration that fits the tiny models as the shipped one fits the real ones."""
    return write_calibration(tmp_path_factory.mktemp("weights") / "calibration.json", "bundled bundled-32")


@pytest.fixture
def encoders(monkeypatch: pytest.MonkeyPatch, shipped_calibration: Path) -> list[Words]:
    """Every encoder that the program builds: the tiny one, with the tiny reader and its calibration."""
    monkeypatch.setattr(Words, "made", [], raising=False)
    monkeypatch.setattr(bot.app, "SentenceEncoder", Words)
    monkeypatch.setattr(bot.app, "ExtractiveReader", SharedWords)
    monkeypatch.setattr(bot.app, "SHIPPED_CALIBRATION", shipped_calibration)
    return Words.made


@pytest.fixture
def byline(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    encoders: list[Words],
) -> Program:
    """The program, as it runs on a machine where nothing is set."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("BYLINE_CONFIG", "BYLINE_DATA", "DISCORD_TOKEN", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object, stdin: str = "") -> Done:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = run_cli(cli, [str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return Program(folder, folder / "data", encoders, run)


@pytest.fixture
def news(byline: Program) -> Program:
    """The program with three articles in the collection, one of them without a date."""
    byline.write("news/film.txt", f"Title: The film\nDate: 2024-02-01\n\n{MARROW}")
    byline.write("news/tower.txt", f"Title: The tower\nDate: 2024-03-01\n\n{TREVELL}")
    byline.write("news/ferry.txt", HENNOCK)
    done = byline("index", "news")
    assert (done.code, done.out, done.err) == (0, "articles: 3 added (3 passages written)\n", "")
    return byline


@pytest.fixture
def hit() -> Callable[..., Hit]:
    """Makes a hit from an article's text: the whole of it, or the part from `start` to `end`."""

    def make(text: str, *, start: int = 0, end: int | None = None, rank: int = 1, **fields: object) -> Hit:
        values: dict[str, object] = {"id": f"id of {text[:20]}", **fields}
        article = Article(text=text, **values)  # type: ignore[arg-type]
        end = len(text) if end is None else end
        passage = Passage(article.id, start, end, text[start:end])
        return Hit(str(rank), passage, article, rank, 1.0, rank, 0.5, rank)

    return make


@pytest.fixture
def answer() -> Callable[..., Answer]:
    """Makes an answer; keyword arguments override its fields, all else is empty."""

    def make(**fields: object) -> Answer:
        values: dict[str, object] = {
            "id": "a1",
            "question": "Who directed the film?",
            "answer": None,
            "resolved": None,
            "confidence": None,
            "score": None,
            "citations": (),
            "closest": (),
            "alternatives": (),
            "conflicts": (),
            "undated_left_out": 0,
            "spans": (),
            "hits": (),
            "timings_ms": Timings(encode=1.5, retrieve=2.5, read=3.0, total=7.0),
            **fields,
        }
        return Answer(**values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def citation() -> Callable[..., Citation]:
    """Makes a citation of a whole text, its answer the part `answer`; keyword arguments override."""

    def make(text: str, answer: str | None = None, **fields: object) -> Citation:
        answer = text if answer is None else answer
        article = fields.pop("article", None) or Article("a", text)
        values: dict[str, object] = {
            "quote": text,
            "start": 0,
            "end": len(text),
            "answer_start": text.index(answer),
            "answer_end": text.index(answer) + len(answer),
            "score": 0.75,
            "passage_id": "1",
            "article": article,
            **fields,
        }
        return Citation(**values)  # type: ignore[arg-type]

    return make
