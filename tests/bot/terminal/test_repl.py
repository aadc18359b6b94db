"""The REPL: through a pipe, one line after the other, and at a terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, NoReturn

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import bot.terminal.repl
from bot.answerer import Question
from bot.app import App, Options
from bot.terminal.repl import HELP, _Completions, _Session
from tests.readers import SharedWords

from ..conftest import HENNOCK, MARROW, TREVELL, UNCALIBRATED, Done, Program, Words

SAMPLES_NOTE = (
    "No articles of yours yet: answering from Byline's sample articles. Add yours with: byline index PATH"
)
FILM = ["Ilsa Marrow · 88% sure", "", f"  “{MARROW}”", "  The film · 1 February 2024", ""]
SILENT = ["The articles don’t say."]


def lines(done: Done) -> list[str]:
    """What was printed, without spaces at the ends."""
    return [line.rstrip() for line in done.out.splitlines()]


def say(byline: Program, *typed: str) -> Done:
    """Pipe these lines in."""
    done = byline("repl", stdin="".join(f"{line}\n" for line in typed))
    assert done.code == 0
    return done


# --- questions ------------------------------------------------------------------------------------


def test_one_question_a_line(news: Program) -> None:
    """Each is answered, with a blank line after it; blank lines are passed over."""
    done = say(news, "Who directed the film?", "", "   ", "  Who restored the clock tower?  ")
    assert lines(done) == [
        *FILM,
        "Oda Trevell · 88% sure",
        "",
        "  “Oda Trevell restored the clock tower in Quillby.”",
        "  The tower · 1 March 2024",
        "",
    ]
    assert done.err == ""


def test_the_last_line_needs_no_end(news: Program) -> None:
    """And an empty input is no failure."""
    assert lines(news("repl", stdin="Who directed the film?")) == FILM
    done = news("repl", stdin="")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_errors_do_not_end_it(news: Program) -> None:
    """Each is one line on standard error, and the next question is answered."""
    done = say(
        news, "?!", ":nope", ":more", ":explain", ":add", ":add 'x", ":add nowhere", ":since x",
        ":until 2024-02-30", ":article Zebra", "who " * 501, ":MORE", "Who directed the film?",
    )  # fmt: skip
    assert lines(done) == FILM
    assert done.err.splitlines() == [
        'ask something in words, such as: byline ask "who directed the film?"',
        "there is no command :nope; :help lists them",
        "ask a question first",
        "ask a question first",
        "say what to add: :add PATH",
        "say what to add: :add PATH",
        "nowhere does not exist; check the spelling",
        "'x' is not a day; write it as 2021-10-01",
        "'2024-02-30' is not a day; write it as 2021-10-01",
        "no article's title begins with 'Zebra'; :articles lists them",
        "the question has over 2,000 characters; shorten it",
        "there is no command :MORE; :help lists them",
    ]


def test_ctrl_c_stops_the_question_only(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session goes on."""
    encode = Words.encode_queries

    def interrupted(self: Words, texts: list[str]) -> object:
        if texts == ["Slow?"]:
            raise KeyboardInterrupt
        return encode(self, texts)

    monkeypatch.setattr(Words, "encode_queries", interrupted)
    done = say(news, "Slow?", "Who directed the film?")
    assert (lines(done), done.err) == (FILM, "stopped\n")


