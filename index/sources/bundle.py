"""Archives (`.zip`) of files that hold articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BufferedIOBase, BytesIO
from pathlib import PurePosixPath
from zipfile import ZipInfo

from .archive import Archive
from .found import Found, Limits, failed
from .kinds import ARCHIVE, STREAMED, ZIP, is_known
from .reasons import NESTED, TOO_LARGE, TWICE
from .record import Unreadable

Find = Callable[[str, BufferedIOBase, int, Limits], Iterator[Found]]
"""Finds the articles in a member: its name, its bytes, and how many there are."""


def members_of(
    stream: BufferedIOBase, limits: Limits, passed_over: Callable[[str], None], find: Find
) -> Iterator[Found]:
    """Find the articles in the members; Unreadable when these unpack to more than may be read of an archive.

    As in a folder, hidden members are left alone and those of other kinds passed over.
    """
    archive = Archive(stream)
    wanted = [_is_wanted(info.filename, passed_over) for info in archive.infos]
    if (
        sum(info.file_size for info, wants in zip(archive.infos, wanted, strict=True) if wants)
        > limits.unpacked
    ):
        raise Unreadable(TOO_LARGE)
    before = 0
    names: set[str] = set()
    for info, wants in zip(archive.infos, wanted, strict=True):
        if wants:
            yield from _in_member(archive, info, before, limits, find, is_first=info.filename not in names)
        names.add(info.filename)
        before += info.compress_size


def _is_wanted(name: str, passed_over: Callable[[str], None]) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    if any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in path.parts):
        return False
    if not is_known(name):
        passed_over(path.suffix)
        return False
    return True


def _in_member(
    archive: Archive, info: ZipInfo, before: int, limits: Limits, find: Find, *, is_first: bool
) -> Iterator[Found]:
    def placed(found: Found) -> Found:
        share = found.at / info.file_size if info.file_size else 1
        return replace(found, member=info.filename, at=before + round(share * info.compress_size))

    try:
        if not is_first:
            raise Unreadable(TWICE)
        with _opened(archive, info, limits) as stream:
            yield from map(placed, find(info.filename, stream, info.file_size, limits))
    except Unreadable as problem:
        yield placed(failed(problem, info.file_size))


@contextmanager
def _opened(archive: Archive, info: ZipInfo, limits: Limits) -> Iterator[BufferedIOBase]:
    """A member of lines as they are unpacked, any other whole."""
    name = info.filename.lower()
    if name.endswith(ARCHIVE):
        raise Unreadable(NESTED)
    with archive.open(info) as stream:
        start = stream.read1(len(ZIP[0]))
        stream.seek(0)
        if name.endswith(STREAMED) and start not in ZIP:
            yield stream
        elif info.file_size > limits.document:
            raise Unreadable(limits.too_long)
        else:
            yield BytesIO(stream.read())
