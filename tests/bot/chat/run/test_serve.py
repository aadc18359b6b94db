"""The bot's life: made ready, connected, told to stop; what is in the way of each is one line.

The client is a stand-in that only connects; what the real one does is tested with a Discord of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import discord
import pytest
import structlog
from discord.http import Route

import bot.chat.run.serve
from bot.app import App, Options
from bot.chat.queue import Worker
from bot.chat.run.lock import FolderTaken, only_bot
from bot.chat.run.outside import Metrics
from bot.chat.run.refusals import NotServing
from bot.chat.run.serve import invite_link, serve
from bot.errors import ReaderError
from index.errors import UnknownCollection

from ...conftest import Words

ROOT = Path(__file__).resolve().parents[4]
INVITE = (
    "https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands"
    "&permissions=309237730304"
)


class Places:
    """One collection, or none."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.missing = False

    @contextmanager
    def collections(self, server: int | None) -> Iterator[list[Any]]:
        assert server is None
        if self.missing:
            raise UnknownCollection("there is no collection 'news'")
        with self.app.open(self.app.settings.data / "shared") as collection:
            yield [collection]


class StandIn:
    """A client that connects to nothing, and does there what a test says."""

    script: ClassVar[dict[str, Callable[[StandIn], Awaitable[object]]]] = {}
    made: ClassVar[list[StandIn]] = []

    def __init__(self, app: App, metrics: Metrics, *, force_sync: bool) -> None:
        self.app, self.metrics, self.force_sync = app, metrics, force_sync
        self.places = Places(app)
        self.questions = Worker("questions", 1)
        self.indexing = Worker("indexing", None)
        self.feeds = Worker("feeds", None)
        self.http = SimpleNamespace()
        self.guilds, self.shard_count, self.application_id = [1, 2, 3], 1, 42
        self.listeners: dict[str, Callable[..., Awaitable[None]]] = {}
        self.done: list[str] = []
        self.made.append(self)

    def add_listener(self, listener: Callable[..., Awaitable[None]], name: str) -> None:
        self.listeners[name] = listener

    async def __aenter__(self) -> StandIn:
        await self._do("enter")
        return self

    async def __aexit__(self, *_: object) -> None:
        if "close" not in self.done:
            await self.close()

    async def login(self, token: str) -> None:
        assert token == "a-token"
        await self._do("login")

    async def connect(self) -> None:
        await self._do("connect")

    async def close(self) -> None:
        await self._do("close")
        await self.questions.close(finish_seconds=5)

    async def _do(self, step: str) -> None:
        self.done.append(step)
        if step in self.script:
            await self.script[step](self)


async def told_to_stop(_: StandIn) -> None:
    """Somebody stops the process while it is connected."""
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(60)


def raising(error: BaseException) -> Callable[[StandIn], Awaitable[None]]:
    """A step that fails."""

    async def fail(_: StandIn) -> None:
        raise error

    return fail


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging and discord.py's addresses belong to the whole process: each test leaves them as they were."""
    root, byline = logging.getLogger(), logging.getLogger("byline")
    before = list(root.handlers), root.level, byline.level
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(StandIn, "script", {"connect": told_to_stop})
    monkeypatch.setattr(StandIn, "made", [])
    monkeypatch.setattr(bot.chat.run.serve, "Client", StandIn)
    # How long the loop stands still is the machine's affair: test_outside.py is about it.
    monkeypatch.setattr("bot.chat.run.outside._LOOP_STOOD_STILL_SECONDS", math.inf)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    byline.setLevel(before[2])
    structlog.reset_defaults()


