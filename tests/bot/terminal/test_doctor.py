"""`byline doctor` and `byline paths`: what is in use, whether it works, and what to do if not."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NoReturn

import pytest

from bot.errors import ReaderError
from bot.terminal import doctor
from index.errors import EncoderError
from tests.readers import SharedWords

from ..conftest import UNCALIBRATED, Program, Words

CHECKOUT = Path(__file__).resolve().parents[3]
READY = "Everything is ready."
MEND = "Mend the lines marked FAIL and run this again."


def checks(byline: Program) -> dict[str, tuple[str, str]]:
    """Run the doctor; each check's mark and finding by its name, and what was said last."""
    done = byline("doctor")
    assert done.err == ""
    *lines, last = done.out.splitlines()
    found = {line[6:18].strip(): (line[:4].strip(), line[19:]) for line in lines}
    assert (done.code, last) == ((0, READY) if "FAIL" not in done.out else (1, MEND))
    return found


def test_a_healthy_machine(byline: Program) -> None:
    """A line for everything; nothing is made by looking."""
    found = checks(byline)
    assert list(found) == [
        "byline", "config", "data", "sqlite", "torch", "encoder", "reader", "collections", "discord",
        "intents", "shared",
    ]  # fmt: skip
    assert {mark for mark, _ in found.values()} == {"ok"}
    assert re.fullmatch(r"0\.1\.0 on Python 3\.\d+\.\d+\S*, linux", found["byline"][1])
    assert found["config"][1] == str(CHECKOUT / "config.yaml")
    assert found["data"][1] == f"{byline.data} (made when it is needed)"
    assert re.fullmatch(r"3\.\d+\.\d+ with full-text search", found["sqlite"][1])
    assert re.fullmatch(r"2\.\S+, \d+ threads, faiss 1\.\S+", found["torch"][1])
    assert found["encoder"][1] == "bundled, 32 dimensions, 256 tokens, float32"
    assert found["reader"][1] == "shared-words, calibrated"
    assert found["collections"][1] == "none yet; make one with: byline index PATH"
    assert found["discord"][1] == "DISCORD_TOKEN is not set; only the Discord bot needs it"
    assert list(byline.folder.iterdir()) == []


def test_collections_with_their_sizes(news: Program) -> None:
    """In name order, and the data folder as it is."""
    news("index", "news/film.txt", "--collection", "a-film")
    found = checks(news)
    assert found["collections"] == (
        "ok",
        "a-film (1 articles, 1 passages), articles (3 articles, 3 passages)",
    )
    assert found["data"] == ("ok", str(news.data))


def test_the_config_in_use(byline: Program) -> None:
    """The one in the working folder, where there is one."""
    config = byline.write("config.yaml", "encoder:\n  model: another\n")
    found = checks(byline)
    assert found["config"] == ("ok", str(config))
    assert found["encoder"] == ("ok", "another, 32 dimensions, 256 tokens, float32")
    assert found["reader"] == ("ok", f"shared-words. {UNCALIBRATED.strip()}")


def test_a_damaged_collection(news: Program) -> None:
    """It is marked, everything else is still checked, and the exit code is 1."""
    store = news.data / "collections" / "articles" / "store.sqlite3"
    store.write_bytes(b"this is no database" * 100)
    found = checks(news)
    assert found["collections"] == (
        "FAIL",
        f"{store} cannot be used (file is not a database); check the disk's space and permissions, "
        "or restore the folder from a backup",
    )
    assert [name for name, (mark, _) in found.items() if mark == "FAIL"] == ["collections", "shared"]


