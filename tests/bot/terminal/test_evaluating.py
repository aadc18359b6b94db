"""`byline eval`: a small dataset from its files to its figures."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from bot.candidates import FEATURES
from bot.reader.calibrate import load_calibration
from bot.terminal.evaluating import render_figures
from tests.readers import by_score

from ..conftest import HENNOCK, MARROW, TREVELL, Done, Program

ARTICLES = [
    {"id": "1", "title": "The film", "text": MARROW, "published": "2024-02-01"},
    {"id": "2", "title": "The tower", "text": TREVELL, "published": "2024-03-01"},
    {"id": "3", "title": "The ferry", "text": HENNOCK},
]
QUESTIONS = [
    {"id": "q1", "question": "Who directed the film?", "answers": ["Ilsa Marrow", "Marrow"]},
    {"id": "q2", "question": "Who restored the clock tower in Quillby?", "answers": ["Oda Trevell"]},
    {"id": "q3", "question": "Who sold the ferry to Hennock Island?", "answers": ["Bo Aker"]},
    {"id": "q4", "question": "Do zebras vote?", "answers": []},
]
BASELINES = [{"id": "q1", "old": "Ilsa Marrow"}, {"id": "q2", "old": "nobody"}, {"id": "q4", "old": "zebras"}]
EMBEDDED = [f"{article['title']}. {article['text']}" for article in ARTICLES]
SPEED = ("latency_ms",)


def write(
    folder: Path, articles: list[dict], questions: list[dict], baselines: list[dict] | None = None
) -> Path:  # type: ignore[type-arg]
    """Write a dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"articles": articles, "questions": questions, "baselines": baselines or []}
    for name, rows in files.items():
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        if rows:
            (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture
def dataset(byline: Program) -> Path:
    """Three articles and four questions: two with an answer in them, one without, one unanswerable."""
    return write(byline.folder / "small", ARTICLES, QUESTIONS, BASELINES)


def figures(byline: Program, dataset: Path, *options: object) -> dict[str, object]:
    """Run the evaluation; its figures without those of speed."""
    file = byline.folder / "figures.json"
    done = byline("eval", dataset, "--json", file, *options)
    assert done.code == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    file.unlink()
    return {name: value for name, value in found.items() if name not in SPEED}


def said(done: Done) -> list[str]:
    """What was said meanwhile, without how long indexing took."""
    return [re.sub(r" in \d+ s$", "", line) for line in done.err.splitlines()]


def test_figures_are_written(byline: Program, dataset: Path) -> None:
    """As JSON, by the names that were promised, each with the value worked out by hand."""
    file = byline.folder / "figures.json"
    done = byline("eval", dataset, "--json", file)
    found = json.loads(file.read_text(encoding="utf-8"))
    assert done.code == 0
    latency, curve = found.pop("latency_ms"), found.pop("risk_coverage")
    assert found == {
        "questions": 4,
        "hits@1": pytest.approx(2 / 3),
        "hits@5": pytest.approx(2 / 3),
        "hits@10": pytest.approx(2 / 3),
        "hits@20": pytest.approx(2 / 3),
        "hits@50": pytest.approx(2 / 3),
        "mrr@10": pytest.approx(2 / 3),
        # Passages of 5, 12 and 14 words, four times.
        "passage_words": 12.0,
        # Two right; "Hennock Island" is the only name where Bo Aker is asked for.
        "exact_match": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "contains_answer": pytest.approx(2 / 3),
        "threshold": 0.58,
        "answered": 0.75,
        "precision_at_threshold": pytest.approx(2 / 3),
        "refused": 1.0,
        # The wrong name is as sure as the two that are right, the answer about zebras is not.
        "auroc": 0.75,
        # 0.8808 sure of three, of which one is wrong, and 0.1192 of the zebras.
        "calibration_error": pytest.approx((3 * 0.119203 + 0.880797) / 4),
        "baselines": {
            "old": {
                "exact_match": pytest.approx(1 / 3),
                "f1": pytest.approx(1 / 3),
                "contains_answer": pytest.approx(1 / 3),
            }
        },
    }
    assert [(stage, list(row)) for stage, row in latency.items()] == [
        ("encode", ["p50", "p95"]),
        ("retrieve", ["p50", "p95"]),
        ("read", ["p50", "p95"]),
        ("total", ["p50", "p95"]),
    ]
    assert [row["coverage"] for row in curve] == [0.25] * 7 + [0.5] * 5 + [0.75] * 5 + [1.0] * 3
    assert [row["risk"] for row in curve] == [0.0] * 12 + [pytest.approx(1 / 3)] * 5 + [0.5] * 3
    sure = [0.880797] * 17 + [0.119203] * 3
    assert [row["threshold"] for row in curve] == pytest.approx(sure, abs=1e-6)


def test_figures_are_printed(byline: Program, dataset: Path) -> None:
    """Tables on standard output; what is being done on standard error."""
    done = byline("eval", dataset)
    rows = [line.split() for line in done.out.splitlines()]
    assert (done.code, said(done)) == (
        0,
        ["small: 4 questions", "indexed: 3 added (3 passages written)"],
    )
    assert rows[0] == ["figure", "value"]
    assert rows[2:20] == [
        ["questions", "4"],
        ["hits@1", "0.667"],
        ["hits@5", "0.667"],
        ["hits@10", "0.667"],
        ["hits@20", "0.667"],
        ["hits@50", "0.667"],
        ["mrr@10", "0.667"],
        ["passage_words", "12.000"],
        ["exact_match", "0.667"],
        ["f1", "0.667"],
        ["contains_answer", "0.667"],
        ["threshold", "0.580"],
        ["answered", "0.750"],
        ["precision_at_threshold", "0.667"],
        ["refused", "1.000"],
        ["auroc", "0.750"],
        ["calibration_error", "0.310"],
        [],
    ]
    assert rows[20] == ["published", "system", "exact_match", "f1", "contains_answer"]
    assert rows[22:24] == [["old", "0.333", "0.333", "0.333"], []]
    assert rows[24] == ["stage", "p50", "ms", "p95", "ms"]
    assert [row[0] for row in rows[26:30]] == ["encode", "retrieve", "read", "total"]
    assert rows[31] == ["answered", "wrong", "at", "confidence"]
    assert rows[33:] == [
        *[["0.250", "0.000", "0.881"]] * 7,
        *[["0.500", "0.000", "0.881"]] * 5,
        *[["0.750", "0.333", "0.881"]] * 5,
        *[["1.000", "0.500", "0.119"]] * 3,
    ]


def test_a_second_run_reuses_the_index(byline: Program, dataset: Path) -> None:
    """No passage is embedded again, and the figures are the same."""
    first = figures(byline, dataset)
    assert [text for text in byline.embedded() if text in EMBEDDED] == EMBEDDED
    assert figures(byline, dataset) == first
    assert [text for text in byline.embedded() if text in EMBEDDED] == []
    assert said(byline("eval", dataset))[1] == ("indexed: 3 unchanged (0 passages written)")


def test_nothing_but_the_question_reaches_the_system(byline: Program, dataset: Path) -> None:
    """Choices, links, ids and whatever else a dataset carries change no figure."""
    honest = figures(byline, dataset)
    asked = list(byline.encoders[-1].asked)
    telling = [
        {
            **question,
            "choices": ["Ilsa Marrow", *question["answers"]],
            "google_urls": [f"https://example.org/{number}"],
            "article": ARTICLES[number % 3],
            "article_id": str(number % 3 + 1),
            "context": MARROW,
            "answer": "Ilsa Marrow",
            "since": "2030-01-01",
            "passages": 1,
        }
        for number, question in enumerate(QUESTIONS)
    ]
    write(dataset, ARTICLES, telling, BASELINES)
    assert figures(byline, dataset) == honest
    assert byline.encoders[-1].asked == asked
    assert sorted(set(asked)) == sorted(question["question"] for question in QUESTIONS)


def test_the_threshold_is_the_configs(byline: Program, dataset: Path) -> None:
    """It decides what counts as answered and nothing else."""
    usual = figures(byline, dataset)
    byline.write("config.yaml", "answering:\n  threshold: 0.0\n")
    found = figures(byline, dataset)
    decided = ("threshold", "answered", "precision_at_threshold", "refused")
    assert [found.pop(name) for name in decided] == [0.0, 1.0, 0.5, 0.0]
    assert found == {name: usual[name] for name in found}


def test_each_chunking_has_an_index_of_its_own(byline: Program, dataset: Path) -> None:
    """So that two configurations can be compared without building anything twice."""
    figures(byline, dataset)
    byline.write("config.yaml", "chunking:\n  max_tokens: 64\n")
    figures(byline, dataset)
    byline.write("config.yaml", "encoder:\n  model: another\n")
    figures(byline, dataset)
    assert len(list((byline.data / "eval").iterdir())) == 3
    byline.write("config.yaml", "")
    figures(byline, dataset)
    assert [text for text in byline.embedded() if text in EMBEDDED] == []


def test_other_articles_have_an_index_of_their_own(byline: Program, dataset: Path) -> None:
    """A dataset that changed does not answer from what it held before."""
    figures(byline, dataset)
    write(dataset, ARTICLES[1:], QUESTIONS, BASELINES)
    assert figures(byline, dataset)["hits@50"] == pytest.approx(1 / 3)


def test_ones_own_collections_are_left_alone(news: Program) -> None:
    """The dataset is in none of them, and they are not asked."""
    write(news.folder / "small", ARTICLES[2:], QUESTIONS)
    assert figures(news, news.folder / "small")["hits@50"] == 0.0
    done = news("collections", "list")
    assert [line.split()[:3] for line in done.out.splitlines()[2:]] == [["articles", "3", "3"]]


@pytest.mark.parametrize(
    "name", ["Small v1.0 (test)", "größer", "-x", "a" * 150], ids=["spaces", "umlaut", "dash", "long"]
)
def test_any_folder_name_will_do(byline: Program, name: str) -> None:
    """The dataset's folder need not be a collection's name."""
    folder = write(byline.folder / name, ARTICLES, QUESTIONS)
    done = byline("eval", byline.folder / name)
    assert (done.code, done.err.splitlines()[0]) == (0, f"{folder.name}: 4 questions")


def test_an_article_that_cannot_be_read(byline: Program, dataset: Path) -> None:
    """It is named, and the rest is evaluated."""
    write(dataset, [*ARTICLES, {"id": "4", "title": "No text"}], QUESTIONS)
    done = byline("eval", dataset)
    assert (done.code, said(done)[1:]) == (
        0,
        [
            f"skipped '{dataset}/articles.jsonl, line 4': it has no field `text`",
            "indexed: 3 added, 1 failed (3 passages written)",
        ],
    )


def test_a_dataset_without_answers(byline: Program, dataset: Path) -> None:
    """Undefined figures are null in the file, a dash in the table, and no table of baselines."""
    write(dataset, ARTICLES, QUESTIONS[3:])
    (dataset / "baselines.jsonl").unlink()
    done = byline("eval", dataset)
    rows = [line.split() for line in done.out.splitlines()]
    assert (["hits@1", "–"] in rows, ["auroc", "–"] in rows, ["published"] in [row[:1] for row in rows]) == (
        True,
        True,
        False,
    )
    found = figures(byline, dataset)
    assert (found["hits@1"], found["f1"], found["auroc"], found["baselines"]) == (None, None, None, {})


def test_a_folder_that_is_no_dataset(byline: Program) -> None:
    """One line, exit code 1, and nothing is made."""
    done = byline("eval", "nowhere")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "byline: nowhere holds no articles.jsonl or articles.jsonl.gz; give a dataset's folder\n"
    )
    assert byline.data.exists() is False


