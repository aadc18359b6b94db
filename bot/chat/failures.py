"""What a person is told when something fails, and what the log is told."""

from __future__ import annotations

import math
import secrets
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from index.errors import UnknownCollection

from ..errors import QuestionError
from .ask.asking import Cooling, NoSuchArticle
from .ask.keeping import NotKept, Withdrawn
from .languages import Words, words
from .queue import Busy, Closed
from .replies import has_expired, say
from .show.text import escape

Origin = discord.Interaction[Any] | discord.Message

_log = structlog.get_logger("byline")


class Notice(Exception):
    """Nothing failed, but there is something to say in place of an answer, in the person's language."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


async def tell(origin: Origin, error: BaseException, words: Words) -> None:
    """Tell a person why there is no answer; what nobody foresaw gets a code that the log has too."""
    error = _cause(error)
    text = explained(error, words)
    if text is None:
        code = secrets.token_hex(3).upper()
        text = words(
            "Something went wrong (code {code}). Please try again later, or tell whoever runs me that code.",
            code=code,
        )
        _log.error("failed", code=code, exc_info=error)
    try:
        await say(origin, text)
    except discord.HTTPException as failure:
        # Deleted, forbidden, or too late: there is nobody left to tell.
        if not has_expired(failure):
            _log.warning("could not tell", status=failure.status, code=failure.code)


def explained(error: BaseException, words: Words) -> str | None:
    """What an expected error means to a person; None for others, whose texts are no business of theirs."""
    if isinstance(error, Notice):
        return error.text
    if isinstance(error, Busy):
        return words.count(
            "I am busy; please try again in {n} second.",
            "I am busy; please try again in {n} seconds.",
            error.retry_after_seconds,
        )
    if isinstance(error, Cooling):
        return words.count(
            "Not so fast; please ask again in {n} second.",
            "Not so fast; please ask again in {n} seconds.",
            math.ceil(error.wait_seconds),
        )
    if isinstance(error, Closed):
        return words("I am being restarted. Please ask again in a minute.")
    return _missing(error, words) or _refused(error, words)


def _missing(error: BaseException, words: Words) -> str | None:
    if isinstance(error, UnknownCollection):
        return words("There are no articles yet.")
    if isinstance(error, NoSuchArticle):
        return words("There is no article of that name; choose one from the list that comes up while typing.")
    if isinstance(error, NotKept):
        return words("I no longer have this answer. Please ask again.")
    if isinstance(error, Withdrawn):
        return words("Source withdrawn: the article is no longer there, or says something else by now.")
    return None


def _refused(error: BaseException, words: Words) -> str | None:
    if isinstance(error, QuestionError):
        return words("I cannot ask that: {reason}", reason=escape(str(error)))
    if isinstance(error, app_commands.NoPrivateMessage | commands.NoPrivateMessage):
        return words("This works in a server only.")
    if isinstance(error, app_commands.CheckFailure | commands.CheckFailure):
        return words("You are not allowed to do this here.")
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return words("This command has changed. Please try again in a few minutes.")
    if isinstance(error, commands.UserInputError):
        return words("Something is missing, or written in a way that I do not understand.")
    return None


def _cause(error: BaseException) -> BaseException:
    """What a command's code raised, without discord.py's wrapping."""
    while isinstance(error, app_commands.CommandInvokeError | commands.CommandInvokeError):
        error = error.original
    return error


class Tree(app_commands.CommandTree[Any]):
    """The slash commands and menus, with one handler for all that they raise."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person who called the command."""
        await tell(interaction, error, words(interaction.locale))
