"""Tests of `bot.chat.failures`: what is said; how it is sent is tested where it is sent."""

from __future__ import annotations

import pytest
from discord import app_commands
from discord.ext import commands

from bot.chat.ask.asking import Cooling, NoSuchArticle
from bot.chat.ask.keeping import NotKept, Withdrawn
from bot.chat.failures import Notice, explained
from bot.chat.languages import words
from bot.chat.queue import Busy, Closed
from bot.errors import QuestionError
from index.errors import StoreUnusable

ENGLISH = words("en")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Notice("Not here."), "Not here."),
        (Busy(1), "I am busy; please try again in 1 second."),
        (Busy(12), "I am busy; please try again in 12 seconds."),
        (Cooling(0.2), "Not so fast; please ask again in 1 second."),
        (Cooling(2.1), "Not so fast; please ask again in 3 seconds."),
        (
            NoSuchArticle(),
            "There is no article of that name; choose one from the list that comes up while typing.",
        ),
        (NotKept(), "I no longer have this answer. Please ask again."),
        (Withdrawn(), "Source withdrawn: the article is no longer there, or says something else by now."),
        (Closed(), "I am being restarted. Please ask again in a minute."),
        (app_commands.NoPrivateMessage(), "This works in a server only."),
        (commands.NoPrivateMessage(), "This works in a server only."),
        (app_commands.MissingPermissions(["manage_guild"]), "You are not allowed to do this here."),
        (commands.MissingPermissions(["manage_guild"]), "You are not allowed to do this here."),
        (
            app_commands.CommandNotFound("ask", []),
            "This command has changed. Please try again in a few minutes.",
        ),
        (
            commands.BadArgument("x"),
            "Something is missing, or written in a way that I do not understand.",
        ),
    ],
)
def test_what_is_expected_is_said_in_a_sentence(error: Exception, text: str):
    """Each error that people meet in the ordinary course of things has its own words."""
    assert explained(error, ENGLISH) == text


def test_a_question_that_cannot_be_asked_is_explained_escaped():
    """The reason comes from the Answerer and may hold what would be markup here."""
    assert explained(QuestionError("no *stars*"), ENGLISH) == r"I cannot ask that: no \*stars\*"


@pytest.mark.parametrize("error", [StoreUnusable("the disk /srv is full"), ValueError("secret")])
def test_what_is_the_operators_business_is_not_explained(error: Exception):
    """Paths, and texts of exceptions that nobody foresaw, are not for people in a chat."""
    assert explained(error, ENGLISH) is None