# --- calibrating ----------------------------------------------------------------------------------


def test_calibrate(byline: Program, dataset: Path) -> None:
    """What is written belongs to these models, and is closer to the truth than what was in use."""
    before = figures(byline, dataset)
    done = byline("eval", dataset, "--calibrate", "fits.json")
    assert (done.code, said(done)[-1]) == (
        0,
        "calibrated on 4 questions; use it with `calibration: fits.json` under `reader:` in config.yaml",
    )
    fits = load_calibration(byline.folder / "fits.json", FEATURES)
    assert (fits.identity, fits.fitted_on) == (by_score("bundled bundled-32").identity, {"small": 4})
    byline.write("config.yaml", "reader:\n  calibration: fits.json\n")
    after = figures(byline, dataset)
    assert before["calibration_error"] == pytest.approx(0.3096, abs=1e-4)
    assert after["calibration_error"] < before["calibration_error"]  # type: ignore[operator]


def test_calibrate_for_other_settings(byline: Program, dataset: Path) -> None:
    """What was made with another chunking belongs to that."""
    config = byline.write("other.yaml", "chunking:\n  max_tokens: 64\nreader:\n  calibration: none\n")
    assert byline("eval", dataset, "--calibrate", "fits.json", "--config", config).code == 0
    byline.write("config.yaml", "chunking:\n  max_tokens: 64\nreader:\n  calibration: fits.json\n")
    assert figures(byline, dataset)["calibration_error"] is not None
    byline.write("config.yaml", "reader:\n  calibration: fits.json\n")
    assert figures(byline, dataset)["calibration_error"] is None


