"""A feed's new articles on their way into its collection."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http import HTTPStatus

from .collection import LocalCollection
from .feeds import Came, ReadBefore
from .sources.record import Unreadable
from .sources.web.feeds import Entry, Feed, parse_feed, read_entry
from .sources.web.fetch import Fetched, Fetcher, FetchError
from .sources.web.links import parse_link
from .sources.web.reasons import SWITCHED_OFF
from .sources.web.site import same_site
from .sources.web.validators import Validators
from .types import Added, Article, Outcome, Skipped

_FIRST_WAIT_SECONDS = 1800.0
_LONGEST_WAIT_SECONDS = 24 * 3600.0
_LONGEST_ASKED_SECONDS = 7 * 24 * 3600.0
_MOST_DOUBLINGS = 10
_REMOVED = "it was removed meanwhile"

Opened = Callable[[], AbstractContextManager[LocalCollection | None]]
"""Opens the collection for a moment; None when it is no longer there."""


def wait_seconds(failures: int, asked_seconds: float | None, jitter: float) -> float:
    """How long a feed is left alone after so many failures in a row, its server's wish respected.

    It doubles from half an hour to a day; `jitter` (0–1) spreads those that failed together.
    """
    doubled = _FIRST_WAIT_SECONDS * 2.0 ** min(failures - 1, _MOST_DOUBLINGS)
    spread = min(doubled, _LONGEST_WAIT_SECONDS) * (0.8 + 0.4 * jitter)
    return max(spread, min(asked_seconds or 0.0, _LONGEST_ASKED_SECONDS))


class Pull:
    """One pull of one feed: iterate it, and each article is safe in the collection when it is told.

    The feed is asked whether it has changed; entries that are new or updated are read in full, oldest
    first, and noted one by one, so that a pull can be killed at any moment and the next one goes on.
    What goes wrong with the feed itself is told as Skipped with the feed's own link, and noted there.
    `done` of `total` entries grows meanwhile.
    """

    def __init__(
        self,
        link: str,
        opened: Opened,
        fetcher: Fetcher,
        *,
        accept: Callable[[LocalCollection, Article], str | None] = lambda *_: None,
        most: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`accept` may say why an article is not to be stored, which ends the pull; `most` entries are read.

        The collection is open only while something is read from it or stored: never while the network is
        waited for.
        """
        self.link = link
        self.done = self.total = 0
        self.reached = False
        """Whether the feed itself could be read."""
        self._opened = opened
        self._fetcher = fetcher
        self._accept = accept
        self._most = most
        self._clock = clock
        self._problem: str | None = None

    def __iter__(self) -> Iterator[Added | Skipped]:
        with self._opened() as collection:
            before = collection.feeds.before(self.link) if collection else None
        if before is None:
            return
        try:
            found = self._fetcher.get(self.link, before.validators)
            feed = parse_feed(found.body, found.link) if isinstance(found, Fetched) else None
        except (FetchError, Unreadable) as problem:
            yield Skipped(self.link, self._failed(problem))
            return
        self.reached = is_whole = True
        if feed is not None:
            for item, is_final in self._entries(feed, before):
                is_whole = is_whole and is_final
                if item is not None:
                    yield item
        validators = found.validators if isinstance(found, Fetched) else before.validators
        self._pulled(feed, validators if is_whole else None, found.moved_to)

    def _entries(self, feed: Feed, before: ReadBefore) -> Iterator[tuple[Added | Skipped | None, bool]]:
        """Read what is new, each with whether it need not be read again."""
        new = [entry for entry in feed.entries if not before.has(entry.id, entry.version)]
        chosen = new[: self._most]
        self.total = len(chosen)
        for entry in reversed(chosen):  # so that the newest version of a page is the last
            read = read_entry(entry, self._fetcher)
            item = self._store(entry, read.item, is_final=read.is_final)
            self.done += 1
            yield item, read.is_final
            if self._problem is not None:
                yield None, False
                return
        yield None, len(chosen) == len(new)

    def _store(self, entry: Entry, item: Article | Skipped, *, is_final: bool) -> Added | Skipped | None:
        """Store an entry's article and note that it was read; None when there is nothing to tell."""
        with self._opened() as collection:
            if collection is None or collection.feeds.find(self.link) is None:
                self._problem = _REMOVED
                return None
            told: Added | Skipped | None
            if isinstance(item, Article):
                refusal = self._accept(collection, item)
                if refusal is not None:
                    self._problem = refusal
                    return Skipped(entry.link, refusal)
                told = self._added(collection, entry, item)
            else:
                told = item
            if is_final:
                collection.feeds.was_read(self.link, entry.id, entry.version)
        return told

    def _added(self, collection: LocalCollection, entry: Entry, article: Article) -> Added | None:
        """Store an article; None when somebody removed it, or its feed meanwhile."""
        was_there = collection.article(article.id) is not None
        if not collection.feeds.reading(self.link, entry.id, article.id):
            return None
        (added,) = collection.add([article])
        if collection.feeds.find(self.link) is None:
            self._problem = _REMOVED
        elif added.outcome is not Outcome.ADDED or not was_there:
            return added
        if added.outcome is Outcome.ADDED:  # whoever removed it, or its feed, could not know of this
            collection.remove(article.id)
        return None

    def _failed(self, problem: FetchError | Unreadable) -> str:
        """Note that the feed could not be read, and say why."""
        is_gone = isinstance(problem, FetchError) and problem.status == HTTPStatus.GONE
        reason = SWITCHED_OFF if is_gone else str(problem)
        asked = problem.retry_after_seconds if isinstance(problem, FetchError) else None
        with self._opened() as collection:
            feed = collection.feeds.find(self.link) if collection else None
            if collection is not None and feed is not None:
                # Not for secrets: so that feeds that failed together are not asked for together.
                wait = wait_seconds(feed.failures + 1, asked, random.random())  # noqa: S311
                collection.feeds.failed(self.link, reason, self._clock() + wait, is_off=is_gone)
        return reason

    def _pulled(self, feed: Feed | None, validators: Validators | None, moved_to: str | None) -> None:
        with self._opened() as collection:
            if collection is None:
                return
            came = Came(feed.title if feed else None, validators, self._problem)
            collection.feeds.pulled(self.link, self._clock(), came)
            if feed is not None:
                collection.feeds.trim(self.link, (entry.id for entry in feed.entries))
            if moved_to and same_site(parse_link(moved_to).host, parse_link(self.link).host):
                collection.feeds.moved(self.link, moved_to)
