"""Draw docs/answer.svg: two real answers from the sample articles as Discord shows them.

Run from the repository: python docs/picture.py
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape as xml
from pathlib import Path

import discord

from bot.answerer import Question
from bot.app import App, Options
from bot.chat.ask.views import answer_view
from bot.chat.languages import words
from bot.chat.show.render import answer_embed
from bot.chat.show.text import unescape
from bot.types import Answer

FILE = Path(__file__).with_name("answer.svg")
QUESTIONS = ("who directed the film?", "why did the batteries of Pellam-1 fail?")
ASKED_ON = "2025-02-05"

WIDTH, PADDING, TEXT_LEFT = 640, 16, 72
EMBED_WIDTH = 520
BACKGROUND, EMBED, QUOTE_BAR, BUTTON = "#313338", "#2b2d31", "#4e5058", "#4e5058"
TEXT, BRIGHT, MUTED, LINK, CHIP, BLURPLE = "#dbdee1", "#f2f3f5", "#949ba4", "#00a8fc", "#393c42", "#5865f2"
FONT = "'gg sans','Noto Sans','Helvetica Neue',Helvetica,Arial,sans-serif"

# How wide Helvetica's letters are, in thousandths of the size; each word is set to what this says, so
# that every program that shows the picture breaks its lines in the same places.
_NARROW = {
    **dict.fromkeys("ijl’‘'", 222),
    **dict.fromkeys(" .,:;!/ftI[]", 278),
    **dict.fromkeys("r-()“”", 333),
}
_WIDE = {
    **dict.fromkeys("mM", 833),
    **dict.fromkeys("ckvsxyzJ", 500),
    **dict.fromkeys("wCDHNRU", 722),
    "W": 944,
}
_OTHER = {
    **dict.fromkeys("ABEKPSVXY&", 667),
    **dict.fromkeys("OGQ", 778),
    **dict.fromkeys("FTZ", 611),
    "…": 1000,
}
_WIDTHS = {**_NARROW, **_WIDE, **_OTHER}
_INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*(?!\*)|\[(?P<link>.+?)\]\(\S+?\)|<t:(?P<day>-?\d+):D>")


@dataclass(frozen=True, slots=True)
class Run:
    """Some text in one style."""

    text: str
    colour: str = TEXT
    weight: int = 400
    size: float = 14
    chip: bool = False

    @property
    def width(self) -> float:
        """About how wide it is."""
        return (
            sum(_WIDTHS.get(letter, 556) for letter in self.text)
            * self.size
            / 1000
            * (1.08 if self.weight > 500 else 1.0)
        )


def main() -> None:
    """Ask, draw, write."""
    parts: list[str] = []
    top = 16.0
    for number, answer in enumerate(answers()):
        drawn, top = message(answer, top, at=f"9:4{number + 1} AM")
        parts += drawn
    height = round(top) + 4
    FILE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="{FONT}" role="img" aria-label="Two answers of Byline in Discord">\n'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{BACKGROUND}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n",
        encoding="utf-8",
    )


def answers() -> Iterator[Answer]:
    """What the program answers from its samples."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(Options(data=Path(folder)), {}, Path(folder))
        with app.asked() as (samples, _):
            app.index(samples, app.samples_source(), lambda *_: None)
            for text in QUESTIONS:
                yield app.answerer().answer(Question(text, asked_on=ASKED_ON), [samples])


# --- a message ------------------------------------------------------------------------------------


def message(answer: Answer, top: float, *, at: str) -> tuple[list[str], float]:
    """Who asked, the bot's name, the question, the answer and its buttons; and where they end."""
    english = words("en")
    parts = [asker(top), avatar(top + 24)]
    name = Run("Byline", BRIGHT, 600, 16)
    parts.append(text(TEXT_LEFT, top + 39, name))
    tag = TEXT_LEFT + name.width + 6
    parts.append(box(tag, top + 27, 30, 15, BLURPLE, 4))
    parts.append(text(tag + 5, top + 38.5, Run("APP", "#ffffff", 600, 10)))
    parts.append(text(tag + 38, top + 39, Run(f"Today at {at}", MUTED, size=12)))
    question, bottom = quote([[Run(answer.question, size=16)]], TEXT_LEFT, top + 48, 22)
    shown, bottom = embed(answer_embed(answer, english), bottom + 8)
    labels = [
        item.label for item in answer_view(answer, english).children if isinstance(item, discord.ui.Button)
    ]
    return parts + question + shown + buttons(labels, bottom + 8), bottom + 8 + 32 + 24


def asker(top: float) -> str:
    """The line above: who used the command, with the line that joins it to the picture below."""
    command = Run("/ask", "#c9cdfb", 500)
    spine = f"M{PADDING + 20} {top + 20}v-6a6 6 0 0 1 6-6h26"
    name = Run("mira", "#c9cdfb", 500)
    return "\n".join(
        [
            f'<path d="{spine}" fill="none" stroke="{QUOTE_BAR}" stroke-width="2"/>',
            f'<circle cx="{TEXT_LEFT + 8}" cy="{top + 8}" r="8" fill="#7a5c8e"/>',
            text(TEXT_LEFT + 5, top + 12, Run("m", "#ffffff", 600, 10)),
            text(TEXT_LEFT + 22, top + 13, name),
            text(TEXT_LEFT + 22 + name.width + 5, top + 13, Run("used", MUTED)),
            box(TEXT_LEFT + 22 + name.width + 41, top - 1, command.width + 10, 19, "#3c4270", 4),
            text(TEXT_LEFT + 22 + name.width + 46, top + 13, command),
        ]
    )


