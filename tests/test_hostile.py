"""A thousand hostile inputs: a clear error or an answer, never a traceback."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot.app
from bot.__main__ import cli
from bot.terminal.command import run_cli
from tests.encoders import HashedWords
from tests.readers import SharedWords, write_calibration

FRAGMENTS = st.sampled_from(
    [
        "", " ", "\x00", "\ud800", "\udfff", "\u202e", "\u200f", "\ufeff", "\u0301" * 40, "😀", "\x1b[31m",
        "\r", "\n\n\n", "AND", "OR", "NOT", "NEAR(", "*", '"', "'", "(", ")", "^", "-", ":", "title:",
        "{a b}", "--", "'; DROP TABLE articles; --", "[bold]", "[/]", "[link=x]", "@everyone",
        "<@1>", "```", "||", "{", "}",
        "%s", "%(x)s", "${HOME}", "../../etc/passwd", "who directed the film", "ß", "ﬁ", "İ",
    ]
)  # fmt: skip
HUGE = st.sampled_from(
    ["word" * 250_000, "word " * 200_000, ". " * 100_000, "\n" * 100_000, "U.S. " * 10_000]
)
HOSTILE = st.one_of(
    st.lists(FRAGMENTS, max_size=8).map("".join),
    st.lists(FRAGMENTS, max_size=8).map(" ".join),
    st.text(st.characters(codec=None), max_size=60),
)
QUICK = (pytest.param(25, HOSTILE, id="quick"),)
THOROUGH = (
    pytest.param(480, HOSTILE, id="thorough", marks=pytest.mark.slow),
    pytest.param(20, HUGE, id="huge", marks=pytest.mark.slow),
)


@contextmanager
def program() -> Iterator[Path]:
    """A data folder with one article, and the tiny models in the place of the real ones."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        encoder = HashedWords()
        patch.setattr(bot.app, "SentenceEncoder", lambda _: encoder)
        patch.setattr(bot.app, "ExtractiveReader", SharedWords)
        calibration = write_calibration(Path(folder) / "calibration.json", "hashed-words hashed-words-32")
        patch.setattr(bot.app, "SHIPPED_CALIBRATION", calibration)
        (Path(folder) / "lamp.txt").write_text("The lamp at Ostrey was lit by Nils Fjeldgaard in 1911.")
        assert byline(Path(folder), "index", str(Path(folder) / "lamp.txt")) == (0, "")
        yield Path(folder)


def byline(folder: Path, command: str, *arguments: str) -> tuple[int, str]:
    """Run a command in this process; its exit code and what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_cli(cli, [command, "--data", str(folder / "data"), *arguments])
    return code, err.getvalue()


def hostile(examples: int) -> settings:
    """Hypothesis's settings for inputs that each run a whole command."""
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("examples", "texts"), [*QUICK, *THOROUGH])
def test_hostile_questions(examples: int, texts: st.SearchStrategy[str]) -> None:
    """Every question gets an answer, or one line that says what to do."""
    with program() as folder:

        @hostile(examples)
        @given(texts)
        def ask(question: str) -> None:
            code, complaint = byline(folder, "ask", "--json", "--", question)
            assert code in (0, 1)
            assert "unexpected" not in complaint
            assert complaint.count("\n") == code

        ask()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("examples", "texts"), [*QUICK, *THOROUGH])
def test_hostile_articles(examples: int, texts: st.SearchStrategy[str]) -> None:
    """Every file becomes an article, or is named with a reason; what was there before still answers."""
    with program() as folder:

        @hostile(examples)
        @given(texts, HOSTILE, st.sampled_from([".txt", ".md", ".html", ".jsonl"]))
        def index(text: str, title: str, ending: str) -> None:
            file = folder / f"hostile{ending}"
            fields = {"title": title, "text": text, "published": title, "url": text, "authors": [title]}
            content = json.dumps(fields) if ending == ".jsonl" else f"---\ntitle: {title}\n---\n{text}"
            file.write_bytes(content.encode("utf-8", "surrogatepass"))
            code, complaint = byline(folder, "index", str(file))
            assert code in (0, 1)
            assert "unexpected" not in complaint
            assert (code == 1) == ("skipped" in complaint)

        index()
        assert byline(folder, "ask", "Who lit the lamp at Ostrey?") == (0, "")
