"""Files and folders of articles."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..settings import ArticleSettings
from ..types import Article, Known, Skipped, Unchanged
from .found import MAX_PAGE_BYTES, Found, Limits, shown
from .kinds import KINDS, is_known
from .reading import find
from .reasons import LEADS_OUT, NOT_REGULAR
from .record import Unreadable, storable, to_article
from .seen import Place, Seen, is_absent, place_file
from .walk import walk

__all__ = ["KINDS", "FileSource"]


class FileSource:
    """The articles under some files and folders, read one at a time.

    `done_bytes` of `total_bytes` grows while it is iterated, for a progress bar. Folders are walked
    in name order; hidden files are left alone, and files of other kinds, also those in archives, are
    counted in `passed_over`. What `known` knows is yielded as Unchanged, and not read. `seen` tells
    afterwards what stood where.
    """

    def __init__(self, paths: Sequence[Path], settings: ArticleSettings, known: Known | None = None) -> None:
        self._limits = Limits(
            article=settings.max_bytes,
            page=min(settings.max_bytes, MAX_PAGE_BYTES),
            too_long=f"it is over articles.max_bytes ({settings.max_bytes:,} bytes)",
        )
        self._known = known
        self._files: list[tuple[Path, Path, int]] = []
        self.passed_over: Counter[str] = Counter()
        self.seen = Seen()
        self._unreadable: list[Skipped] = []
        for path in paths:
            # A file that was named is wanted wherever it leads; in a folder, links may not lead out.
            root = path.resolve() if path.is_dir() else path.resolve().parent
            for file in walk(path, self._closed):
                if path.is_file() or is_known(file.name):
                    self._files.append((root, file, _size(file)))
                else:
                    self._pass_over(file.suffix)
        self.total_bytes = sum(size for _, _, size in self._files)
        self.done_bytes = 0

    def __iter__(self) -> Iterator[Article | Skipped | Unchanged]:
        yield from self._unreadable
        done = 0
        for root, file, size in self._files:
            try:
                yield from self._read(root, file, size, done)
            except Unreadable as problem:
                self._leave(file)
                yield Skipped(shown(str(file)), str(problem))
            except OSError as error:
                self._leave(file)
                yield Skipped(shown(str(file)), f"it cannot be read ({error.strerror or error})")
            done += size
            self.done_bytes = done

    def _read(
        self, root: Path, file: Path, size: int, before: int
    ) -> Iterator[Article | Skipped | Unchanged]:
        if is_absent(file):
            return  # it has gone since it was listed
        if not file.is_file():  # first: a link that leads to itself cannot be resolved
            raise Unreadable(NOT_REGULAR)
        resolved = file.resolve()
        if not resolved.is_relative_to(root):
            raise Unreadable(LEADS_OUT)
        path = resolved.relative_to(root).as_posix()
        with file.open("rb") as stream:
            for found in find(file.name, stream, size, self._limits, self._pass_over):
                self.done_bytes = before + min(found.at, size)  # it may have grown since it was listed
                yield self._item(found, root, path, file)

    def _closed(self, folder: Path, problem: Skipped) -> None:
        self.seen.add_unread(storable(str(folder.parent.resolve() / folder.name)))
        self._unreadable.append(problem)

    def _leave(self, file: Path) -> None:
        """Note that a file is there of which not all was read."""
        for path in (str(file.parent.resolve() / file.name), os.path.realpath(file)):
            self.seen.add_unread(storable(path))

    def _item(self, found: Found, root: Path, path: str, file: Path) -> Article | Skipped | Unchanged:
        self.seen.add(Place(place_file(storable(str(root)), storable(path)), found.part))
        if self._known is not None and found.digest is not None:
            article_id = self._known(storable(str(root)), storable(path), found.part, found.digest)
            if article_id is not None:
                return Unchanged(article_id)
        try:
            return to_article(
                found.read(),
                root,
                path,
                own_file=found.line is None,
                part=found.part,
                raw_digest=found.digest,
            )
        except Unreadable as problem:
            self._leave(file)
            return Skipped(shown(found.name(str(file))), str(problem))

    def _pass_over(self, ending: str) -> None:
        self.passed_over[ending] += 1


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # `_read` meets the same error and reports it
