"""What is logged, in which form, and what never is."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import aiohttp
import discord
import pytest
import structlog

from bot.chat.run.log import configure_logging

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging belongs to the whole process: each test leaves it as it was."""
    root, byline = logging.getLogger(), logging.getLogger("byline")
    before = list(root.handlers), root.level, byline.level
    monkeypatch.setattr(discord.VoiceClient, "warn_nacl", True)
    monkeypatch.setattr(discord.VoiceClient, "warn_dave", True)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    byline.setLevel(before[2])
    structlog.reset_defaults()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Gives the JSON lines on standard error since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail(error: BaseException) -> NoReturn:
    """Raise, so that there is a traceback."""
    raise error


def test_an_event_is_one_json_line(lines: Lines) -> None:
    """When, how grave, from where and what come first; then what belongs to it."""
    configure_logging(json=True)
    structlog.get_logger("byline").info("question", id="a1", outcome="answered", read_ms=250.5, title="é")
    (line,) = lines()
    assert list(line) == ["timestamp", "level", "logger", "event", "id", "outcome", "read_ms", "title"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "byline",
        "event": "question",
        "id": "a1",
        "outcome": "answered",
        "read_ms": 250.5,
        "title": "é",
    }


def test_a_person_gets_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    """No JSON, and no colours where there is no terminal."""
    configure_logging(json=False)
    structlog.get_logger("byline").info("connected", servers=3)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.split()[1:] == ["[info", "]", "connected", "[byline]", "servers=3"]


def test_nothing_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """It is for what was asked for."""
    configure_logging(json=True)
    structlog.get_logger("byline").error("failed")
    logging.getLogger("discord").error("failed too")
    assert capsys.readouterr().out == ""


def test_discord_py_is_heard_from_warnings_up(lines: Lines) -> None:
    """In the same form; its chatter about every event is not."""
    configure_logging(json=True)
    logging.getLogger("discord.gateway").info("Shard ID 0 has connected")
    logging.getLogger("discord.gateway").warning("Shard ID %s is late by %.1f s", 0, 12.5)
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    found = [(line["level"], line["logger"], line["event"]) for line in lines()]
    assert found == [
        ("warning", "discord.gateway", "Shard ID 0 is late by 12.5 s"),
        ("error", "asyncio", "Task exception was never retrieved"),
    ]


def test_configuring_twice_does_not_double(lines: Lines) -> None:
    """Each event is written once."""
    configure_logging(json=True)
    configure_logging(json=True)
    structlog.get_logger("byline").info("once")
    assert [line["event"] for line in lines()] == ["once"]


def test_voice_is_not_missed(lines: Lines) -> None:
    """discord.py does not warn of a library that this bot has no use for."""
    configure_logging(json=True)
    discord.Client(intents=discord.Intents(guilds=True))
    assert lines() == []


# --- what never is --------------------------------------------------------------------------------


def test_who_asked_what_is_left_out(lines: Lines) -> None:
    """By default, whoever logs it, in whatever form."""
    log = structlog.get_logger("byline")
    private = {"question": "Who?", "answer": "Ada", "text": "t", "correction": "c", "user": 7, "author": 7}
    configure_logging(json=True)
    log.info("question", id="a1", **private)
    assert [sorted(line) for line in lines()] == [["event", "id", "level", "logger", "timestamp"]]


def test_who_asked_what_where_the_operator_wants_it(lines: Lines) -> None:
    """With `discord.log_questions` it is written."""
    configure_logging(json=True, questions=True)
    structlog.get_logger("byline").info("question", id="a1", question="Who is “Ada”?", user=7)
    assert [(line["question"], line["user"]) for line in lines()] == [("Who is “Ada”?", 7)]


