"""`/help`: how to ask, and what else there is."""

from __future__ import annotations

import discord

from ...settings import DiscordSettings
from ..languages import Words
from ..show.budget import Card
from ..show.listing import BLUE
from ..show.text import escape


def guide_embed(settings: DiscordSettings, words: Words, *, manages: bool) -> discord.Embed:
    """The guide, for those who manage the server with what they can do besides."""
    card = Card(BLUE, title=words("Ask me"))
    card.add(
        words(
            "I answer questions from articles, in their own words, and show where I read it. When the "
            "articles don’t say, I say so and show the closest passages."
        )
    )
    card.field(words("How to ask"), _ways(settings, words), inline=False)
    card.field(
        words("Below an answer"),
        words(
            "**Quote** shows the passage around it, **More** what else was found, **Follow up** asks on. "
            "**Good** and **Wrong** help to make answers better."
        ),
        inline=False,
    )
    if manages:
        card.field(words("For those who manage this server"), _managing(words), inline=False)
    card.field(
        words("What I keep"),
        words.count(
            "Your question and my answer, for {n} day. /forget me deletes yours at once.",
            "Your question and my answer, for {n} days. /forget me deletes yours at once.",
            settings.retention_days,
        ),
        inline=False,
    )
    return card.embed()


def _ways(settings: DiscordSettings, words: Words) -> str:
    ways = [
        words("`/ask`, with a day or an article to narrow it, for all to see or for you alone"),
        words("mention me and ask, or write to me directly"),
        words("the menu of a message, under Apps: its text is the question"),
        words("reply to my answer with the mention left on, to ask on"),
    ]
    if settings.message_content:
        ways.append(words("{command} and your question", command=f"{escape(settings.prefix)}ask"))
    return "\n".join(f"- {way}" for way in ways)


def _managing(words: Words) -> str:
    ways = [
        words("`/articles` adds, lists, shows and removes articles of this server"),
        words("`/articles feed` follows feeds, whose articles are added by themselves"),
        words("`/settings` chooses the channels I answer in, and who sees the answers"),
        words("`/forget server` deletes all that I keep of this server"),
    ]
    return "\n".join(f"- {way}" for way in ways)
