"""`byline discord` as a process of its own, on a pretended Discord: started, asked, stopped."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from tests.discord_server import FakeDiscord
from tests.readers import write_calibration

from ..conftest import DIRECTOR
from ..staging import in_loop

ROOT = Path(__file__).resolve().parents[4]

# The program with tiny models; a question with the word "slowly" takes a second to read, and says so.
PROGRAM = """
import sys, time
from pathlib import Path
import bot.app
from tests.bot.conftest import Words
from tests.readers import SharedWords
class Reader(SharedWords):
    def read(self, question, hits):
        if "slowly" in question:
            print("reading slowly", flush=True)
            time.sleep(1.0)
        return super().read(question, hits)
Words.made = []
bot.app.SentenceEncoder, bot.app.ExtractiveReader = Words, Reader
bot.app.SHIPPED_CALIBRATION = Path(sys.argv.pop(1))
from bot.__main__ import main
main()
"""


@dataclass(eq=False, slots=True)
class Running:
    """The program while it runs, and what it printed."""

    process: Process
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)

    async def logged(self, event: str) -> dict[str, Any]:
        """Wait until the program logs an event."""
        async with asyncio.timeout(30):
            while True:
                for line in self.err:
                    if line.startswith("{") and json.loads(line)["event"] == event:
                        found: dict[str, Any] = json.loads(line)
                        return found
                assert self.process.returncode is None, "\n".join(self.err)
                await asyncio.sleep(0.02)

    async def printed(self, line: str) -> None:
        """Wait until the program prints a line."""
        async with asyncio.timeout(30):
            while line not in self.out:
                await asyncio.sleep(0.02)

    async def ended(self) -> int:
        """Wait for the end; the exit code."""
        async with asyncio.timeout(30):
            code = await self.process.wait()
            await asyncio.gather(*self.readers)
        return code


async def keep(stream: asyncio.StreamReader, lines: list[str]) -> None:
    async for line in stream:
        lines.append(line.decode().rstrip("\n"))


@asynccontextmanager
async def started(
    folder: Path, discord: FakeDiscord, *options: str, token: str = "", **settings: object
) -> AsyncIterator[Running]:
    """The program on its way to a pretended Discord; killed at the end where it still runs."""
    config = folder / "mine.yaml"
    addresses = {"api_url": discord.url, "gateway_url": discord.gateway_url, "cdn_url": discord.cdn_url}
    sections = {
        "discord": {"user_cooldown_seconds": 0, **addresses, **settings},
        "data": str(folder / "data"),
    }
    config.write_text(json.dumps(sections), encoding="utf-8")
    calibration = write_calibration(folder / "calibration.json", "bundled bundled-32")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, calibration, "discord", "--config", config, *options),
        cwd=ROOT,
        env={**os.environ, "DISCORD_TOKEN": token or discord.token},
        stdout=PIPE,
        stderr=PIPE,
    )
    running = Running(process)
    assert process.stdout is not None
    assert process.stderr is not None
    running.readers = [
        asyncio.create_task(keep(process.stdout, running.out)),
        asyncio.create_task(keep(process.stderr, running.err)),
    ]
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.ended()


@in_loop
async def test_its_whole_life(tmp_path: Path, filled: Callable[..., App]) -> None:
    """It prints its invitation, answers, and finishes the answer it is at when it is stopped."""
    filled()
    async with FakeDiscord() as discord:
        ada = discord.user("Ada")
        channel = discord.guild("Harbour", ada).channel
        async with started(tmp_path, discord) as running:
            await running.logged("connected")
            first = await discord.slash(ada, channel, "ask", question=DIRECTOR)
            assert "Ilsa Marrow" in (await first.answer()).text
            slow = await discord.slash(ada, channel, "ask", question="Who slowly directed the film?")
            await running.printed("reading slowly")
            late = await discord.slash(ada, channel, "ask", question="Who restored the clock tower?")
            await late.acknowledged()
            running.process.send_signal(signal.SIGTERM)
            assert "Ilsa Marrow" in (await slow.answer()).text
            assert "restart" in (await late.answer()).text
            assert await running.ended() == 0
    invitation = f"client_id={discord.bot.id}&scope=bot+applications.commands&permissions=309237730304"
    assert running.out == [
        f"Invite the bot to a server: https://discord.com/oauth2/authorize?{invitation}",
        "reading slowly",
    ]
    logs = [json.loads(line) for line in running.err]
    assert [log["event"] for log in logs if log["event"] != "question"] == [
        "ready to answer", "connected", "stopping", "stopped",
    ]  # fmt: skip
    questions = [log for log in logs if log["event"] == "question"]
    assert [log["outcome"] for log in questions] == ["answered", "answered"]
    assert [log["id"] for log in questions if not re.fullmatch("[0-9a-f]{32}", log["id"])] == []
    assert questions[1]["read_ms"] > 1000
    printed = "\n".join(running.out + running.err)
    secrets = ["directed", "Marrow", str(ada.id), discord.token, first.token]
    assert [secret for secret in secrets if secret in printed] == []


@pytest.mark.slow
@in_loop
async def test_commands_are_registered_when_they_changed(tmp_path: Path, filled: Callable[..., App]) -> None:
    """At the first start, then not again, unless `--sync` says so."""
    filled()
    registered = []
    async with FakeDiscord() as discord:
        for options in ([], [], ["--sync"]):
            async with started(tmp_path, discord, *options) as running:
                await asyncio.wait_for(discord.core.gateway.identified.wait(), 30)
                discord.core.gateway.identified.clear()
                running.process.send_signal(signal.SIGINT)
                assert await running.ended() == 0
            registered.append(len(discord.asked("PUT /applications/{application_id}/commands")))
    assert registered == [1, 1, 2]


@in_loop
async def test_what_discord_refuses(tmp_path: Path, filled: Callable[..., App]) -> None:
    """A token of nobody's, and an intent that was not granted: exit code 1, and one line that says so."""
    filled()
    foreign = "MTIzNDU2Nzg5MDEyMzQ1Njc5.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"
    async with FakeDiscord() as discord:
        async with started(tmp_path, discord, token=foreign) as running:
            assert await running.ended() == 1
        assert running.err[1:] == [
            "byline: Discord refuses the token in DISCORD_TOKEN (it may have been reset); copy the bot's "
            "token from https://discord.com/developers/applications (your application, page Bot, Reset Token)"
        ]
        async with started(tmp_path, discord, message_content=True) as running:
            assert await running.ended() == 1
        assert running.err[1:] == [
            "byline: Discord does not grant the Message Content intent; switch it on at "
            "https://discord.com/developers/applications (your application, page Bot), or set "
            "discord.message_content: false"
        ]


@pytest.mark.slow
@in_loop
async def test_a_second_bot_on_the_same_data(tmp_path: Path, filled: Callable[..., App]) -> None:
    """It ends with exit code 1 and names the first, which goes on."""
    filled()
    async with FakeDiscord() as discord, started(tmp_path, discord) as first:
        await first.logged("ready to answer")
        async with started(tmp_path, discord) as second:
            assert await second.ended() == 1
        assert second.err == [
            f"byline: another `byline discord` (process {first.process.pid}) uses "
            f"{tmp_path / 'data' / 'discord'}; stop it first, or give this one a data folder of its own with "
            "--data DIR"
        ]
        assert first.process.returncode is None
