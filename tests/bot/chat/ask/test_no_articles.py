"""Tests of asking where there is nothing to ask: the samples stand in, or that is said."""

from __future__ import annotations

from collections.abc import Callable

from bot.app import App
from tests.discord_server import Message

from ..conftest import MARROW
from ..staging import Newsroom, in_loop, newsroom

NOTE = "There are no articles yet: Byline’s sample articles answer."


async def status(room: Newsroom) -> Message:
    """What `/status` shows."""
    return await (await room.discord.slash(room.ada, room.channel, "status")).answer()


def shared(status: Message) -> str:
    """How many articles are shared, as people read it."""
    fields: dict[str, str] = {field["name"]: field["value"] for field in status.embed["fields"]}
    return fields["Articles shared by all servers"]


@in_loop
async def test_no_article_but_the_samples(make_app: Callable[..., App]):
    """The answer says that nothing else is there; so does `/status`, which does not count them as shared."""
    async with newsroom(make_app()) as room:
        answers = [await room.answered(), await (await room.mention()).answer()]
        assert [answer.embed["description"].splitlines()[-1] for answer in answers] == [f"-# {NOTE}"] * 2
        shown = await status(room)
        assert (shown.embed["description"], shared(shown)) == (NOTE, "0")
        with room.client.places.own(room.guild.id) as own:
            list(own.add([MARROW]))
        assert NOTE not in (await room.answered()).text
        assert "description" not in (await status(room)).embed


@in_loop
async def test_no_article_at_all(filled: Callable[..., App]):
    """Where the shared collection is missing and the server has none, that is said, and is no failure."""
    async with newsroom(filled(shared_collection="missing")) as room:
        assert (await room.answered()).text == "There are no articles yet."
        assert shared(await status(room)) == "0"
        registry = room.client.metrics.registry
        assert registry.get_sample_value("byline_questions_total", {"outcome": "refused"}) == 1.0
        assert registry.get_sample_value("byline_questions_total", {"outcome": "failed"}) is None
