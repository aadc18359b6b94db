"""`byline export`, `import`, `verify` and `compact`: articles kept safe, and their files in order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.backup import Backup, new_file, write_backup
from index.collection import LocalCollection
from index.errors import BackupError
from index.types import Added, Article, Skipped

from ..app import App
from .console import stderr, stdout
from .render import plural
from .report import Report

PIPE = "-"


def export_articles(app: App, file: str) -> int:
    """Write the collection's articles to a file, or to standard output for `-`; the exit code."""
    unreadable: list[str] = []
    with closing(app.existing()) as collection:
        articles = _readable(collection, unreadable)
        if file == PIPE:
            if sys.stdout.isatty():
                raise BackupError("an export is packed and no text; name a file, or pipe it to a program")
            count = write_backup(articles, sys.stdout.buffer)
        else:
            with new_file(Path(file)) as stream:
                count = write_backup(articles, stream)
    console = stderr() if file == PIPE else stdout()
    for key in unreadable:
        stderr().print(f"skipped article {key}: its row in the database is damaged")
    console.print(f"{app.collection_name}: {plural(count, 'article')} exported")
    return 1 if unreadable else 0


def import_articles(app: App, file: str) -> int:
    """Add the articles of an export; the exit code is 1 when some of it could not be read."""

    def note(item: Added | Skipped, backup: Backup) -> None:
        report.note(item, backup.done_bytes, backup.total_bytes)

    with (
        Report(stderr(), "Importing") as report,
        _opened(file) as backup,
        closing(app.chosen()) as collection,
    ):
        try:
            app.index(collection, backup, note)
        except KeyboardInterrupt:
            safe = f"{report.articles:,} articles are safe"
            stderr().print(f"stopped; {safe}, run the same command to go on with the rest")
            return 130
    stdout().print(f"{app.collection_name}: {report.summary()}")
    return 1 if report.counts["failed"] else 0


def verify_collection(app: App, *, only_check: bool) -> int:
    """Check the collection, mend what can be mended, and say what was found; the exit code.

    It is 1 when something is left that is not as it should be.
    """
    with closing(app.existing()) as collection:
        articles, passages = collection.counts()
        findings = collection.upkeep.verify(mend=not only_check)
    for finding in findings:
        state = finding.done or finding.advice or "run without --check to mend it"
        stdout().print(f"{app.collection_name}: {finding.what}; {state}")
    if not findings:
        held = f"{plural(articles, 'article')}, {plural(passages, 'passage')}"
        stdout().print(f"{app.collection_name}: all is as it should be ({held})")
    return 0 if all(finding.done for finding in findings) else 1


def compact_collection(app: App) -> None:
    """Give back the space of what was removed, and say how much that was."""
    with closing(app.existing()) as collection:
        freed_bytes = collection.upkeep.compact()
    stdout().print(f"{app.collection_name}: {max(0, freed_bytes) / 2**20:,.1f} MiB freed")


@contextmanager
def _opened(file: str) -> Iterator[Backup]:
    if file == PIPE:
        yield Backup(sys.stdin.buffer, "standard input")
        return
    try:
        with Path(file).open("rb") as stream:
            yield Backup(stream, file, os.fstat(stream.fileno()).st_size)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise BackupError(
            f"{file} cannot be read ({error.strerror}); name a file of `byline export`"
        ) from error


def _readable(collection: LocalCollection, unreadable: list[str]) -> Iterator[Article]:
    for stored in collection.everything():
        if stored.article is None:
            unreadable.append(str(stored.key))
        else:
            yield stored.article
