"""What is imported when."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["bot.app", "bot.terminal.indexing", "index.settings"])
def test_nobody_pays_for_the_web_who_names_no_link(module: str) -> None:
    """Libraries for network, pages and feeds are imported when a link is read, and not before."""
    program = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"httpcore2", "ssl", "lxml", "trafilatura", "feedparser", "tld", "idna", "protego"}
    assert heavy & set(done.stdout.split()) == set()
