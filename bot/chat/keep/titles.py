"""The titles of articles, in memory: a person who types sees the list anew with each letter."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index.collection import LocalCollection


@dataclass(frozen=True, slots=True)
class Title:
    """What an article is chosen by."""

    article_id: str
    title: str
    published: str | None


class Titles:
    """The titles of the collections that are open; read again when an article came or went."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[LocalCollection, tuple[str, tuple[Title, ...]]] = WeakKeyDictionary()

    def of(self, collection: LocalCollection) -> tuple[Title, ...]:
        """A collection's titles, newest first, undated ones last."""
        version = collection.version
        known = self._known.get(collection)
        if known is None or known[0] != version:
            titles = tuple(Title(one.id, one.title, one.published) for one in collection.articles())
            known = self._known[collection] = version, titles
        return known[1]