def test_calibrate_on_too_little(byline: Program, dataset: Path) -> None:
    """Where every answer is wrong there is nothing to learn: one line, and the figures all the same."""
    write(dataset, ARTICLES, QUESTIONS[3:])
    done = byline("eval", dataset, "--calibrate", "fits.json")
    assert (done.code, done.out.splitlines()[0].split()) == (1, ["figure", "value"])
    assert done.err.splitlines()[-1] == (
        "byline: a calibration needs several right answers and several wrong ones"
    )


def test_figures_without_a_calibration(byline: Program, dataset: Path) -> None:
    """The reader's score takes its place in the curve; nobody said how sure it was."""
    byline.write("config.yaml", "reader:\n  calibration: none\n")
    found = figures(byline, dataset)
    assert (found["calibration_error"], found["auroc"]) == (None, 0.75)
    assert [row["threshold"] for row in found["risk_coverage"]] == [2.0] * 17 + [-2.0] * 3  # type: ignore[attr-defined]


# --- drawing --------------------------------------------------------------------------------------


def test_plot(byline: Program, dataset: Path) -> None:
    """The curve as an SVG under the dataset's name; the same figures draw the same file."""
    pytest.importorskip("matplotlib")  # an extra
    for name in ("a.svg", "b.svg"):
        assert byline("eval", dataset, "--plot", name).code == 0
    drawn = (byline.folder / "a.svg").read_bytes()
    assert b"<svg " in drawn
    assert b"small: at each confidence, how much is answered" in drawn
    assert (byline.folder / "b.svg").read_bytes() == drawn


