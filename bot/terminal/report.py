"""What is shown while articles are read, and what is said of it at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from index.sources.files import FileSource
from index.sync import Event
from index.types import Added, Outcome, Removed, Skipped, Withheld

from .render import plural

_SAY_EVERY_SECONDS = 30.0
"""Where no bar can be shown."""


class Report:
    """Shows a bar while articles are read, or a line now and then, and counts what became of them."""

    def __init__(self, console: Console, label: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts: Counter[str] = Counter()
        self._console = console
        self._label = label
        self._clock = clock
        self._said_at = clock()
        self._first: tuple[float, int] | None = None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[done]}"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(label, total=None, done="")

    def __enter__(self) -> Report:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event, source: FileSource) -> None:
        """Note one article of some files."""
        self.bytes(event, source.done_bytes, source.total_bytes)

    def bytes(self, event: Event | None, done: int, total: int) -> None:
        """Note one article, if there is one, and how many bytes of all are read."""
        self.note(event, done, total, f"{decimal(done)} of {decimal(total)}")

    def links(self, event: Event | None, done: int, total: int) -> None:
        """Note one article that a link led to, if there is one, and how many links of all are followed."""
        self.note(event, done, total, f"{done:,} of {plural(total, 'link')}")

    def note(self, event: Event | None, done: int, total: int, amount: str = "") -> None:
        """Note one article, if there is one, and how much of the whole is done."""
        if event is not None:
            self._count(event)
        told = [amount, plural(self.articles, "article"), self._rate()]
        line = " · ".join(part for part in told if part)
        self._progress.update(self._task, completed=done, total=total, done=line)
        self._say_sometimes(line, done / total if total else 1.0)

    def _count(self, event: Event) -> None:
        match event:
            case Added():
                self.counts[event.outcome] += 1
                self.counts["passages"] += event.passages
            case Removed():
                self.counts["removed"] += 1
            case Skipped():
                self.counts["failed"] += 1
                self._console.print(f"skipped {event.name!r}: {event.reason}")
            case Withheld():
                self.counts["withheld"] += 1
                self._console.print(_withheld(event))

    def _say_sometimes(self, line: str, share: float) -> None:
        """Where there is no bar, say now and then how far it is."""
        if self._progress.disable and self._clock() - self._said_at >= _SAY_EVERY_SECONDS:
            self._said_at = self._clock()
            self._console.print(f"{self._label}: {share:.0%} · {line}")

    def _rate(self) -> str:
        """Passages a second, since the first were written: those before it had to load the model."""
        passages, now = self.counts["passages"], self._clock()
        if self._first is None and passages:
            self._first = now, passages
        if self._first is None or now - self._first[0] < 1:
            return ""
        return f"{(passages - self._first[1]) / (now - self._first[0]):,.0f} passages/s"

    @property
    def articles(self) -> int:
        """The articles that are now in the collection, new or not."""
        return sum(self.counts[outcome] for outcome in Outcome)

    @property
    def has_failed(self) -> bool:
        """Whether something could not be done."""
        return bool(self.counts["failed"] or self.counts["withheld"])

    def summary(self) -> str:
        """What happened, on one line."""
        named = [f"{self.counts[key]:,} {key}" for key in (*Outcome, "removed", "failed") if self.counts[key]]
        return f"{', '.join(named) or 'nothing'} ({plural(self.counts['passages'], 'passage')} written)"


def _withheld(event: Withheld) -> str:
    if not event.articles:
        return f"{event.source!r}: {event.reason}; forget it with: byline sources remove {event.source}"
    return (
        f"{event.source!r}: {event.reason} ({event.vanished:,} of {event.articles:,}); they are kept. "
        "Bring them back, or run the same command with --yes to remove them"
    )
