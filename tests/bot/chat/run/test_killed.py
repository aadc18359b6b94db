"""`kill -9` while the bot answers, and its next start: the program itself, on a pretended Discord."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from tests.discord_server import Exchange, FakeDiscord, Message

from ..conftest import DIRECTOR
from ..staging import in_loop
from .test_process import started

RESTARTED = "I was restarted before I was done. Please try again."


def check_stores(data: Path) -> int:
    """Every database below a folder is whole; how many there are."""
    files = sorted(data.rglob("*.sqlite3"))
    for file in files:
        with closing(sqlite3.connect(file)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return len(files)


async def check_buttons(discord: FakeDiscord, answer: Message) -> None:
    """All that can be pressed below an answer does what it should."""
    quote = await (await discord.click(answer, "Quote")).answer()
    assert "**Ilsa Marrow** directed the film." in quote.text
    thanks = await (await discord.click(answer, "Good")).answer()
    assert thanks.text == "Thank you. I have noted that."
    form = await (await discord.click(answer, "Follow up")).shown_modal()
    followed = await (await discord.submit(form, "Who restored the clock tower?")).answer()
    assert "Oda Trevell" in followed.text


@pytest.mark.slow
@in_loop
async def test_who_was_left_waiting_is_told_and_old_buttons_work(
    tmp_path: Path, filled: Callable[..., App]
) -> None:
    """Killed while one question is read and two wait: the next start tells all three to ask again."""
    filled()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        channel = discord.guild("Harbour", ada).channel
        async with started(tmp_path, discord) as running:
            await running.logged("connected")
            old = await (await discord.slash(ada, channel, "ask", question=DIRECTOR)).answer()
            form = await (await discord.click(old, "Wrong")).shown_modal()
            left = [
                await discord.slash(ada, channel, "ask", question="Who slowly directed the film?"),
                await discord.slash(ada, channel, "ask", question=DIRECTOR),
                await discord.slash(ada, channel, "ask", question=DIRECTOR, private=True),
            ]
            await running.printed("reading slowly")
            for exchange in left:
                await exchange.acknowledged()
            await asyncio.sleep(0.3)
            running.process.kill()
            await running.ended()
        assert [exchange.is_answered for exchange in left] == [False] * 3
        assert check_stores(tmp_path / "data") == 3
        async with started(tmp_path, discord) as running:
            await running.logged("connected")
            assert [(await exchange.answer()).text for exchange in left] == [RESTARTED] * 3
            assert [exchange.ephemeral for exchange in left] == [False, False, True]
            await check_buttons(discord, old)
            thanks = await (await discord.submit(form, "Nora Vale")).answer()
            assert thanks.text == "Thank you. I have noted that."


@pytest.mark.slow
@in_loop
async def test_killed_at_any_moment(tmp_path: Path, filled: Callable[..., App]) -> None:
    """Six kills at random moments: each question is answered, told to be asked again, or never begun."""
    filled()
    chance = random.Random(4)
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        channel = discord.guild("Harbour", ada).channel
        asked: list[Exchange] = []
        for _ in range(6):
            async with started(tmp_path, discord) as running:
                await running.logged("connected")
                await check_asked(discord, asked)
                asked = []
                moment = asyncio.get_running_loop().time() + chance.uniform(0.05, 0.6)
                while asyncio.get_running_loop().time() < moment:
                    asked.append(await discord.slash(ada, channel, "ask", question=DIRECTOR))
                    await asyncio.sleep(0.02)
                running.process.kill()
                await running.ended()
            check_stores(tmp_path / "data")
        discord.forgive()  # those that were never acknowledged


async def check_asked(discord: FakeDiscord, asked: list[Exchange]) -> None:
    """What became of the questions before the kill."""
    for exchange in asked:
        if exchange.acknowledged_after is not None:
            text = (await exchange.answer()).text
            assert "Ilsa Marrow" in text or text == RESTARTED or text.startswith("I am busy")
    answered = [one.response for one in asked if one.response and one.response.buttons]
    if answered and answered[-1] is not None:
        await check_buttons(discord, answered[-1])
