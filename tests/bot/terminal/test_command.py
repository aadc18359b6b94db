"""What all commands have in common: options, exit codes, one-line errors; and `byline ask`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

import bot.app
from index.errors import BylineError
from tests.readers import SharedWords, by_score

from ..conftest import DIRECTOR, HENNOCK, MARROW, TREVELL, UNCALIBRATED, Program, Words

CHECKOUT = Path(__file__).resolve().parents[3]
SAMPLES_NOTE = (
    "No articles of yours yet: answering from Byline's sample articles. Add yours with: byline index PATH\n"
)


ANSWERED = f"{DIRECTOR}\n  “{MARROW}”\n  The film · 1 February 2024\n"
UNSURE = ANSWERED.replace(" · 88% sure", "")


# --- asking ---------------------------------------------------------------------------------------


def test_ask(news: Program) -> None:
    """The answer and where it stands on standard output, nothing else anywhere."""
    done = news("ask", "Who directed the film?")
    assert (done.code, done.err) == (0, "")
    assert done.out == ANSWERED


def test_ask_without_quotes(news: Program) -> None:
    """The words of the question may be given one by one."""
    done = news("ask", "Who", "directed", "the", "film?")
    assert done.out == ANSWERED


def test_not_in_the_articles(news: Program) -> None:
    """That the articles do not say is an answer too: exit code 0, and the closest passages."""
    done = news("ask", "Do zebras vote?")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert lines[:3] == ["The articles don’t say.", "The closest passages:", ""]
    assert sorted(line for line in lines[3:] if line.startswith("  “")) == sorted(
        f"  “{text}”" for text in (MARROW, TREVELL, HENNOCK)
    )


def test_ask_as_json(news: Program) -> None:
    """One object on standard output, curly quotes as they are, and no local path in it."""
    done = news("ask", "Who directed the “film”?", "--json")
    answer = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert (answer["question"], answer["answer"]) == ("Who directed the “film”?", "Ilsa Marrow")
    assert (answer["confidence"], answer["resolved"], answer["conflicts"]) == (0.8808, None, [])
    assert [citation["quote"] for citation in answer["citations"]] == [MARROW]
    assert [citation["article"]["published"] for citation in answer["citations"]] == ["2024-02-01"]
    assert "“film”" in done.out
    assert str(news.folder) not in done.out
    assert "film.txt" not in done.out


def test_ask_and_explain(news: Program) -> None:
    """The table of what was read comes after the answer."""
    done = news("ask", "Who directed the film?", "--explain")
    answer, table = done.out[: len(ANSWERED)], done.out[len(ANSWERED) :].splitlines()
    assert (answer, table[0], len(table)) == (ANSWERED, "", 6)
    assert table[1].split() == ["#", "dense", "BM25", "fused", "reader", "article", "why"]
    assert table[3].split()[:3] == ["1", "1", "1"]
    assert table[3].split()[4:] == ["2.00", "The", "film", "the", "answer", "stands", "here"]
    assert [line.endswith("  does not seem to answer") for line in table[4:]] == [True, True]


def test_ask_when(byline: Program) -> None:
    """The article's own words, and the day that they stand for."""
    byline.write("lamp.txt", "Title: The lamp\nDate: 2024-02-10\n\nWhen did it burn? On Tuesday.")
    assert byline("index", "lamp.txt").code == 0
    done = byline("ask", "When on Tuesday?")
    assert done.out.splitlines()[0] == "On Tuesday. (6 February 2024) · 88% sure"
    assert json.loads(byline("ask", "When on Tuesday?", "--json").out)["resolved"] == "2024-02-06"


def test_ask_what_two_articles_contradict(byline: Program) -> None:
    """The answer first, then what the other says instead."""
    byline.write("old.txt", "Title: Before\nDate: 2024-01-31\n\nBo Aker directed the film.")
    byline.write("new.txt", f"Title: After\nDate: 2024-02-10\n\n{MARROW}")
    assert byline("index", "old.txt", "new.txt").code == 0
    done = byline("ask", "Who directed the film?")
    assert [line.rstrip() for line in done.out.splitlines()] == [
        "Ilsa Marrow · 88% sure",
        "",
        f"  “{MARROW}”",
        "  After · 10 February 2024",
        "An earlier article said Bo Aker",
        "",
        "  “Bo Aker directed the film.”",
        "  Before · 31 January 2024",
    ]
    (conflict,) = json.loads(byline("ask", "Who directed the film?", "--json").out)["conflicts"]
    assert (conflict["answer"], conflict["score"], conflict["confidence"]) == ("Bo Aker", 2.0, 0.8808)