@pytest.fixture
def listening() -> Iterator[int]:
    """A port where something listens, as Discord's REST interface would."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def app(tmp_path: Path, listening: int, encoders: list[Words]) -> App:
    """The program with tiny models, pointed at that port."""
    return made_app(tmp_path, f"discord:\n  api_url: http://127.0.0.1:{listening}\n")


def made_app(folder: Path, config: str) -> App:
    (folder / "mine.yaml").write_text(config, encoding="utf-8")
    return App(Options(config=folder / "mine.yaml"), {}, folder)


def run(app: App, **options: bool) -> list[str]:
    """Serve until the end; the links that were announced."""
    links: list[str] = []
    serve(app, "a-token", links.append, **options)
    return links


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged, without the time of day."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [
        {key: value for key, value in line.items() if key not in {"timestamp", "logger"}} for line in lines
    ]


# --- the ordinary course --------------------------------------------------------------------------


def test_it_runs_until_it_is_told_to_stop(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    """Ready first, then logged in and connected; SIGTERM closes it, and that is no failure."""
    assert run(app) == [INVITE]
    (client,) = StandIn.made
    assert client.done == ["enter", "login", "connect", "close"]
    assert client.force_sync is False
    ready, *rest = events(capsys)
    assert (ready["event"], ready["collections"]) == ("ready to answer", ["shared"])
    assert rest == [
        {"level": "info", "event": "stopping", "questions": 0},
        {"level": "info", "event": "stopped"},
    ]


def test_ctrl_c_is_no_failure_either(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGINT does what SIGTERM does, and no KeyboardInterrupt comes out of it."""

    async def interrupted(_: StandIn) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)

    monkeypatch.setitem(StandIn.script, "connect", interrupted)
    run(app)
    assert StandIn.made[0].done == ["enter", "login", "connect", "close"]


def test_signals_are_as_before_afterwards(app: App) -> None:
    """The program's own ways of ending are put back."""
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    run(app)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_models_are_ready_before_it_connects(app: App, encoders: list[Words]) -> None:
    """A question has been asked, on the thread that answers all others."""
    asked: list[list[str]] = []

    async def login(_: StandIn) -> None:
        asked.append(list(encoders[0].asked))

    StandIn.script["login"] = login
    run(app)
    assert asked == [["Is everything ready?"]]


