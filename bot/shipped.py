"""The files that travel with the program: the default config and the sample articles."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """The path of a file or folder that ships with Byline.

    In an installed wheel they lie in `bot/shipped/`; in a source checkout beside the packages.
    """
    installed = Path(str(files("bot"))) / "shipped" / name
    return installed if installed.exists() else Path(__file__).resolve().parent.parent / name
