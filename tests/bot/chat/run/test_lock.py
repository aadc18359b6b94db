"""One bot to a data folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.chat.run.lock import FolderTaken, only_bot

ROOT = Path(__file__).resolve().parents[4]
HOLD = """
import sys, time
from pathlib import Path
from bot.chat.run.lock import only_bot
with only_bot(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that has the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process as nobody can prevent."""
    with process:
        process.send_signal(signal.SIGKILL)


def test_the_folder_is_made_and_held(tmp_path: Path) -> None:
    """The file says which process has it."""
    with only_bot(tmp_path / "data" / "discord"):
        assert (tmp_path / "data" / "discord" / "bot.lock").read_text() == f"{os.getpid()}\n"


def test_a_second_bot_is_refused(tmp_path: Path) -> None:
    """In one line that names the process and what to do; the first one does not notice."""
    first = holder(tmp_path)
    try:
        for _ in range(2):
            with pytest.raises(FolderTaken) as error, only_bot(tmp_path):
                pytest.fail("the folder is taken")
            assert str(error.value) == (
                f"another `byline discord` (process {first.pid}) uses {tmp_path}; stop it first, or give "
                "this one a data folder of its own with --data DIR"
            )
    finally:
        end(first)


def test_a_killed_bot_holds_nothing(tmp_path: Path) -> None:
    """The file it left behind, with its number, is taken over."""
    first = holder(tmp_path)
    end(first)
    assert (tmp_path / "bot.lock").read_text() == f"{first.pid}\n"
    with only_bot(tmp_path):
        assert (tmp_path / "bot.lock").read_text() == f"{os.getpid()}\n"


def test_a_bot_that_ended_holds_nothing(tmp_path: Path) -> None:
    """Also one that failed."""
    with pytest.raises(ZeroDivisionError), only_bot(tmp_path):
        raise ZeroDivisionError
    with only_bot(tmp_path):
        pass


def test_other_folders_are_free(tmp_path: Path) -> None:
    """Two bots with a data folder each run side by side."""
    with only_bot(tmp_path / "one"), only_bot(tmp_path / "two"):
        pass


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """One line that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderTaken) as error, only_bot(tmp_path / "file"):
        pytest.fail("there is a file in the way")
    assert re.fullmatch(
        rf"{re.escape(str(tmp_path / 'file' / 'bot.lock'))} cannot be written \(.+\); check --data DIR",
        str(error.value),
    )
