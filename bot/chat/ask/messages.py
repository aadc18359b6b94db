"""Asking by message: a mention, a direct message, a reply, a word in a thread that the bot opened."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord.ext import commands

from ..failures import Notice, tell
from ..languages import Words
from ..queue import Ticket
from ..replies import reply, send
from ..show.render import answer_embed
from ..show.text import cut, one_line
from .asking import Request
from .responding import admitted, answers_in, noted
from .views import answer_view
from .wording import question_in

if TYPE_CHECKING:
    from ..client import Client

_LONGEST_THREAD_NAME = 100
_KINDS = {discord.MessageType.default, discord.MessageType.reply}
_REMEMBERED_THREADS = 10_000

_log = structlog.get_logger("byline")


@dataclass(frozen=True, slots=True)
class Addressed:
    """How a message turns to the bot."""

    question: str
    """In its text; empty where Discord does not show it to the bot."""
    is_meant: bool
    """Whether the bot was mentioned or written to, rather than answered or merely around."""


class Messages(commands.Cog):
    """Answers messages."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # The latest answer in each thread that was asked in lately, by the thread's id.
        self._latest: OrderedDict[int, str] = OrderedDict()

    @commands.command(name="ask")
    async def ask(self, context: commands.Context[Any], *, question: str) -> None:
        """Answer `!ask …`, where the operator lets the bot read messages."""
        await self._respond(context.message, question)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that turns to the bot."""
        client = self._client
        if message.author.bot or message.type not in _KINDS or client.user is None:
            return
        if client.app.settings.discord.message_content and (await client.get_context(message)).valid:
            return  # a prefix command
        addressed = addressed_by(message, client.user.id)
        if addressed is None:
            return
        if addressed.question or addressed.is_meant:
            await self._respond(message, addressed.question)
        elif not message.stickers:
            await self._point(message)

    async def _respond(self, message: discord.Message, question: str) -> None:
        """Answer a question, or say why there is no answer; where the bot is not wanted, say nothing."""
        client, words = self._client, self._client.words_for(message)
        with client.in_flight():
            try:
                settings = await client.settings_of(_server(message))
                if not answers_in(settings.channels, message.channel):
                    return
                request = await self._request(message, question, words)
                ticket = admitted(client, request, words)
                await self._answer(message, request, ticket, words, opens_thread=settings.threads)
            except discord.NotFound as error:
                _log.info("answer dropped", reason="the channel is gone", code=error.code)
            except discord.Forbidden:
                text = words(
                    "I am not allowed to show answers in this channel. Please use /ask, "
                    "or ask an administrator to let me embed links here."
                )
                await tell(message, Notice(text), words)
            except Exception as error:
                await tell(message, error, words)

    async def _request(self, message: discord.Message, question: str, words: Words) -> Request:
        return Request(
            question=question,
            server=_server(message),
            channel=message.channel.id,
            user=message.author.id,
            locale=words.locale,
            private=False,
            previous=await self._previous(message),
        )

    async def _previous(self, message: discord.Message) -> str | None:
        """The answer that a reply, or else a message in a thread, follows up."""
        if message.reference is not None and message.reference.message_id is not None:
            earlier = await self._client.keeping.answer_to(_server(message), message.reference.message_id)
            if earlier is not None:
                return earlier.id
        return self._latest.get(message.channel.id)

    async def _answer(
        self,
        message: discord.Message,
        request: Request,
        ticket: Ticket,
        words: Words,
        *,
        opens_thread: bool,
    ) -> None:
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(message.channel.typing())
                answered = await self._client.asking.answer(request, ticket)
        finally:
            ticket.release()
        embed = answer_embed(answered.answer, words, is_of_samples=answered.is_of_samples)
        view = answer_view(answered.answer, words) if answered.kept else None
        thread = await _opened(message, request.question) if opens_thread else None
        if thread is not None:
            shown = await send(thread, embed=embed, view=view)
        else:
            shown = await reply(message, embed=embed, view=view)
        self._client.asking.sent(request, answered)
        if answered.kept:
            await noted(self._client.keeping.shown(request.server, answered.kept.id, shown))
            self._remember(thread or message.channel, answered.kept.id)

    def _remember(self, channel: object, answer_id: str) -> None:
        if isinstance(channel, discord.Thread):
            self._latest[channel.id] = answer_id
            self._latest.move_to_end(channel.id)
            if len(self._latest) > _REMEMBERED_THREADS:
                self._latest.popitem(last=False)

    async def _point(self, message: discord.Message) -> None:
        """Say once in a thread or channel how to ask on: Discord did not show the bot what was written."""
        client, words = self._client, self._client.words_for(message)
        server = _server(message)
        settings = await client.settings_of(server)
        if answers_in(settings.channels, message.channel) and await client.keeping.point_once(
            server, message.channel.id
        ):
            text = words(
                "Discord did not show me what you wrote. Press Follow up below my answer, mention me, "
                "or leave the mention on when you reply."
            )
            await tell(message, Notice(text), words)


def addressed_by(message: discord.Message, bot: int) -> Addressed | None:
    """How a message turns to the bot of that id; None when it does not."""
    if isinstance(message.channel, discord.DMChannel):
        return Addressed(question_in(message.content), is_meant=True)
    if message.guild is None:  # a server that Discord has not told of yet
        return None
    role = message.guild.self_role
    by_role = role is not None and role.id in message.raw_role_mentions
    by_name = any(user.id == bot for user in message.mentions)
    question = question_in(message.content)
    if by_name or by_role:
        # A mention of the bot's role does not make Discord show the text.
        return Addressed(question, is_meant=by_name)
    replied_to = message.reference.resolved if message.reference else None
    if isinstance(replied_to, discord.Message):
        return Addressed(question, is_meant=False) if replied_to.author.id == bot else None
    is_in_own_thread = isinstance(message.channel, discord.Thread) and message.channel.owner_id == bot
    if is_in_own_thread and not message.mentions and message.reference is None:
        return Addressed(question, is_meant=False)
    return None


def _server(message: discord.Message) -> int | None:
    return message.guild.id if message.guild else None


async def _opened(message: discord.Message, question: str) -> discord.Thread | None:
    """A thread for an answer; None where there is one already, or cannot be one."""
    if not isinstance(message.channel, discord.TextChannel):
        return None
    name = cut(one_line(question), _LONGEST_THREAD_NAME)
    try:
        return await message.create_thread(name=name)
    except discord.HTTPException as error:
        _log.info("no thread opened", status=error.status, code=error.code)
        return None


async def setup(client: Client) -> None:
    """Add the cog."""
    await client.add_cog(Messages(client))
