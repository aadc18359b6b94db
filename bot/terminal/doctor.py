"""`byline doctor` and `byline paths`: what is in use, whether it works, and what to do if not."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from index.errors import BylineError

from .. import __version__
from ..app import App
from .chatting import discord_checks
from .console import stdout

_MARK = {True: "ok  ", False: "FAIL"}


def run_doctor(app: App) -> int:
    """Check everything, print a line for each; the exit code is 1 when something does not work."""
    console = stdout()
    healthy = True
    for name, check in _checks(app):
        try:
            finding, works = check(), True
        except BylineError as error:
            finding, works = str(error), False
        healthy &= works
        console.print(f"{_MARK[works]}  {name:<12} {finding}")
    console.print("Everything is ready." if healthy else "Mend the lines marked FAIL and run this again.")
    return 0 if healthy else 1


def print_paths(app: App) -> None:
    """Print every place that Byline writes to, and how to be rid of the rest."""
    console = stdout()
    data = app.settings.data
    console.print(f"data         {data.absolute()}")
    console.print(f"config       {app.config.absolute()}")
    console.print(f"program      {Path(__file__).resolve().parent.parent}")
    console.print("To uninstall, delete the data folder and run: pip uninstall byline-bot")


def _checks(app: App) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "byline", lambda: f"{__version__} on Python {platform.python_version()}, {sys.platform}"
    yield "config", lambda: str(app.config.absolute())
    yield "data", lambda: _data(app)
    yield "sqlite", _sqlite
    yield "torch", _torch
    yield "encoder", lambda: _encoder(app)
    yield "reader", lambda: _reader(app)
    yield "collections", lambda: _collections(app)
    yield from discord_checks(app)


def _data(app: App) -> str:
    folder = app.settings.data.absolute()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise BylineError(f"{folder} cannot be written; choose another folder with --data DIR")
    return str(folder) if folder.exists() else f"{folder} (made when it is needed)"


def _sqlite() -> str:
    with closing(sqlite3.connect(":memory:")) as db:
        options = {row[0] for row in db.execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        raise BylineError("this Python's SQLite has no full-text search (FTS5); use a python.org build")
    return f"{sqlite3.sqlite_version} with full-text search"


def _torch() -> str:
    import torch  # noqa: PLC0415

    return f"{torch.__version__}, {torch.get_num_threads()} threads, faiss {version('faiss-cpu')}"


def _encoder(app: App) -> str:
    encoder = app.encoder
    vector = encoder.encode_queries(["Is everything ready?"])
    return f"{encoder.name}, {vector.shape[1]} dimensions, {encoder.max_tokens} tokens, {encoder.precision}"


def _reader(app: App) -> str:
    app.reader.load()
    if app.calibration is not None:
        return f"{app.reader.name}, calibrated"
    return f"{app.reader.name}. {app.calibration_note or 'Calibration is switched off'}"


def _collections(app: App) -> str:
    found = []
    for name in app.collection_names():
        with closing(app.existing(name)) as collection:
            collection.check()
            articles, passages = collection.counts()
        found.append(f"{name} ({articles:,} articles, {passages:,} passages)")
    return ", ".join(found) or "none yet; make one with: byline index PATH"
