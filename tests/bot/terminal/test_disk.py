"""A full disk, and one that cannot be written: one clear line from each command that writes, nothing lost."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import HENNOCK, MARROW, TREVELL, Program

pytestmark = pytest.mark.slow

SIZE_BYTES = 6 * 2**20
TEXTS = sorted([MARROW, TREVELL, HENNOCK])

WRITING = {
    "index": ["index", "more.jsonl"],
    "change": ["index", "changed.jsonl"],
    "remove": ["articles", "remove", "ID"],
    "reindex": ["reindex", "--config", "other.yaml"],
    "import": ["import", "more.backup"],
    "compact": ["compact"],
}


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")


@pytest.fixture
def small(byline: Program) -> Iterator[Program]:
    """The program with three articles, its data folder on a small disk of its own."""
    byline.data.mkdir()
    mount("-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(byline.data))
    try:
        news = "\n".join(json.dumps({"id": text[:4], "text": text}) for text in TEXTS)
        byline.write("news.jsonl", news)
        byline.write("other.yaml", "chunking:\n  max_tokens: 64\n")
        many = [json.dumps({"id": f"m{n}", "text": f"{MARROW} {n} {TREVELL * 60}"}) for n in range(20)]
        byline.write("more.jsonl", "\n".join(many))
        byline.write("changed.jsonl", json.dumps({"id": TEXTS[0][:4], "text": HENNOCK * 400}))
        assert byline.run("index", "more.jsonl", "--data", byline.folder / "elsewhere").code == 0
        assert byline.run("export", "more.backup", "--data", byline.folder / "elsewhere").code == 0
        assert byline("index", "news.jsonl").out == "articles: 3 added (3 passages written)\n"
        yield byline
    finally:
        subprocess.run(["umount", str(byline.data)], check=True)


def texts(byline: Program) -> list[str]:
    """The texts of all articles, as an export has them."""
    assert byline("export", "now.jsonl.gz").code == 0
    lines = gzip.decompress((byline.folder / "now.jsonl.gz").read_bytes()).splitlines()
    return sorted(json.loads(line)["text"] for line in lines[1:-1])


def arguments(byline: Program, command: str) -> list[str]:
    ids = [row["id"] for row in json.loads(byline("articles", "list", "--json").out)]
    return [ids[0] if argument == "ID" else argument for argument in WRITING[command]]


def fill(folder: Path) -> Path:
    """Leave not a byte on a disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk(small: Program, command: str) -> None:
    """The command says so in one line; with room again all is there, sound, and the command goes on."""
    words = arguments(small, command)
    filler = fill(small.data)
    done = small(*words)
    filler.unlink()
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert line.startswith(f"byline: {small.data}/")
    assert "the disk is full: free some space" in line or "No space left on device" in line
    assert small("verify", "--check").code == 0
    assert texts(small) == TEXTS
    assert small(*words).code == 0
    assert small("verify", "--check").code == 0


@pytest.mark.parametrize("command", WRITING)
def test_a_disk_that_cannot_be_written(small: Program, command: str) -> None:
    """The command says so in one line; once it can be written, all is there and the command goes on."""
    words = arguments(small, command)
    mount("-o", "remount,ro", str(small.data))
    done = small(*words)
    mount("-o", "remount,rw", str(small.data))
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert line.startswith(f"byline: {small.data}/")
    assert any(said in line for said in ("readonly database", "unable to open", "Read-only file system"))
    assert small("verify", "--check").code == 0
    assert texts(small) == TEXTS
    assert small(*words).code == 0


def test_asking_on_a_disk_that_cannot_be_written(small: Program) -> None:
    """SQLite writes beside what it reads: the line says what is the matter with the disk."""
    mount("-o", "remount,ro", str(small.data))
    done = small("ask", "Who?")
    mount("-o", "remount,rw", str(small.data))
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert line.startswith(f"byline: {small.data}/")
    assert line.endswith(
        "; the disk is read-only, and even an answer writes there: "
        "remount it, or choose another folder with --data"
    )


def test_an_export_to_a_full_disk(small: Program) -> None:
    """There is no half of an export, and the one before it stays."""
    target = small.data / "backup.jsonl.gz"
    assert small("export", target).code == 0
    before = target.read_bytes()
    filler = fill(small.data)
    done = small("export", target)
    filler.unlink()
    assert (done.code, target.read_bytes()) == (1, before)
    assert "the disk is full: free some space" in done.err
    assert [path.name for path in small.data.glob("*.tmp")] == []
