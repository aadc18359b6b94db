"""From an interaction to its answer: acknowledged once, at once, with its final visibility."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import structlog

from index.encode import BUNDLED

from ..failures import Notice, tell
from ..keep.memory import Pending
from ..languages import Words, is_english
from ..queue import Ticket
from ..replies import edit_or_send, has_expired
from ..show.render import answer_embed
from ..show.text import cut, escape
from .asking import Answered, Request
from .courtesy import Courtesy, courtesy
from .views import answer_view

if TYPE_CHECKING:
    from ..client import Client

_LONGEST_SHOWN_QUESTION = 500
_NOTING_SECONDS = 0.5
# Already acknowledged: Discord had taken what it answered with an error, and discord.py tried again.
_ACKNOWLEDGED = 40060

_log = structlog.get_logger("byline")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it comes with an interaction."""

    question: str
    private: bool | None = None
    """Whether only the asker is to see the answer; None: as the server's settings say."""
    since: str | None = None
    until: str | None = None
    article: str | None = None
    previous: str | None = None


async def respond(client: Client, interaction: discord.Interaction[Any], asked: Asked) -> None:
    """Answer a question, or say why there is no answer."""
    words = client.words_for(interaction)
    with client.in_flight():
        try:
            request = await _request(client, interaction, asked, words)
            ticket = admitted(client, request, words)
        except Exception as error:
            await tell(interaction, error, words)
            return
        try:
            await _answer(client, interaction, request, ticket, words)
        finally:
            ticket.release()


def server_of(interaction: discord.Interaction[Any]) -> int | None:
    """The server where the bot is a member; None where a person brought it along, and in direct messages."""
    return interaction.guild_id if interaction.is_guild_integration() else None


def is_brought_along(interaction: discord.Interaction[Any]) -> bool:
    """Whether a person uses the bot among others who have not invited it."""
    # The direct messages of two people look like those with the bot, but for this.
    return server_of(interaction) is None and not interaction.context.dm_channel


async def check_channel(client: Client, interaction: discord.Interaction[Any], words: Words) -> None:
    """Notice where the server's administrators do not want the bot to answer."""
    settings = await client.settings_of(server_of(interaction))
    if not answers_in(settings.channels, interaction.channel):
        raise Notice(words("I do not answer in this channel."))


def answers_in(channels: frozenset[int], channel: object) -> bool:
    """Whether a channel is among those chosen, or a thread of one that is; all are when none was chosen."""
    ids = {getattr(channel, "id", None), getattr(channel, "parent_id", None)}
    return not channels or not channels.isdisjoint(ids)


def admitted(client: Client, request: Request, words: Words) -> Ticket:
    """A place in the queue; a Notice, Cooling or Busy when the question is not asked at all."""
    most = client.app.settings.answering.max_question_characters
    polite = courtesy(request.question)
    if polite is Courtesy.THANKS:
        raise Notice(words("You’re welcome."))
    if polite is Courtesy.GREETING or not any(character.isalnum() for character in request.question):
        raise Notice(words("Ask me something, for example: who directed the film? /help tells more."))
    if len(request.question) > most:
        raise Notice(words("That is too long for me: I read {n} characters.", n=words.number(most)))
    if reads_english_only(client) and not is_english(request.question):
        raise Notice(words("I read English only, and so far answer questions in English only."))
    return client.asking.admit(request.user, request.server)


def reads_english_only(client: Client) -> bool:
    """Whether the bundled models answer; others may know other languages."""
    settings = client.app.settings
    return BUNDLED in {settings.encoder.model, settings.reader.model}


async def _request(
    client: Client, interaction: discord.Interaction[Any], asked: Asked, words: Words
) -> Request:
    await check_channel(client, interaction, words)
    server = server_of(interaction)
    settings = await client.settings_of(server)
    private = settings.private if asked.private is None else asked.private
    return Request(
        question=asked.question,
        server=server,
        channel=interaction.channel_id or 0,
        user=interaction.user.id,
        locale=words.locale,
        private=private or is_brought_along(interaction),
        since=asked.since,
        until=asked.until,
        article=asked.article,
        previous=asked.previous,
    )


async def _deferred(interaction: discord.Interaction[Any], *, private: bool) -> bool:
    """Acknowledge; False when Discord no longer wants to hear of it."""
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except discord.HTTPException as error:
        if error.code == _ACKNOWLEDGED:
            return True
        if not has_expired(error):
            raise
        _log.warning("acknowledged too late", code=error.code)
        return False
    return True


async def _answer(
    client: Client,
    interaction: discord.Interaction[Any],
    request: Request,
    ticket: Ticket,
    words: Words,
) -> None:
    # First, or nobody would be told who was acknowledged in the moment of a kill; but a slow disk
    # must not make the acknowledgement late.
    waiting = asyncio.create_task(noted(client.keeping.begin(_pending(client, interaction, request))))
    try:
        await asyncio.wait({waiting}, timeout=_NOTING_SECONDS)
        if await _deferred(interaction, private=request.private):
            await waiting
            answered = await client.asking.answer(request, ticket)
            await _show(client, interaction, request, answered, words)
    except Exception as error:
        await tell(interaction, error, words)
    finally:
        await waiting
        await noted(client.keeping.end(interaction.id))


def _pending(client: Client, interaction: discord.Interaction[Any], request: Request) -> Pending:
    return Pending(
        interaction=interaction.id,
        application=interaction.application_id,
        token=interaction.token,
        locale=request.locale,
        private=request.private,
        since_at=client.clock(),
    )


async def _show(
    client: Client,
    interaction: discord.Interaction[Any],
    request: Request,
    answered: Answered,
    words: Words,
) -> None:
    """Show the answer below its question: what a command was given Discord shows to nobody."""
    message = await edit_or_send(
        interaction,
        private=request.private,
        content=f"> {cut(escape(request.question), _LONGEST_SHOWN_QUESTION)}",
        embed=answer_embed(answered.answer, words, is_of_samples=answered.is_of_samples),
        view=answer_view(answered.answer, words) if answered.kept else None,
    )
    if message is None:
        client.metrics.question("dropped")
        return
    client.asking.sent(request, answered)
    if answered.kept:
        await noted(client.keeping.shown(request.server, answered.kept.id, message))


async def noted(work: Awaitable[None]) -> None:
    """Do what nobody waits for: a failure is logged, and the answer stands."""
    try:
        await work
    except Exception:
        _log.exception("not noted")
