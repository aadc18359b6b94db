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

from charset_normalizer import from_bytes

from ..errors import SourceError
from ..settings import ArticleSettings
from ..types import Article, Skipped
from .html import read_html
from .jsonl import read_jsonl
from .plain import read_markdown, read_plain
from .record import Record, Unreadable, to_article

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decode(raw: bytes) -> str:
    """Decode a text file whatever wrote it; Unreadable when it does not look like text."""
    for bom, encoding in _BOMS.items():
        if raw.startswith(bom):
            return raw.decode(encoding, "replace")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        found = from_bytes(raw)
        best = found.best()
        if best is None:
            raise Unreadable("its encoding cannot be told") from None
        # A few accents look as good in a dozen encodings; Windows-1252 is the likeliest by far.
        western = (
            match for match in found if "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos
        )
        text = str(next(western, best))
    if "\x00" in text[:4096]:
        raise Unreadable("it looks like a binary file, not text")
    return text


_DOCUMENTS: dict[str, Callable[[bytes], Record]] = {
    ".txt": lambda raw: read_plain(decode(raw)),
    ".text": lambda raw: read_plain(decode(raw)),
    ".md": lambda raw: read_markdown(decode(raw)),
    ".markdown": lambda raw: read_markdown(decode(raw)),
    ".html": read_html,
    ".htm": read_html,
}
_LINES = (".jsonl", ".jsonl.gz")
KINDS = (*_DOCUMENTS, *_LINES)


class FileSource:
    """The articles under some files and folders, read one at a time.

    `done_bytes` of `total_bytes` grows while it is iterated, for a progress bar. Folders are walked
    in name order; hidden files are left alone, and files of other kinds are counted in `passed_over`.
    """

    def __init__(self, paths: Sequence[Path], settings: ArticleSettings) -> None:
        self._settings = settings
        self._files: list[tuple[Path, Path, int]] = []
        self.passed_over: Counter[str] = Counter()
        self._unreadable: list[OSError] = []
        for path in paths:
            # A file that was named is wanted wherever it leads; in a folder, links may not lead out.
            root = path.resolve() if path.is_dir() else path.resolve().parent
            for file in _walk(path, self._unreadable.append):
                if path.is_file() or file.name.lower().endswith(KINDS):
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
        if file.name.lower().endswith(_LINES):
            yield from self._read_lines(root, file, path, before)
            return
        read = _DOCUMENTS.get(file.suffix.lower())
        if read is None:
            raise Unreadable(f"its kind is not known; Byline reads {' '.join(KINDS)}")
        if size > self._settings.max_bytes:
            raise Unreadable(f"it is over articles.max_bytes ({self._settings.max_bytes:,} bytes)")
        yield to_article(read(file.read_bytes()), root, path, own_file=True)

    def _read_lines(self, root: Path, file: Path, path: str, before: int) -> Iterator[Article | Skipped]:
        with file.open("rb") as raw, _unpacked(raw, file) as stream:
            records = read_jsonl(stream, self._settings.max_bytes)
            while True:
                try:
                    number, record = next(records)
                except StopIteration:
                    return
                except (EOFError, zlib.error, gzip.BadGzipFile):
                    raise Unreadable("it is damaged: the rest of it cannot be unpacked") from None
                self.done_bytes = before + raw.tell()
                try:
                    if isinstance(record, Unreadable):
                        raise record
                    yield to_article(record, root, path, own_file=False)
                except Unreadable as problem:
                    yield Skipped(f"{file}, line {number}", str(problem))


@contextmanager
def _unpacked(raw: IO[bytes], file: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if file.suffix.lower() != ".gz":
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
