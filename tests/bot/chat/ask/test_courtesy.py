"""Tests of `bot.chat.ask.courtesy`: what is polite and nothing more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.app import App
from bot.chat.ask.courtesy import Courtesy, courtesy

from ..questions import ENGLISH, lines
from ..staging import in_loop, newsroom

Filled = Callable[..., App]


THANKS = """
thanks!
Thank you so much
ty
Vielen Dank!
danke dir
MERCI beaucoup
muchas gracias :)
"""
GREETINGS = """
hi
Hello there!
help
help me please
guten Morgen
Bonjour
¡Buenos días!
hey bot
"""
QUESTIONS = """
42
good
tag
morning star
Thanks, and who wrote it?
hello who directed the film
"""


@pytest.mark.parametrize("text", lines(THANKS))
def test_thanks(text: str):
    """In each language, with what stands around it."""
    assert courtesy(text) is Courtesy.THANKS


@pytest.mark.parametrize("text", lines(GREETINGS))
def test_greetings(text: str):
    """And who calls for help."""
    assert courtesy(text) is Courtesy.GREETING


@pytest.mark.parametrize("text", ["", *lines(QUESTIONS), *lines(ENGLISH)])
def test_whoever_asks_something_is_answered(text: str):
    """One word more than courtesy, and it is a question."""
    assert courtesy(text) is None


@in_loop
async def test_they_are_answered_in_kind(filled: Filled):
    """No article is read for them, and no cooldown begins."""
    async with newsroom(filled(user_cooldown_seconds=60)) as room:
        thanks = await (await room.mention("thanks!")).answer()
        assert (thanks.text, thanks.embeds) == ("You’re welcome.", [])
        hello = await (await room.mention("hello")).answer()
        assert hello.text == "Ask me something, for example: who directed the film? /help tells more."
        assert "Ilsa Marrow" in (await (await room.mention()).answer()).text
