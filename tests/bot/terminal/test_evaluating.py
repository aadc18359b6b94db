"""`byline eval`: a small dataset from its files to its figures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.terminal.evaluating import render_figures

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
        "exact_match": 0.0,
        # "ilsa marrow directed film" shares 2 of 4 + 2 tokens, "oda trevell restored clock tower in
        # quillby" 2 of 7 + 2.
        "f1": pytest.approx((2 * 2 / 6 + 2 * 2 / 9) / 3),
        "contains_answer": pytest.approx(2 / 3),
        "threshold": 0.5,
        "answered": 0.75,
        "precision_at_threshold": pytest.approx(2 / 3),
        "auroc": 1.0,
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


def test_figures_are_printed(byline: Program, dataset: Path) -> None:
    """Tables on standard output; what is being done on standard error."""
    done = byline("eval", dataset)
    rows = [line.split() for line in done.out.splitlines()]
    assert (done.code, said(done)) == (
        0,
        ["small: 4 questions", "indexed: 3 added (3 passages written)"],
    )
    assert rows[0] == ["figure", "value"]
    assert rows[2:18] == [
        ["questions", "4"],
        ["hits@1", "0.667"],
        ["hits@5", "0.667"],
        ["hits@10", "0.667"],
        ["hits@20", "0.667"],
        ["hits@50", "0.667"],
        ["mrr@10", "0.667"],
        ["passage_words", "12.000"],
        ["exact_match", "0.000"],
        ["f1", "0.370"],
        ["contains_answer", "0.667"],
        ["threshold", "0.500"],
        ["answered", "0.750"],
        ["precision_at_threshold", "0.667"],
        ["auroc", "1.000"],
        [],
    ]
    assert rows[18] == ["published", "system", "exact_match", "f1", "contains_answer"]
    assert rows[20:22] == [["old", "0.333", "0.333", "0.333"], []]
    assert rows[22] == ["stage", "p50", "ms", "p95", "ms"]
    assert [row[0] for row in rows[24:28]] == ["encode", "retrieve", "read", "total"]
    assert rows[29] == ["answered", "wrong", "at", "score"]
    assert [row[:2] for row in rows[31:]] == [
        *[["0.250", "0.000"]] * 7,
        *[["0.500", "0.000"]] * 5,
        *[["0.750", "0.333"]] * 5,
        *[["1.000", "0.500"]] * 3,
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
    assert (found.pop("threshold"), found.pop("answered"), found.pop("precision_at_threshold")) == (
        0.0,
        1.0,
        0.5,
    )
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


def test_figures_that_cannot_be_written(byline: Program, dataset: Path) -> None:
    """The error says what to do before anything is indexed."""
    file = byline.folder / "nowhere" / "figures.json"
    done = byline("eval", dataset, "--json", file)
    assert (done.code, done.out, done.err) == (
        1,
        "",
        f"byline: {file} cannot be written (No such file or directory); "
        "name a file in a folder that exists\n",
    )


def test_whole_numbers_are_grouped() -> None:
    """Counts have thousands separators, shares three places, what is undefined a dash."""
    from rich.console import Console

    found = {"questions": 12345, "f1": 0.12345, "auroc": None}
    console = Console(width=80)
    with console.capture() as capture:
        console.print(render_figures({**found, "baselines": {}, "latency_ms": {}, "risk_coverage": []}))
    rows = [line.split() for line in capture.get().splitlines()]
    assert rows[2:5] == [["questions", "12,345"], ["f1", "0.123"], ["auroc", "–"]]
