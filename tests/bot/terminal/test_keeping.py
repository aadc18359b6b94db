"""`byline export`, `import`, `verify` and `compact`: what is said, what is written, with which exit code."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ..conftest import DIRECTOR, Program

QUESTION = ("ask", "Who directed the film?")


def listed(byline: Program, *arguments: str) -> object:
    return json.loads(byline("articles", "list", "--json", *arguments).out)


def damage(byline: Program, statement: str) -> None:
    """Change the database behind the program's back."""
    with closing(sqlite3.connect(byline.data / "collections" / "articles" / "store.sqlite3")) as db:
        db.execute(statement)
        db.commit()


# --- export and import ----------------------------------------------------------------------------


def test_there_and_back(news: Program) -> None:
    """An export of one collection is imported into another: the same list, the same answer."""
    done = news("export", "backup.jsonl.gz")
    assert (done.code, done.out, done.err) == (0, "articles: 3 articles exported\n", "")
    done = news("import", "backup.jsonl.gz", "--collection", "copy")
    assert (done.code, done.out, done.err) == (0, "copy: 3 added (3 passages written)\n", "")
    assert listed(news, "--collection", "copy") == listed(news)
    assert news(*QUESTION, "--collection", "copy").out == news(*QUESTION).out
    assert news(*QUESTION).out.startswith(DIRECTOR)


def test_importing_twice(news: Program) -> None:
    """What is there unchanged is skipped, and what is missing comes back."""
    news("export", "backup.jsonl.gz")
    assert news("import", "backup.jsonl.gz").out == "articles: 3 unchanged (0 passages written)\n"
    assert news.embedded() == []
    (first, *_) = [row["id"] for row in listed(news)]  # type: ignore[attr-defined]
    news("articles", "remove", first)
    before = news("import", "backup.jsonl.gz")
    assert before.out == "articles: 1 added, 2 unchanged (1 passage written)\n"


def test_through_a_pipe(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` writes the same bytes to standard output, with the summary beside them, and reads them."""
    news("export", "backup.jsonl.gz")
    written = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", io.TextIOWrapper(written))
        done = news("export", "-")
        assert (done.code, done.err) == (0, "articles: 3 articles exported\n")
        packed = written.getvalue()
    assert packed == (news.folder / "backup.jsonl.gz").read_bytes()


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("gone.gz", "gone.gz cannot be read (No such file or directory); name a file of `byline export`"),
        ("news", "news cannot be read (Is a directory); name a file of `byline export`"),
        (
            "news/film.txt",
            "news/film.txt was not made by `byline export`; add it with: byline index FILE",
        ),
    ],
)
def test_what_is_no_export(news: Program, file: str, line: str) -> None:
    """It is refused in one line, and no collection is made for it."""
    done = news("import", file, "--collection", "copy")
    assert (done.code, done.out, done.err) == (1, "", f"byline: {line}\n")
    assert not (news.data / "collections" / "copy").exists()


def test_a_damaged_export(news: Program) -> None:
    """What is damaged is named, and the rest is there; the exit code tells."""
    news("export", "backup.jsonl.gz")
    data = (news.folder / "backup.jsonl.gz").read_bytes()
    (news.folder / "backup.jsonl.gz").write_bytes(data[:-12])
    done = news("import", "backup.jsonl.gz", "--collection", "copy")
    assert done.code == 1
    assert done.err.startswith("skipped 'backup.jsonl.gz line ")
    assert done.out.endswith("1 failed (3 passages written)\n")


def test_an_export_that_cannot_be_written(news: Program) -> None:
    """One line says so."""
    done = news("export", "gone/backup.jsonl.gz")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "byline: gone/backup.jsonl.gz cannot be written (No such file or directory); "
        "name a file in a folder with room for it\n"
    )


def test_a_damaged_article_is_left_out_of_an_export(news: Program) -> None:
    """So that the others can be rescued; it is named, and the exit code tells."""
    damage(news, "UPDATE articles SET authors = 'none' WHERE key = 2")
    done = news("export", "backup.jsonl.gz")
    assert (done.code, done.out) == (1, "articles: 2 articles exported\n")
    assert done.err == "skipped article 2: its row in the database is damaged\n"


# --- verify and compact ---------------------------------------------------------------------------


def test_verify_a_sound_collection(news: Program) -> None:
    """It says how much there is."""
    for arguments in (["verify"], ["verify", "--check"]):
        done = news(*arguments)
        sound = "articles: all is as it should be (3 articles, 3 passages)\n"
        assert (done.code, done.out, done.err) == (0, sound, "")


def test_verify_mends(news: Program) -> None:
    """`--check` says what is wrong and fails; without it that is mended, which is a success."""
    damage(news, "UPDATE vectors SET vector = zeroblob(3)")
    done = news("verify", "--check")
    assert (done.code, done.out.splitlines()[0]) == (
        1,
        "articles: 3 vectors missing or damaged; run without --check to mend it",
    )
    done = news("verify")
    assert (done.code, done.out) == (0, "articles: 3 vectors missing or damaged; embedded again\n")
    assert news("verify").code == 0
    assert news(*QUESTION).out.startswith(DIRECTOR)


def test_verify_what_cannot_be_mended(news: Program) -> None:
    """It says what helps, and fails."""
    damage(news, "UPDATE articles SET text = 'Something else.' WHERE key = 1")
    done = news("verify")
    assert done.code == 1
    assert "altered since stored; remove what is wrong and index its source again" in done.out


def test_verify_of_nothing(byline: Program) -> None:
    """A collection that is not there is named."""
    done = byline("verify")
    assert (done.code, done.err.startswith("byline: there is no collection 'articles'")) == (1, True)


def test_compact(news: Program) -> None:
    """It says how much was given back, and everything is found as before."""
    news.write("much.txt", "A harbour was closed in winter. " * 40_000)
    news("index", "much.txt")
    (much,) = [row["id"] for row in listed(news) if row["path"] == "much.txt"]  # type: ignore[attr-defined]
    news("articles", "remove", much)
    before = size_bytes(news.data)
    done = news("compact")
    freed = float(done.out.removeprefix("articles: ").removesuffix(" MiB freed\n"))
    assert (done.code, done.err) == (0, "")
    assert freed == pytest.approx((before - size_bytes(news.data)) / 2**20, abs=0.1)
    assert freed > 1
    assert news(*QUESTION).out.startswith(DIRECTOR)


def size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
