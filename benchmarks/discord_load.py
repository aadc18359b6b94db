"""The whole bot under load: `byline discord` in a process of its own, against the tests' loopback Discord.

Ten servers of 500 passages each; 40 people ask 200 questions evenly over 20 seconds, more than two cores
can answer, so that some must be told that the bot is busy. Then half of the measured capacity, where all
must be answered; then 2,000 questions more, for the memory that stays. Cooldowns are off. In every server
the same questions have other answers, so that an answer from another server is seen.

Making the articles takes some minutes, once; `--keep DIR` keeps them for the next run. The figures that
are asked for stand in `REQUIRED`; missing one ends the program with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count, islice, pairwise
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from invented import Fact, articles, known  # noqa: E402

from bot.app import App, Options  # noqa: E402 (the tests' Discord is only in the checkout)
from bot.chat.keep.places import Places  # noqa: E402
from tests.discord_server import Exchange, FakeDiscord, Guild, User  # noqa: E402

SERVERS, PEOPLE, PASSAGES = 10, 40, 500
QUESTIONS, SECONDS, MORE = 200, 20.0, 2000
AT_ONCE = 4
"""Questions under way at a time while memory is watched."""
HEARTBEAT_SECONDS = 2.0
"""Discord's own is 41 s: none would be due in a run."""
REQUIRED: dict[str, tuple[Callable[[float, float], bool], float]] = {
    "slowest acknowledgement, s": (float.__le__, 1.0),
    "event-loop lag p99, s": (float.__le__, 0.1),
    "longest wait for a heartbeat, s": (float.__le__, HEARTBEAT_SECONDS + 0.5),
    "answered from the asker's own server": (float.__ge__, 60.0),
    "answered wrongly or not at all": (float.__le__, 0.0),
    "unanswered at half the capacity": (float.__le__, 0.0),
    "resident memory grows, %": (float.__le__, 5.0),
}


def server_id(server: int) -> int:
    """The id of a server."""
    return 100_000_000_000_000_000 + server


def make_articles(app: App) -> None:
    """Fill each server's own collection up to its passages; what is there already stays."""
    places = Places(app)
    for server in range(SERVERS):
        with places.own(server_id(server)) as collection:
            told = articles(server)
            while collection.counts()[1] < PASSAGES:
                for _ in collection.add(islice(told, 20)):
                    pass
            print(f"server {server + 1}: {collection.counts()[1]} passages", flush=True)
    places.close()


def write_config(folder: Path, discord: FakeDiscord | None, port: int) -> Path:
    """A config that points the bot at the loopback Discord, with cooldowns off."""
    addresses = {}
    if discord is not None:
        addresses = {
            "api_url": discord.url,
            "gateway_url": discord.gateway_url,
            "cdn_url": discord.cdn_url,
        }
    settings = {
        "data": str(folder / "data"),
        "discord": {"user_cooldown_seconds": 0, "server_questions_per_minute": 0, **addresses},
        "metrics": {"port": port},
    }
    file = folder / "config.yaml"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


