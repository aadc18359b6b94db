"""Keeping a collection in step with where its articles come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .collection import LocalCollection
from .settings import ArticleSettings
from .sources.files import FileSource
from .sources.record import storable
from .sources.seen import Place, is_absent
from .types import Added, Article, Outcome, Removed, Skipped, Unchanged, Withheld

if TYPE_CHECKING:
    from .sources.web.source import KeptPage, WebSource

Event = Added | Skipped | Removed | Withheld
"""What became of one article, or of a source."""
Tell = Callable[[Event], None]

_MISSING = "it is not there"
_HALF = "over half of its articles have vanished"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person wants it done."""

    keep_missing: bool = False
    """What vanished stays."""
    is_sure: bool = False
    """What vanished goes, however much it is."""


def take_in(
    collection: LocalCollection,
    items: Iterable[Article | Skipped | Unchanged],
    tell: Callable[[Added | Skipped], None],
    is_stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Store the articles that a source reads, telling of each; stopped, those at hand are the last."""

    def readable() -> Iterator[Article]:
        for item in items:
            match item:
                case Article():
                    yield item
                case Skipped():
                    tell(item)
                case Unchanged():
                    tell(Added(item.article_id, Outcome.UNCHANGED, 0))
            if is_stopped():
                return

    for added in collection.add(readable()):
        tell(added)


class FileSync:
    """One reading of files and folders, and what has vanished from them since the last one.

    The paths must be there (SourceError); `missing` are addresses of sources that are not.
    """

    def __init__(
        self,
        collection: LocalCollection,
        paths: Sequence[Path],
        settings: ArticleSettings,
        manner: Manner,
        missing: Sequence[str] = (),
    ) -> None:
        self._collection = collection
        self._ledger = collection.ledger
        self._settings = settings
        self._manner = manner
        self._addresses = [address_of(path) for path in paths]
        self._missing = missing
        self._before = {
            address: self._ledger.articles_of(address) for address in (*self._addresses, *missing)
        }
        self.source = FileSource(paths, settings, self._ledger.known)

    def run(self, tell: Tell, is_stopped: Callable[[], bool] = lambda: False) -> None:
        """Take in what is there, then remove what is not; stopped, nothing is removed."""
        try:
            take_in(self._collection, self.source, tell, is_stopped)
        finally:
            self._ledger.settle()
        if is_stopped():
            return
        for address in self._before:
            self._remove_vanished(address, tell)
        self._ledger.was_read(self._addresses)

    def _remove_vanished(self, address: str, tell: Tell) -> None:
        now = self._ledger.places_of(address)
        is_missing = address in self._missing
        gone = {place: one for place, one in now.items() if is_missing or self.source.seen.is_gone(place)}
        lost, articles = self._lost(address, now, gone), len(self._before[address])
        if self._manner.keep_missing:
            return
        if not self._manner.is_sure and (is_missing or 2 * lost > articles):
            tell(Withheld(address, lost, articles, _MISSING if is_missing else _HALF))
            return
        for removed in remove_places(self._collection, gone):
            tell(removed)
        again = [Path(file) for file in self._ledger.drop(gone) if not is_absent(file)]
        if again:
            take_in(
                self._collection,
                FileSource(again, self._settings, self._ledger.known),
                lambda event: tell(event) if _is_news(event) else None,
            )

    def _lost(self, address: str, now: Mapping[Place, str], gone: Mapping[Place, str]) -> int:
        """How many articles a source has fewer: a line that took another's place in its file is no loss."""
        left = {one for place, one in now.items() if place not in gone}
        before = self._before[address]
        came = Counter(place.file for place, one in now.items() if place not in gone and one not in before)
        went = Counter({one: place.file for place, one in gone.items() if one not in left}.values())
        return (went - came).total()


class WebSync:
    """One reading of what links lead to; a page that its server says is gone has vanished.

    Pages are asked for with what their servers said of them last time.
    """

    def __init__(
        self,
        collection: LocalCollection,
        links: Sequence[str],
        web_source: Callable[[Sequence[str], Mapping[str, KeptPage]], WebSource],
        manner: Manner,
    ) -> None:
        self._collection = collection
        self._ledger = collection.ledger
        self._manner = manner
        self.source = web_source(links, self._ledger.kept_pages())

    def run(self, tell: Tell, is_stopped: Callable[[], bool] = lambda: False) -> None:
        """Take in what is there, then remove what is not; stopped, nothing is removed."""
        source = self.source
        before = {link: self._ledger.articles_of(link) for link in source.links}
        led: dict[str, tuple[str, str]] = {}

        def items() -> Iterator[Article | Skipped | Unchanged]:
            for item in source:
                if isinstance(item, Article) and item.path:
                    led[item.id] = item.path, source.following
                yield item

        def told(event: Event) -> None:
            # Only now: of a page that was not stored, nothing may say that it has not changed.
            if isinstance(event, Added) and event.article_id in led:
                page, link = led.pop(event.article_id)
                self._ledger.note_page(link, page, source.validators.get(page))
            tell(event)

        take_in(self._collection, items(), told, is_stopped)
        if is_stopped():
            return
        for link, articles in before.items():
            self._remove_vanished(link, len(articles), tell)
        self._ledger.was_read(source.links)

    def _remove_vanished(self, link: str, articles: int, tell: Tell) -> None:
        places = self._ledger.places_of(link)
        gone = {place: one for place, one in places.items() if place.file in self.source.gone}
        if not gone or self._manner.keep_missing:
            return
        vanished = len(set(gone.values()))
        # The one page that was named: its server's word is enough.
        if not self._manner.is_sure and articles > 1 and 2 * vanished > articles:
            tell(Withheld(link, vanished, articles, _HALF))
            return
        for removed in remove_places(self._collection, gone):
            tell(removed)
        self._ledger.drop(gone)


def remove_places(collection: LocalCollection, gone: Mapping[Place, str]) -> Iterator[Removed]:
    """Remove the articles that stand nowhere but in these places."""
    files = {article_id: place.file for place, article_id in gone.items()}
    for article_id in collection.ledger.only_in(gone):
        if collection.remove(article_id):
            yield Removed(article_id, files[article_id])


def address_of(path: Path) -> str:
    """How a file or folder is remembered as a source."""
    return storable(str(path.resolve()))


def _is_news(event: Event) -> bool:
    return isinstance(event, Added) and event.outcome is not Outcome.UNCHANGED
