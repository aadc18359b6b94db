"""Lines packed with gzip."""

from __future__ import annotations

import gzip
from io import BufferedIOBase

from .archive import check_ratio


class Packed(gzip.GzipFile):
    """A packed stream; Unreadable as soon as it has unpacked to more than its packed bytes account for."""

    def __init__(self, stream: BufferedIOBase) -> None:
        super().__init__(fileobj=stream, mode="rb")
        self._stream = stream

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line, of at most `size` bytes."""
        line = super().readline(-1 if size is None else size)
        check_ratio(self._stream.tell(), self.tell())
        return line
