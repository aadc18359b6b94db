"""A newsroom with a small internet around it, for the tests of links and feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.app import App
from index.settings import WebSettings
from index.sources.web.fetch import Fetcher
from tests.discord_server import Exchange, Permission
from tests.web_server import Web

from ..staging import Newsroom, newsroom

NOW = 1_730_000_000.0
FEED = "http://news.example/feed"


def text_of(topic: str) -> str:
    """A page with an article about a topic."""
    sentence = f"Willa Sedge restored the {topic} at Gull Point, which is open to the public from June."
    head = f"<head><meta property='og:title' content='The {topic}'></head>"
    return f"<html>{head}<body><div class=article><p>{sentence}</p><p>{sentence}</p></div></body></html>"


def feed(*topics: str, title: str = "Bay Post", host: str = "news.example") -> str:
    """A feed of entries, newest first."""
    items = "".join(
        f"<item><title>The {topic}</title><link>http://{host}/{topic}</link></item>" for topic in topics
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


def online(app: App, web: Web) -> App:
    """An app whose links lead into the small internet."""
    settings = WebSettings(pause_seconds=0, timeout_seconds=5)
    app.fetcher = lambda: Fetcher(settings, web.network)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def managed(app: App, web: Web, **options: Any) -> AsyncIterator[Newsroom]:
    """A newsroom in which Ada has Manage Server, and Ben has not; it is always NOW."""
    async with newsroom(online(app, web), **options) as room:
        role = room.discord.role(room.guild, "Managers", Permission.MANAGE_GUILD)
        room.guild.members[room.ada.id].roles.append(role)
        room.client.clock = lambda: NOW
        yield room


async def articles(room: Newsroom, what: str, **options: object) -> Exchange:
    """Ada uses `/articles …`."""
    return await room.discord.slash(room.ada, room.channel, f"articles {what}", **options)


async def said(room: Newsroom, what: str, **options: object) -> str:
    """What the bot says to Ada's `/articles …`, once it is done."""
    exchange = await articles(room, what, **options)
    message = await exchange.answer(when=lambda message: not message.text.endswith("…"))
    assert (exchange.deferred, exchange.ephemeral) == (True, True) or message.text.startswith("I cannot")
    return message.text
