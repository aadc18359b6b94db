"""One holder at a time, between threads and between processes, and whoever waits is told for whom."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from index import lock as lock_module
from index.errors import StoreUnusable
from index.lock import FileLock, Holder

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from index.lock import FileLock
with FileLock(Path(sys.argv[1]), "byline index", print).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "writing.lock"


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_PATIENCE_SECONDS", 0.05)


class Told(list[Holder | None]):
    """What a waiting one was told, and when that began."""

    def __init__(self) -> None:
        self.waits = threading.Event()

    def __call__(self, holder: Holder | None) -> None:
        self.append(holder)
        self.waits.set()


@contextmanager
def another_process(file: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its input ends, or it does."""
    arguments = [sys.executable, "-c", HOLD, str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(arguments, cwd=ROOT, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def waiting(lock: FileLock, then: list[str], name: str) -> threading.Thread:
    """A thread that takes the lock and notes that it had it."""

    def hold() -> None:
        with lock.held():
            then.append(name)

    thread = threading.Thread(target=hold)
    thread.start()
    return thread


def test_the_holder_is_named(file: Path) -> None:
    """With what was typed, its process and the minute."""
    told = Told()
    with another_process(file) as process:
        thread = waiting(FileLock(file, "byline articles remove", told), [], "second")
        assert told.waits.wait(10)
        assert process.stdin is not None
        process.stdin.close()
        thread.join(10)
    (holder,) = told
    assert holder is not None
    assert (holder.command, holder.process) == ("byline index", process.pid)
    assert abs(datetime.now() - holder.since) < timedelta(minutes=1)
    assert str(holder) == f"`byline index` (process {process.pid}, since {holder.since:%H:%M})"


def test_a_holder_since_another_day_is_named_with_the_day() -> None:
    """A minute alone would be taken for one of today."""
    holder = Holder("byline verify", 4711, datetime(2024, 2, 29, 14, 3))
    assert str(holder) == "`byline verify` (process 4711, since 2024-02-29 14:03)"


def test_a_dead_holder_blocks_nobody(file: Path) -> None:
    """What was killed while it had the lock has it no more."""
    with another_process(file) as process:
        with FileLock(file, "byline", Told()).at_once() as mine:
            assert mine is False
        process.send_signal(signal.SIGKILL)
        process.wait()
        told = Told()
        with FileLock(file, "byline", told).held():
            assert told == []


def test_those_who_wait_come_in_their_order(file: Path) -> None:
    """Who releases the lock and wants it again at once comes after those who waited."""
    told, order = Told(), []
    lock = FileLock(file, "byline", told)
    with lock.held():
        first = waiting(lock, order, "first")
        assert told.waits.wait(10)
        told.waits.clear()
        second = waiting(lock, order, "second")
        assert told.waits.wait(10)
    with lock.held():
        order.append("again")
    first.join(10)
    second.join(10)
    assert order.index("first") < order.index("again")
    assert sorted(order) == ["again", "first", "second"]


def test_two_locks_of_one_thread_are_two_holders(file: Path) -> None:
    """Nobody takes a lock twice by mistake: what is tried at once fails."""
    lock = FileLock(file, "byline", Told())
    with lock.held(), lock.at_once() as mine:
        assert mine is False
    with lock.at_once() as mine:
        assert mine is True


def test_nobody_is_told_of_a_short_wait(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each commit of another process would be noise."""
    monkeypatch.setattr(lock_module, "_PATIENCE_SECONDS", 5)
    told, order = Told(), []
    lock = FileLock(file, "byline", told)
    with lock.held():
        thread = waiting(lock, order, "second")
        time.sleep(0.05)  # however long: less than patience
    thread.join(10)
    assert (order, told) == (["second"], [])


def test_a_holder_that_cannot_be_read_is_waited_for_all_the_same(file: Path) -> None:
    """Its name is lost, as on a full disk; the lock is not."""
    told, order = Told(), []
    lock = FileLock(file, "byline", told)
    with lock.held():
        file.write_bytes(b"\xff")
        thread = waiting(lock, order, "second")
        assert told.waits.wait(10)
        assert order == []
    thread.join(10)
    assert (order, told) == (["second"], [None])


def test_the_file_says_who_has_it(file: Path) -> None:
    """In one line that anybody can read."""
    with FileLock(file, "byline index", Told()).held():
        process, since, command = file.read_text().rstrip("\n").split(" ", 2)
    assert (int(process), command) == (os.getpid(), "byline index")
    assert abs(int(since) - time.time()) < 60


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    """In one line that says what to do."""
    lock = FileLock(tmp_path / "gone" / "writing.lock", "byline", Told())
    with pytest.raises(StoreUnusable) as caught, lock.held():
        pytest.fail("there is no such folder")
    assert str(caught.value) == (
        f"{tmp_path}/gone/writing.lock cannot be written (No such file or directory); "
        "check the disk's space and permissions"
    )