def test_plot_without_matplotlib(byline: Program, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names the extra, before anything is indexed."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = byline("eval", dataset, "--plot", "curve.svg")
    assert (done.code, done.out) == (1, "")
    assert done.err == "byline: drawing needs matplotlib; run: pip install 'byline-bot[plots]'\n"
    assert byline.data.exists() is False


# --- the reader alone -----------------------------------------------------------------------------

READINGS = [
    {"question": "Who directed the film?", "context": MARROW, "answers": ["Ilsa Marrow", "Marrow"]},
    {"question": "Who restored the clock tower?", "context": TREVELL, "answers": ["Oda Trevell"]},
    {"question": "What was sold?", "context": HENNOCK, "answers": ["The ferry"]},
    {"question": "Do zebras vote?", "context": MARROW, "answers": []},
]


@pytest.fixture
def readings(byline: Program) -> Path:
    """Four questions, each with its context: two that are answered, one with too much, one unanswerable."""
    return byline.write("readings.jsonl", "".join(json.dumps(row) + "\n" for row in READINGS))


def test_reading(byline: Program, readings: Path) -> None:
    """The reader's own figures, printed and written, each worked out by hand; nothing is indexed."""
    done = byline("eval", "--reading", readings, "--json", "figures.json")
    assert (done.code, done.err) == (0, "")
    # "ferry to hennock island was sold for 3 million crowns" shares 1 of 10 + 1 tokens.
    overlap = 2 / 11
    assert json.loads((byline.folder / "figures.json").read_text(encoding="utf-8")) == {
        "questions": 4,
        "answerable": 3,
        "exact_match": pytest.approx(2 / 3),
        "f1": pytest.approx((2 + overlap) / 3),
        # Answering three and refusing the zebras is best.
        "best_exact_match": 0.75,
        "best_f1": pytest.approx((3 + overlap) / 4),
        "auroc": 1.0,
    }
    assert [line.split() for line in done.out.splitlines()] == [
        ["figure", "value"],
        ["─" * len(line) for line in done.out.splitlines()[1].split()],
        ["questions", "4"],
        ["answerable", "3"],
        ["exact_match", "0.667"],
        ["f1", "0.727"],
        ["best_exact_match", "0.750"],
        ["best_f1", "0.795"],
        ["auroc", "1.000"],
    ]
    assert byline.data.exists() is False


def test_reading_needs_no_calibration(byline: Program, readings: Path) -> None:
    """It measures the reader's scores as they are."""
    byline.write("config.yaml", "reader:\n  calibration: missing.json\n")
    done = byline("eval", "--reading", readings)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "{file} cannot be read (No such file or directory); give a JSON Lines file"),
        ("\n", "{file} holds no questions"),
        ('{"question": "Who?"}', "{file}, line 1: it needs `question`, `context` and the list `answers`"),
    ],
    ids=["missing", "empty", "incomplete"],
)
def test_a_reading_test_that_cannot_be_read(byline: Program, text: str | None, problem: str) -> None:
    """One line, exit code 1, and no file of figures."""
    if text is not None:
        byline.write("readings.jsonl", text)
    done = byline("eval", "--reading", "readings.jsonl", "--json", "figures.json")
    assert (done.code, done.out, done.err) == (1, "", f"byline: {problem.format(file='readings.jsonl')}\n")
    assert (byline.folder / "figures.json").exists() is False


