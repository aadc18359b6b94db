"""Killed at any moment, nothing that was acknowledged is lost, and nothing comes back."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.types import Query
from tests.encoders import HashedWords
from tests.faults import ARTICLES, JOURNAL, KINDS, article, begun_and_done, opened, version_of

ROOT = Path(__file__).resolve().parent.parent
KILLS = 200
# As long as each kind takes for a round or two, its start included.
LONGEST_SECONDS = 0.35
GONE = 0
"""The version of an article that is not there."""

Versions = dict[str, set[int]]
"""Of each article, the versions it may be in."""


@contextmanager
def killer() -> Iterator[subprocess.Popen[str]]:
    """What starts and kills workers."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-m", "tests.faults"], cwd=ROOT, text=True, **pipes) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def kill_one(process: subprocess.Popen[str], kind: str, seed: int, seconds: float, folder: Path) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{kind} {seed} {seconds:.4f} {folder}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "killed\n"


def expected(journal: Path, before: dict[str, int]) -> tuple[Versions, str | None]:
    """What each article may be after the journal, and which kind of work was interrupted."""
    allowed = {f"a{number}": {before.get(f"a{number}", GONE)} for number in range(ARTICLES)}
    open_works: dict[tuple[str, ...], None] = {}
    for moment, what in begun_and_done(journal):
        if moment == "begin":
            open_works[tuple(what)] = None
        else:
            open_works.pop(tuple(what), None)
        if what[0] in ("put", "remove"):
            version = int(what[2]) if what[0] == "put" else GONE
            allowed[what[1]] = {version} if moment == "done" else allowed[what[1]] | {version}
    return allowed, next(iter(open_works), (None,))[0]


def state(folder: Path) -> dict[str, int]:
    """The version of each article that is there, held against its whole text."""
    with opened(folder) as collection:
        found = [stored.article for stored in collection.everything()]
    for one in found:
        assert one is not None
        assert one == article(int(one.id[1:]), version_of(one))
    return {one.id: version_of(one) for one in found if one is not None}


def hits(folder: Path) -> list[tuple[str, float]]:
    """What is found for a question that every article has a word of."""
    encoder = HashedWords()
    text = "Who repaired the bridge, the mill and the tower in 1903?"
    with opened(folder) as collection:
        found = collection.retrieve(Query(text, encoder.encode_queries([text])), 20).hits
    return sorted((hit.passage.text, round(hit.score, 2)) for hit in found)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Two hundred times, at all kinds of work: the files are sound, and all is as it was acknowledged."""
    chooser = random.Random(11)
    interrupted: Counter[str | None] = Counter()
    before: dict[str, int] = {}
    with killer() as process:
        for number in range(KILLS):
            kind = KINDS[number % len(KINDS)]
            kill_one(process, kind, number + 1, chooser.uniform(0.005, LONGEST_SECONDS), tmp_path)
            journal = tmp_path / JOURNAL
            allowed, broken_off = expected(journal, before) if journal.exists() else ({}, None)
            journal.unlink(missing_ok=True)
            interrupted[broken_off] += 1
            with opened(tmp_path) as collection:
                findings = collection.upkeep.verify(mend=False)
                if broken_off == "verify":  # what it had broken itself
                    assert all(finding.done for finding in collection.upkeep.verify(mend=True))
                    findings = collection.upkeep.verify(mend=False)
            assert (number, kind, findings) == (number, kind, [])
            before = state(tmp_path)
            wrong = {key: allowed[key] for key in allowed if before.get(key, GONE) not in allowed[key]}
            assert (number, kind, wrong) == (number, kind, {})
    # All of them were really met in the middle.
    assert min(interrupted[kind] for kind in ("put", "remove", "compact", "reindex", "verify")) >= 3
    whole = tmp_path / "whole"
    whole.mkdir()
    with opened(tmp_path) as killed, opened(whole) as never_killed:
        list(never_killed.add(stored.article for stored in killed.everything() if stored.article))
        never_killed._chunking = killed._chunking
        list(never_killed.reindex(whole / "beside"))
    assert hits(tmp_path) == hits(whole)


@dataclass(frozen=True, slots=True)
class Program:
    """The program itself, with the real model, in a folder of its own."""

    folder: Path

    def __call__(self, *arguments: str) -> str:
        """What a command prints, once it has ended well."""
        with self.started(*arguments) as process:
            out, err = process.communicate()
        assert (process.returncode, err) == (0, "")
        return str(out)

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that runs."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments, "--data", "data"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def killed(self, *arguments: str, once: Callable[[], bool]) -> None:
        """Kill a command as soon as something has come about."""
        with self.started(*arguments) as process:
            while process.poll() is None and not once():
                time.sleep(0.005)  # there is nothing to wait on: it is another process's file
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL

    def write(self, name: str, numbers: Iterable[int]) -> None:
        """A file of articles."""
        lines = (json.dumps({"id": f"a{n}", "text": article(n, 1).text}) for n in numbers)
        (self.folder / name).write_text("\n".join(lines), encoding="utf-8")

    def count(self, store: str) -> int:
        """How many articles are committed in a collection at this moment."""
        found = list((self.folder / "data").glob(store))
        if not found:
            return 0
        with closing(sqlite3.connect(found[0])) as db:
            try:
                return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
            except sqlite3.OperationalError:  # it is being made
                return 0

    def ids(self) -> list[str]:
        """The ids of all articles."""
        return sorted(row["id"] for row in json.loads(self("articles", "list", "--json")))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_program_is_killed(tmp_path: Path) -> None:
    """While it adds, removes and embeds all again: sound files, and the next run brings it to its end."""
    byline = Program(tmp_path)
    store = "collections/articles/store.sqlite3"
    sound = "articles: all is as it should be ("
    byline.write("old.jsonl", range(4))
    byline.write("new.jsonl", range(4, 24))
    (tmp_path / "other.yaml").write_text("chunking:\n  max_tokens: 64\n", encoding="utf-8")
    assert byline("index", "old.jsonl").startswith("articles: 4 added (")
    old = byline.ids()

    byline.killed("index", "new.jsonl", once=lambda: byline.count(store) > 4)
    assert 4 < byline.count(store) <= 24
    assert byline("verify", "--check").startswith(sound)
    byline("index", "new.jsonl")
    everything = byline.ids()
    assert (len(everything), set(old) < set(everything)) == (24, True)

    new = sorted(set(everything) - set(old))
    byline.killed("articles", "remove", *new, once=lambda: byline.count(store) < 24)
    assert 4 <= byline.count(store) < 24
    assert byline("verify", "--check").startswith(sound)
    left = sorted(set(byline.ids()) - set(old))
    assert left == new[len(new) - len(left) :]
    byline("index", "new.jsonl")

    growing = "reindex/articles/*/store.sqlite3"
    byline.killed("reindex", "--config", "other.yaml", once=lambda: byline.count(growing) > 0)
    assert byline("verify", "--check").startswith(sound)
    assert byline.ids() == everything
    byline("reindex", "--config", "other.yaml")
    assert byline("verify", "--check").startswith(sound)
    assert byline.ids() == everything
