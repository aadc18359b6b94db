"""JSON Lines: one article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from gzip import GzipFile
from typing import IO

from .record import Record, Unreadable, record_from

_SKIP_BYTES = 1 << 16


def read_jsonl(
    stream: IO[bytes] | GzipFile, max_bytes: int, too_long: str
) -> Iterator[tuple[int, Record | Unreadable]]:
    """Yield (line number, record), or what is wrong with the line; blank lines are passed over.

    No line is held in memory beyond `max_bytes`, however long it is; what is wrong with it is `too_long`.
    """
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes:
            while line and not line.endswith(b"\n"):
                line = stream.readline(_SKIP_BYTES)
            yield number, Unreadable(too_long)
        elif line.strip():
            yield number, _read_line(line)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")  # what programs that do not write UTF-8 write


def _read_line(line: bytes) -> Record | Unreadable:
    try:
        fields = json.loads(_decoded(line))
    except (ValueError, RecursionError):
        return Unreadable("it is not valid JSON")
    if not isinstance(fields, dict):
        return Unreadable("it is not a JSON object")
    try:
        return record_from(fields)
    except Unreadable as problem:
        return problem