def avatar(top: float) -> str:
    """The bot's picture: a line of text with the answer marked."""
    lines = [
        f'<circle cx="{PADDING + 20}" cy="{top + 20}" r="20" fill="#2d9d78"/>',
        box(PADDING + 10, top + 12, 20, 3, "#ffffff", 1.5),
        box(PADDING + 10, top + 18.5, 6, 3, "#ffffff", 1.5),
        box(PADDING + 18, top + 17, 12, 6, "#ffe27a", 2),
        box(PADDING + 10, top + 25, 14, 3, "#ffffff", 1.5),
    ]
    return "\n".join(lines)


def embed(shown: discord.Embed, top: float) -> tuple[list[str], float]:
    """The embed with the coloured edge; and where it ends."""
    parts: list[str] = []
    bottom = top + 14
    left, right = TEXT_LEFT + 16, TEXT_LEFT + EMBED_WIDTH - 16
    for line in (shown.description or "").split("\n"):
        if line.startswith("> "):
            drawn, bottom = quote(wrapped(runs(line[2:]), right - left - 12), left, bottom, 18)
        elif line.startswith("-# "):
            small = [replace(run, size=12, colour=MUTED) for run in runs(line[3:])]
            drawn, bottom = block(wrapped(small, right - left), left, bottom, 17)
        elif line:
            drawn, bottom = block(wrapped(runs(line), right - left), left, bottom, 18)
        else:
            drawn, bottom = [], bottom + 12
        parts += drawn
    bottom += 14
    colour = f"#{shown.colour.value:06x}" if shown.colour else MUTED
    frame = [
        box(TEXT_LEFT, top, EMBED_WIDTH, bottom - top, colour, 4),
        f'<path d="M{TEXT_LEFT + 4} {top}h{EMBED_WIDTH - 8}a4 4 0 0 1 4 4v{bottom - top - 8:g}'
        f'a4 4 0 0 1 -4 4h-{EMBED_WIDTH - 8}z" fill="{EMBED}"/>',
    ]
    return frame + parts, bottom


def quote(lines: list[list[Run]], left: float, top: float, leading: float) -> tuple[list[str], float]:
    """Lines beside the bar of a block quote; and where they end."""
    drawn, bottom = block(lines, left + 12, top, leading)
    return [box(left, top + 1, 4, bottom - top - 2, QUOTE_BAR, 2), *drawn], bottom


def block(lines: list[list[Run]], left: float, top: float, leading: float) -> tuple[list[str], float]:
    """Lines of text; and where they end."""
    parts = []
    for line in lines:
        place = left
        for run in line:
            if run.chip:
                parts.append(box(place - 2, top + 1, run.width + 4, leading - 2, CHIP, 3))
            parts.append(text(place, top + leading - 5, run))
            place += run.width
        top += leading
    return parts, top


def buttons(labels: list[str | None], top: float) -> list[str]:
    """A row of grey buttons."""
    parts, left = [], float(TEXT_LEFT)
    for label in labels:
        run = Run(label or "", "#ffffff", 500)
        parts.append(box(left, top, run.width + 32, 32, BUTTON, 4))
        parts.append(text(left + 16, top + 21, run))
        left += run.width + 32 + 8
    return parts


# --- text -----------------------------------------------------------------------------------------


def runs(markdown: str) -> list[Run]:
    """The markup that `bot.chat.show.render` writes, as runs."""
    found, place = [], 0
    for match in _INLINE.finditer(markdown):
        found.append(Run(unescape(markdown[place : match.start()])))
        place = match.end()
        if match["bold"]:
            found.append(Run(unescape(match["bold"]), BRIGHT, 700))
        elif match["link"]:
            found.append(Run(unescape(match["link"]), LINK))
        else:
            when = datetime.fromtimestamp(int(match["day"]), UTC)
            found.append(Run(f"{when:%B} {when.day}, {when.year}", chip=True))
    found.append(Run(unescape(markdown[place:])))
    return [run for run in found if run.text]


def wrapped(line: list[Run], width: float) -> list[list[Run]]:
    """The runs in lines of at most that width, broken between words."""
    lines: list[list[Run]] = [[]]
    room = width
    for run in line:
        # A date is one word.
        for piece in [run.text] if run.chip else re.findall(r"\S+\s*|\s+", run.text):
            word = replace(run, text=piece)
            if replace(word, text=piece.rstrip()).width > room and lines[-1]:
                lines.append([])
                room = width
            lines[-1].append(word)
            room -= word.width
    return [merged(line) for line in lines]


def merged(line: list[Run]) -> list[Run]:
    """Words of one style that follow each other as one run."""
    joined: list[Run] = []
    for word in line:
        if joined and replace(joined[-1], text=word.text) == word:
            joined[-1] = replace(word, text=joined[-1].text + word.text)
        else:
            joined.append(word)
    return joined


def text(left: float, baseline: float, run: Run) -> str:
    """A run, set to its width; spaces at its ends are only room."""
    lead = replace(run, text=run.text[: len(run.text) - len(run.text.lstrip())])
    inner = replace(run, text=run.text.strip())
    return (
        f'<text x="{left + lead.width:.1f}" y="{baseline:g}" font-size="{run.size:g}" '
        f'font-weight="{run.weight}" fill="{run.colour}" textLength="{inner.width:.1f}">'
        f"{xml(inner.text)}</text>"
    )


def box(left: float, top: float, width: float, height: float, colour: str, radius: float) -> str:
    """A filled rectangle with round corners."""
    return (
        f'<rect x="{left:.1f}" y="{top:g}" width="{width:.1f}" height="{height:g}" rx="{radius:g}" '
        f'fill="{colour}"/>'
    )


if __name__ == "__main__":
    main()
