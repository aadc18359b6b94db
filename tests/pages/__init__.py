"""Invented articles in the markup habits of real news sites, each with what a reader should get of it.

`NAME.html` is the page as a server sends it; `NAME.txt` beside it is the article: title, date, then the text
with standfirst, subheadings, lists and tables, without captions, bylines and what stands around. Pages
whose name begins with `none` have no article to get.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from index.sources.plain import read_plain
from index.sources.record import Record

FOLDER = Path(__file__).parent
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Page:
    """One page, and the article expected of it."""

    name: str
    body: bytes
    expected: Record


def pages() -> list[Page]:
    """Every page with an article, by name."""
    return [
        Page(file.stem, file.with_suffix(".html").read_bytes(), read_plain(file.read_text(encoding="utf-8")))
        for file in sorted(FOLDER.glob("*.txt"))
    ]


def page(name: str) -> bytes:
    """One page's bytes."""
    return (FOLDER / f"{name}.html").read_bytes()


def word_f1(found: str, expected: str) -> float:
    """How well two texts agree in their words, counted, without regard to case and order."""
    one, other = (Counter(_WORD.findall(text.lower())) for text in (found, expected))
    shared = sum((one & other).values())
    return 2 * shared / (sum(one.values()) + sum(other.values())) if shared else 0.0
