"""A wary reader of Discord's markup: what a message would do, so that a test can say what it may.

Written from what Discord shows, not from how `bot.chat.show.text` escapes: whatever any of Discord's
programs could take for markup is markup here, and what this does not know is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ESCAPE = re.compile(r"\\[^0-9A-Za-z\s]")
BOLD = re.compile(r"\*\*(?!\*)")
# No brackets before the address, not even escaped ones: Discord would not show a link.
LINK = re.compile(r"\[((?:\\[^0-9A-Za-z\s\[\]]|[^\\\[\]\n])*)\]\(([^()\s<>\\]+)\)")
ENTITY = re.compile(r"<(?:@[!&]?\d+|#\d+|t:-?\d+(?::[a-zA-Z])?|a?:\w+:\d+|/[^<>]+:\d+|id:\w+)>")
EMOJI = re.compile(r":[^\s:*\\\u200b]+:")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S|www\.\w", re.IGNORECASE)
INVITE = re.compile(r"(?:discord(?:app)?\.\w+|dsc\.gg)", re.IGNORECASE)
PING = re.compile(r"@(?:everyone|here)|<@[!&]?\d+>", re.IGNORECASE)
LINE = re.compile(r"(?:#{1,3}(?:\s|$)|>|[-+*](?:\s|$)|-#|\d+\.(?:\s|$))")


@dataclass
class Shown:
    """What a text does in Discord, and what a person sees of it."""

    text: str = ""
    bold: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)
    quoted: int = 0
    small: int = 0
    pings: list[str] = field(default_factory=list)
    """Found in the raw text, as Discord looks for them: no backslash helps."""
    alarms: list[str] = field(default_factory=list)
    """Any other markup."""


def shown(raw: str) -> Shown:
    """Read `raw` as an embed's text."""
    result = Shown(pings=PING.findall(raw))
    result.alarms += INVITE.findall(LINK.sub("", raw))
    for number, line in enumerate(raw.split("\n")):
        result.text += "\n" if number else ""
        _read_line(line, result)
    return result


def _read_line(line: str, result: Shown) -> None:
    if line.startswith("> "):
        result.quoted += 1
        line = line[2:]
    elif line.startswith("-# "):
        result.small += 1
        line = line[3:]
    if found := LINE.match(line):
        result.alarms.append(f"line {found[0]}")
    opened: int | None = None
    place = 0
    while place < len(line):
        if BOLD.match(line, place):
            if opened is not None:
                result.bold.append(result.text[opened:])
            opened = len(result.text) if opened is None else None
            place += 2
        else:
            place = _read_one(line, place, result)
    if opened is not None:
        result.alarms.append("bold without an end")


def _read_one(line: str, place: int, result: Shown) -> int:
    """Read what stands at a place of a line, and say where the next begins."""
    if found := ESCAPE.match(line, place):
        result.text += found[0][1]
    elif found := LINK.match(line, place):
        result.links.append(found[2])
        inner = Shown()
        _read_line(found[1], inner)
        result.alarms += inner.alarms + inner.bold + inner.links + inner.entities
        result.text += inner.text
    elif found := ENTITY.match(line, place):
        result.entities.append(found[0])
        result.text += found[0]
    else:
        result.alarms += [found[0] for danger in (EMOJI, ADDRESS) if (found := danger.match(line, place))]
        if line[place] in "\\*_~|`[]<":
            result.alarms.append(line[place:])
        result.text += line[place].replace("\u200b", "")
        return place + 1
    return found.end()
