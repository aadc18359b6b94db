"""Articles -> Discord embeds: lists of them, one of them, and the head that its passages carry too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from index.sentences import display_title
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
    """A row of the list of articles: what it is and, where a member added it, who and when."""

    article: ArticleSummary
    contribution: Contribution | None


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
    article: Article, contribution: Contribution | None, words: Words, story: Sequence[Article] = ()
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
        card.field(words("File"), escape(contribution.name))
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
    return f"{line}\n{small(remark)}"