def test_an_encoder_that_cannot_be_loaded(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words say what to do."""

    def missing(*_: object) -> NoReturn:
        raise EncoderError("the encoder is not there; run: pip install it")

    monkeypatch.setattr(Words, "encode_queries", missing)
    assert checks(byline)["encoder"] == ("FAIL", "the encoder is not there; run: pip install it")


def test_a_reader_that_cannot_be_loaded(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words say what to do."""

    def missing(*_: object) -> NoReturn:
        raise ReaderError("the reader is not there; install Byline again")

    monkeypatch.setattr(SharedWords, "load", missing)
    assert checks(byline)["reader"] == ("FAIL", "the reader is not there; install Byline again")


def test_a_calibration_that_is_missing(byline: Program) -> None:
    """Without it no question is answered, so it is marked; without wanting one all is well."""
    byline.write("config.yaml", "reader:\n  calibration: mine.json\n")
    assert checks(byline)["reader"] == (
        "FAIL",
        f"the calibration {byline.folder / 'mine.json'} cannot be read (No such file or directory); "
        "fit one with: byline eval DATASET --calibrate FILE",
    )
    byline.write("config.yaml", "reader:\n  calibration: none\n")
    assert checks(byline)["reader"] == ("ok", "shared-words. Calibration is switched off")


def test_a_data_folder_that_cannot_be_written(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest folder that exists decides."""
    asked = []

    def access(path: Path, mode: int) -> bool:
        asked.append((path, mode))
        return False

    monkeypatch.setattr(doctor.os, "access", access)
    assert checks(byline)["data"] == (
        "FAIL",
        f"{byline.data} cannot be written; choose another folder with --data DIR",
    )
    assert asked == [(byline.folder, os.W_OK)]


def test_a_data_folder_that_is_a_file(byline: Program) -> None:
    """Nothing can be kept in it, nor below it."""
    byline.write("data", "not a folder")
    assert checks(byline)["data"] == (
        "FAIL",
        f"{byline.data} cannot be written; choose another folder with --data DIR",
    )
    below = byline.data / "below"
    done = byline.run("doctor", "--data", below)
    assert (done.code, done.out.splitlines()[2]) == (
        1,
        f"FAIL  data         {below} cannot be written; choose another folder with --data DIR",
    )


def test_a_sqlite_without_full_text_search(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which Python has it."""

    class Rows:
        def execute(self, _: str) -> list[tuple[str]]:
            return [("ENABLE_FTS3",), ("THREADSAFE=1",)]

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(doctor.sqlite3, "connect", lambda _: Rows())
    assert checks(byline)["sqlite"] == (
        "FAIL",
        "this Python's SQLite has no full-text search (FTS5); use a python.org build",
    )


def test_paths(byline: Program) -> None:
    """Every place, in full, and how to be rid of the rest; nothing is made."""
    done = byline("paths")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"data         {byline.data}",
        f"config       {CHECKOUT / 'config.yaml'}",
        f"program      {CHECKOUT / 'bot'}",
        "To uninstall, delete the data folder and run: pip uninstall byline-bot",
    ]
    assert list(byline.folder.iterdir()) == []


def test_paths_that_were_given_relative(byline: Program) -> None:
    """They are printed absolute."""
    byline.write("sub/mine.yaml", "data: here\n")
    done = byline.run("paths", "--config", "sub/mine.yaml")
    assert done.out.splitlines()[:2] == [
        f"data         {byline.folder / 'sub' / 'here'}",
        f"config       {byline.folder / 'sub' / 'mine.yaml'}",
    ]
    assert (
        byline.run("paths", "--data", "there").out.splitlines()[0]
        == f"data         {byline.folder / 'there'}"
    )


def test_what_paths_names_is_all_there_is(news: Program) -> None:
    """After deleting the data folder nothing of Byline's is left but the config one wrote."""
    news("ask", "Who directed the film?")
    news("ask", "Who directed the film?", "--collection", "none")
    news("repl", stdin=":add news/film.txt\n")
    news("reindex")
    assert sorted(path.name for path in news.folder.iterdir()) == ["data", "news"]
    assert sorted(path.name for path in (news.folder / "news").iterdir()) == [
        "ferry.txt", "film.txt", "tower.txt"
    ]  # fmt: skip
