"""Files and folders of articles."""

from __future__ import annotations

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import SourceError
from ..settings import ArticleSettings
from ..types import Article, Skipped
from .jsonl import read_jsonl
from .kinds import DAMAGED, DOCUMENTS, KINDS, LINES, PACKED, UNKNOWN_KIND, is_known
from .record import Unreadable, to_article

__all__ = ["KINDS", "FileSource"]


class FileSource:
    """The articles under some files and folders, read one at a time.

    `done_bytes` of `total_bytes` grows while it is iterated, for a progress bar. Folders are walked
    in name order; hidden files are left alone, and files of other kinds are counted in `passed_over`.
    """

    def __init__(self, paths: Sequence[Path], settings: ArticleSettings) -> None:
        self._settings = settings
        self._files: list[tuple[Path, Path, int]] = []
        self._too_large = f"it is over articles.max_bytes ({settings.max_bytes:,} bytes)"
        self.passed_over: Counter[str] = Counter()
        self._unreadable: list[OSError] = []
        for path in paths:
            # A file that was named is wanted wherever it leads; in a folder, links may not lead out.
            root = path.resolve() if path.is_dir() else path.resolve().parent
            for file in _walk(path, self._unreadable.append):
                if path.is_file() or is_known(file.name):
                    self._files.append((root, file, _size(file)))
                else:
                    self.passed_over[file.suffix] += 1
        self.total_bytes = sum(size for _, _, size in self._files)
        self.done_bytes = 0

    def __iter__(self) -> Iterator[Article | Skipped]:
        for error in self._unreadable:
            yield Skipped(str(error.filename), f"the folder cannot be read ({error.strerror})")
        done = 0
        for root, file, size in self._files:
            try:
                yield from self._read(root, file, size, done)
            except Unreadable as problem:
                yield Skipped(str(file), str(problem))
            except OSError as error:
                yield Skipped(str(file), f"it cannot be read ({error.strerror or error})")
            done += size
            self.done_bytes = done

    def _read(self, root: Path, file: Path, size: int, before: int) -> Iterator[Article | Skipped]:
        if not file.is_file():  # first: a link that leads to itself cannot be resolved
            raise Unreadable("it is not a regular file")
        resolved = file.resolve()
        if not resolved.is_relative_to(root):
            raise Unreadable("it is a link that leads out of the folder")
        path = resolved.relative_to(root).as_posix()
        if file.name.lower().endswith(LINES):
            yield from self._read_lines(root, file, path, before)
            return
        read = DOCUMENTS.get(file.suffix.lower())
        if read is None:
            raise Unreadable(UNKNOWN_KIND)
        if size > self._settings.max_bytes:
            raise Unreadable(self._too_large)
        yield to_article(read(file.read_bytes()), root, path, own_file=True)

    def _read_lines(self, root: Path, file: Path, path: str, before: int) -> Iterator[Article | Skipped]:
        with file.open("rb") as raw, _unpacked(raw, file) as stream:
            records = read_jsonl(stream, self._settings.max_bytes, self._too_large)
            while True:
                try:
                    number, record = next(records)
                except StopIteration:
                    return
                except (EOFError, zlib.error, gzip.BadGzipFile):
                    raise Unreadable(DAMAGED) from None
                self.done_bytes = before + raw.tell()
                try:
                    if isinstance(record, Unreadable):
                        raise record
                    yield to_article(record, root, path, own_file=False)
                except Unreadable as problem:
                    yield Skipped(f"{file}, line {number}", str(problem))


@contextmanager
def _unpacked(raw: IO[bytes], file: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if file.suffix.lower() != PACKED:
        yield raw
        return
    with gzip.GzipFile(fileobj=raw) as stream:
        yield stream


def _walk(path: Path, unreadable: Callable[[OSError], None]) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for folder, subfolders, names in os.walk(path, onerror=unreadable):
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
    elif os.path.lexists(path):
        raise SourceError(f"{path} is neither a file nor a folder; give one that holds articles")
    else:
        raise SourceError(f"{path} does not exist; check the spelling")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # `_read` meets the same error and reports it
