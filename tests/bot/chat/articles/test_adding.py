"""Adding articles, with the program killed in the middle of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from bot.chat.keep.memory import Memory
from tests.discord_server import FakeDiscord, Message, Upload

from ..run.test_process import started
from ..staging import in_loop

ARTICLES = 900


def has_progress(message: Message) -> bool:
    """Whether the reply tells of articles that are safe."""
    return re.search(r": [1-9][\d,]* of 900 articles", message.text) is not None


def number(text: str) -> int:
    """The number that a text begins with."""
    return int(text.split(maxsplit=1)[0].replace(",", ""))


@pytest.mark.slow
@in_loop
async def test_a_kill_loses_nothing_that_was_reported(tmp_path: Path, filled: Callable[..., App]) -> None:
    """What was reported as added is there after a restart, and the same file again brings the rest."""
    filled()
    texts = (f"Number {n}. " + "Some words about the harbour. " * 60 for n in range(ARTICLES))
    file = Upload("many.jsonl", "".join(json.dumps({"text": text}) + "\n" for text in texts).encode())
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        guild = discord.guild("Harbour", managers=(ada,))
        async with started(tmp_path, discord) as running:
            await running.logged("connected")
            exchange = await discord.slash(ada, guild.channel, "articles add", file=file)
            message = await exchange.answer(60, when=has_progress)
            reported = number(message.text.partition(": ")[2])
            running.process.kill()
            await running.ended()
        async with started(tmp_path, discord) as running:
            await running.logged("connected")
            told = await exchange.answer(30, when=lambda one: "restarted" in one.text)
            assert told.text == "I was restarted before I was done. Please try again."
            listed = await (await discord.slash(ada, guild.channel, "articles list")).answer()
            assert "Page 1 of" in listed.text
            again = await discord.slash(ada, guild.channel, "articles add", file=file)
            summary = await again.answer(60, when=lambda one: "many.jsonl**" in one.text)
            added, unchanged = map(number, summary.text.splitlines()[1:])
            assert added + unchanged == ARTICLES
            assert reported <= unchanged < ARTICLES
    folder = tmp_path / "data" / "discord" / "servers" / str(guild.id)
    with closing(Memory(folder / "memory.sqlite3")) as memory:
        assert {one.user for one in memory.contributions().values()} == {ada.id}
        assert len(memory.contributions()) == ARTICLES
