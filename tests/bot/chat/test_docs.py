"""What the documents say of the bot, held against the bot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.settings import known_keys
from index.sources.kinds import KINDS

from .staging import in_loop, newsroom

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")


def named(command: dict[str, Any], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each command in full with the names of its options."""
    name, options = f"{before}{command['name']}", command.get("options") or []
    below = [option for option in options if option["type"] in (1, 2)]
    for each in below:
        yield from named(each, f"{name} ")
    if not below:
        yield name, [option["name"] for option in options]


@in_loop
async def test_every_command_stands_in_the_guide(filled: Callable[..., App]) -> None:
    """Slash commands with a slash, menus in bold; options where they matter."""
    async with newsroom(filled()) as room:
        registered = room.discord.core.commands[None]
        slash = [each for command in registered if command["type"] == 1 for each in named(command)]
        menus = [command["name"] for command in registered if command["type"] == 3]
    assert [name for name, _ in slash if f"`/{name}" not in GUIDE] == []
    assert [name for name in menus if f"**Apps → {name}**" not in GUIDE] == []
    ask = dict(slash)["ask"]
    assert [option for option in ask if f"`{option}:`" not in GUIDE and f"{option}:`" not in GUIDE] == []


@pytest.mark.parametrize("text", [GUIDE, PRIVACY])
def test_every_setting_that_is_named_exists(text: str) -> None:
    """No key is misspelled, or left over."""
    keys = set(re.findall(r"`(discord\.[a-z_]+)", text)) - {"discord.com"}
    assert keys
    assert keys <= set(known_keys())


def test_every_kind_of_file_stands_in_the_guide() -> None:
    """What can be added is said."""
    assert [kind for kind in KINDS if f"`{kind}`" not in GUIDE] == []


@pytest.mark.parametrize("text", [GUIDE, PRIVACY])
def test_links_within_the_documents_lead_somewhere(text: str) -> None:
    """Files exist, and so do the headings that a link jumps to."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, heading = target.partition("#")
        document = (ROOT / "docs" / file).read_text(encoding="utf-8") if file else text
        if heading:
            headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
            anchors = {re.sub(r"[^\w\s-]", "", each.lower()).replace(" ", "-") for each in headings}
            assert heading in anchors, target
