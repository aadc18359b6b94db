"""`byline index` and `byline reindex`: what is said, what is stored, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import index.collection
from index.sources.seen import Seen
from index.types import Article, Skipped, Vectors

from ..conftest import DIRECTOR, HENNOCK, MARROW, TREVELL, UNCALIBRATED, Program, Words

KINDS = ".txt .text .md .markdown .html .htm .pdf .docx .epub .eml .csv .jsonl .jsonl.gz .zip"


@pytest.fixture
def news(byline: Program) -> Program:
    """The program with a folder of three articles, not yet indexed."""
    byline.write("news/film.txt", MARROW)
    byline.write("news/tower.txt", TREVELL)
    byline.write("news/sub/ferry.txt", HENNOCK)
    return byline


def paths(byline: Program) -> list[str]:
    """Where the collection's articles lie."""
    return sorted(row["path"] for row in json.loads(byline("articles", "list", "--json").out))


def interrupt_after_two(patch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C when the third article is embedded."""
    encode = Words.encode_passages

    def encode_two(self: Words, texts: Sequence[str]) -> Vectors:
        if len(self.encoded) == 2:
            raise KeyboardInterrupt
        return encode(self, texts)

    patch.setattr(index.collection, "_WINDOW", 1)
    patch.setattr(Words, "encode_passages", encode_two)


# --- index ----------------------------------------------------------------------------------------


def test_index_twice(news: Program) -> None:
    """The second time nothing has changed, and nothing is embedded."""
    first = news("index", "news")
    assert (first.code, first.out, first.err) == (0, "articles: 3 added (3 passages written)\n", "")
    assert sorted(news.embedded()) == sorted([MARROW, TREVELL, HENNOCK])
    again = news("index", "news")
    assert (again.code, again.out, again.err) == (0, "articles: 3 unchanged (0 passages written)\n", "")
    assert news.embedded() == []
    assert paths(news) == ["film.txt", "sub/ferry.txt", "tower.txt"]


def test_index_what_changed(news: Program) -> None:
    """Only the changed and the new are embedded; the old words of a changed one are gone."""
    news("index", "news")
    news.write("news/film.txt", "Bo Aker directed the film.")
    news.write("news/lamp.txt", "Nils lit the lamp.")
    done = news("index", "news")
    assert done.out == "articles: 1 added, 1 changed, 2 unchanged (2 passages written)\n"
    assert sorted(news.embedded()) == ["Bo Aker directed the film.", "Nils lit the lamp."]
    assert news("ask", "Who directed the film?").out.startswith("Bo Aker · 88% sure\n")
    assert "Marrow" not in news("ask", "Who is Ilsa Marrow?").out


def test_index_several_paths(news: Program) -> None:
    """Files and folders; an article given twice is one."""
    done = news("index", "news/film.txt", "news/sub", "news")
    assert done.out == "articles: 3 added, 2 unchanged (3 passages written)\n"
    assert len(paths(news)) == 3


def test_what_is_not_there_any_more_goes(news: Program) -> None:
    """Indexing a folder again removes what has vanished from it, unless told to keep it."""
    news("index", "news")
    (news.folder / "news" / "tower.txt").unlink()
    kept = news("index", "news", "--keep-missing")
    assert kept.out == "articles: 2 unchanged (0 passages written)\n"
    assert paths(news) == ["film.txt", "sub/ferry.txt", "tower.txt"]
    done = news("index", "news")
    assert (done.code, done.out) == (0, "articles: 2 unchanged, 1 removed (0 passages written)\n")
    assert paths(news) == ["film.txt", "sub/ferry.txt"]


def test_failures_are_named(news: Program) -> None:
    """Each with its file, line and reason; the others are stored, and the exit code is 1."""
    news.write("news/list.jsonl", '{"text": "Nils lit the lamp."}\n{\n[]\n{"title": "No text"}\n')
    news.write("news/empty.txt", " \n")
    news.write("news/matter.md", "---\ntitle: [\n---\nText.\n")
    done = news("index", "news")
    assert (done.code, done.out) == (1, "articles: 4 added, 5 failed (4 passages written)\n")
    assert done.err.splitlines() == [
        "skipped 'news/empty.txt': it holds no text",
        "skipped 'news/list.jsonl, line 2': it is not valid JSON",
        "skipped 'news/list.jsonl, line 3': it is not a JSON object",
        "skipped 'news/list.jsonl, line 4': it has no field `text`",
        "skipped 'news/matter.md': its front matter is not valid YAML",
    ]
    assert news("ask", "Who lit the lamp?").out.startswith("Nils lit the lamp. · 88% sure\n")


def test_only_failures(byline: Program) -> None:
    """Nothing stored: exit code 1."""
    byline.write("news/empty.txt", "")
    done = byline("index", "news")
    assert (done.code, done.out) == (1, "articles: 1 failed (0 passages written)\n")
    assert done.err == "skipped 'news/empty.txt': it holds no text\n"


def test_other_kinds_are_passed_over(news: Program) -> None:
    """They are counted by kind and are no failure; hidden files are not even counted."""
    for name in ("a.png", "b.png", "c.PNG", "d.png", "Makefile", "README", ".hidden", ".git/config"):
        news.write(f"news/{name}", "x")
    done = news("index", "news")
    assert (done.code, done.out) == (0, "articles: 3 added (3 passages written)\n")
    assert done.err.splitlines() == [
        "passed over 2 files of the kind 'without an ending'",
        "passed over 1 file of the kind '.PNG'",
        "passed over 3 files of the kind '.png'",
    ]


def test_a_file_of_another_kind_given_by_name(news: Program) -> None:
    """Whoever names it wants it: that is a failure, and says what can be read."""
    picture = news.write("news/a.png", "x")
    done = news("index", picture)
    assert (done.code, done.out) == (1, "articles: 1 failed (0 passages written)\n")
    assert done.err == f"skipped '{picture}': its kind is not known; Byline reads {KINDS}\n"


def test_nothing_to_index(byline: Program) -> None:
    """An empty folder, or one of other kinds: exit code 1, and what could be read."""
    (byline.folder / "empty").mkdir()
    done = byline("index", "empty")
    assert (done.code, done.out, done.err) == (1, "", f"no articles were found; Byline reads {KINDS}\n")
    byline.write("pictures/a.png", "x")
    byline.write("pictures/b.png", "x")
    done = byline("index", "pictures")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "passed over 2 files of the kind '.png'",
        f"no articles were found; Byline reads {KINDS}",
    ]


def test_a_path_that_is_not_there(news: Program) -> None:
    """Nothing is indexed, not even what was named before it."""
    done = news("index", "news", "nwes")
    assert (done.code, done.out, done.err) == (1, "", "byline: nwes does not exist; check the spelling\n")
    assert news("collections", "list").out == "No collections yet; make one with: byline index PATH\n"


def test_an_article_that_is_too_large(news: Program) -> None:
    """It is skipped and named, with the setting that says so."""
    news.write("config.yaml", "articles:\n  max_bytes: 40\n")
    done = news("index", "news")
    assert (done.code, done.out) == (1, "articles: 1 added, 2 failed (1 passage written)\n")
    assert done.err.splitlines() == [
        "skipped 'news/tower.txt': it is over articles.max_bytes (40 bytes)",
        "skipped 'news/sub/ferry.txt': it is over articles.max_bytes (40 bytes)",
    ]


def test_a_file_name_of_odd_bytes(news: Program) -> None:
    """Its article is stored, or it is named as skipped; nothing goes down with it."""
    Path(os.fsdecode(os.fsencode(str(news.folder / "news")) + b"/odd\xff.txt")).write_text("Nils lit a lamp.")
    done = news("index", "news")
    assert "unexpected" not in done.err
    assert news("ask", "Who directed the film?").out.startswith(DIRECTOR)
    assert news("articles", "list").code == 0
    assert news("articles", "list", "--json").code == 0


def test_interrupted_and_run_again(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C says how many articles are safe; the same command goes on with the rest."""
    with monkeypatch.context() as patch:
        interrupt_after_two(patch)
        done = news("index", "news")
    assert (done.code, done.out) == (130, "")
    assert done.err == "stopped; 2 articles are safe, run the same command to go on with the rest\n"
    assert len(paths(news)) == 2
    again = news("index", "news")
    assert (again.code, again.out) == (0, "articles: 1 added, 2 unchanged (1 passage written)\n")
    assert len(news.embedded()) == 1


def test_numbers_are_grouped(byline: Program) -> None:
    """A thousand lines without text are 1,000."""
    byline.write("lamps.jsonl", '{"text": "..."}\n' * 1000)
    assert byline("index", "lamps.jsonl").out == "articles: 1,000 failed (0 passages written)\n"


# --- an encoder or chunking that changed ----------------------------------------------------------


MISMATCH = (
    "byline: collection 'articles' was built with max_tokens 240, the config says 64; "
    "run: byline reindex --collection articles, or set the config back\n"
)


@pytest.fixture
def changed(news: Program) -> Program:
    """The program after its three articles were indexed and the chunking was changed."""
    assert news("index", "news").code == 0
    news.write("config.yaml", "chunking:\n  max_tokens: 64\n")
    return news


def test_a_changed_chunking_is_refused(changed: Program) -> None:
    """Asking and adding say which command helps; lists still work."""
    changed.write("news/lamp.txt", "Nils lit the lamp.")
    for command in (["ask", "Who directed the film?"], ["index", "news"]):
        done = changed(*command)
        assert (done.code, done.out, done.err) == (1, "", MISMATCH)
    done = changed("repl", stdin="Who directed the film?\n")
    assert (done.code, done.out) == (0, "")
    assert done.err == UNCALIBRATED + MISMATCH.removeprefix("byline: ")
    assert len(paths(changed)) == 3


def test_reindex(changed: Program) -> None:
    """Everything is embedded again, and answers come; the confidence belonged to the old chunking."""
    done = changed("reindex")
    assert (done.code, done.out, done.err) == (0, "articles: 3 added (3 passages written)\n", "")
    assert sorted(changed.embedded()) == sorted([MARROW, TREVELL, HENNOCK])
    asked = changed("ask", "Who directed the film?")
    assert (asked.code, asked.out.splitlines()[0], asked.err) == (0, "Ilsa Marrow", UNCALIBRATED)
    assert changed("index", "news").out == "articles: 3 unchanged (0 passages written)\n"


def test_setting_the_config_back(changed: Program) -> None:
    """The other way out: nothing was lost."""
    changed.write("config.yaml", "")
    assert changed("ask", "Who directed the film?").out.startswith(DIRECTOR)


def test_another_model(news: Program) -> None:
    """A changed encoder is refused the same way, and `reindex` helps the same way."""
    news("index", "news")
    news.write("config.yaml", "encoder:\n  model: another\n")
    done = news("ask", "Who directed the film?")
    assert (done.code, done.err) == (
        1,
        "byline: collection 'articles' was built with encoder bundled, the config says another; "
        "run: byline reindex --collection articles, or set the config back\n",
    )
    assert news("reindex").out == "articles: 3 added (3 passages written)\n"
    done = news("ask", "Who directed the film?")
    assert (done.code, done.out.splitlines()[0], done.err) == (0, "Ilsa Marrow", UNCALIBRATED)


def test_an_interrupted_reindex_goes_on(changed: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old index stays in its place meanwhile; what was embedded is not embedded again."""
    with monkeypatch.context() as patch:
        interrupt_after_two(patch)
        done = changed("reindex")
    assert (done.code, done.out, done.err) == (130, "", "byline: stopped\n")
    assert changed("ask", "Who?").err == MISMATCH
    again = changed("reindex")
    assert (again.code, again.out) == (0, "articles: 1 added, 2 unchanged (1 passage written)\n")
    assert len(changed.embedded()) == 1
    assert changed("ask", "Who directed the film?").out.startswith("Ilsa Marrow\n")


def test_reindex_of_another_collection(news: Program) -> None:
    """`--collection` chooses it; one that is not there is an error."""
    news("index", "news/film.txt", "--collection", "film")
    assert news("reindex", "--collection", "film").out == "film: 1 added (1 passage written)\n"
    done = news("reindex")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "byline: there is no collection 'articles' (there are: film); make it with: "
        "byline index PATH --collection articles\n"
    )


def test_the_source_files_are_not_needed(changed: Program) -> None:
    """The articles are in the collection."""
    for name in ("film.txt", "tower.txt", "sub/ferry.txt"):
        (changed.folder / "news" / name).unlink()
    assert changed("reindex").out == "articles: 3 added (3 passages written)\n"


# --- the report -----------------------------------------------------------------------------------


def test_a_skipped_name_is_quoted(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's name cannot steer the terminal, nor style it."""

    def source(*_: object) -> object:
        class Odd:
            done_bytes = total_bytes = 0
            passed_over: dict[str, int] = {}  # noqa: RUF012
            seen = Seen()

            def __iter__(self) -> Iterator[Article | Skipped]:
                yield Skipped("\x1b[31m[bold]odd\u202e.txt", "it is [red]odd[/]")

        return Odd()

    monkeypatch.setattr("index.sync.FileSource", source)
    done = byline("index", byline.write("x", ""))
    assert done.err == "skipped '\\x1b[31m[bold]odd\\u202e.txt': it is [red]odd[/]\n"


# --- Ctrl-C -----------------------------------------------------------------------------------------


def test_stopping_keeps_what_is_at_hand(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """One Ctrl-C: what is being embedded is stored, nothing is removed, and the rest comes next time."""
    news("index", "news/film.txt", "news/sub")
    (news.folder / "news" / "sub" / "ferry.txt").unlink()
    news.write("news/lamp.txt", "Nils lit the lamp.")
    encode = Words.encode_passages
    said: list[tuple[int, bytes]] = []

    def interrupted(self: Words, texts: Sequence[str]) -> Vectors:
        os.kill(os.getpid(), signal.SIGINT)
        return encode(self, texts)

    with monkeypatch.context() as patch:
        patch.setattr(index.collection, "_WINDOW", 1)
        patch.setattr(Words, "encode_passages", interrupted)
        patch.setattr("bot.terminal.stopping.os.write", lambda *written: said.append(written))
        done = news("index", "news", "--yes")
    assert (done.code, done.out) == (130, "")
    assert done.err == "stopped; 2 articles are safe, run the same command to go on with the rest\n"
    assert [text.split(b"\x1b[2K")[-1] for _, text in said] == [
        b"stopping after the articles at hand; Ctrl-C again stops at once\n"
    ]
    assert paths(news) == ["ferry.txt", "film.txt", "lamp.txt"]
    assert news("index", "news", "--yes").out == (
        "articles: 1 added, 2 unchanged, 1 removed (1 passage written)\n"
    )


def test_stopping_at_once(news: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second Ctrl-C does not wait for the model; what was stored before is safe."""

    def interrupted(self: Words, texts: Sequence[str]) -> Vectors:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("it went on")

    news("index", "news/film.txt")
    with monkeypatch.context() as patch:
        patch.setattr(Words, "encode_passages", interrupted)
        done = news("index", "news")
    assert (done.code, done.out) == (130, "")
    assert done.err.endswith("run the same command to go on with the rest\n")
    assert paths(news) == ["film.txt"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
