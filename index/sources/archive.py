"""Zip files: never unpacked to disk, and never further than their limits."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from .reasons import BOMB, DAMAGED, ENCRYPTED, NOT_REGULAR, ODD_PACKING, TOO_LARGE_DOCUMENT, TOO_MANY_MEMBERS
from .record import Unreadable

MAX_MEMBERS = 10_000
MAX_RATIO = 200
# Below this, what was packed well does no harm.
_HARMLESS_BYTES = 1 << 20
_MAX_DIRECTORY_BYTES = 8 << 20
# Others take as much memory to unpack as the file says they do.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 1
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError)
# What a directory of nonsense makes of zipfile: places before a file's beginning, names in no encoding.
_NONSENSE = (ValueError, OverflowError, NotImplementedError, struct.error)


class Archive:
    """The members of an open zip file, each held against the limits before it is read.

    A name in it is no more than a name: nothing is ever written under it.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        careful = _Careful(stream)
        with _damage(_DAMAGE + _NONSENSE):
            self._zip = zipfile.ZipFile(careful)
        careful.has_directory = True
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise Unreadable(TOO_MANY_MEMBERS)
        self.infos = [info for info in infos if not info.is_dir()]
        self.members = {info.filename: info for info in self.infos}

    @property
    def unpacked_bytes(self) -> int:
        """What all members have together; none gives more than it says."""
        return sum(info.file_size for info in self.infos)

    def check(self) -> None:
        """Hold all members against the limits before something else reads them, or Unreadable."""
        for info in self.infos:
            _check(info)

    def read(self, name: str, most: int) -> bytes:
        """A member's bytes, of which there are at most `most`; KeyError when there is no such member."""
        if self.members[name].file_size > most:
            raise Unreadable(TOO_LARGE_DOCUMENT)
        with self.open(self.members[name]) as stream:
            return stream.read()

    @contextmanager
    def open(self, info: zipfile.ZipInfo) -> Iterator[io.BufferedIOBase]:
        """A member as a stream; Unreadable when it is a bomb, encrypted or damaged, also later."""
        _check(info)
        with _damage(_DAMAGE + _NONSENSE):
            member = self._zip.open(info)
        with _damage(_DAMAGE), member:
            yield cast("io.BufferedIOBase", member)


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _IS_ENCRYPTED:
        raise Unreadable(ENCRYPTED)
    if info.compress_type not in _PACKINGS:
        raise Unreadable(ODD_PACKING)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise Unreadable(NOT_REGULAR)
    check_ratio(info.compress_size, info.file_size)


def check_ratio(packed: int, unpacked: int) -> None:
    """Unreadable when so much came out of so little that it must have been made for that."""
    if unpacked > max(_HARMLESS_BYTES, packed * MAX_RATIO):
        raise Unreadable(BOMB)


class _Careful(io.RawIOBase):
    """A stream that does not give a zip file's directory in one piece when that is too large to hold."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.has_directory = False

    def read(self, size: int = -1, /) -> bytes:
        if not self.has_directory and size > _MAX_DIRECTORY_BYTES:
            raise Unreadable(TOO_MANY_MEMBERS)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


@contextmanager
def _damage(kinds: tuple[type[Exception], ...]) -> Iterator[None]:
    try:
        yield
    except kinds:
        raise Unreadable(DAMAGED) from None
