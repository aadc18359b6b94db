"""`byline index PATH --watch`: what changes while it runs is in the collection soon after."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.store import Store

from ..conftest import HENNOCK, MARROW, TREVELL, Done, Program

PATIENCE_SECONDS = 30.0


class Meanwhile:
    """Does things in another thread while the program watches, then presses Ctrl-C."""

    def __init__(self, byline: Program) -> None:
        self._store = byline.data / "collections" / "articles" / "store.sqlite3"
        self.failures: list[BaseException] = []

    def until(self, *texts: str) -> None:
        """Wait until the collection holds just these."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        held: list[str] = []
        while time.monotonic() < deadline:
            if self._store.is_file():
                with closing(Store(self._store)) as store:
                    articles = [store.article(summary.id) for summary in store.summaries()]
                held = sorted(article.text for article in articles if article)
                if held == sorted(texts):
                    return
            time.sleep(0.05)
        raise AssertionError(f"it held {held}")

    def run(self, actions: Callable[[Meanwhile], None]) -> threading.Thread:
        def work() -> None:
            try:
                actions(self)
            except BaseException as failure:
                self.failures.append(failure)
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=work)
        thread.start()
        return thread


@pytest.fixture
def watching(byline: Program) -> Callable[[Path | str, Callable[[Meanwhile], None]], Done]:
    """Watches a path while actions go on, and gives what was said."""

    def run(path: Path | str, actions: Callable[[Meanwhile], None]) -> Done:
        meanwhile = Meanwhile(byline)
        thread = meanwhile.run(actions)
        done = byline("index", path, "--watch")
        thread.join()
        assert meanwhile.failures == []
        return done

    return run


def test_a_folder(byline: Program, watching: Callable[..., Done]) -> None:
    """What is written, saved by renaming and deleted is taken in, a line each, and Ctrl-C ends it well."""
    film = byline.write("news/film.txt", MARROW)
    byline.write("news/tower.txt", TREVELL)

    def actions(meanwhile: Meanwhile) -> None:
        meanwhile.until(MARROW, TREVELL)
        ferry = byline.write("news/sub/ferry.txt", HENNOCK)
        meanwhile.until(MARROW, TREVELL, HENNOCK)
        byline.write("news/.film.txt.new", "Bo Aker directed the film.").replace(film)
        meanwhile.until("Bo Aker directed the film.", TREVELL, HENNOCK)
        ferry.unlink()
        meanwhile.until("Bo Aker directed the film.", TREVELL)

    done = watching("news", actions)
    assert (done.code, done.out) == (0, "articles: 2 added (2 passages written)\n")
    assert done.err.splitlines() == [
        "watching news; Ctrl-C ends it",
        "added news/sub/ferry.txt",
        "changed news/film.txt",
        "removed news/sub/ferry.txt",
    ]


def test_a_file(byline: Program, watching: Callable[..., Done]) -> None:
    """A file that editors replace goes on being watched; what else its folder holds is not read."""
    film = byline.write("film.txt", MARROW)

    def actions(meanwhile: Meanwhile) -> None:
        meanwhile.until(MARROW)
        byline.write("tower.txt", TREVELL)
        for text in ("Bo Aker directed the film.", "Nils directed the film."):
            byline.write("film.new", text).replace(film)
            meanwhile.until(text)

    done = watching(film, actions)
    assert (done.code, done.err.count("changed film.txt")) == (0, 2)


def test_a_root_that_goes_and_comes_back(byline: Program, watching: Callable[..., Done]) -> None:
    """Its articles stay meanwhile, and what changed there is taken in when it is back."""
    byline.write("news/film.txt", MARROW)
    away = byline.folder / "away"

    def actions(meanwhile: Meanwhile) -> None:
        meanwhile.until(MARROW)
        (byline.folder / "news").rename(away)
        (away / "tower.txt").write_text(TREVELL)
        meanwhile.until(MARROW)
        away.rename(byline.folder / "news")
        meanwhile.until(MARROW, TREVELL)

    done = watching("news", actions)
    assert done.code == 0
    assert done.err.splitlines()[-1] == "added news/tower.txt"


def test_links_are_not_watched(byline: Program) -> None:
    """Said at once."""
    done = byline("index", "http://127.0.0.1/a", "--watch")
    assert (done.code, done.err) == (
        1,
        "byline: only files and folders can be watched; run byline sync now and then for links\n",
    )
