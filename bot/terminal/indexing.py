"""`byline index` and `byline reindex`: articles into a collection, with progress and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from index.collection import LocalCollection
from index.sources.files import KINDS, FileSource
from index.sources.web.links import is_link
from index.types import Added, Outcome, Skipped

from ..app import App
from .console import stderr, stdout
from .render import plural

if TYPE_CHECKING:
    from index.sources.web.source import WebSource


class Report:
    """Shows a bar while a source is read, and counts what became of its articles."""

    def __init__(self, console: Console, label: str) -> None:
        self.counts: Counter[str] = Counter()
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[articles]} articles"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(label, total=None, articles=0)

    def __enter__(self) -> Report:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, item: Added | Skipped, source: FileSource) -> None:
        """Note one article of a source."""
        self.note(item, source.done_bytes, source.total_bytes)

    def link(self, item: Added | Skipped, source: WebSource) -> None:
        """Note one article that a link led to."""
        self.note(item, source.done_links, source.total_links)

    def note(self, item: Added | Skipped, done: int, total: int) -> None:
        """Note one article, and how much of the whole is done."""
        if isinstance(item, Skipped):
            self.counts["failed"] += 1
            self._console.print(f"skipped {item.name!r}: {item.reason}")
        else:
            self.counts[item.outcome] += 1
            self.counts["passages"] += item.passages
        self._progress.update(self._task, completed=done, total=total, articles=self.articles)

    @property
    def articles(self) -> int:
        """The articles that are now in the collection, new or not."""
        return sum(self.counts[outcome] for outcome in Outcome)

    def summary(self) -> str:
        """What happened, on one line."""
        named = [f"{self.counts[key]:,} {key}" for key in (*Outcome, "failed") if self.counts[key]]
        return f"{', '.join(named) or 'nothing'} ({plural(self.counts['passages'], 'passage')} written)"


def index_paths(app: App, paths: Sequence[str]) -> int:
    """Add what lies under paths and what links lead to; the exit code is 1 when some could not be read."""
    console = stderr()
    links = [path for path in paths if is_link(path)]
    source = FileSource([Path(path) for path in paths if not is_link(path)], app.settings.articles)
    web = app.web_source(links) if links else None
    with closing(app.chosen()) as collection, Report(console, "Indexing") as report:
        try:
            app.index(collection, source, report)
            if web is not None:
                app.index(collection, web, report.link)
        except KeyboardInterrupt:
            console.print(
                f"stopped; {report.articles:,} articles are safe, run the same command to go on with the rest"
            )
            return 130
    for kind, count in sorted(source.passed_over.items()):
        console.print(f"passed over {plural(count, 'file')} of the kind {kind or 'without an ending'!r}")
    if not report.counts:
        console.print(f"no articles were found; Byline reads {' '.join(KINDS)}")
        return 1
    stdout().print(f"{collection.name}: {report.summary()}")
    return 1 if report.counts["failed"] else 0


def index_samples(app: App, samples: LocalCollection) -> None:
    """Build the sample collection on first use; after that it costs nothing."""
    with Report(stderr(), "Preparing the sample articles (once)") as report:
        app.index(samples, app.samples_source(), report)


def reindex_collection(app: App) -> None:
    """Embed the chosen collection again, beside the old index."""
    with closing(app.existing()) as collection:
        articles, _ = collection.counts()
    with Report(stderr(), "Embedding again") as report:
        app.reindex(app.collection_name, lambda added: report.note(added, report.articles, articles))
    stdout().print(f"{app.collection_name}: {report.summary()}")
