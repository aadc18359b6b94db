"""Tests of what becomes of a question when nothing can be kept: the disk is full, or a file is damaged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.app import App
from bot.chat.keep.memory import Memory
from index.errors import StoreUnusable

from ..staging import Newsroom, in_loop, newsroom, settled

Filled = Callable[..., App]


def full(*_: object) -> None:
    """What any writing does on a full disk."""
    raise StoreUnusable("the disk is full")


def outcomes(room: Newsroom) -> dict[str, float | None]:
    """How many questions were answered, and how many failed."""
    registry = room.client.metrics.registry
    return {
        outcome: registry.get_sample_value("byline_questions_total", {"outcome": outcome})
        for outcome in ("answered", "failed")
    }


@in_loop
async def test_an_answer_that_cannot_be_kept(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """It is shown all the same, without the buttons that would not know it, and the log tells."""
    async with newsroom(filled()) as room:
        monkeypatch.setattr(Memory, "keep", full)
        by_command = await room.answered()
        by_message = await (await room.mention()).answer()
        await settled(room.client)
        for answer in (by_command, by_message):
            assert "Ilsa Marrow" in answer.text
            assert answer.labels == []
        assert outcomes(room) == {"answered": 2.0, "failed": None}


@in_loop
async def test_a_question_that_cannot_be_noted(filled: Filled, monkeypatch: pytest.MonkeyPatch):
    """Who could not be told of a restart is answered all the same, and can press the buttons."""
    async with newsroom(filled()) as room:
        monkeypatch.setattr(Memory, "add_pending", full)
        monkeypatch.setattr(Memory, "done_pending", full)
        answer = await room.answered()
        assert "Ilsa Marrow" in answer.text
        quote = await (await room.discord.click(answer, "Quote")).answer()
        assert "**Ilsa Marrow** directed the film." in quote.text
