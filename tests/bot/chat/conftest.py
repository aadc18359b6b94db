"""What the tests of the Discord front end share: the real client with tiny models, on a pretended Discord."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App, Options
from index.types import Article

MARROW = Article(
    "film", "Ilsa Marrow directed the film.", "The film", "https://news.example/film", "2024-02-01"
)
TREVELL = Article(
    "tower",
    "Oda Trevell restored the clock tower in Quillby. It took 14 months.",
    "The tower",
    "https://news.example/tower",
    "2024-03-01",
)
HENNOCK = Article(
    "ferry", "The ferry to Hennock Island was sold for 3 million crowns. Nobody was told.", "The ferry"
)
ARTICLES = (MARROW, TREVELL, HENNOCK)
DIRECTOR = "Who directed the film?"
"""Ilsa Marrow, says the tiny reader."""


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Runs a coroutine in a loop of its own."""
    return asyncio.run


@pytest.fixture(autouse=True)
def own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py keeps its addresses for the whole process; each test leaves them as they were."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
def make_app(tmp_path: Path, encoders: object) -> Callable[..., App]:
    """Makes an App with tiny models on the test's data folder; keywords are settings of `discord:`.

    Cooldowns are off unless they are given.
    """

    def make(**discord: object) -> App:
        settings = {"user_cooldown_seconds": 0, "server_questions_per_minute": 0, **discord}
        config = tmp_path / "config.yaml"
        config.write_text(json.dumps({"data": str(tmp_path / "data"), "discord": settings}), encoding="utf-8")
        return App(Options(config=config), {}, tmp_path)

    return make


@pytest.fixture
def filled(make_app: Callable[..., App]) -> Callable[..., App]:
    """Makes an App whose shared collection has three articles, or those given."""

    def make(articles: Iterable[Article] = ARTICLES, **discord: object) -> App:
        app = make_app(**discord)
        with app.chosen() as collection:
            for _ in collection.add(articles):
                pass
        return app

    return make
