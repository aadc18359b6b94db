"""Articles -> Discord embeds: lists of them, one of them, and the head that its passages carry too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from index.sentences import display_title
from index.sources.web.links import is_link
from index.types import Article, ArticleSummary

from ..keep.kept import Contribution
from ..languages import Words
from .budget import Card
from .citing import ago, day, link_to, safe_link, source
from .text import beginning, cut, escape, small

ARTICLES_A_PAGE = 10
BLUE = 0x4E7AC7
_LONGEST_BEGINNING = 1500
_MOST_OF_A_STORY = 5


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """A row of the list of articles: what it is, and who added it when, or which feed."""

    article: ArticleSummary
    contribution: Contribution | None
    feed: str | None = None
    """The name of the feed that it came by, if nobody added it."""


def articles_embed(rows: Sequence[ListedArticle], page: int, pages: int, words: Words) -> discord.Embed:
    """One page of the articles, with who added what and when; pages count from 1."""
    card = Card(BLUE, title=words("Articles"), footer=page_of(page, pages, words))
    if not rows:
        card.add(words("There are no articles yet."))
    full, short = (
        [_row(row, words, linked=linked) for row in rows[:ARTICLES_A_PAGE]] for linked in (True, False)
    )
    card.add("\n".join(full), "\n".join(short))
    return card.embed()


def article_embed(
    article: Article,
    contribution: Contribution | None,
    words: Words,
    story: Sequence[Article] = (),
    feed: str | None = None,
) -> discord.Embed:
    """One article: its beginning, where else its story is, and what is known of it."""
    card = about(article.title, article.text, article.url)
    card.add(beginning(article.text, _LONGEST_BEGINNING, lines=True))
    if story:
        _add_story(card, story, words)
    if article.date:
        card.field(words("Published"), day(article.date))
    if article.authors:
        card.field(words("Written by"), escape(", ".join(article.authors)))
    if contribution is not None:
        card.field(words("Added"), f"<@{contribution.user}> {ago(contribution.added_at)}")
        name = words("Link") if is_link(contribution.name) else words("File")
        card.field(name, escape(contribution.name))
    elif feed is not None:
        card.field(words("Feed"), escape(feed))
    card.field(words("Id"), escape(article.id))
    return card.embed()


def _add_story(card: Card, story: Sequence[Article], words: Words) -> None:
    also_in = words.count("also in {n} other", "also in {n} others", len(story))
    full, short = (
        [small(also_in), *(source(one, linked=linked) for one in story[:_MOST_OF_A_STORY])]
        for linked in (True, False)
    )
    card.add("\n".join(full), "\n".join(short))


def about(title: str | None, text: str, url: str | None) -> Card:
    """The card of an article, with its title and link."""
    return Card(BLUE, title=escape(display_title(title, text)), url=safe_link(url))


def page_of(page: int, pages: int, words: Words) -> str:
    """What stands at the bottom of a page, if there are several."""
    return words("Page {page} of {pages}", page=page, pages=pages) if pages > 1 else ""


def samples_text(words: Words) -> str:
    """That what is shown is made up, and when that ends."""
    return words("There are no articles yet: Byline’s sample articles answer.")


def _row(row: ListedArticle, words: Words, *, linked: bool) -> str:
    """Title, link and day, and below them who added it when, and its id."""
    article, by = row.article, row.contribution
    line = link_to(article.title, article.url if linked else None)
    if article.published:
        line += f" – {day(article.published[:10])}"
    remark = cut(escape(article.id), 80)
    if by is not None:
        added = words("added by {who} {when}", who=f"<@{by.user}>", when=ago(by.added_at))
        remark = f"{added} · {cut(escape(by.name), 60)} · {remark}"
    elif row.feed is not None:
        when = ago(datetime.fromisoformat(article.added_at).timestamp())
        came = words("from the feed {feed} {when}", feed=cut(escape(row.feed), 60), when=when)
        remark = f"{came} · {remark}"
    return f"{line}\n{small(remark)}"
