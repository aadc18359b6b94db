"""`byline index PATH --watch`: what changes is taken in at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread

from watchfiles import Change
from watchfiles import watch as changes_in

from index.collection import LocalCollection
from index.sentences import display_title
from index.sources.found import shown
from index.sources.seen import is_absent
from index.sync import Event, FileSync, Manner
from index.types import Added, Outcome, Removed, Skipped, Withheld

from ..app import App
from .console import stderr
from .stopping import Stop

_LOOK_SECONDS = 0.2
# A burst is one change: it has ended when nothing has happened for so long, or lasts too long.
_QUIET_MS = 100
_BURST_MS = 1000
# So often it is seen whether a folder is still there: not every system tells when it is moved away.
_CHECK_MS = 500


class Watchers:
    """Tell in which of some files and folders something happened, also while nobody asks."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = [path.resolve() for path in paths]
        self._changed: SimpleQueue[Path] = SimpleQueue()
        self._ended = Flag()
        self._threads = [Thread(target=self._watch, args=(path,), daemon=True) for path in self.paths]

    def __enter__(self) -> Watchers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def changed(self) -> list[Path]:
        """Where something happened since this was last asked, each once."""
        paths: dict[Path, None] = {}
        try:
            paths[self._changed.get(timeout=_LOOK_SECONDS)] = None
            while True:
                paths[self._changed.get_nowait()] = None
        except Empty:
            return list(paths)

    def _watch(self, path: Path) -> None:
        while not self._ended.is_set():
            if is_absent(path):
                self._ended.wait(_LOOK_SECONDS)
                continue
            self._watch_while_there(path)
            self._changed.put(path)

    def _watch_while_there(self, path: Path) -> None:
        """A file is watched from its folder: editors put another in its place."""
        is_folder, is_new = path.is_dir(), True

        def is_ours(_: Change, changed: str) -> bool:
            if not is_folder:
                return changed == str(path)
            inner = Path(os.path.relpath(changed, path)).parts
            return not any(part.startswith(".") for part in inner)

        for changes in changes_in(
            path if is_folder else path.parent,
            watch_filter=is_ours,
            debounce=_BURST_MS,
            step=_QUIET_MS,
            rust_timeout=_CHECK_MS,
            yield_on_timeout=True,
            stop_event=self._ended,
            recursive=is_folder,
            ignore_permission_denied=True,
            raise_interrupt=False,
        ):
            # The first time in any case: what happened before it was watched would be missed.
            if changes or is_new:
                self._changed.put(path)
            is_new = False
            if is_absent(path):
                return


def watch(app: App, collection: LocalCollection, watchers: Watchers, manner: Manner, stop: Stop) -> None:
    """Bring the collection in step whenever something changes, until it is stopped."""
    console = stderr()
    console.print(f"watching {', '.join(map(_named, watchers.paths))}; Ctrl-C ends it")
    news = _News(collection)
    while not stop.is_asked():
        changed = watchers.changed()
        there = [path for path in changed if not is_absent(path)]
        for path in changed:
            if path not in there:
                console.print(f"{_named(path)} is not there; its articles are kept, waiting for it")
        if there:
            files = FileSync(collection, there, app.settings.articles, manner)
            news.begin()
            files.run(lambda event: _say(news.line(event)), stop.is_asked)


def _say(line: str) -> None:
    if line:
        stderr().print(line)


class _News:
    """A line for each thing that happens, and none for what was said the last time already."""

    def __init__(self, collection: LocalCollection) -> None:
        self._collection = collection
        self._before: set[str] = set()
        self._problems: set[str] = set()

    def begin(self) -> None:
        """Another reading begins; what fails in it as it did before is no news."""
        self._before, self._problems = self._problems, set()

    def line(self, event: Event) -> str:
        """What to say of it; empty when that is nothing."""
        match event:
            case Added(outcome=Outcome.UNCHANGED):
                return ""
            case Added():
                return f"{event.outcome} {self._article(event.article_id)}"
            case Removed():
                return f"removed {_named(Path(event.name))}"
            case Skipped():
                return self._problem(f"skipped {event.name!r}: {event.reason}")
            case Withheld():
                return self._problem(
                    f"{event.source!r}: {event.reason} ({event.vanished:,} of {event.articles:,}); they are "
                    "kept; to remove them: byline sync --yes"
                )

    def _problem(self, line: str) -> str:
        self._problems.add(line)
        return "" if line in self._before else line

    def _article(self, article_id: str) -> str:
        article = self._collection.article(article_id)
        if article is None or article.root is None or article.path is None:
            return article_id
        name = _named(Path(article.root, article.path))
        return f"{name}: {display_title(article.title, article.text)}" if article.part else name


def _named(path: Path) -> str:
    """A path as a person would write it here."""
    here = Path.cwd()
    return shown(str(path.relative_to(here) if path.is_relative_to(here) else path))