# --- how sure it is -------------------------------------------------------------------------------


def test_without_confidence_on_purpose(news: Program) -> None:
    """`reader.calibration: none`: the same answer, no percentage, and nothing is said about it."""
    news.write("config.yaml", "reader:\n  calibration: none\n")
    done = news("ask", "Who directed the film?")
    assert (done.code, done.out, done.err) == (0, UNSURE, "")
    answer = json.loads(news("ask", "Who directed the film?", "--json").out)
    assert (answer["answer"], answer["confidence"]) == ("Ilsa Marrow", None)


def test_a_calibration_of_other_models(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line on standard error says so and how to get one; JSON stays JSON."""
    monkeypatch.setattr(SharedWords, "fingerprint", "1")
    done = news("ask", "Who directed the film?")
    assert (done.code, done.out, done.err) == (0, UNSURE, UNCALIBRATED)
    done = news("ask", "Who directed the film?", "--json")
    assert (done.code, json.loads(done.out)["confidence"], done.err) == (0, None, UNCALIBRATED)


def test_a_calibration_of_ones_own(news: Program) -> None:
    """A path relative to the config's folder, wherever one stands."""
    surer = by_score("bundled bundled-32", weight=2.0).to_json()
    news.write("settings/fits/mine.json", surer)
    config = news.write("settings/mine.yaml", "reader:\n  calibration: fits/mine.json\n")
    done = news("ask", "Who directed the film?", "--config", config)
    assert (done.code, done.err) == (0, "")
    assert done.out == ANSWERED.replace("88%", "98%")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "the calibration {file} cannot be read (No such file or directory)"),
        ("{", "{file} is not a calibration"),
    ],
    ids=["missing", "damaged"],
)
def test_a_calibration_that_cannot_be_used(news: Program, text: str | None, problem: str) -> None:
    """One line that names the file and what makes one, exit code 1; what asks nothing works on."""
    file = news.folder / "mine.json"
    if text is not None:
        news.write("mine.json", text)
    news.write("config.yaml", "reader:\n  calibration: mine.json\n")
    done = news("ask", "Who directed the film?")
    assert (done.code, done.out) == (1, "")
    advice = "fit one with: byline eval DATASET --calibrate FILE"
    assert done.err == f"byline: {problem.format(file=file)}; {advice}\n"
    assert news("articles", "list").code == 0


def test_the_threshold(news: Program) -> None:
    """A surer answer than this is asked for: the articles do not say, and the JSON tells how sure it was."""
    news.write("config.yaml", "answering:\n  threshold: 0.9\n")
    assert news("ask", "Who directed the film?").out.startswith("The articles don’t say.\n")
    answer = json.loads(news("ask", "Who directed the film?", "--json").out)
    assert (answer["answer"], answer["confidence"]) == (None, 0.8808)
    assert answer["alternatives"][0]["answer"] == "Ilsa Marrow"


def test_ask_within_days(news: Program) -> None:
    """Both days count; the article without a date is left out and mentioned."""
    done = news("ask", "Who directed the film?", "--since", "2024-02-01", "--until", "2024-02-01", "--json")
    assert json.loads(done.out)["answer"] == "Ilsa Marrow"
    done = news("ask", "Who directed the film?", "--since", "2024-02-02")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert lines == [
        "The articles don’t say.",
        "The closest passages:",
        "",
        f"  “{TREVELL}”",
        "  The tower · 1 March 2024",
        "1 article without a date left out.",
    ]


def test_ask_with_fewer_passages(news: Program) -> None:
    """`-k 1` reads one, and shows one."""
    done = news("ask", "Do zebras vote?", "-k", "1", "--json")
    assert len(json.loads(done.out)["closest"]) == 1


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("?", 'ask something in words, such as: byline ask "who directed the film?"'),
        ("who " * 501, "the question has over 2,000 characters; shorten it"),
    ],
)
def test_a_question_that_cannot_be_asked(news: Program, question: str, problem: str) -> None:
    """Exit code 1 and one line; with --json too."""
    for options in ([], ["--json"]):
        done = news("ask", question, *options)
        assert (done.code, done.out, done.err) == (1, "", f"byline: {problem}\n")


# --- the samples ----------------------------------------------------------------------------------