def test_loading_may_hold_up_the_loop(
    app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is served yet: only from then on is a loop that stands still logged."""
    monkeypatch.setattr("bot.chat.run.outside._LOOP_STOOD_STILL_SECONDS", 0.3)
    monkeypatch.setattr(bot.chat.run.serve.gc, "collect", lambda: time.sleep(0.7))

    async def connect(client: StandIn) -> None:
        await asyncio.sleep(0.3)
        await told_to_stop(client)

    StandIn.script["connect"] = connect
    run(app)
    assert [event["event"] for event in events(capsys)] == ["ready to answer", "stopping", "stopped"]


def test_commands_can_be_registered_again(app: App) -> None:
    """`--sync` reaches the client."""
    run(app, force_sync=True)
    assert StandIn.made[0].force_sync is True


def test_told_to_stop_before_it_is_connected(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it logs in: it does not go on to connect."""
    monkeypatch.setitem(StandIn.script, "login", told_to_stop)
    assert run(app) == []
    assert StandIn.made[0].done == ["enter", "login", "close"]


def test_a_client_that_does_not_close(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is given a while, then the program ends without it, and says so."""

    async def hang(client: StandIn) -> None:
        if client.done.count("close") == 1:
            client.done.append("hung")
            await asyncio.sleep(60)

    monkeypatch.setattr(bot.chat.run.serve, "_CLOSE_SECONDS", 0.05)
    monkeypatch.setitem(StandIn.script, "close", hang)
    run(app)
    assert events(capsys)[-1] == {"level": "warning", "event": "stopped before everything was finished"}


def test_connecting_is_logged(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    """And coming back after the connection was lost."""

    async def connect(client: StandIn) -> None:
        await client.listeners["on_ready"]()
        await client.listeners["on_shard_resumed"](0)
        await told_to_stop(client)

    StandIn.script["connect"] = connect
    run(app)
    assert events(capsys)[1:3] == [
        {"level": "info", "event": "connected", "servers": 3, "shards": 1},
        {"level": "info", "event": "connected again", "shard": 0},
    ]


# --- the invitation -------------------------------------------------------------------------------


def test_the_invitation_asks_for_the_least() -> None:
    """Six permissions, each of which the bot uses, and the two scopes it needs."""
    assert invite_link(42) == INVITE
    named = [name for name, granted in discord.Permissions(309237730304) if granted]
    assert sorted(named) == [
        "create_public_threads",
        "embed_links",
        "read_message_history",
        "read_messages",  # Discord calls it View Channels
        "send_messages",
        "send_messages_in_threads",
    ]


# --- figures --------------------------------------------------------------------------------------


def test_figures_of_the_running_bot(tmp_path: Path, listening: int, encoders: list[Words]) -> None:
    """On the configured port, while it runs: what only the client knows, and the loop's lag."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = made_app(tmp_path, f"discord:\n  api_url: http://127.0.0.1:{listening}\nmetrics:\n  port: {port}\n")
    scraped: list[str] = []

    def scrape() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            scraped.extend(answer.read().decode().splitlines())

    async def connect(client: StandIn) -> None:
        await asyncio.sleep(0.3)  # the lag is taken four times a second
        await asyncio.to_thread(scrape)
        await told_to_stop(client)

    StandIn.script["connect"] = connect
    run(app)
    figures = dict(line.rsplit(" ", 1) for line in scraped if not line.startswith("#"))
    assert figures["byline_servers"] == "3.0"
    assert figures["byline_queue_depth"] == "0.0"
    assert figures["byline_indexing_depth"] == "0.0"
    assert figures["byline_feeds_depth"] == "0.0"
    assert figures["byline_event_loop_lag_seconds_count"] == "1.0"
    assert float(figures["byline_index_bytes"]) == (app.settings.data / "discord" / "bot.lock").stat().st_size


# --- what stands in the way -----------------------------------------------------------------------


def test_a_refused_token(app: App) -> None:
    """One line; the client is closed."""
    StandIn.script["login"] = raising(discord.LoginFailure("Improper token has been passed."))
    with pytest.raises(NotServing, match=r"^Discord refuses the token in DISCORD_TOKEN "):
        run(app)
    assert StandIn.made[0].done == ["enter", "login", "close"]


def test_a_refused_intent(app: App) -> None:
    """One line that names the two ways out."""
    StandIn.script["connect"] = raising(discord.PrivilegedIntentsRequired(0))
    with pytest.raises(NotServing, match=r"or set discord\.message_content: false$"):
        run(app)


def test_a_connection_that_ends_by_itself(app: App) -> None:
    """A bot that does not answer any more must not look well to what watches it."""

    async def ended(_: StandIn) -> None:
        """Return, as discord.py does when its client was closed."""

    StandIn.script["connect"] = ended
    with pytest.raises(NotServing) as error:
        run(app)
    assert str(error.value) == "the connection to Discord was closed; start the bot again"


def test_a_failure_that_nobody_foresaw(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    """It is raised as it is, and the log has where it came from."""
    StandIn.script["connect"] = raising(KeyError("member_count"))
    with pytest.raises(KeyError):
        run(app)
    assert StandIn.made[0].done == ["enter", "login", "connect", "close"]
    last = events(capsys)[-1]
    assert (last["level"], last["event"]) == ("error", "the bot failed")
    assert last["exception"].endswith("\nKeyError: 'member_count'")


def test_a_model_that_cannot_be_loaded(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord is not even asked."""

    def missing() -> None:
        raise ReaderError("the reader is not there; install Byline again")

    monkeypatch.setattr(app, "load", missing)
    with pytest.raises(ReaderError, match="install Byline again"):
        run(app)
    assert StandIn.made[0].done == ["enter", "close"]


def test_no_shared_articles(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    """Servers have their own: it is a warning, and the bot runs."""

    async def enter(client: StandIn) -> None:
        client.places.missing = True

    StandIn.script["enter"] = enter
    assert run(app) == [INVITE]
    first, second = events(capsys)[:2]
    assert first == {
        "level": "warning",
        "event": "no shared articles",
        "note": "there is no collection 'news'",
    }
    assert (second["event"], second["collections"]) == ("ready to answer", [])


def test_answers_without_confidence_are_mentioned(
    tmp_path: Path, listening: int, encoders: list[Words], capsys: pytest.CaptureFixture[str]
) -> None:
    """A calibration of other models is not used, and the log says how to get one."""
    api = f"discord:\n  api_url: http://127.0.0.1:{listening}\n"
    app = made_app(tmp_path, f"{api}encoder:\n  model: another\n")
    run(app)
    first = events(capsys)[0]
    assert (first["level"], first["event"]) == ("warning", "answers carry no confidence")
    assert first["note"].endswith("Fit one with: byline eval DATASET --calibrate FILE")


def test_a_second_bot_on_the_same_data(app: App) -> None:
    """It is refused before anything of the first one's is touched."""
    with only_bot(app.settings.data / "discord"), pytest.raises(FolderTaken, match="stop it first"):
        run(app)
    assert StandIn.made == []


def test_without_a_network_it_waits(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each attempt, longer and longer apart; then it goes on as if nothing had been."""
    pauses: list[float] = []
    connect = asyncio.open_connection

    async def sleep(seconds: float) -> None:
        if seconds >= 1:
            pauses.append(seconds)

    async def open_connection(host: str, port: int) -> Any:
        if len(pauses) < 8:
            raise OSError(101, "Network is unreachable")
        return await connect(host, port)

    async def stopped(_: StandIn) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "open_connection", open_connection)
    monkeypatch.setattr(bot.chat.run.serve, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
    StandIn.script["connect"] = stopped
    assert run(app) == [INVITE]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert events(capsys)[1] == {
        "level": "warning",
        "event": "Discord cannot be reached; check the network",
        "host": "127.0.0.1",
        "error": "[Errno 101] Network is unreachable",
        "again_in_seconds": 1,
    }


# --- in a process of its own ------------------------------------------------------------------------------

PROGRAM = """
import asyncio, sys, time
from pathlib import Path
import bot.app, bot.chat.run.serve
from bot.app import App, Options
from tests.bot.chat.run.test_serve import StandIn
bot.chat.run.serve.Client = StandIn
def make_ready(client):
    if sys.argv[2] == "loading":
        print("loading", flush=True)
        time.sleep(60)
    return []
bot.chat.run.serve._make_ready = make_ready
async def connect(client):
    print("connected", flush=True)
    await asyncio.sleep(60)
async def close(client):
    print("closing", flush=True)
    await asyncio.sleep(60 if sys.argv[2] == "stubborn" else 0)
StandIn.script = {"connect": connect, "close": close}
config = Path(sys.argv[1])
bot.chat.run.serve.serve(App(Options(config=config), {}, config.parent), "a-token", lambda link: None)
"""


@contextmanager
def process(tmp_path: Path, port: int, kind: str) -> Iterator[subprocess.Popen[str]]:
    """The stand-in in a process of its own, where stopping takes a minute."""
    config = tmp_path / "mine.yaml"
    config.write_text(f"discord:\n  api_url: http://127.0.0.1:{port}\n")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(config), kind],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        yield running
        running.kill()


def test_a_second_signal_ends_it_at_once(tmp_path: Path, listening: int) -> None:
    """However much is still to be finished; and the lock is free again."""
    with process(tmp_path, listening, "stubborn") as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "connected\n"
        running.send_signal(signal.SIGTERM)
        assert running.stdout.readline() == "closing\n"
        assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=5) == -signal.SIGTERM
    with only_bot(tmp_path / "data" / "discord"):
        pass


def test_told_to_stop_while_the_models_are_loaded(tmp_path: Path, listening: int) -> None:
    """It does not wait for them: nobody has asked anything yet."""
    with process(tmp_path, listening, "loading") as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "loading\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=5) == 0
