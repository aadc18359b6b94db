"""`byline feeds …`: the feeds of a collection, and their new articles."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from index.collection import LocalCollection
from index.errors import BylineError
from index.feeds import KeptFeed

from ..app import App
from .console import show, stderr, stdout
from .render import plain_table, plural
from .report import Report

if TYPE_CHECKING:
    from index.sources.web.fetch import Fetcher
    from index.sources.web.finding import FoundFeed

NONE_YET = "No feeds yet; add one with: byline feeds add LINK"


class UnknownFeed(BylineError):
    """There is no such feed in the collection."""


def add_feeds(app: App, links: Sequence[str]) -> int:
    """Keep the feeds that links lead to; the exit code is 1 when some lead to none."""
    fetcher, failed = app.fetcher(), False
    with closing(app.chosen()) as collection:
        for link in links:
            try:
                found = _found(link, fetcher)
            except _NoFeed as problem:
                stderr().print(f"{link!r} was not added: {problem}")
                failed = True
            else:
                stdout().print(_add(collection, found))
    return 1 if failed else 0


def list_feeds(app: App, *, as_json: bool) -> None:
    """Print the feeds with how their last pull went."""
    feeds = _feeds(app)
    if as_json:
        print(json.dumps([asdict(feed) for feed in feeds], ensure_ascii=False, indent=2))  # noqa: T201
        return
    if not feeds:
        stdout().print(NONE_YET)
        return
    table = plain_table()
    for heading in ("feed", "articles", "last read", "state"):
        table.add_column(heading, justify="right" if heading == "articles" else "left")
    now = time.time()
    for feed in feeds:
        name = Text(f"{feed.title}\n{feed.link}" if feed.title else feed.link)
        table.add_row(name, f"{feed.articles:,}", _moment(feed.pulled_at), Text(_state(feed, now)))
    show(table)


def remove_feed(app: App, link: str, *, articles: bool) -> None:
    """Forget a feed, with the articles that came by it alone if they are to go too."""
    with closing(app.existing()) as collection:
        feed = _known(collection, link)
        with_what = ""
        if articles:
            gone = collection.feeds.remove_with_articles(feed.link, collection.remove)
            with_what = f", with {plural(len(gone), 'article')}"
        else:
            collection.feeds.remove(feed.link)
    stdout().print(f"{app.collection_name}: {feed.name} removed{with_what}")


def pull_feeds(app: App, links: Sequence[str]) -> int:
    """Read what is new in the feeds, or in those that are named; the exit code is 1 when something failed."""
    console = stderr()
    with closing(app.existing()) as collection, Report(console, "Reading feeds") as report:
        if not collection.feeds.all():
            stdout().print(NONE_YET)
            return 0
        try:
            pull_into(app, collection, report, links)
        except KeyboardInterrupt:
            console.print(
                f"stopped; {report.articles:,} articles are safe, run the same command to go on with the rest"
            )
            return 130
    stdout().print(f"{collection.name}: {report.summary()}")
    return 1 if report.counts["failed"] else 0


def pull_into(
    app: App,
    collection: LocalCollection,
    report: Report,
    links: Sequence[str] = (),
    is_stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Read what is new in a collection's feeds, telling `report` of each article.

    Feeds that failed wait their time, and those that are gone for good are left alone, unless they are
    among `links`. Stopped, the entry at hand is the last. UnknownFeed when one of `links` is none of
    the collection's.
    """
    from index.pulling import Pull  # noqa: PLC0415 (network libraries are for those who have feeds)

    now = time.time()
    feeds = [_known(collection, link) for link in links] or collection.feeds.all()
    due = [feed for feed in feeds if links or feed.is_due(now)]
    for feed in feeds:
        if feed not in due:
            stderr().print(f"left alone {feed.name!r}: {_state(feed, now)}")
    fetcher = app.fetcher() if due else None
    for feed in due:
        assert fetcher is not None  # noqa: S101 (for mypy)
        pull = Pull(feed.link, lambda: nullcontext(collection), fetcher)
        for item in pull:
            report.links(item, pull.done, pull.total)
            if is_stopped():
                return


class _NoFeed(Exception):
    """A link leads to no feed; the message is the reason."""


def _found(link: str, fetcher: Fetcher) -> FoundFeed:
    from index.sources.record import Unreadable  # noqa: PLC0415
    from index.sources.web.fetch import FetchError  # noqa: PLC0415
    from index.sources.web.finding import find_feed  # noqa: PLC0415

    try:
        return find_feed(link, fetcher)
    except (FetchError, Unreadable) as problem:
        raise _NoFeed(str(problem)) from None


def _add(collection: LocalCollection, found: FoundFeed) -> str:
    """Keep a feed, and what is said of it."""
    name = found.feed.title or found.link
    led = f" (the feed that {found.page} names: {found.link})" if found.page else ""
    if not collection.feeds.add(found.link, found.feed.title, time.time()):
        return f"{collection.name}: {name} is there already{led}"
    count = len(found.feed.entries)
    entries = "1 entry" if count == 1 else f"{count:,} entries"
    return f"{collection.name}: {name} added{led}; {entries} to be read with: byline feeds pull"


def _known(collection: LocalCollection, link: str) -> KeptFeed:
    """The feed that a person means: by its link, or by its title if that is one feed's only."""
    from index.sources.web.links import Refused, parse_link  # noqa: PLC0415

    feeds = collection.feeds.all()
    with suppress(Refused):  # then it may be a title
        link = str(parse_link(link))
    found = [feed for feed in feeds if feed.link == link] or [feed for feed in feeds if feed.title == link]
    if len(found) != 1:
        raise UnknownFeed(
            f"there is no feed {link!r} in collection {collection.name!r}; see: byline feeds list"
        )
    return found[0]


def _feeds(app: App) -> list[KeptFeed]:
    if app.collection_name not in app.collection_names():
        return []
    with closing(app.existing()) as collection:
        return collection.feeds.all()


def _state(feed: KeptFeed, now: float) -> str:
    """How a feed stands, in a clause."""
    if feed.is_off:
        return f"switched off: {feed.problem}"
    if feed.failures:
        waits = f"; next try {_moment(feed.next_pull_at)}" if feed.next_pull_at > now else ""
        return f"failed {plural(feed.failures, 'time')}: {feed.problem}{waits}"
    if feed.problem:
        return feed.problem
    return "fine" if feed.pulled_at else "not read yet"


def _moment(at: float | None) -> str:
    """A moment on this machine's clock."""
    if at is None:
        return "never"
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
