"""Tables (CSV): one article a row, its fields named by the first row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase

from .decode import decode_line
from .found import Found, Limits, digest_of, failed
from .reasons import BROKEN, NO_COLUMN, UNCLOSED
from .record import Record, Unreadable, names_in, record_from

# The names of `.jsonl` come first, then what other programs call the same.
_NAMES = {
    "text": ("text", "content", "body", "article"),
    "title": ("title", "headline"),
    "url": ("url", "link"),
    "published": ("published", "date", "published_at", "publication_date"),
    "authors": ("authors", "author"),
    "id": ("id",),
}
_DELIMITERS = ",;\t|"
_SKIP_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Columns:
    """What the first row says."""

    width: int
    places: dict[str, int]
    """Where each field stands in a row."""


def rows_of(stream: BufferedIOBase, limits: Limits, position: Callable[[], int]) -> Iterator[Found]:
    """Find an article in each row below the first; Unreadable when that names no column for the text.

    No row is held in memory beyond the limit of an article, wherever its quotation marks end.
    """
    # The library's limit is one for the whole process; ours is below, and may be larger than its default.
    csv.field_size_limit(max(csv.field_size_limit(), limits.article))
    lines = _Lines(stream, limits.article)
    header, delimiter, columns = _header(lines)
    while True:
        lines.begin_row()
        try:
            row = next(csv.reader(lines, delimiter=delimiter))
        except StopIteration:
            return
        except _TooLong:
            lines.skip_row()
            yield failed(limits.too_long, position(), lines.first)
        except csv.Error:
            yield failed(BROKEN, position(), lines.first)
        else:
            if lines.is_unclosed:
                yield failed(UNCLOSED, position(), lines.first)
            elif any(row):
                digest = digest_of(header, lines.row)
                yield Found(partial(_record, columns, row), position(), digest, line=lines.first)


class _TooLong(Exception):
    """A row is over the limit."""


class _Lines:
    """The lines of a table, no more of a row than is allowed, with what the row's own bytes are."""

    def __init__(self, stream: BufferedIOBase, most: int) -> None:
        self._stream = stream
        self._most = most
        self._number = 0
        self._ended = False
        self._row: list[bytes] = []
        self._taken = 0
        self._quotes = 0
        self.first = 0
        """The number of the row's first line."""

    def begin_row(self) -> None:
        """What comes next belongs to another row."""
        self._row = []
        self._taken = self._quotes = 0
        self.first = self._number + 1

    @property
    def row(self) -> bytes:
        """The row as it stands in the file."""
        return b"".join(self._row)

    @property
    def is_unclosed(self) -> bool:
        """Whether the row took all that was left of the file in search of a quotation mark."""
        return self._ended and len(self._row) > 1 and self._is_quoted

    @property
    def _is_quoted(self) -> bool:
        return self._quotes % 2 == 1  # a mark within a field is doubled

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._most + 1 - self._taken)
        if not line:
            self._ended = True
            raise StopIteration
        self._taken += len(line)
        self._quotes += line.count(b'"')
        self._row.append(line)
        self._number += 1
        if self._taken > self._most:
            raise _TooLong
        return decode_line(line)

    def skip_row(self) -> None:
        """Read to the end of a row that is too long, keeping nothing of it."""
        line = self._row[-1]
        self._row = []
        while not line.endswith(b"\n") or self._is_quoted:
            is_new = line.endswith(b"\n")
            line = self._stream.readline(_SKIP_BYTES)
            if not line:
                return
            self._number += is_new
            self._quotes += line.count(b'"')


def _header(lines: _Lines) -> tuple[bytes, str, Columns]:
    """The first row as it stands, what parts its fields, and where they are."""
    delimiters = _DELIMITERS
    try:
        line = next(lines)
        if line.lower().startswith("sep="):  # what Excel writes for itself
            delimiters = line[4:5]
            lines.begin_row()
            line = next(lines)
        found = [(delimiter, _columns(line, delimiter)) for delimiter in delimiters.strip("\r\n") or ","]
    except (StopIteration, _TooLong, csv.Error, TypeError):
        raise Unreadable(NO_COLUMN) from None
    delimiter, columns = max(found, key=lambda each: ("text" in each[1].places, each[1].width))
    if "text" not in columns.places:
        raise Unreadable(NO_COLUMN)
    return lines.row, delimiter, columns


def _columns(line: str, delimiter: str) -> Columns:
    names = [name.strip().lower().replace(" ", "_") for name in next(csv.reader([line], delimiter=delimiter))]
    places = {}
    for field, known in _NAMES.items():
        name = next((name for name in known if name in names), None)
        if name is not None:
            places[field] = names.index(name)
    return Columns(len(names), places)


def _record(columns: Columns, row: list[str]) -> Record:
    if any(cell.strip() for cell in row[columns.width :]):
        raise Unreadable(BROKEN)  # a delimiter in a text that should have been quoted: it would lose its end
    cells = {field: row[column].strip() for field, column in columns.places.items() if column < len(row)}
    fields: dict[str, object] = {field: cell for field, cell in cells.items() if cell}
    if "authors" in cells:
        fields["authors"] = list(names_in(cells["authors"]))
    return record_from({"text": "", **fields})