def test_what_nobody_foresaw_ends_it(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line with exit code 1, or with --debug as it is raised."""

    def broken(*_: object) -> NoReturn:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Words, "encode_queries", broken)
    done = news("repl", stdin="Who?\nWho?\n")
    assert (done.code, done.out) == (1, "")
    assert done.err == "byline: unexpected ZeroDivisionError: by zero (add --debug for where)\n"
    with pytest.raises(ZeroDivisionError):
        news("repl", "--debug", stdin="Who?\n")


# --- commands -------------------------------------------------------------------------------------


def test_quit(news: Program) -> None:
    """What comes after it is not read."""
    assert lines(say(news, "Who directed the film?", ":quit", "Who restored the tower?")) == FILM


def test_help(news: Program) -> None:
    """It names every command, and only those there are."""
    assert say(news, ":help").out == f"{HELP}\n"
    named = sorted(set(re.findall(r"(?<!\S):[a-z]+", HELP)))
    assert named == [
        ":add", ":article", ":articles", ":explain", ":help", ":more", ":quit", ":since", ":until",
    ]  # fmt: skip
    done = say(news, *named)
    assert [line for line in done.err.splitlines() if "there is no command" in line] == []


def test_more(byline: Program) -> None:
    """The other candidates for the last answer, in order, three at most."""
    byline.write(
        "film.txt", f"Title: The film\n\n{MARROW} The film was long. Nobody slept. It rained. He left."
    )
    byline("index", "film.txt")
    found = lines(say(byline, "Who directed the film?", ":more"))
    assert found == [
        "Ilsa Marrow · 88% sure",
        "",
        f"  “{MARROW}”",
        "  The film",
        "",
        "",
        "  “The film was long.”",
        "  The film",
        "",
        "  “Nobody slept.”",
        "  The film",
        "",
        "  “It rained.”",
        "  The film",
        "",
    ]


def test_no_more(news: Program) -> None:
    """Where nothing else was found, it says so."""
    found = lines(say(news, ":article The film", "Who directed the film?", ":more"))
    assert found == ["asking only “The film”", *FILM, "Nothing else was found.", ""]


def test_explain(news: Program) -> None:
    """The table of what was read for the last answer."""
    found = lines(say(news, "Who restored the clock tower?", "Who directed the film?", ":explain"))[10:]
    assert found[0].split() == ["#", "dense", "BM25", "fused", "reader", "article", "why"]
    assert found[2].split()[4:] == ["2.00", "The", "film", "the", "answer", "stands", "here"]
    assert [line.endswith("  does not seem to answer") for line in found[3:5]] == [True, True]
    assert (len(found), found[-1]) == (6, "")


def test_without_confidence(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why there is none is said once, with the first question; and not at all where none is wanted."""
    monkeypatch.setattr(SharedWords, "fingerprint", "1")
    unsure = ["Ilsa Marrow", *FILM[1:]]
    done = say(news, ":help", "Who directed the film?", "Who directed the film?")
    assert (lines(done)[-10:], done.err) == ([*unsure, *unsure], UNCALIBRATED)
    assert say(news, ":help").err == ""
    news.write("config.yaml", "reader:\n  calibration: none\n")
    done = say(news, "Who directed the film?")
    assert (lines(done), done.err) == (unsure, "")


def test_a_calibration_that_is_missing(news: Program) -> None:
    """Each question says so in one line; the session goes on."""
    news.write("config.yaml", "reader:\n  calibration: mine.json\n")
    done = say(news, "Who directed the film?", ":since 2024-01-01", "Who directed the film?")
    missing = (
        f"the calibration {news.folder / 'mine.json'} cannot be read (No such file or directory); "
        "fit one with: byline eval DATASET --calibrate FILE\n"
    )
    assert (lines(done), done.err) == (["since 2024-01-01"], 2 * missing)


def test_articles(news: Program) -> None:
    """The same table as `byline articles list`."""
    assert say(news, ":articles").out == news("articles", "list").out


def test_article(news: Program) -> None:
    """Only the article whose title begins so is asked, until `:article` alone."""
    done = say(
        news, ":article the TOW", "Who directed the film?", ":article", "Who directed the film?",
        ":article The ferry", "Who directed the film?",
    )  # fmt: skip
    assert lines(done) == [
        "asking only “The tower”",
        *SILENT,
        "The closest passages:",
        "",
        f"  “{TREVELL}”",
        "  The tower · 1 March 2024",
        "",
        "asking all articles",
        *FILM,
        "asking only “The ferry to Hennock Island was sold for 3 million crowns.”",
        *SILENT,
        "The closest passages:",
        "",
        f"  “{HENNOCK}”",
        "  The ferry to Hennock Island was sold for 3 million crowns.",
        "",
    ]
    assert done.err == ""


def test_since_and_until(news: Program) -> None:
    """Inclusive days, each until it is taken back; what has no date is left out and counted."""
    question = "Who directed the film?"
    found = lines(
        say(news, ":since 2024-02-01", ":until 2024-02-01", question, ":until", ":since 2024-02-02", question,
            ":until 2024-02-28", question, ":since", ":until", question)
    )  # fmt: skip
    assert found == [
        "since 2024-02-01",
        "until 2024-02-01",
        *FILM[:4],
        "1 article without a date left out.",
        "",
        "until now",
        "since 2024-02-02",
        *SILENT,
        "The closest passages:",
        "",
        f"  “{TREVELL}”",
        "  The tower · 1 March 2024",
        "1 article without a date left out.",
        "",
        "until 2024-02-28",
        *SILENT,
        "1 article without a date left out.",
        "",
        "since ever",
        "until now",
        *FILM,
    ]


def test_a_day_that_is_none_changes_nothing(news: Program) -> None:
    """The filter that was set stays."""
    found = lines(say(news, ":until 2024-01-01", ":until never", "Who directed the film?"))
    assert found == ["until 2024-01-01", *SILENT, "1 article without a date left out.", ""]


# --- adding ---------------------------------------------------------------------------------------


def test_add(news: Program) -> None:
    """The new article is asked at once; what could not be read is named."""
    news.write("more/lamp.txt", "Nils Aker lit the lamp.")
    news.write("more/empty.txt", "")
    news.write("with space/owl.txt", "Ada Lund saw the owl.")
    done = say(news, ":add more 'with space/owl.txt'", "Who lit the lamp?", "Who saw the owl?")
    assert lines(done) == [
        "articles: 2 added, 1 failed (2 passages written)",
        "Nils Aker · 88% sure",
        "",
        "  “Nils Aker lit the lamp.”",
        "  Nils Aker lit the lamp.",
        "",
        "Ada Lund · 88% sure",
        "",
        "  “Ada Lund saw the owl.”",
        "  Ada Lund saw the owl.",
        "",
    ]
    assert done.err == "skipped 'more/empty.txt': it holds no text\n"


def test_add_from_the_home_folder(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is one's home."""
    monkeypatch.setenv("HOME", str(news.folder / "home"))
    news.write("home/lamp.txt", "Nils Aker lit the lamp.")
    assert lines(say(news, ":add ~/lamp.txt")) == ["articles: 1 added (1 passage written)"]


def test_add_leaves_the_samples_for_ones_own_collection(byline: Program) -> None:
    """From then on only one's own article answers, and the samples are as before."""
    byline.write("film.txt", MARROW)
    done = say(byline, "Who directed the film?", ":add film.txt", "Who directed the film?", ":articles")
    found = lines(done)
    assert done.err == f"{SAMPLES_NOTE}\n"
    added = found.index("articles: 1 added (1 passage written)")
    assert found[0] == "Ilsabet Karrow · 88% sure"
    assert found[added + 1 : added + 5] == ["Ilsa Marrow · 88% sure", "", f"  “{MARROW}”", f"  {MARROW}"]
    assert [line for line in found[added:] if "Karrow" in line or "Lamplighter" in line] == []
    sizes = [line.split()[:3] for line in byline("collections", "list").out.splitlines()[2:]]
    assert sizes == [["articles", "1", "1"], ["samples", "12", "24"]]
    assert say(byline, "Who directed the film?").err == ""


def test_add_forgets_which_sample_was_asked(byline: Program) -> None:
    """`:article` named one of the samples; none of one's own articles is that one."""
    byline.write("film.txt", MARROW)
    found = lines(say(byline, ":article Baker", ":add film.txt", "Who directed the film?"))
    assert found[1:3] == ["articles: 1 added (1 passage written)", "Ilsa Marrow · 88% sure"]


def test_add_of_nothing_keeps_the_samples(byline: Program) -> None:
    """They stand in until there is an article of one's own."""
    byline.write("bad/empty.txt", "")
    found = lines(say(byline, ":add bad", "Who directed the film?"))
    assert found[0] == "articles: 1 failed (0 passages written)"
    assert found[1] == "Ilsabet Karrow · 88% sure"


# --- at a terminal --------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A standard input that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def typed(
    byline: Program, keys: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """Type these keys at the REPL's prompt; what was printed."""
    from bot.__main__ import cli
    from bot.terminal.command import run_cli

    monkeypatch.setattr("sys.stdin", Terminal())
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        with create_app_session(input=pipe, output=DummyOutput()):
            assert run_cli(cli, ["repl", "--data", str(byline.data)]) == 0
    return capsys.readouterr().out


def test_at_a_terminal(
    news: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what it knows; Ctrl-C drops the line, Ctrl-D leaves; questions are remembered."""
    out = typed(news, "Who\x03Who directed the film?\r\x04", monkeypatch, capsys)
    assert [line.rstrip() for line in out.splitlines()] == [
        "articles: 3 articles. Ask a question, or type :help.",
        *FILM,
    ]
    history = (news.data / "history").read_text(encoding="utf-8")
    assert [line for line in history.splitlines() if line.startswith("+")] == ["+Who directed the film?"]


def test_quit_at_a_terminal(
    news: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same as Ctrl-D."""
    out = typed(news, ":quit\r", monkeypatch, capsys)
    assert out == "articles: 3 articles. Ask a question, or type :help.\n"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", []),
        ("who", []),
        (":a", [(":add", -2), (":articles", -2), (":article", -2)]),
        (":s", [(":since", -2)]),
        (":x", []),
        (":article ", [("The tower", 0), ("The film", 0)]),
        (":article the t", [("The tower", -5)]),
        (":article z", []),
    ],
)
def test_completion(news: Program, tmp_path: Path, text: str, offered: list[tuple[str, int]]) -> None:
    """Commands by their beginning and, after `:article`, titles, whatever their case."""
    app = App(Options(data=news.data), {}, tmp_path)
    with app.asked() as (collection, is_samples):
        session = _Session(app, collection, is_samples, Question(""))
        found = list(_Completions(session).get_completions(Document(text), CompleteEvent()))
    ferry = "The ferry to Hennock Island was sold for 3 million crowns."
    assert [(one.text, one.start_position) for one in found if one.text != ferry] == offered


def test_what_was_removed_since_is_not_shown(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process removes an article of the last answer: its words are not shown any more."""
    ask = bot.terminal.repl._ask

    def ask_and_lose(session: Any, line: str) -> None:
        ask(session, line)
        for row in session.collection.articles():
            session.collection.remove(row.id)

    monkeypatch.setattr(bot.terminal.repl, "_ask", ask_and_lose)
    done = news("repl", stdin="Who directed the film?\n:more\n:explain\n")
    assert done.err.count("an article of that answer was removed or changed since; ask again") == 2
