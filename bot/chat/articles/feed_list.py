"""The list of a server's feeds, as an embed."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from index.feeds import KeptFeed

from ..languages import Words
from ..show.budget import Card
from ..show.citing import ago, link_to
from ..show.listing import BLUE
from ..show.text import beginning, cut, small
from .reasons import reason_in

_LONGEST_REASON = 120
_LONGEST_LINK = 100
_ROOM_FOR_THE_REST = 60


def feeds_embed(feeds: Sequence[KeptFeed], now: float, words: Words) -> discord.Embed:
    """The feeds, each with who added it and how it stands."""
    card = Card(BLUE, title=words("Feeds"))
    if not feeds:
        card.add(words("No feeds are followed yet."))
    full, short = ([_row(feed, now, words, linked=linked) for feed in feeds] for linked in (True, False))
    # With links where there is room for all of them, else without; what is too much then is counted.
    if card.add("\n".join(full)):
        return card.embed()
    for number, row in enumerate(short):
        if not card.add(row, gap="\n", spare=_ROOM_FOR_THE_REST):
            left = len(feeds) - number
            card.add(words.count("and {n} more", "and {n} more", left), gap="\n")
            break
    return card.embed()


def feed_state(feed: KeptFeed, now: float, words: Words) -> str:
    """How a feed stands: what was wrong, and when it is read again."""
    reason = cut(reason_in(words, feed.problem), _LONGEST_REASON) if feed.problem else ""
    if feed.is_off:
        return words("switched off: {reason}", reason=reason)
    if feed.failures and feed.next_pull_at > now:
        return words("failed: {reason}; again {when}", reason=reason, when=ago(feed.next_pull_at))
    if reason:
        return words("failed: {reason}", reason=reason)
    if feed.pulled_at is None:
        return words("not read yet")
    return words("last read {when}", when=ago(feed.pulled_at))


def _row(feed: KeptFeed, now: float, words: Words, *, linked: bool) -> str:
    """Its name, and below it how many articles it has, how it stands and who added it."""
    parts = [
        words.count("{n} article", "{n} articles", feed.articles),
        feed_state(feed, now, words),
    ]
    if feed.added_by:
        parts.append(words("added by {who} {when}", who=f"<@{feed.added_by}>", when=ago(feed.added_at)))
    name = (
        link_to(feed.title, feed.link if linked else None)
        if feed.title
        else beginning(feed.link, _LONGEST_LINK)
    )
    return f"{name}\n{small(' · '.join(parts))}"
