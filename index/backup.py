"""Articles out into a file, and back: all that is needed to have them again with the same answers.

The file is JSON Lines, packed with gzip: a first line that says what it is, a line an article in the
order they were stored, and a last line that says how many those are. The same articles make the same
bytes. Passages and vectors are not in it; they are made again.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict

from .errors import BackupError
from .types import Article, Skipped

FORMAT = 1
_GZIP = b"\x1f\x8b"
_UNPACKABLE = (OSError, EOFError, zlib.error)


class _Line(BaseModel):
    """What a line has of an article: a field a column, by the names of `Article`."""

    model_config = ConfigDict(strict=True)

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None
    authors: list[str] = []
    root: str | None = None
    path: str | None = None
    part: str = ""
    raw_digest: str | None = None
    """In hexadecimal digits."""
    added_at: str | None = None

    @classmethod
    def of(cls, article: Article) -> _Line:
        """An article's line."""
        fields = {name: getattr(article, name) for name in cls.model_fields}
        digest = None if article.raw_digest is None else article.raw_digest.hex()
        return cls(**fields | {"authors": list(article.authors), "raw_digest": digest})

    def article(self) -> Article:
        """The line's article; ValueError when its digest is none."""
        digest = None if self.raw_digest is None else bytes.fromhex(self.raw_digest)
        return Article(**self.model_dump() | {"authors": tuple(self.authors), "raw_digest": digest})


def write_backup(articles: Iterable[Article], stream: BinaryIO) -> int:
    """Write articles to a stream, and return how many; BackupError when it takes no more."""
    count = 0
    try:
        # Neither name nor time: the same articles make the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
            packed.write(_json({"byline": "articles", "format": FORMAT}))
            for article in articles:
                fields = _Line.of(article).model_dump()
                packed.write(_json({**fields, "digest": _digest(fields)}))
                count += 1
            packed.write(_json({"articles": count}))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise BackupError(f"the export cannot be written ({error.strerror}); free some space") from error
    return count


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """A file that is there as a whole or not at all; what it replaces stays until then."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        raise BackupError(
            f"{file} cannot be written ({error.strerror}); name a file in a folder with room for it"
        ) from error
    finally:
        beside.unlink(missing_ok=True)


class Backup:
    """The articles of an export; what of it is damaged is named, and the rest is read.

    `done_bytes` of `total_bytes` grows while it is iterated. BackupError when it is no export at all.
    """

    def __init__(self, stream: BinaryIO, name: str, total_bytes: int = 0) -> None:
        self._packed = _Counted(stream)
        self._name = name
        self.total_bytes = total_bytes
        self._lines = self._unpacked()
        self._check_head(_next_object(self._lines))

    @property
    def done_bytes(self) -> int:
        """How much of it was read."""
        return self._packed.count

    def __iter__(self) -> Iterator[Article | Skipped]:
        count, number = 0, 1
        try:
            for number, line in enumerate(self._lines, 2):
                fields = _object(line)
                if fields.keys() == {"articles"}:  # the last line
                    if fields["articles"] != count:
                        yield self._damaged(number, f"there should be {fields['articles']} articles")
                    return
                count += 1
                yield self._read(number, fields)
        except _UNPACKABLE:
            yield self._damaged(number + 1, "from here on it cannot be unpacked")
            return
        yield self._damaged(number + 1, "its end is missing")

    def _unpacked(self) -> Iterator[bytes]:
        buffered = io.BufferedReader(self._packed)
        if buffered.peek(2)[:2] == _GZIP:
            return iter(gzip.GzipFile(fileobj=buffered, mode="rb"))
        return iter(buffered)

    def _check_head(self, head: dict[str, Any]) -> None:
        if head.get("byline") != "articles":
            raise BackupError(f"{self._name} was not made by `byline export`; add it with: byline index FILE")
        if head.get("format") != FORMAT:
            raise BackupError(
                f"{self._name} was written by a newer Byline; upgrade with: pip install --upgrade byline-bot"
            )

    def _read(self, number: int, fields: dict[str, Any]) -> Article | Skipped:
        digest = fields.pop("digest", None)
        try:
            if digest != _digest(fields):
                return self._damaged(number, "it is damaged")
            return _Line.model_validate_json(_json(fields)).article()
        except ValueError:  # pydantic's too
            return self._damaged(number, "it is damaged")

    def _damaged(self, number: int, reason: str) -> Skipped:
        return Skipped(f"{self._name} line {number}", reason)


class _Counted(io.RawIOBase):
    """A stream that counts what is read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        """That is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _next_object(lines: Iterator[bytes]) -> dict[str, Any]:
    try:
        return _object(next(lines, b""))
    except _UNPACKABLE:
        return {}


def _digest(fields: Mapping[str, object]) -> str:
    """What tells a line from a damaged one."""
    return hashlib.blake2b(_json(dict(sorted(fields.items()))), digest_size=16).hexdigest()
