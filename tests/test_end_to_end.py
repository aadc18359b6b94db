"""The program as a person runs it, with the bundled model, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DIRECTOR = (
    "Ilsabet Karrow · 89% sure\n"
    "\n"
    "  “The film was directed by Ilsabet Karrow, 44, a former map engraver who had made only short "
    "documentaries before.”\n"
    "  ‘The Lamplighter’s Arithmetic’ takes top prize at Vellamy festival · 28 October 2024 · "
    "https://example.org/news/lamplighters-arithmetic-wins-prize\n"
)
# Every way out of the machine fails at once, loudly.
NO_NETWORK = """
import socket
def refuse(*_, **__):
    raise AssertionError("the network was touched")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
from bot.__main__ import main
main()
"""


def run(folder: Path, *arguments: str, program: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `byline` from an empty folder, without this checkout's config."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BYLINE_")}
    environment["PYTHONPATH"] = str(ROOT)
    command = ["-c", program] if program else ["-m", "bot"]
    return subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )


def test_the_first_command_of_the_readme(tmp_path: Path) -> None:
    """It names the sample film's director, as the README shows, and never touches the network."""
    done = run(tmp_path, "ask", "who directed the film?", program=NO_NETWORK)
    assert (done.stdout, done.returncode) == (DIRECTOR, 0)
    assert done.stderr.splitlines()[0] == (
        "No articles of yours yet: answering from Byline's sample articles. Add yours with: byline index PATH"
    )
    assert DIRECTOR in (ROOT / "README.md").read_text(encoding="utf-8")


def test_ones_own_articles_silence_the_samples(tmp_path: Path) -> None:
    """After the first `index` only one's own articles answer; what they don't say is said so."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "orchard.txt").write_text(
        "date 2023-09-04 The orchard at Tillymoor was sold on Friday to Ansgar Brevik, a beekeeper. "
        "He paid 410,000 crowns.",
        encoding="utf-8",
    )
    indexed = run(tmp_path, "index", "news")
    assert (indexed.stdout, indexed.returncode) == ("articles: 1 added (1 passage written)\n", 0)

    answer = json.loads(run(tmp_path, "ask", "Who was the orchard sold to?", "--json").stdout)
    (citation,) = answer["citations"]
    assert citation["quote"] == ("The orchard at Tillymoor was sold on Friday to Ansgar Brevik, a beekeeper.")
    assert citation["article"]["published"] == "2023-09-04"

    nothing = run(tmp_path, "ask", "who directed the film?", "--json")
    answer = json.loads(nothing.stdout)
    assert (answer["answer"], answer["citations"], nothing.returncode) == (None, [], 0)
    assert [closest["article"]["published"] for closest in answer["closest"]] == ["2023-09-04"]


def test_the_real_article_names_its_director(tmp_path: Path, shared: Path) -> None:
    """It answers exactly Klim Chipenko, with the date that stood before the first sentence."""
    assert run(tmp_path, "index", str(shared / "articles")).returncode == 0
    answer = json.loads(run(tmp_path, "ask", "who directed the film?", "--json").stdout)
    (citation,) = answer["citations"]
    assert answer["answer"] == "Klim Chipenko"
    assert 0.6 <= answer["confidence"] < 1
    assert citation["article"]["published"] == "2021-10-06"
    assert citation["article"]["title"] is None
    assert citation["quote"][citation["answer_start"] : citation["answer_end"]] == answer["answer"]


def test_doctor_says_what_is_in_use(tmp_path: Path) -> None:
    """Far from any config, the shipped one is used and data goes to the working folder."""
    done = run(tmp_path, "doctor")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[1] == f"ok    config       {ROOT / 'config.yaml'}"
    assert lines[2] == f"ok    data         {tmp_path / 'data'} (made when it is needed)"
    assert lines[5].startswith("ok    encoder      all-MiniLM-L6-v2, 384 dimensions, 256 tokens, ")
    assert lines[-1] == "Everything is ready."


@pytest.mark.slow
def test_questions_about_the_samples(tmp_path: Path) -> None:
    """The samples answer what they say, and say so where they don't."""
    asked = {
        "Who caused the inquiry to open the new road tunnel?": None,
        "Who headed the winner in the 119th minute?": "Deji Marlowitz",
        "What is the ocean temperature on Europa?": None,
        "When will Pellam-3 be launched?": None,
        "how many saves did Prothero-Lund make?": "11",
    }
    said = {
        question: json.loads(run(tmp_path, "ask", question, "--json").stdout)["answer"] for question in asked
    }
    assert said == asked
