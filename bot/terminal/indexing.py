"""`byline index`, `byline sync`, `byline reindex`: articles into a collection, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.collection import LocalCollection
from index.errors import SourceError
from index.ledger import Ledger
from index.sources.kinds import KINDS
from index.sources.seen import is_absent
from index.sources.walk import check_path
from index.sources.web.links import check_link, is_link
from index.sync import Event, FileSync, Manner, WebSync, address_of
from index.types import Skipped

from ..app import App
from .console import stderr, stdout
from .feeding import pull_into
from .render import plural
from .report import Report
from .stopping import Stop


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read."""

    files: tuple[Path, ...] = ()
    links: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Sources that are not there."""
    closed: tuple[Skipped, ...] = ()
    """Sources that are there and cannot be read."""


def named(paths: Sequence[str]) -> Wanted:
    """What a person named; SourceError says what of it leads nowhere."""
    files = tuple(Path(path) for path in paths if not is_link(path))
    for file in files:
        check_path(file)
    return Wanted(files, tuple(check_link(path) for path in paths if is_link(path)))


def remembered(ledger: Ledger) -> Wanted:
    """All that was named before."""
    addresses = [source.address for source in ledger.sources()]
    links = tuple(address for address in addresses if is_link(address))
    missing = tuple(address for address in addresses if not is_link(address) and is_absent(address))
    files, closed = [], []
    for address in set(addresses) - {*links, *missing}:
        try:
            check_path(Path(address))
            files.append(Path(address))
        except SourceError as error:
            closed.append(Skipped(address, str(error)))
    return Wanted(tuple(sorted(files)), links, missing, tuple(closed))


def remember(ledger: Ledger, wanted: Wanted) -> None:
    """Have all of it read again by every `byline sync`."""
    for address in (*map(address_of, wanted.files), *wanted.links):
        ledger.remember(address)


@contextmanager
def _remembered(ledger: Ledger, wanted: Wanted) -> Iterator[None]:
    """Remember what is read meanwhile, and of what is new that which turned out to hold articles.

    A mistaken path or link would be named as failed by every `byline sync`.
    """
    before = {source.address for source in ledger.sources()}
    remember(ledger, wanted)
    yield
    for source in ledger.sources():
        if source.address not in before and not source.articles:
            ledger.forget(source.address)


def take(
    app: App,
    collection: LocalCollection,
    wanted: Wanted,
    manner: Manner,
    report: Report,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Bring the collection in step with all of it; gives how many files of which other kinds there were."""
    passed_over: Counter[str] = Counter()
    for closed in wanted.closed:
        report.note(closed, 0, 1)
    if wanted.files or wanted.missing:
        files = FileSync(collection, wanted.files, app.settings.articles, manner, wanted.missing)
        source = files.source

        def read(event: Event | None = None) -> None:
            report.bytes(event, source.done_bytes, source.total_bytes)

        read()
        files.run(read, _showing(read, is_stopped))
        passed_over = source.passed_over
    if wanted.links and not is_stopped():
        web = WebSync(collection, wanted.links, app.web_source, manner)
        pages = web.source

        def followed(event: Event | None = None) -> None:
            report.links(event, pages.done_links, pages.total_links)

        followed()
        web.run(followed, _showing(followed, is_stopped))
    return passed_over


def _showing(show: Callable[[], None], is_stopped: Callable[[], bool]) -> Callable[[], bool]:
    """Asked after each article that is read, before it is stored: show how far that is."""

    def asked() -> bool:
        show()
        return is_stopped()

    return asked


def index_paths(app: App, paths: Sequence[str], manner: Manner, *, watching: bool = False) -> int:
    """Read what was named, and go on watching it; the exit code is 1 when some could not be read."""
    wanted = named(paths)
    if not watching:
        with closing(app.chosen()) as collection, Stop() as stop, _remembered(collection.ledger, wanted):
            return _once(app, collection, wanted, manner, stop)
    from .watching import Watchers, watch  # noqa: PLC0415 (its library is for those who watch)

    if not wanted.files:
        raise SourceError("only files and folders can be watched; run byline sync now and then for links")
    with closing(app.chosen()) as collection, Stop() as stop, Watchers(wanted.files) as watchers:
        remember(collection.ledger, wanted)
        _once(app, collection, wanted, manner, stop)
        if not stop.is_asked():
            watch(app, collection, watchers, manner, stop)
    return 0


def sync_collection(app: App, manner: Manner) -> int:
    """Read all sources again; the exit code is 1 when some could not be read."""
    with closing(app.existing()) as collection, Stop() as stop:
        wanted = remembered(collection.ledger)
        if wanted == Wanted() and not collection.feeds.all():
            stdout().print("No sources yet; add some with: byline index PATH")
            return 0
        return _once(app, collection, wanted, manner, stop, is_sync=True)


def _once(
    app: App,
    collection: LocalCollection,
    wanted: Wanted,
    manner: Manner,
    stop: Stop,
    *,
    is_sync: bool = False,
) -> int:
    """Read all of it, with the collection's feeds when everything is synced, and say what came of it."""
    console = stderr()
    with Report(console, "Indexing") as report:
        try:
            passed_over = take(app, collection, wanted, manner, report, stop.is_asked)
            if is_sync and not stop.is_asked():
                pull_into(app, collection, report, is_stopped=stop.is_asked)
            is_stopped = stop.is_asked()
        except KeyboardInterrupt:
            is_stopped = True
    if is_stopped:
        console.print(
            f"stopped; {report.articles:,} articles are safe, run the same command to go on with the rest"
        )
        return 130
    for kind, count in sorted(passed_over.items()) if not is_sync else ():
        console.print(f"passed over {plural(count, 'file')} of the kind {kind or 'without an ending'!r}")
    if not report.counts and not is_sync:
        console.print(f"no articles were found; Byline reads {' '.join(KINDS)}")
        return 1
    stdout().print(f"{collection.name}: {report.summary()}")
    return 1 if report.has_failed else 0


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