@dataclass(frozen=True, slots=True)
class Stage:
    """The running bot, and who asks it."""

    discord: FakeDiscord
    guilds: list[Guild]
    people: list[User]
    process: int
    port: int
    questions: Iterator[tuple[int, int]]
    """Which server, and which of its facts."""

    async def ask(self) -> tuple[Exchange, Fact]:
        """The next person asks the next question."""
        server, number = next(self.questions)
        fact = known(server, PASSAGES)[number % PASSAGES]
        user = self.people[server + SERVERS * (number % (PEOPLE // SERVERS))]
        channel = self.guilds[server].channel
        return await self.discord.slash(user, channel, "ask", question=fact.question), fact

    def resident_mib(self) -> float:
        """The bot's resident memory."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    async def lag(self) -> dict[float, float]:
        """How often the event loop was at most so many seconds late, up to now."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/metrics") as answer,
        ):
            text = await answer.text()
        found = re.findall(r'byline_event_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)', text)
        return {float(limit): float(times) for limit, times in found}


async def connected(discord: FakeDiscord, process: asyncio.subprocess.Process, log: Path) -> None:
    """Wait until the bot is there; SystemExit shows what it said when it ended instead."""
    there, ended = asyncio.create_task(discord.connected(timeout=180)), asyncio.create_task(process.wait())
    await asyncio.wait({there, ended}, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        there.cancel()
        sys.exit(f"the bot ended:\n{log.read_text(encoding='utf-8')}")
    ended.cancel()
    await there
    await asyncio.sleep(3)  # until READY is over


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    """The bot as people run it, connected to a Discord with ten servers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with FakeDiscord(heartbeat_seconds=HEARTBEAT_SECONDS, checks_itself=False) as discord:
        people = [discord.user(f"Person {number}") for number in range(PEOPLE)]
        guilds = [
            discord.guild(f"Server {n}", *people[n::SERVERS], guild_id=server_id(n)) for n in range(SERVERS)
        ]
        config = write_config(folder, discord, port)
        with (folder / "bot.log").open("w") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "discord", "--config", str(config)),
                cwd=ROOT,
                env={**os.environ, "DISCORD_TOKEN": discord.token},
                stdout=log,
                stderr=log,
            )
            try:
                await connected(discord, process, folder / "bot.log")
                order = ((number % SERVERS, number // SERVERS) for number in count())
                yield Stage(discord, guilds, people, process.pid, port, order)
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                await process.wait()


@dataclass(frozen=True, slots=True)
class Run:
    """What became of the questions of one run."""

    exchanges: list[tuple[Exchange, Fact]]
    seconds: float
    """From the first question to the last answer."""
    lag_p99: float
    beat_gap: float

    @property
    def busy(self) -> int:
        """How many were told at once, and for their eyes only, that the bot is busy."""
        return sum(one.callback == 4 and one.ephemeral for one, _ in self.exchanges)

    @property
    def answered(self) -> int:
        """How many have the answer of the asker's own server."""
        return sum(
            one.deferred and one.is_answered and fact.answer in one.answered.text
            for one, fact in self.exchanges
        )

    @property
    def failed(self) -> int:
        """All others."""
        return len(self.exchanges) - self.busy - self.answered

    @property
    def slowest_acknowledgement(self) -> float:
        """Seconds; for ever when there was none."""
        return max(one.acknowledged_after or math.inf for one, _ in self.exchanges)

    @property
    def capacity(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds

    def show(self, name: str) -> None:
        """Print it."""
        print(
            f"\n{name}: {len(self.exchanges)} questions in {self.seconds:.1f} s: {self.answered} answered, "
            f"{self.busy} told busy, {self.failed} failed; {self.capacity:.2f} answers/s; slowest "
            f"acknowledgement {self.slowest_acknowledgement:.3f} s; event-loop lag p99 ≤ {self.lag_p99:g} s; "
            f"longest wait for a heartbeat {self.beat_gap:.2f} s",
            flush=True,
        )


async def run(stage: Stage, questions: int, a_second: float, at_once: int | None = None) -> Run:
    """Ask evenly, or with `at_once` each question as soon as another is answered."""
    before, beats = await stage.lag(), len(stage.discord.beat_gaps)
    gate = asyncio.Semaphore(at_once or questions)
    started = time.monotonic()

    async def one(number: int) -> tuple[Exchange, Fact]:
        if at_once is None:
            await asyncio.sleep(started + number / a_second - time.monotonic())
        async with gate:
            exchange, fact = await stage.ask()
            try:
                await exchange.answer(timeout=120)
            except AssertionError as error:
                print(error)
            return exchange, fact

    exchanges = await asyncio.gather(*map(one, range(questions)))
    seconds = time.monotonic() - started
    p99 = quantile(before, await stage.lag(), 0.99)
    return Run(exchanges, seconds, p99, max(stage.discord.beat_gaps[beats:], default=0.0))


def quantile(before: dict[float, float], after: dict[float, float], share: float) -> float:
    """The upper edge of the bucket in which that share of the values is reached."""
    added = {limit: after[limit] - before[limit] for limit in sorted(after)}
    return next(limit for limit, times in added.items() if times >= share * added[math.inf])


async def measure(folder: Path, more: int) -> dict[str, float]:
    """All runs; the figures that are asked for."""
    async with staged(folder) as stage:
        full = await run(stage, QUESTIONS, QUESTIONS / SECONDS)
        full.show("Full load")
        half = await run(stage, round(full.capacity / 2 * SECONDS), full.capacity / 2)
        half.show("Half the capacity")
        before = stage.resident_mib()
        for begun, end in pairwise([*range(0, more, 200), more]):
            last = await run(stage, end - begun, 0, at_once=AT_ONCE)
            print(f"{end} more: {last.answered} of {end - begun} answered, {stage.resident_mib():.0f} MiB")
        grown = 100 * (stage.resident_mib() / before - 1)
        assert not stage.discord.violations, stage.discord.violations
    return {
        "slowest acknowledgement, s": max(full.slowest_acknowledgement, half.slowest_acknowledgement),
        "event-loop lag p99, s": max(full.lag_p99, half.lag_p99),
        "longest wait for a heartbeat, s": max(full.beat_gap, half.beat_gap),
        "answered from the asker's own server": float(full.answered),
        "answered wrongly or not at all": float(full.failed),
        "unanswered at half the capacity": float(len(half.exchanges) - half.answered),
        "resident memory grows, %": grown,
    }


def main() -> int:
    """Make the articles, measure, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="a folder for the articles, used again if it is there")
    parser.add_argument("--more", type=int, default=MORE, help=f"questions while memory is watched ({MORE})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        make_articles(App(Options(config=write_config(folder, None, 0)), os.environ, folder))
        found = asyncio.run(measure(folder, options.more))
    missed = 0
    print(f"\n{os.cpu_count()} cores")
    for name, value in found.items():
        holds, bound = REQUIRED[name]
        missed += not holds(float(value), bound)
        print(f"{name:<40} {value:8.3f}   {'ok' if holds(float(value), bound) else f'MISSED ({bound:g})'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