def test_samples_answer_while_there_is_nothing_else(byline: Program) -> None:
    """With one line that says so; the second question finds them ready."""
    first = byline("ask", "Who directed the film?")
    assert (first.code, first.err) == (0, SAMPLES_NOTE)
    assert first.out.splitlines()[0] == "Ilsabet Karrow · 88% sure"
    prepared = byline.embedded()[:24]
    again = byline("ask", "Who directed the film?", "--json")
    assert (again.code, again.err) == (0, SAMPLES_NOTE)
    assert [citation["article"]["url"] for citation in json.loads(again.out)["citations"]] == [
        "https://example.org/news/lamplighters-arithmetic-wins-prize"
    ]
    assert byline("collections", "list").out.split()[5:8] == ["samples", "12", "24"]
    assert [text for text in byline.encoders[1].encoded if text in prepared] == []


def test_samples_are_never_asked_again_after_the_first_article(news: Program) -> None:
    """Not even when every article was removed."""
    ids = [row["id"] for row in json.loads(news("articles", "list", "--json").out)]
    assert news("articles", "remove", *ids).out == "articles: 3 removed\n"
    done = news("ask", "Who directed “The Lamplighter’s Arithmetic”?")
    assert (done.code, done.out, done.err) == (0, "The articles don’t say.\n", "")
    assert (news.data / "collections" / "samples").exists() is False


def test_samples_stand_in_after_an_index_without_articles(byline: Program) -> None:
    """What could not be read was never an article."""
    byline.write("news/bad.jsonl", "{\n")
    assert byline("index", "news").code == 1
    assert byline("ask", "Who is the director?").err == SAMPLES_NOTE


# --- options --------------------------------------------------------------------------------------


def test_another_collection(news: Program) -> None:
    """`--collection` and the config's `collection` choose it; it knows nothing of the others."""
    file = news.write("sport/cup.txt", "Bo Aker won the Ostrey Cup.")
    assert news("index", file, "--collection", "sport").out == "sport: 1 added (1 passage written)\n"
    assert news("ask", "Who won the cup?", "--collection", "sport").out.startswith("Bo Aker · 88% sure\n")
    assert news("ask", "Who won the cup?").out.startswith("The articles don’t say.")
    config = news.write("sport.yaml", "collection: sport\n")
    assert news("ask", "Who won the cup?", "--config", config).out.startswith("Bo Aker · 88% sure\n")
    other = news("ask", "Who won the cup?", "--config", config, "--collection", "articles")
    assert other.out.startswith("The articles don’t say.")


