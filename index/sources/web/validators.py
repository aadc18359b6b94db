"""What a server said of a page by which it can tell later whether that has changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validators:
    """To be sent back with the next request for the same page."""

    link: str
    """The page they belong to, after redirects."""
    etag: str | None = None
    last_modified: str | None = None
