"""What a person wants added, and how it gets here: a file from Discord, pages from the web."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

import aiohttp
import discord

from index.sources.uploads import read_upload
from index.sources.web.source import read_page_at
from index.types import Article, Skipped

from ..failures import Notice
from ..languages import Words

if TYPE_CHECKING:
    from ..client import Client

MOST_LINKS = 5
_FETCH_SECONDS = 120.0
_LINK = re.compile(r"https?://[^\s<>|`\"]+", re.IGNORECASE)
_CLOSING = ".,;:!?'*_~…’”»"
"""What ends a sentence or markup, and no link."""

Items = Callable[[], Iterable[Article | Skipped]]
"""Reads the articles, on the indexing thread."""


class Parcel(Protocol):
    """Something to be added."""

    is_slow: bool
    """Whether others go first while it is fetched; else it is fetched when its turn has come."""

    @property
    def name(self) -> str:
        """What it is called in front of a person."""

    async def items(self, words: Words) -> Items:
        """Fetch it; a Notice says why that cannot be."""


class File:
    """An attachment."""

    is_slow = False  # and only one at a time is held in memory

    def __init__(self, attachment: discord.Attachment, max_bytes: int) -> None:
        self._attachment = attachment
        self._max_bytes = max_bytes

    @property
    def name(self) -> str:
        """The file's name."""
        return self._attachment.filename

    async def items(self, words: Words) -> Items:
        """Fetch the file from Discord."""
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                data = await self._attachment.read()
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError):
            raise Notice(words("Discord did not hand me the file; please attach it again.")) from None
        return lambda: read_upload(self.name, data, self._max_bytes)


class Links:
    """Pages of the web, each of which should be an article."""

    is_slow = True

    def __init__(self, links: Sequence[str], client: Client) -> None:
        self._links = links
        self._client = client

    @property
    def name(self) -> str:
        """The first link."""
        return self._links[0]

    async def items(self, words: Words) -> Items:
        """Fetch the pages on the links' thread; what cannot be read is an item too."""
        client = self._client
        read = [await client.links.run(partial(read_page_at, link, client.fetcher)) for link in self._links]
        return lambda: read


def links_in(text: str) -> list[str]:
    """The first links of a message, each once, without the punctuation and markup around them."""
    found = (_without_closing(match[0]) for match in _LINK.finditer(text))
    return list(dict.fromkeys(found))[:MOST_LINKS]


def _without_closing(link: str) -> str:
    link = link.rstrip(_CLOSING)
    while link.endswith((")", "]")):  # a bracket that was opened within belongs to the link
        opening = "(" if link.endswith(")") else "["
        if link.count(opening) >= link.count(link[-1]):
            break
        link = link[:-1].rstrip(_CLOSING)
    # `[words](link)` with the link among its own words
    return link.split("](", 1)[0]
