"""Tests of `bot.chat.ask.views`: buttons and forms as they are built."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest

from bot.chat.ask.views import (
    BUTTON,
    FORM,
    Kind,
    Press,
    answer_view,
    follow_form,
    pages_view,
    written,
    wrong_form,
)
from bot.chat.languages import TRANSLATED, words
from bot.types import Alternative, Answer, Citation

from ..staging import in_loop

ID = "0123456789abcdef" * 2
ENGLISH = words("en")
LANGUAGES = ("en", *TRANSLATED)


def labels(view) -> list[str]:  # type: ignore[no-untyped-def]
    """What stands on a view's buttons."""
    return [button["label"] for row in view.to_components() for button in row["components"]]


@in_loop
async def test_buttons_that_lead_nowhere_are_left_out(
    answer: Callable[..., Answer], citation: Callable[..., Citation]
):
    """Without a passage there is no Quote, without other candidates no More."""
    found = citation("Ilsa Marrow directed the film.", "Ilsa Marrow")
    other = Alternative("Nora Vale", 1.0, 0.5, found)
    always = ["Follow up", "Good", "Wrong"]
    assert labels(answer_view(answer(id=ID), ENGLISH)) == always
    assert labels(answer_view(answer(id=ID, citations=(found,)), ENGLISH)) == ["Quote", *always]
    assert labels(answer_view(answer(id=ID, closest=(found,)), ENGLISH)) == ["Quote", *always]
    both = ["Quote", "More", *always]
    assert labels(answer_view(answer(id=ID, citations=(found,), conflicts=(other,)), ENGLISH)) == both
    assert labels(answer_view(answer(id=ID, citations=(found,), alternatives=(other,)), ENGLISH)) == both


@in_loop
async def test_pages_turn_as_far_as_there_are_any():
    """The first page has no way back, the last none on, and a single page neither."""
    found = [labels(pages_view(ID, page, pages, ENGLISH)) for page, pages in ((1, 1), (1, 3), (2, 3), (3, 3))]
    assert found == [[], ["Next"], ["Previous", "Next"], ["Previous"]]


@in_loop
async def test_discord_py_keeps_none_of_them():
    """They are finished before they are sent, so that no timer runs for each of ten thousand answers."""
    assert pages_view(ID, 1, 2, ENGLISH).is_finished()
    assert follow_form(ID, ENGLISH).is_finished()


@pytest.mark.parametrize("press", [*(Press(kind, ID) for kind in Kind), Press(Kind.MORE, ID, 12)])
def test_a_custom_id_says_what_it_was_made_of(press: Press):
    """What a button's id is read as is what it was made from, within Discord's 100 characters."""
    match = BUTTON.fullmatch(press.custom_id)
    assert match is not None
    assert Press.from_match(match) == press
    assert len(press.custom_id) <= 100


@pytest.mark.parametrize(
    "custom_id",
    [
        "byline:quote",
        f"byline:quote:{ID}0",
        f"byline:quote:{ID[:-1]}",
        f"byline:quote:{ID.upper()}",
        f"byline:delete:{ID}",
        f"byline:more:{ID}:0",
        f"byline:more:{ID}:1000",
        f"byline:more:{ID}:1\n",
        f"xbyline:more:{ID}",
        f"byline-form:follow:{ID}",
    ],
)
def test_other_custom_ids_are_not_ours(custom_id: str):
    """What an id does not say in full is nobody's button."""
    assert BUTTON.fullmatch(custom_id) is None


def test_forms_and_buttons_are_told_apart():
    """A form's id is no button's, nor the other way round."""
    assert FORM.fullmatch(Press(Kind.FOLLOW, ID).custom_id) is None
    match = FORM.fullmatch(f"byline-form:wrong:{ID}")
    assert match is not None
    assert Press.from_match(match) == Press(Kind.WRONG, ID)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_labels_fit_in_every_language(
    locale: str, answer: Callable[..., Answer], citation: Callable[..., Citation]
):
    """No label, title or field name is cut: each language stays within what Discord takes."""

    async def scene() -> None:
        found = citation("Ilsa Marrow directed the film.")
        full = answer(id=ID, citations=(found,), alternatives=(Alternative("x", 1.0, 0.5, found),))
        spoken = words(locale)
        shown = [*labels(answer_view(full, spoken)), *labels(pages_view(ID, 2, 3, spoken))]
        forms = [follow_form(ID, spoken).to_dict(), wrong_form(ID, spoken).to_dict()]
        shown += [form["title"] for form in forms]
        shown += [form["components"][0]["label"] for form in forms]
        assert all(re.fullmatch(r"[^…]{1,45}", text) for text in shown), shown

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("components", "text"),
    [
        ([{"type": 18, "component": {"type": 4, "custom_id": "text", "value": "Nora Vale"}}], "Nora Vale"),
        ([{"type": 1, "components": [{"type": 4, "custom_id": "text", "value": "Nora"}]}], "Nora"),
        ([{"type": 18, "component": {"type": 4, "custom_id": "text", "value": None}}], ""),
        ([], ""),
    ],
)
def test_what_was_written_into_a_form(components: list[dict[str, object]], text: str):
    """The text is found below a label and in a row alike; an empty form says nothing."""
    assert written(components) == text
