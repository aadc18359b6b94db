"""`/status`: how much was read, and what is being done at the moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from index.errors import UnknownCollection
from index.feeds import KeptFeed

from ... import __version__
from ..articles.adding import uploads_of
from ..articles.feeds import feeds_of
from ..articles.quotas import MIB, Quota, Usage
from ..articles.reports import progress_text
from ..articles.upload import Upload
from ..keep.places import Places, are_samples
from ..languages import Words
from ..show.budget import Card
from ..show.citing import ago
from ..show.listing import BLUE, samples_text

if TYPE_CHECKING:
    from ..client import Client


@dataclass(frozen=True, slots=True)
class State:
    """How things stand, as far as one server is concerned."""

    own: Usage | None
    """None where there are no articles of a server: in direct messages."""
    quota: Quota
    shared_articles: int
    samples_answer: bool
    """Whether Byline's own articles stand in, because there are no others."""
    waiting: int
    """Questions that wait or are being answered."""
    upload: Upload | None
    feeds: tuple[KeptFeed, ...]
    most_feeds: int
    retention_days: int
    latency_seconds: float


async def state_of(client: Client, server: int | None) -> State:
    """How things stand."""
    settings, uploads = client.app.settings.discord, uploads_of(client)

    def count() -> tuple[Usage | None, list[KeptFeed], int, bool]:
        shared, samples = _shared_articles(client.places), _samples_answer(client.places, server)
        if server is None:
            return None, [], shared, samples
        return uploads.holdings.usage(server), feeds_of(client, server), shared, samples

    own, feeds, shared, samples_answer = await client.memory.run(count)
    return State(
        own=own,
        quota=Quota(settings.max_articles, round(settings.max_text_mib * MIB)),
        shared_articles=shared,
        samples_answer=samples_answer,
        waiting=client.questions.depth,
        upload=None if server is None else uploads.running(server),
        feeds=tuple(feeds),
        most_feeds=settings.max_feeds,
        retention_days=settings.retention_days,
        latency_seconds=client.latency,
    )


def state_embed(state: State, words: Words) -> discord.Embed:
    """How things stand, as people see it."""
    card = Card(BLUE, title=words("How things stand"), footer=f"Byline {__version__}")
    if state.samples_answer:
        card.add(samples_text(words))
    if state.own is not None:
        card.field(words("Articles of this server"), _own(state.own, state.quota, words))
    if state.feeds:
        card.field(words("Feeds"), _feeds(state.feeds, state.most_feeds, words))
    card.field(words("Articles shared by all servers"), words.number(state.shared_articles))
    card.field(words("Questions waiting"), words.number(state.waiting))
    card.field(words("Answers are kept for"), words.count("{n} day", "{n} days", state.retention_days))
    if math.isfinite(state.latency_seconds):
        card.field(words("Delay to Discord"), f"{words.number(round(state.latency_seconds * 1000))} ms")
    if state.upload is not None:
        card.field(words("Being added"), progress_text(state.upload, words), inline=False)
    return card.embed()


def _shared_articles(places: Places) -> int:
    with suppress(UnknownCollection), places.collections(None) as collections:
        if not are_samples(collections):
            return sum(collection.counts()[0] for collection in collections)
    return 0


def _samples_answer(places: Places, server: int | None) -> bool:
    with suppress(UnknownCollection), places.collections(server) as collections:
        return are_samples(collections)
    return False


def _feeds(feeds: Sequence[KeptFeed], most: int, words: Words) -> str:
    """How many there are, when one was read last, and whether all can be."""
    text = words("{n} of {most}", n=words.number(len(feeds)), most=words.number(most))
    read = max((feed.pulled_at for feed in feeds if feed.pulled_at), default=None)
    failing = sum(1 for feed in feeds if feed.problem)
    parts = [text, words("last read {when}", when=ago(read)) if read else words("not read yet")]
    if failing:
        parts.append(words.count("{n} failed", "{n} failed", failing))
    return ", ".join(parts)


def _own(usage: Usage, quota: Quota, words: Words) -> str:
    return words(
        "{articles} of {most}, {text} of {most_text} MiB of text",
        articles=words.number(usage.articles),
        most=words.number(quota.articles),
        text=words.number(round(usage.text_bytes / MIB, 1)),
        most_text=words.number(round(quota.text_bytes / MIB, 1)),
    )
