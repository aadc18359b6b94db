"""What a reading of files met, to tell afterwards what is not there any more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """Where an article stands."""

    file: str
    """A file's whole path with forward slashes, or a link."""
    part: str
    """Which of the file's articles it is; empty where it holds one."""


class Seen:
    """The places that a reading met, and those of which it cannot tell."""

    def __init__(self) -> None:
        self._places: set[Place] = set()
        self._unread: set[str] = set()

    def add(self, place: Place) -> None:
        """An article stands here, or should."""
        self._places.add(place)

    def add_unread(self, path: str) -> None:
        """A file or folder is there, and not all of it could be read."""
        self._unread.add(path)

    def is_gone(self, place: Place) -> bool:
        """Whether a place that was known would have been met, and was not."""
        return place not in self._places and not any(is_within(place.file, path) for path in self._unread)


def place_file(root: str, path: str) -> str:
    """The whole path of a file under a root."""
    return f"{root.rstrip('/')}/{path}"


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder's, or that of something in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def is_absent(path: str | Path) -> bool:
    """Whether nothing is there: what cannot be looked at, for want of permission or a disk, is not absent."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
