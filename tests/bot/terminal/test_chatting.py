"""`byline discord`, and the doctor's lines about it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bot.chat.run.serve
from bot.app import App, Options
from bot.chat.client import Client
from bot.chat.keep.places import Places
from bot.chat.run.outside import Metrics
from bot.chat.run.refusals import NotServing
from index.types import Article

from ..conftest import Program

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"
NO_TOKEN = (
    "byline: DISCORD_TOKEN is not set; copy the bot's token from "
    "https://discord.com/developers/applications (your application, page Bot, Reset Token)\n"
)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[App, str, bool]]:
    """What the bot was started with, instead of starting it."""
    calls: list[tuple[App, str, bool]] = []

    def serve(app: App, token: str, announce: Callable[[str], None], *, force_sync: bool) -> None:
        calls.append((app, token, force_sync))
        announce("https://discord.com/oauth2/authorize?client_id=42")

    monkeypatch.setattr(bot.chat.run.serve, "serve", serve)
    return calls


def finding(byline: Program, name: str) -> tuple[str, str]:
    """The doctor's mark and finding of that name."""
    (line,) = [line for line in byline("doctor").out.splitlines() if line[6:18].strip() == name]
    return line[:4].strip(), line[19:]


# --- byline discord -------------------------------------------------------------------------------


def test_servers_own_articles_are_embedded_again(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of chunking, without a token; a server without articles has nothing to embed."""
    places = Places(App(Options(data=byline.data), {}, byline.folder))
    with places.own(7) as own:
        list(own.add([Article("a", "Ilsa Marrow directed the film.")]))
    places.memory(8)
    places.close()
    byline.write("config.yaml", "chunking:\n  overlap_sentences: 0\n")
    done = byline("discord", "--reindex")
    assert (done.code, done.out, done.err) == (0, "server 7: 1 added (1 passage written)\n", "")
    assert sorted(path.name for path in (byline.data / "discord" / "servers" / "7").iterdir()) == ["articles"]


def test_it_runs_with_the_token_of_the_environment(
    byline: Program, served: list[tuple[App, str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link that invites the bot is printed, the token is not."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    done = byline("discord")
    assert (done.code, done.err) == (0, "")
    assert done.out == "Invite the bot to a server: https://discord.com/oauth2/authorize?client_id=42\n"
    assert [(token, sync) for _, token, sync in served] == [(TOKEN, False)]
    assert served[0][0].settings.data == byline.data


def test_commands_can_be_registered_again(
    byline: Program, served: list[tuple[App, str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--sync`."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert byline("discord", "--sync").code == 0
    assert [sync for _, _, sync in served] == [True]


def test_without_a_token(byline: Program, served: list[tuple[App, str, bool]]) -> None:
    """One line that says where to get one; nothing is started, and nothing made."""
    done = byline("discord")
    assert (done.code, done.out, done.err) == (1, "", NO_TOKEN)
    assert served == []
    assert list(byline.folder.iterdir()) == []


@pytest.mark.parametrize("token", [f"Bot {TOKEN}", f"'{TOKEN}'", f"{TOKEN}\n", "aB3_-678" * 4, "nonsense"])
def test_a_token_that_cannot_be_one(
    byline: Program,
    served: list[tuple[App, str, bool]],
    monkeypatch: pytest.MonkeyPatch,
    token: str,
) -> None:
    """One line, without any of it."""
    monkeypatch.setenv("DISCORD_TOKEN", token)
    done = byline("discord")
    assert (done.code, done.out, len(done.err.splitlines())) == (1, "", 1)
    assert done.err.startswith("byline: DISCORD_TOKEN ")
    assert [part for part in (token.strip(), "GhIjKl", "aB3_-678", "nonsense") if part in done.err] == []
    assert served == []


def test_a_failure_is_one_line(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, no traceback."""

    def serve(*_: object, **__: object) -> None:
        raise NotServing("Discord refuses the token")

    monkeypatch.setattr(bot.chat.run.serve, "serve", serve)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    done = byline("discord")
    assert (done.code, done.out, done.err) == (1, "", "byline: Discord refuses the token\n")


def test_other_commands_import_nothing_of_discord() -> None:
    """Neither the command line nor the doctor's module loads discord.py."""
    program = "import bot.__main__, bot.terminal.doctor, sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert {"discord", "aiohttp", "structlog", "prometheus_client"} & set(done.stdout.split()) == set()


# --- byline doctor --------------------------------------------------------------------------------


def test_the_doctor_looks_at_the_tokens_form(byline: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the network; and it never shows it."""
    assert finding(byline, "discord") == ("ok", "DISCORD_TOKEN is not set; only the Discord bot needs it")
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert finding(byline, "discord") == ("ok", "DISCORD_TOKEN has the form of a bot's token")
    monkeypatch.setenv("DISCORD_TOKEN", "aB3_-678" * 4)
    mark, said = finding(byline, "discord")
    assert mark == "FAIL"
    assert said.startswith("DISCORD_TOKEN is the application's client secret, not the bot's token; ")
    assert "aB3_-678" not in byline("doctor").out


@pytest.mark.parametrize("granted", [False, True])
def test_the_doctor_names_the_intents_the_bot_asks_for(byline: Program, granted: bool) -> None:
    """The very ones; of the privileged one it says where to allow it."""
    config = byline.write("config.yaml", f"discord:\n  message_content: {str(granted).lower()}\n")

    async def asked() -> list[str]:
        app = App(Options(config=config), {}, byline.folder)
        async with Client(app, Metrics()) as client:
            return [name for name, wanted in client.intents if wanted]

    mark, said = finding(byline, "intents")
    names, _, remark = said.partition("; ")
    assert (mark, sorted(names.split(", "))) == ("ok", sorted(asyncio.run(asked())))
    assert remark == (
        "allow the last one at https://discord.com/developers/applications "
        "(your application, page Bot, Message Content Intent)"
        if granted
        else "none of them is privileged"
    )


def test_the_doctor_looks_at_the_shared_articles(news: Program) -> None:
    """The commands' collection, unless the config names another for Discord."""
    assert finding(news, "shared") == ("ok", "articles (3 articles, 3 passages)")
    news.write("config.yaml", "discord:\n  shared_collection: sport\n")
    assert finding(news, "shared") == (
        "ok",
        "there is no collection 'sport' yet; make it with: byline index PATH --collection sport",
    )
    news("index", "news/film.txt", "--collection", "sport")
    assert finding(news, "shared") == ("ok", "sport (1 articles, 1 passages)")
