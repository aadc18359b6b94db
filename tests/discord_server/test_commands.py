"""Wrong commands are refused when they are registered."""

from __future__ import annotations

import asyncio
from typing import Any

import discord as library
import pytest

from . import FakeDiscord
from .parrot import running


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"name": "Ask"}, "Command name is invalid: 'Ask'"),
        ({"name": "ask it"}, "Command name is invalid"),
        ({"name": "ask", "name_localizations": {"de": "Frage"}}, "Command name is invalid: 'Frage'"),
        ({"name": "ask", "name_localizations": {"at": "frag"}}, "'at' is no locale of Discord"),
        ({"name": "ask", "description": ""}, "0.description: This field is required"),
        ({"name": "ask", "description": "x" * 101}, "0.description: Must be 100 or fewer"),
        ({"name": "Ask", "type": 3}, "0.description: a menu has no description"),
        (
            {
                "name": "ask",
                "options": [
                    {"type": 3, "name": "a", "description": "x"},
                    {"type": 3, "name": "b", "description": "x", "required": True},
                ],
            },
            "b is required but late",
        ),
        (
            {
                "name": "ask",
                "options": [
                    {"type": 1, "name": "a", "description": "x"},
                    {"type": 3, "name": "b", "description": "x"},
                ],
            },
            "sub-commands and options mixed",
        ),
    ],
)
def test_wrong_commands_are_refused(entry: dict[str, Any], text: str) -> None:
    """Names, descriptions, translations and options are held against Discord's rules."""

    async def scene() -> None:
        async with FakeDiscord() as discord, running(discord) as parrot:
            assert parrot.application_id is not None
            with pytest.raises(library.HTTPException) as caught:
                await parrot.http.bulk_upsert_global_commands(
                    parrot.application_id, payload=[{"description": "Asks.", **entry}]
                )
            assert (caught.value.code, [violation.kind for violation in discord.forgive()]) == (
                50035,
                ["invalid form"],
            )
            assert text in str(caught.value)

    asyncio.run(scene())
