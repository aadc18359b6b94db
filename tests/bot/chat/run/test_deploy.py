"""docs/deploy.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord

from bot.chat.run.outside import Metrics
from bot.chat.run.serve import PERMISSIONS, _watch

ROOT = Path(__file__).resolve().parents[4]
TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot" / "chat").rglob("*.py")))


def section(heading: str) -> str:
    """The text under a heading."""
    return TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def table(heading: str) -> list[str]:
    """The first cells of a section's table."""
    rows = [line for line in section(heading).splitlines() if line.startswith("| ")]
    return [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]]


def code(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def test_the_permissions_of_the_invitation() -> None:
    """Each of them is explained, under the name that Discord shows, and none besides."""
    shown = {"read_messages": "View Channels"}
    asked = [shown.get(name, name.replace("_", " ").title()) for name, on in PERMISSIONS if on]
    assert sorted(table("The invitation")) == sorted(name.replace(" In ", " in ") for name in asked)
    assert f"`permissions={PERMISSIONS.value}`" in section("The invitation")
    assert discord.Permissions(PERMISSIONS.value) == PERMISSIONS


def test_the_dockerfile() -> None:
    """It is shown as it lies beside."""
    (shown,) = re.findall(r"```dockerfile\n(.*?)```", section("Docker"), re.DOTALL)
    assert shown == (ROOT / "docs" / "Dockerfile").read_text(encoding="utf-8")


def test_the_figures() -> None:
    """Every figure of Byline's stands in the table, and none that is not there."""
    client: Any = SimpleNamespace(
        metrics=Metrics(),
        app=SimpleNamespace(settings=SimpleNamespace(data=ROOT / "nowhere")),
        questions=SimpleNamespace(depth=0),
        indexing=SimpleNamespace(depth=0),
        feeds=SimpleNamespace(depth=0),
        guilds=[],
        add_listener=lambda *_: None,
    )
    _watch(client)
    names = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name
        for metric in client.metrics.registry.collect()
        if metric.name.startswith("byline_")
    }
    told = {name.partition("{")[0] for cell in table("Figures") for name in code(cell)}
    assert {name for name in told if name.startswith("byline_")} == names


def test_what_becomes_of_a_question() -> None:
    """Every outcome that is counted is explained."""
    outcomes = set(re.findall(r"metrics\.question\(\"(\w+)\"", SOURCE)) | {"answered", "unanswered"}
    row = next(
        line for line in section("Figures").splitlines() if line.startswith("| `byline_questions_total")
    )
    assert set(code(row)[1:]) == outcomes


def test_the_events() -> None:
    """Each of the table's is logged by the program under that name."""
    named = [name for cell in table("Logs") for name in code(cell) if "…" not in name]
    assert len(named) == 19
    assert [name for name in named if f'"{name}"' not in SOURCE] == []
