"""A file, or what links lead to, on its way into a server's articles; no Discord in it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from index.collection import LocalCollection
from index.sources.uploads import read_upload
from index.types import Added, Article, Outcome, Skipped

from .holdings import text_bytes, text_sizes
from .quotas import Excess, Quota, Usage, excess

MOST_NAMED = 5
"""So many of the things that were left out are named, the others counted."""
_CHARACTERS_A_BATCH = 50_000
# To find out that a line cannot be read costs about as much as reading so much.
_CHARACTERS_OF_A_FAILURE = 100

T = TypeVar("T", Article, Article | Skipped)


class OverQuota(Exception):
    """The server may not keep so much; nothing was added."""

    def __init__(self, excess: Excess, usage: Usage) -> None:
        super().__init__(f"{excess} over {usage}")
        self.excess = excess
        self.usage = usage


class Stopped(Exception):
    """Somebody stopped it; what was reported as added is safe."""


class Upload:
    """Reads a file or takes what was read, holds it against the quota, and adds what it brings.

    `store` and `take_in` are for the indexing thread; its progress may be read, and it may be stopped,
    from another.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.total = 0
        """The articles in it, once it was read."""
        self.outcomes: Counter[Outcome] = Counter()
        self.skipped = 0
        self.first_skipped: list[Skipped] = []
        self._stopping = threading.Event()
        self._unnoted: deque[Added] = deque()

    @property
    def done(self) -> int:
        """The articles that are safe."""
        return self.outcomes.total()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Add no more."""
        self._stopping.set()

    def take(self) -> list[Added]:
        """What was added since this was last asked."""
        return [self._unnoted.popleft() for _ in range(len(self._unnoted))]

    def store(
        self,
        data: bytes,
        max_bytes: int,
        quota: Quota,
        collection: LocalCollection,
        give_way: Callable[[], None],
    ) -> None:
        """Add the articles of the file, as `take_in` does."""
        self.take_in(read_upload(self.name, data, max_bytes), quota, collection, give_way)

    def take_in(
        self,
        items: Iterable[Article | Skipped],
        quota: Quota,
        collection: LocalCollection,
        give_way: Callable[[], None],
    ) -> None:
        """Add articles; OverQuota before the first of them, or Stopped in between.

        `give_way` is called between batches and may take its time.
        """
        articles = self._within(quota, self._paced(items, give_way), text_sizes(collection))
        self.total = len(articles)
        for added in collection.add(self._paced(articles, give_way)):
            self._unnoted.append(added)
            self.count(added)

    def count(self, item: Added | Skipped) -> None:
        """Count what is safe, or was left out."""
        if isinstance(item, Added):
            self.outcomes[item.outcome] += 1
        else:
            self._skip(item)

    def _within(
        self, quota: Quota, items: Iterable[Article | Skipped], kept: Mapping[str, int]
    ) -> list[Article]:
        """The articles; of those that come twice, the last."""
        articles: dict[str, Article] = {}
        usage = coming = Usage(len(kept), sum(kept.values()))
        for item in items:
            if isinstance(item, Skipped):
                self._skip(item)
                continue
            earlier = articles.get(item.id)
            before = text_bytes(earlier) if earlier else kept.get(item.id)
            coming = coming.grown(before, text_bytes(item))
            articles[item.id] = item
            over = excess(usage, coming, quota)
            if over is not None:
                raise OverQuota(over, usage)
        return list(articles.values())

    def _skip(self, item: Skipped) -> None:
        self.skipped += 1
        if len(self.first_skipped) < MOST_NAMED:
            self.first_skipped.append(item)

    def _paced(self, items: Iterable[T], give_way: Callable[[], None]) -> Iterator[T]:
        """The items, with a pause after as much text as a batch has; Stopped once it is to stop."""
        characters = 0
        for item in items:
            if characters >= _CHARACTERS_A_BATCH:
                characters = 0
                give_way()
            if self._stopping.is_set():
                raise Stopped
            characters += len(item.text) if isinstance(item, Article) else _CHARACTERS_OF_A_FAILURE
            yield item
