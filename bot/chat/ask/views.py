"""The buttons below an answer and the forms they open; what they do is in `presses`.

The answer's id stands in every custom id, so that buttons and open forms outlive the program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import discord

from ...types import Answer
from ..languages import Words
from ..show.text import cut

LONGEST_QUESTION = 2000
"""The most that a form or an option takes; `answering.max_question_characters` may allow less."""
_LONGEST_CORRECTION = 1000
_LONGEST_LABEL = 80
_LONGEST_TITLE = 45
_INPUT = "text"


class Kind(StrEnum):
    """What a button below an answer, or a form, is for."""

    QUOTE = "quote"
    MORE = "more"
    FOLLOW = "follow"
    GOOD = "good"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Press:
    """What a custom id says."""

    kind: Kind
    answer_id: str
    page: int | None = None
    """From 1 on: the page of the message that holds the button; None on the answer itself."""

    @property
    def custom_id(self) -> str:
        """`byline:more:<id>:2`."""
        page = "" if self.page is None else f":{self.page}"
        return f"byline:{self.kind}:{self.answer_id}{page}"

    @classmethod
    def from_match(cls, match: re.Match[str]) -> Self:
        """What a custom id that `BUTTON` or `FORM` matches says."""
        fields = match.groupdict()
        page = fields.get("page")
        return cls(Kind(fields["kind"]), fields["id"], int(page) if page else None)


BUTTON = re.compile(
    r"byline:(?P<kind>quote|more|follow|good|wrong):(?P<id>[0-9a-f]{32})(?::(?P<page>[1-9]\d{0,2}))?"
)
FORM = re.compile(r"byline-form:(?P<kind>follow|wrong):(?P<id>[0-9a-f]{32})")


def answer_view(answer: Answer, words: Words) -> discord.ui.View:
    """The buttons that make sense below this answer."""
    view = _view()
    if answer.citations or answer.closest:
        view.add_item(_button(words("Quote"), Press(Kind.QUOTE, answer.id)))
    if answer.alternatives or answer.conflicts:
        view.add_item(_button(words("More"), Press(Kind.MORE, answer.id)))
    view.add_item(_button(words("Follow up"), Press(Kind.FOLLOW, answer.id)))
    view.add_item(_button(words("Good"), Press(Kind.GOOD, answer.id)))
    view.add_item(_button(words("Wrong"), Press(Kind.WRONG, answer.id)))
    return view


def pages_view(answer_id: str, page: int, pages: int, words: Words) -> discord.ui.View:
    """The buttons that turn the pages of what else was found."""
    view = _view()
    if page > 1:
        view.add_item(_button(words("Previous"), Press(Kind.MORE, answer_id, page - 1)))
    if page < pages:
        view.add_item(_button(words("Next"), Press(Kind.MORE, answer_id, page + 1)))
    return view


def follow_form(answer_id: str, words: Words) -> discord.ui.Modal:
    """Asks for the next question."""
    box = _text_input(discord.TextStyle.paragraph, LONGEST_QUESTION, required=True)
    return _form(Kind.FOLLOW, answer_id, words("Follow up"), words("Your next question"), box)


def wrong_form(answer_id: str, words: Words) -> discord.ui.Modal:
    """Asks what would have been right."""
    box = _text_input(discord.TextStyle.paragraph, _LONGEST_CORRECTION, required=False)
    return _form(Kind.WRONG, answer_id, words("What is wrong?"), words("What is right, if you know it"), box)


def written(components: list[dict[str, Any]]) -> str:
    """What a person wrote into a form."""
    for component in components:
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        if inner:
            return written(inner)
        if component.get("custom_id") == _INPUT:
            return str(component.get("value") or "")
    return ""


def _view() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    # discord.py need not keep it: the buttons are recognised by their ids.
    view.stop()
    return view


def _button(label: str, press: Press) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=cut(label, _LONGEST_LABEL), custom_id=press.custom_id)


def _text_input(
    style: discord.TextStyle, max_length: int, *, required: bool
) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(custom_id=_INPUT, style=style, max_length=max_length, required=required)


def _form(
    kind: Kind, answer_id: str, title: str, label: str, box: discord.ui.TextInput[discord.ui.Modal]
) -> discord.ui.Modal:
    form = discord.ui.Modal(
        title=cut(title, _LONGEST_TITLE), timeout=None, custom_id=f"byline-form:{kind}:{answer_id}"
    )
    form.add_item(discord.ui.Label(text=cut(label, _LONGEST_TITLE), component=box))
    form.stop()
    return form