# --- what excludes what ---------------------------------------------------------------------------

EITHER = "give a dataset's folder, or --reading FILE"
ALONE = "--calibrate and --plot need a dataset's folder, not --reading"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], EITHER),
        (["--json", "x"], EITHER),
        (["--calibrate", "x"], EITHER),
        (["small", "--reading", "readings.jsonl"], EITHER),
        (["--reading", "readings.jsonl", "--calibrate", "x"], ALONE),
        (["--reading", "readings.jsonl", "--plot", "x"], ALONE),
    ],
)
def test_options_that_exclude_each_other(
    byline: Program, dataset: Path, readings: Path, arguments: list[str], problem: str
) -> None:
    """Wrong usage: one line, exit code 2, and nothing is made."""
    done = byline("eval", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"byline: Invalid value: {problem} (see: byline eval --help)\n"
    assert sorted(path.name for path in byline.folder.iterdir()) == [readings.name, dataset.name]


@pytest.mark.parametrize("option", ["--json", "--calibrate", "--plot"])
def test_a_file_that_cannot_be_written(byline: Program, dataset: Path, option: str) -> None:
    """The error says what to do before anything is indexed."""
    file = byline.folder / "nowhere" / "file"
    done = byline("eval", dataset, option, file)
    assert (done.code, done.out, done.err) == (
        1,
        "",
        f"byline: {file} cannot be written (No such file or directory); "
        "name a file in a folder that exists\n",
    )
    assert byline.data.exists() is False


# --- tables ---------------------------------------------------------------------------------------


def test_whole_numbers_are_grouped() -> None:
    """Counts have thousands separators, shares three places, what is undefined a dash."""
    from rich.console import Console

    found = {"questions": 12345, "f1": 0.12345, "auroc": None}
    console = Console(width=80)
    with console.capture() as capture:
        console.print(render_figures({**found, "baselines": {}, "latency_ms": {}, "risk_coverage": []}))
    rows = [line.split() for line in capture.get().splitlines()]
    assert rows[2:5] == [["questions", "12,345"], ["f1", "0.123"], ["auroc", "–"]]
