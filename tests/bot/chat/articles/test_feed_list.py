"""The list of feeds, as people see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.articles.feed_list import feed_state, feeds_embed
from bot.chat.languages import words
from bot.chat.show.budget import LARGEST_DESCRIPTION
from index.feeds import KeptFeed

NOW = 1_730_000_000.0
FEED = KeptFeed("http://news.example/feed", "Bay Post", "7", NOW, NOW, 0, None, 0.0, False, 1)
FAILED = replace(FEED, failures=1, problem="it is not there (404)", next_pull_at=NOW + 60)


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        (FEED, "last read <t:1730000000:R>"),
        (replace(FEED, pulled_at=None), "not read yet"),
        (FAILED, "failed: it is not there (404); again <t:1730000060:R>"),
        (replace(FAILED, next_pull_at=NOW), "failed: it is not there (404)"),
        (replace(FAILED, is_off=True), "switched off: it is not there (404)"),
    ],
)
def test_how_a_feed_stands(feed: KeptFeed, said: str) -> None:
    """What is wrong with it comes before when it was read."""
    assert feed_state(feed, NOW, words("en")) == said


def test_a_row() -> None:
    """The name leads to the feed; a feed without a title is called by its link."""
    embed = feeds_embed([replace(FEED, title=None, added_by=None)], NOW, words("en"))
    assert embed.description == ("http\\://news.example/feed\n-# 1 article · last read <t:1730000000:R>")


def test_strangers_titles_are_shown_as_they_stand() -> None:
    """No markup, no mention."""
    embed = feeds_embed([replace(FEED, title="**@everyone** <@1>")], NOW, words("en"))
    assert "@everyone" not in (embed.description or "")
    assert "\\*\\*" in (embed.description or "")


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es"])
def test_more_feeds_than_there_is_room_for(locale: str) -> None:
    """Those that do not fit are counted."""
    feeds = [replace(FAILED, title="Long " * 40, link=f"http://news.example/{'x' * 450}")] * 50
    embed = feeds_embed(feeds, NOW, words(locale))
    shown = (embed.description or "").count("-# ")
    assert 10 < shown < 50
    assert len(embed.description or "") <= LARGEST_DESCRIPTION
    assert str(50 - shown) in (embed.description or "").splitlines()[-1]
