"""Killed at any moment, indexing goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.collection import LocalCollection
from index.types import Query
from tests.encoders import HashedWords

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ("Which harbour closed in winter?", "Who repaired bridge 17?", "What did the miller of Orve say?")

# Index with the tiny encoder, in small windows so that there is something to interrupt.
TINY = """
import sys
from pathlib import Path
import index.collection
from index.settings import ArticleSettings, StoreSettings
from index.sources.files import FileSource
from tests.encoders import HashedWords
index.collection._WINDOW = 8
folder, articles = Path(sys.argv[1]), Path(sys.argv[2])
storing = StoreSettings(save_every_seconds=0)
with index.collection.LocalCollection(folder, HashedWords(), storing=storing) as c:
    print("started", flush=True)
    for added in c.add(FileSource([articles], ArticleSettings())):
        pass
"""


def write_articles(file: Path, count: int) -> None:
    """A file of invented articles, each with words of its own."""
    chooser = random.Random(7)
    nouns = ["harbour", "bridge", "mill", "tower", "orchard", "ferry", "quarry", "lamp", "clock", "kiln"]
    people = ["Orve", "Tilde", "Magnus", "Sunniva", "Halvard", "Ragna", "Eskil", "Gudrun"]
    with file.open("w", encoding="utf-8") as lines:
        for number in range(count):
            sentences = [
                f"{chooser.choice(people)} repaired {chooser.choice(nouns)} {number} in {1900 + position}."
                for position in range(chooser.randint(20, 90))
            ]
            fields = {"id": str(number), "title": f"Report {number}", "text": " ".join(sentences)}
            lines.write(json.dumps(fields) + "\n")


def command(tiny: bool, folder: Path, articles: Path) -> list[str]:
    """What indexes `articles`: the tiny encoder, or the program itself."""
    if tiny:
        return [sys.executable, "-c", TINY, str(folder / "collections" / "articles"), str(articles)]
    return [sys.executable, "-m", "bot", "index", str(articles), "--data", str(folder)]


def state(folder: Path) -> tuple[dict[str, str], list[tuple[str, int, int]]]:
    """Every article's text, and every passage's article and place."""
    with LocalCollection(folder / "collections" / "articles", HashedWords()) as collection:
        texts = {row.id: collection.article(row.id).text for row in collection.articles()}  # type: ignore[union-attr]
        rows = collection._store._db.rows(
            "SELECT articles.id, start, end FROM passages JOIN articles ON articles.key = article_key"
        )
    return texts, sorted(rows)


def hits(folder: Path) -> list[list[tuple[str, float]]]:
    """The best passages for each question, with their scores."""
    encoder = HashedWords()
    with LocalCollection(folder / "collections" / "articles", encoder) as collection:
        found = [collection.retrieve(Query(text, encoder.encode_queries([text])), 5) for text in QUESTIONS]
    return [[(hit.passage.text, hit.score) for hit in result.hits] for result in found]


def cited(folder: Path) -> list[tuple[str, int, float]]:
    """What the program itself cites for a question, or else the closest passage, in a process of its own."""
    ask = ["-m", "bot", "ask", "Who repaired the bridge in 1903?", "--json", "--data", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *ask], check=True, capture_output=True, env=environment)
    answer = json.loads(done.stdout)
    shown = answer["citations"] or answer["closest"][:1]
    return [(citation["quote"], citation["start"], citation["score"]) for citation in shown]


def run_and_kill(arguments: list[str], after_seconds: float) -> None:
    """Start indexing and kill the process without warning."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(arguments, env=environment, **quiet) as run:
        time.sleep(after_seconds)
        run.send_signal(signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("tiny", "kills", "articles"), [(True, 17, 120), (False, 3, 6)])
def test_killed_and_resumed(tmp_path: Path, tiny: bool, kills: int, articles: int) -> None:
    """Twenty random moments: no article lost, none doubled, the same passages and the same hits."""
    source = tmp_path / "news.jsonl"
    write_articles(source, articles)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    subprocess.run(
        command(tiny, tmp_path / "whole", source), check=True, capture_output=True, env=environment
    )
    whole_seconds = time.monotonic() - started
    expected = state(tmp_path / "whole")
    assert len(expected[0]) == articles

    chooser = random.Random(11)
    for number in range(kills):
        folder = tmp_path / f"killed-{number}"
        run_and_kill(command(tiny, folder, source), chooser.uniform(0.2, 1.0) * whole_seconds)
        subprocess.run(command(tiny, folder, source), check=True, capture_output=True, env=environment)
        assert state(folder) == expected
        if not tiny:
            found, wanted = cited(folder), cited(tmp_path / "whole")
            assert wanted != []
            assert [(quote, start) for quote, start, _ in found] == [
                (quote, start) for quote, start, _ in wanted
            ]
            assert [score for *_, score in found] == pytest.approx([score for *_, score in wanted], abs=0.01)
        else:
            for some, same in zip(hits(folder), hits(tmp_path / "whole"), strict=True):
                assert [text for text, _ in some] == [text for text, _ in same]
                assert [score for _, score in some] == pytest.approx([score for _, score in same], abs=0.01)
