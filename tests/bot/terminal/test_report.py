"""What is shown while articles are read."""

from __future__ import annotations

import io

from rich.console import Console

from bot.terminal.report import Report
from index.types import Added, Outcome, Removed, Skipped, Withheld


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_line_now_and_then() -> None:
    """Where no bar can be shown, it is said every half minute how far it is, and how fast."""
    clock, out = Clock(), io.StringIO()
    with Report(Console(file=out, width=200), "Indexing", clock) as report:
        for clock.now in (10.0, 29.0, 31.0, 40.0, 62.0):
            report.bytes(Added("a", Outcome.ADDED, 105), int(clock.now) * 1_000_000, 100_000_000)
    assert out.getvalue().splitlines() == [
        "Indexing: 31% · 31.0 MB of 100.0 MB · 3 articles · 10 passages/s",
        "Indexing: 62% · 62.0 MB of 100.0 MB · 5 articles · 8 passages/s",
    ]


def test_a_bar() -> None:
    """On a terminal it has the share, the bytes, the articles and the speed, and goes in the end."""
    clock, out = Clock(), io.StringIO()
    console = Console(file=out, width=120, force_terminal=True, color_system=None)
    with Report(console, "Indexing", clock) as report:
        for clock.now in (0.0, 10.0):
            report.bytes(Added("a", Outcome.ADDED, 50), 25_000_000, 100_000_000)
        report._progress.refresh()
    assert "25% 25.0 MB of 100.0 MB · 2 articles · 5 passages/s" in out.getvalue()


def test_the_summary() -> None:
    """Each kind is counted, failures are named with their reasons, and what is withheld is no success."""
    out = io.StringIO()
    with Report(Console(file=out, width=500), "Indexing") as report:
        for event in (
            Added("a", Outcome.ADDED, 2),
            Added("b", Outcome.CHANGED, 1),
            Added("c", Outcome.UNCHANGED, 0),
            Removed("d", "/news/d.txt"),
            Skipped("e.txt", "it holds no text"),
            Withheld("/news", 2, 3, "over half of its articles have vanished"),
        ):
            report.links(event, 1, 1)
    assert report.summary() == "1 added, 1 changed, 1 unchanged, 1 removed, 1 failed (3 passages written)"
    assert report.has_failed
    assert out.getvalue().splitlines() == [
        "skipped 'e.txt': it holds no text",
        "'/news': over half of its articles have vanished (2 of 3); they are kept. "
        "Bring them back, or run the same command with --yes to remove them",
    ]
