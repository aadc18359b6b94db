"""JSON Lines: one article a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedIOBase

from .decode import decode_line
from .found import Found, Limits, digest_of, failed
from .record import Record, Unreadable, record_from

_SKIP_BYTES = 1 << 16


def lines_of(stream: BufferedIOBase, limits: Limits, position: Callable[[], int]) -> Iterator[Found]:
    """Find an article in each line that is not blank.

    No line is held in memory beyond the limit of an article, however long it is.
    """
    number = 0
    while line := stream.readline(limits.article + 1):
        number += 1
        if len(line) > limits.article:
            while line and not line.endswith(b"\n"):
                line = stream.readline(_SKIP_BYTES)
            yield failed(limits.too_long, position(), number)
        elif line.strip():
            yield Found(partial(_read_line, line), position(), digest_of(line.strip()), line=number)


def _read_line(line: bytes) -> Record:
    try:
        fields = json.loads(decode_line(line))
    except (ValueError, RecursionError):
        raise Unreadable("it is not valid JSON") from None
    if not isinstance(fields, dict):
        raise Unreadable("it is not a JSON object")
    return record_from(fields)
