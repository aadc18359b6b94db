"""The collections that are open: each once, however many use it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from index.collection import STORE_FILE, LocalCollection
from index.errors import CollectionError, Forgotten

FORGOTTEN = "forgotten"
"""A file of this name in a collection's folder: nobody sees it any more, and it goes when nobody uses it."""

_WAIT_SECONDS = 30

_log = structlog.get_logger("byline")


@dataclass(slots=True)
class _Book:
    collection: LocalCollection | None = None
    file: tuple[int, int] | None = None
    """What the store's file was when it was opened."""
    users: int = 0
    remove: Callable[[], None] | None = None
    """Takes its folder away; set when it is to be forgotten."""
    opening: threading.Lock = field(default_factory=threading.Lock)


class Shelf:
    """Opens collections when they are needed, and beyond `most` closes those that were not for longest.

    One that is in use is never closed. Where another process deleted or replaced the files, the next
    to come gets what is there now.
    """

    def __init__(self, opened: Callable[[Path], LocalCollection], most: int) -> None:
        self._opened = opened
        self._most = most
        self._changed = threading.Condition()
        self._books: OrderedDict[Path, _Book] = OrderedDict()
        self._closing: set[Path] = set()
        self._retired: dict[Path, _Book] = {}

    @contextmanager
    def reading(self, folder: Path) -> Iterator[LocalCollection | None]:
        """The collection in `folder`, or None when there is none."""
        book = self._take(folder, make=False)
        if book is None:
            yield None
        else:
            with self._using(folder, book) as collection:
                yield collection

    @contextmanager
    def making(self, folder: Path) -> Iterator[LocalCollection]:
        """The collection in `folder`, made when there is none.

        Waits for those who still use one that is to be forgotten; Forgotten when they take too long.
        """
        book = self._take(folder, make=True)
        assert book is not None  # noqa: S101 (it is made)
        with self._using(folder, book) as collection:
            yield collection

    def retire(self, folder: Path, remove: Callable[[], None]) -> None:
        """Call `remove` to take the folder away, at once or when the last of its users has gone.

        Nobody new gets to see it, not even when the program is killed meanwhile.
        """
        with self._changed:
            self._changed.wait_for(lambda: folder not in self._closing)
            if folder in self._retired:
                return
            book = self._books.get(folder)
            if book is not None and book.users:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / FORGOTTEN).touch()
                book.remove = remove
                self._retired[folder] = book
            if book is not None:
                _abandoned(self._books.pop(folder))
            if folder not in self._retired and folder.exists():
                remove()

    def close(self) -> None:
        """Close what nobody uses; what is in use is closed by its last user."""
        self._most = 0
        self._put_away(self._surplus())

    @property
    def size(self) -> int:
        """How many are open."""
        return len(self._books)

    def _take(self, folder: Path, *, make: bool) -> _Book | None:
        with self._changed:
            free = self._changed.wait_for(
                lambda: folder not in self._closing and not (make and folder in self._retired),
                _WAIT_SECONDS if make else None,
            )
            if not free:
                raise Forgotten(f"{folder} is being deleted and still in use; try again in a minute")
            book = self._books.get(folder)
            if book is not None and book.file not in {None, _identity(folder)}:
                _abandoned(self._books.pop(folder))
                book = None
            if not make and (folder in self._retired or not is_there(folder)):
                return None
            if book is None:
                book = self._books[folder] = _Book()
            book.users += 1
            self._books.move_to_end(folder)
            return book

    @contextmanager
    def _using(self, folder: Path, book: _Book) -> Iterator[LocalCollection]:
        try:
            with book.opening:
                if book.collection is None:
                    book.collection = self._opened(folder)
                    book.file = _identity(folder)
                    if book.remove is not None:
                        book.collection.abandon()
            yield book.collection
        finally:
            self._leave(folder, book)

    def _leave(self, folder: Path, book: _Book) -> None:
        with self._changed:
            book.users -= 1
            last = book.users == 0
            if last and book.collection is None and self._books.get(folder) is book:
                del self._books[folder]  # it could not be opened
            orphan = last and self._books.get(folder) is not book
        if orphan:
            self._bury(folder, book)
        self._put_away(self._surplus())

    def _bury(self, folder: Path, book: _Book) -> None:
        """Close what was retired, or replaced by another process, while it was in use."""
        _close(book)
        try:
            if book.remove is not None:
                book.remove()
        except OSError as error:  # it stays hidden; the next sweep tries again
            _log.error("a forgotten folder cannot be deleted", folder=str(folder), error=str(error))
        finally:
            with self._changed:
                if self._retired.get(folder) is book:
                    del self._retired[folder]
                self._changed.notify_all()

    def _surplus(self) -> list[tuple[Path, _Book]]:
        with self._changed:
            idle = [folder for folder, book in self._books.items() if book.users == 0]
            chosen = idle[: max(0, len(self._books) - self._most)]
            self._closing.update(chosen)
            return [(folder, self._books.pop(folder)) for folder in chosen]

    def _put_away(self, books: list[tuple[Path, _Book]]) -> None:
        for folder, book in books:
            try:
                _close(book)
            finally:
                with self._changed:
                    self._closing.discard(folder)
                    self._changed.notify_all()


def is_there(folder: Path) -> bool:
    """Whether there is a collection in `folder` that anybody may see."""
    return (folder / STORE_FILE).is_file() and not (folder / FORGOTTEN).exists()


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = (folder / STORE_FILE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _abandoned(book: _Book) -> None:
    """Have nothing more written; closed now, or by its last user."""
    if book.collection is not None:
        book.collection.abandon()
        if book.users == 0:
            _close(book)


def _close(book: _Book) -> None:
    """Close a collection; that its vectors cannot be saved is not for whoever comes by to suffer."""
    if book.collection is None:
        return
    try:
        book.collection.close()
    except CollectionError as error:  # nothing is lost: they are made again from the store
        _log.warning("a collection was closed unsaved", collection=book.collection.name, error=str(error))
