"""The figures for Prometheus, where they are offered, and the event loop's lag."""

from __future__ import annotations

import asyncio
import math
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.chat.run.outside import FolderSizes, Metrics, PortTaken, watch_lag
from bot.types import Timings

TIMINGS = Timings(encode=5.0, retrieve=20.0, read=250.0, total=280.0)


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """One figure; None when there is no such figure."""
    return metrics.registry.get_sample_value(name, labels)


# --- questions ------------------------------------------------------------------------------------


def test_questions_are_counted_by_what_became_of_them() -> None:
    """Each outcome has a counter of its own."""
    metrics = Metrics()
    for outcome in ("answered", "busy", "answered", "failed"):
        metrics.question(outcome)
    assert value(metrics, "byline_questions_total", outcome="answered") == 2
    assert value(metrics, "byline_questions_total", outcome="busy") == 1
    assert value(metrics, "byline_questions_total", outcome="failed") == 1
    assert value(metrics, "byline_questions_total", outcome="unanswered") is None


def test_time_goes_to_its_stage_in_seconds() -> None:
    """An answer's timings are in milliseconds, the wait and the whole in seconds."""
    metrics = Metrics()
    metrics.question("answered", TIMINGS, waited_seconds=1.5, whole_seconds=1.8)
    found = {
        stage: value(metrics, "byline_question_seconds_sum", stage=stage)
        for stage in ("waited", "encode", "retrieve", "read", "whole")
    }
    assert found == {"waited": 1.5, "encode": 0.005, "retrieve": 0.02, "read": 0.25, "whole": 1.8}
    assert value(metrics, "byline_question_seconds_bucket", stage="read", le="0.1") == 0
    assert value(metrics, "byline_question_seconds_bucket", stage="read", le="0.25") == 1


def test_a_question_that_was_not_read_has_no_time() -> None:
    """Being refused at once would make the latency look better than it is."""
    metrics = Metrics()
    metrics.question("busy")
    for stage in ("waited", "encode", "retrieve", "read", "whole"):
        assert value(metrics, "byline_question_seconds_count", stage=stage) is None


def test_the_answered_share_is_of_those_that_were_read() -> None:
    """Refused and failed questions count neither way; before the first there is no share."""
    metrics = Metrics()
    assert math.isnan(value(metrics, "byline_answered_share") or 0.0)
    for outcome in ("answered", "unanswered", "busy", "answered", "failed", "answered"):
        metrics.question(outcome)
    assert value(metrics, "byline_answered_share") == 0.75


def test_the_answered_share_is_of_the_latest() -> None:
    """A bot that answers nothing any more shows it after 200 questions, however old it is."""
    metrics = Metrics()
    for _ in range(1000):
        metrics.question("answered")
    assert value(metrics, "byline_answered_share") == 1.0
    for _ in range(150):
        metrics.question("unanswered")
    assert value(metrics, "byline_answered_share") == 0.25


def test_two_bots_do_not_add_up() -> None:
    """Each has figures of its own, also in one process."""
    first, second = Metrics(), Metrics()
    first.question("answered")
    assert value(first, "byline_questions_total", outcome="answered") == 1
    assert value(second, "byline_questions_total", outcome="answered") is None


def test_a_gauge_is_asked_at_each_scrape() -> None:
    """It shows what is, not what was."""
    metrics, depth = Metrics(), [3.0]
    metrics.watch("byline_queue_depth", "Questions waiting.", lambda: depth[0])
    assert value(metrics, "byline_queue_depth") == 3
    depth[0] = 5
    assert value(metrics, "byline_queue_depth") == 5


def test_the_running_version() -> None:
    """So that a change in the figures can be laid at an update's door."""
    assert value(Metrics(), "byline_build_info", version="0.1.0") == 1


# --- where they are offered -----------------------------------------------------------------------


def test_figures_are_offered_while_the_bot_runs() -> None:
    """Over HTTP, in the text that Prometheus reads; the port is free again afterwards."""
    port = free_port()
    with Metrics(port) as metrics:
        metrics.question("answered")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode("utf-8").splitlines()
    assert 'byline_questions_total{outcome="answered"} 1.0' in lines
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_figures_are_offered_on_loopback_only() -> None:
    """Another address of this very machine does not have them."""
    port = free_port()
    with Metrics(port), socket.socket() as other:
        other.settimeout(5)
        assert other.connect_ex(("127.0.0.2", port)) != 0


def test_without_a_port_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default opens no port at all."""
    opened: list[object] = []
    monkeypatch.setattr("bot.chat.run.outside.start_http_server", lambda *values: opened.append(values))
    with Metrics() as metrics:
        metrics.question("answered")
    assert opened == []


def test_a_port_that_is_taken() -> None:
    """One line that names the setting."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as error, Metrics(port):
            pytest.fail("nothing can be offered there")
    assert str(error.value) == (
        f"the figures cannot be offered on 127.0.0.1:{port} (Address already in use); "
        "set metrics.port to a free port, or to 0 for none"
    )


# --- sizes ----------------------------------------------------------------------------------------


def write(file: Path, length: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x" * length)


def test_folders_are_added_up(tmp_path: Path) -> None:
    """Every file below them; a folder that is not there holds nothing."""
    write(tmp_path / "collections" / "news" / "store", 1000)
    write(tmp_path / "discord" / "servers" / "7" / "memory", 200)
    write(tmp_path / "discord" / "bot.lock", 5)
    folders = [tmp_path / "collections", tmp_path / "discord", tmp_path / "missing"]
    assert FolderSizes(folders)() == 1205


def test_folders_are_looked_at_once_a_minute(tmp_path: Path) -> None:
    """What came since shows after a minute."""
    now = [100.0]
    sizes = FolderSizes([tmp_path], clock=lambda: now[0])
    assert sizes() == 0
    write(tmp_path / "store", 10)
    now[0] = 159.9
    assert sizes() == 0
    now[0] = 160.0
    assert sizes() == 10


def test_a_file_that_goes_while_it_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is forgotten during a scrape does not fail it."""
    write(tmp_path / "here", 10)
    gone = tmp_path / "gone"
    monkeypatch.setattr(Path, "rglob", lambda *_: iter([gone, tmp_path / "here"]))
    assert FolderSizes([tmp_path])() == 10


# --- the event loop -------------------------------------------------------------------------------


async def watched(metrics: Metrics, during: Callable[[], object]) -> None:
    """Watch the loop at every hundredth of a second while something happens on it."""
    watching = asyncio.create_task(watch_lag(metrics, every=0.01))
    await asyncio.sleep(0.03)
    during()
    await asyncio.sleep(0.03)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


def test_a_loop_that_is_held_up_shows() -> None:
    """Something that blocks for 0.15 s makes one wake-up late by more than 0.1 s."""
    metrics = Metrics()
    asyncio.run(watched(metrics, lambda: time.sleep(0.15)))
    woken = value(metrics, "byline_event_loop_lag_seconds_count") or 0.0
    in_time = value(metrics, "byline_event_loop_lag_seconds_bucket", le="0.1") or 0.0
    assert woken - in_time == 1


def test_a_loop_that_stands_still_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with for how long; short delays are only counted."""
    monkeypatch.setattr("bot.chat.run.outside._LOOP_STOOD_STILL_SECONDS", 0.1)
    with capture_logs() as logs:
        asyncio.run(watched(Metrics(), lambda: time.sleep(0.15)))
    assert [(log["event"], log["log_level"]) for log in logs] == [("event loop stood still", "warning")]
    assert 0.1 <= logs[0]["seconds"] < 0.3