def test_where_data_goes(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--data`, else `$BYLINE_DATA`, else the config's `data`, else `./data`."""
    file = byline.write("film.txt", MARROW)

    def made(*options: object) -> list[str]:
        assert byline.run("index", file, *options).code == 0
        stores = list(byline.folder.rglob("store.sqlite3"))
        for store in stores:
            store.unlink()
        return [store.resolve().relative_to(byline.folder.resolve()).parts[0] for store in stores]

    assert made() == ["data"]
    byline.write("config.yaml", "data: from-config\n")
    assert made() == ["from-config"]
    monkeypatch.setenv("BYLINE_CONFIG", str(byline.write("sub/other.yaml", "data: ../from-other\n")))
    assert made() == ["from-other"]
    monkeypatch.setenv("BYLINE_DATA", "from-environment")
    assert made() == ["from-environment"]
    assert made("--data", "from-option") == ["from-option"]


def test_a_config_that_is_wrong(byline: Program) -> None:
    """Every command refuses it in one line that names the file."""
    config = byline.write("config.yaml", "answering:\n  treshold: 1\n")
    for command in (["ask", "Who?"], ["index", "x"], ["doctor"], ["paths"], ["collections", "list"]):
        done = byline(*command)
        assert (done.code, done.out) == (1, "")
        assert done.err == (
            f"byline: {config}: there is no key `answering.treshold`; the nearest is `answering.threshold`\n"
        )


@pytest.mark.parametrize("name", ["../evil", "Evil", "/tmp/evil", "e vil"])
def test_a_collection_of_an_impossible_name(byline: Program, name: str) -> None:
    """It is refused, and nothing is made anywhere."""
    file = byline.write("film.txt", MARROW)
    done = byline("index", file, "--collection", name)
    assert (done.code, done.out, len(done.err.splitlines())) == (1, "", 1)
    assert done.err.startswith("byline: '")
    assert " cannot name a collection; " in done.err
    assert list(byline.folder.rglob("*.sqlite3")) == []


# --- how it fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nope"], "No such command 'nope'. (see: byline --help)"),
        (["articles", "nope"], "No such command 'nope'. (see: byline articles --help)"),
        (["--nope"], "No such option: --nope (see: byline --help)"),
        (["ask"], "Missing argument 'QUESTION'. (see: byline ask --help)"),
        (["index"], "Missing argument 'PATH…'. (see: byline index --help)"),
        (["ask", "Who?", "--since"], "Option '--since' requires an argument."),
        (
            ["ask", "Who?", "--since", "yesterday"],
            "Invalid value for '--since': 'yesterday' is not a day; write it as 2021-10-01 "
            "(see: byline ask --help)",
        ),
        (
            ["ask", "Who?", "--until", "2024-02-30"],
            "Invalid value for '--until': '2024-02-30' is not a day; write it as 2021-10-01 "
            "(see: byline ask --help)",
        ),
    ],
)
def test_wrong_usage(byline: Program, arguments: list[str], problem: str) -> None:
    """Exit code 2, and one line with what is wrong and where to look; --debug changes nothing."""
    for options in ([], ["--debug"]):
        done = byline.run(*arguments, *(options if arguments[-1] != "--since" else []))
        assert (done.code, done.out, done.err) == (2, "", f"byline: {problem}\n")


@pytest.mark.parametrize("count", ["0", "201", "many", "-1"])
def test_an_impossible_number_of_passages(byline: Program, count: str) -> None:
    """From 1 to 200; anything else is wrong usage."""
    done = byline("ask", "Who?", "-k", count)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.startswith("byline: Invalid value for '-k': ")
    assert done.err.endswith(" (see: byline ask --help)\n")


def test_no_command_at_all(byline: Program) -> None:
    """The help, and exit code 2."""
    done = byline.run()
    assert done.code == 2
    assert "Answers questions from your own articles and shows where it read the answer." in done.out
    assert "Usage: byline" in done.out


def test_version(byline: Program) -> None:
    """It needs no config."""
    byline.write("config.yaml", "nonsense: [")
    done = byline.run("--version")
    assert (done.code, done.out, done.err) == (0, "byline 0.1.0\n", "")


def test_a_failure_on_purpose(byline: Program) -> None:
    """One line that says what to do, exit code 1; with --debug it is raised as it is."""
    done = byline("articles", "show", "x")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "byline: there is no collection 'articles' (there are: none yet); make it with: "
        "byline index PATH --collection articles\n"
    )
    with pytest.raises(BylineError):
        byline("articles", "show", "x", "--debug")


class Broken:
    """An encoder that fails in a way nobody foresaw."""

    name = "broken"

    def __init__(self, settings: object) -> None:
        """Takes what the real one takes."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ZeroDivisionError("division\n  by zero")


def test_a_failure_that_nobody_foresaw(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names it, exit code 1; with --debug the traceback."""
    file = byline.write("film.txt", MARROW)
    monkeypatch.setattr(bot.app, "SentenceEncoder", Broken)
    done = byline("index", file)
    assert (done.code, done.out) == (1, "")
    assert done.err == "byline: unexpected ZeroDivisionError: division by zero (add --debug for where)\n"
    with pytest.raises(ZeroDivisionError):
        byline("index", file, "--debug")


def test_ctrl_c(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """One word and exit code 130, as shells know it; no traceback even with --debug."""

    def interrupted(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(Words, "encode_queries", interrupted)
    for options in ([], ["--debug"]):
        done = news("ask", "Who directed the film?", *options)
        assert (done.code, done.out, done.err) == (130, "", "byline: stopped\n")


# --- as a process ---------------------------------------------------------------------------------


def run(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a shell command with the program at `$byline`, away from this checkout's config."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "byline": f"{sys.executable} -m bot", **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_a_reader_that_goes_away(news: Program) -> None:
    """`byline … | head` is no failure of the program's."""
    command = "set -o pipefail; $byline articles list --json | true"
    done = run(news.folder, command)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_curly_quotes_whatever_the_locale(news: Program) -> None:
    """Output is UTF-8 where the locale knows only ASCII."""
    news.write("lamp.txt", "Ada said “light” – twice.")
    news("index", "lamp.txt")
    done = run(news.folder, "$byline articles list", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Ada said “light” – twice." in done.stdout.decode("utf-8")
