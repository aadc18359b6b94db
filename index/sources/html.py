"""Saved HTML pages."""

from __future__ import annotations

from .record import Record
from .web.page import read_page


def read_html(raw: bytes) -> Record:
    """Extract the article from a saved page, with the title, authors, date and link it states."""
    return read_page(raw)
