"""Tests of `bot.chat.ask.wording`: the question in a message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.app import App
from bot.chat.ask.wording import question_in

from ..conftest import DIRECTOR
from ..staging import in_loop, newsroom

Filled = Callable[..., App]


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("<@1> who won?", "who won?"),
        ("who won, <@!12>, in <#34> says <@&5>", "who won, , in says"),
        ("</ask:123> who won <:cup:9> <a:party:10>?", "who won ?"),
        ("since <t:1706788800:D> <t:0> <id:customize>", "since"),
        ("<@1>\n<:wave:2>", ""),
        ("is 1 < 2 > 0 <b>bold</b>?", "is 1 < 2 > 0 <b>bold</b>?"),
    ],
)
def test_what_is_discords_own_is_left_out(content: str, question: str):
    """All that is written with angle brackets in Discord, and nothing else."""
    assert question_in(content) == question


@in_loop
async def test_it_is_left_out_of_mentions_and_menus(filled: Filled):
    """The articles are asked for the words alone, and a greeting with an emoji asks nothing."""
    async with newsroom(filled()) as room:
        wave = await (await room.mention("<:wave:123456789012345678>")).answer()
        assert wave.text.startswith("Ask me something, for example: ")
        written = await room.discord.message(room.ada, room.channel, f"{room.ben.mention} {DIRECTOR}")
        exchange = await room.discord.menu(room.ada, written.message, "Ask about this message")
        assert (await exchange.answer()).content == f"> {DIRECTOR}"