def test_who_asked_what_is_left_out_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The two forms differ in looks only."""
    configure_logging(json=False)
    structlog.get_logger("byline").info("question", id="a1", question="Who?", user=7)
    assert capsys.readouterr().err.split()[2:] == ["]", "question", "[byline]", "id=a1"]


@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_cut_out(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """The bot's token, and the tokens of interactions that stand in discord.py's addresses."""
    configure_logging(json=as_json)
    url = "https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246.x-y_z~/messages/@original"
    logging.getLogger("discord.http").warning("We are being rate limited. PATCH %s", url)
    structlog.get_logger("byline").warning(
        "failed", error=f"no such {TOKEN}", path="/interactions/9/Ab-c/callback"
    )
    try:
        fail(ValueError(f"{TOKEN} at {url}"))
    except ValueError:
        structlog.get_logger("byline").exception("failed")
    err = capsys.readouterr().err
    assert "aW50ZXJhY3Rpb246" not in err
    assert "GhIjKl" not in err
    assert "Ab-c" not in err
    assert err.count("/webhooks/123/…/messages/@original") == 2
    assert "/interactions/9/…/callback" in err


def test_a_terminal_is_not_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in what strangers wrote are replaced."""
    configure_logging(json=False, questions=True)
    structlog.get_logger("byline").info("question", question="\x1b]0;owned\x07who\x9b2J?")
    err = capsys.readouterr().err
    assert "question=�]0;owned�who�2J?" in err
    assert {character for character in err if ord(character) < 32} == {"\n"}


# --- failures -------------------------------------------------------------------------------------


def test_a_failure_keeps_its_traceback(lines: Lines) -> None:
    """In the same line."""
    configure_logging(json=True)
    try:
        fail(ZeroDivisionError("by zero"))
    except ZeroDivisionError as error:
        structlog.get_logger("byline").error("failed", code="AB12CD", exc_info=error)
    (line,) = lines()
    assert (line["event"], line["code"]) == ("failed", "AB12CD")
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("\nZeroDivisionError: by zero")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_failure_shows_no_variables(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback as Python prints it: what was asked stands in variables."""
    configure_logging(json=as_json)
    asked = " ".join(["who", "directed", "the", "film"])
    try:
        fail(ZeroDivisionError("by zero"))
    except ZeroDivisionError:
        structlog.get_logger("byline").exception("failed")
    err = capsys.readouterr().err
    assert "ZeroDivisionError: by zero" in err
    assert asked not in err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(101, "Network is unreachable"), "OSError: [Errno 101] Network is unreachable"),
        (TimeoutError(), "TimeoutError:"),
        (aiohttp.ClientPayloadError("cut\nshort"), "ClientPayloadError: cut short"),
        (discord.GatewayNotFound(), "GatewayNotFound: The gateway to connect to discord was not found."),
    ],
)
def test_network_trouble_is_one_line(lines: Lines, error: Exception, said: str) -> None:
    """discord.py tries again by itself: what it was is enough, without a traceback."""
    configure_logging(json=True)
    log = logging.getLogger("discord.shard")
    log.error("Attempting a reconnect for shard ID %s in %.2fs", 0, 1.5, exc_info=error)
    try:
        fail(error)
    except type(error):
        log.exception("Failed to connect for shard_id: %s. Retrying...", 0)
    first, second = lines()
    assert first["event"] == "Attempting a reconnect for shard ID 0 in 1.50s"
    assert second["event"] == "Failed to connect for shard_id: 0. Retrying..."
    assert (first["error"], second["error"]) == (said, said)
    assert "exception" not in first
    assert "exception" not in second


def test_other_trouble_of_discord_py_keeps_its_traceback(lines: Lines) -> None:
    """It may be a fault of the program's."""
    configure_logging(json=True)
    try:
        fail(KeyError("member_count"))
    except KeyError:
        logging.getLogger("discord.client").exception("Ignoring exception in on_ready")
    (line,) = lines()
    assert line["exception"].endswith("\nKeyError: 'member_count'")


def test_the_programs_own_trouble_with_files_keeps_its_traceback(lines: Lines) -> None:
    """Only discord.py's is known to mend itself."""
    configure_logging(json=True)
    try:
        fail(OSError(28, "No space left on device"))
    except OSError:
        structlog.get_logger("byline").exception("forgetting failed")
    (line,) = lines()
    assert line["exception"].endswith("\nOSError: [Errno 28] No space left on device")
