"""Answers, quotes and candidates -> Discord embeds.

All goes into embeds: mentions in them never ping, and links in them get no preview. Text of articles
and people is escaped in these functions and nowhere before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import discord
from babel.dates import format_skeleton

from index.types import Passage

from ...resolve import says_year
from ...types import Alternative, Answer, Citation
from ..keep.kept import Offer
from ..languages import Words
from .budget import Card
from .citing import day, excerpt, in_context, quoted, source
from .listing import BLUE, about, page_of, samples_text
from .text import beginning, bold, small

OFFERS_A_PAGE = 3

_GREEN = 0x2D9D78
_GREY = 0x80848E
_MOST_SHOWN = 3
"""Citations, and conflicts, and closest passages."""
_LONGEST_ANSWER = 3600
"""So much that at least one source fits below it."""
_LONGEST_OTHER = 500
_LONGEST_QUOTE = 700
_SHORT_QUOTE = 300
_CONFLICT_ROOM = 400
_LONGEST_CONTEXT = 3600


def answer_embed(answer: Answer, words: Words, *, is_of_samples: bool = False) -> discord.Embed:
    """The answer, its quote and where it stands; or that the articles do not say, and what is closest."""
    if answer.answer is None:
        card = Card(_GREY)
        _add_closest(card, answer.closest[:_MOST_SHOWN], words)
    else:
        card = Card(_GREEN)
        card.add(_headline(answer.answer, answer.resolved, answer.confidence, words))
        _add_citations(card, answer, words)
        for conflict in answer.conflicts[:_MOST_SHOWN]:
            _add_conflict(card, answer.citations[:1], conflict, words)
    left_out = answer.undated_left_out
    if left_out:
        remark = words.count(
            "{n} article without a date left out", "{n} articles without a date left out", left_out
        )
        card.add(small(remark))
    if is_of_samples:
        card.add(small(samples_text(words)))
    return card.embed()


def quote_embed(citation: Citation, passage: Passage, words: Words) -> discord.Embed:
    """The passage in its context, the answer marked in it."""
    article = citation.article
    card = about(article.title, article.text, article.url)
    card.add(in_context(citation, passage, _LONGEST_CONTEXT))
    if article.date:
        card.add(words("Published {day}", day=day(article.date)))
    return card.embed()


def candidates_embed(
    offers: Sequence[tuple[Offer, Citation | None]], page: int, pages: int, words: Words
) -> discord.Embed:
    """One page of the candidates that were not chosen; pages count from 1.

    An offer without a citation is one whose article is gone, or says something else by now.
    """
    card = Card(BLUE, title=words("What else was found"), footer=page_of(page, pages, words))
    if not offers:
        card.add(words("Nothing else was found."))
    for offer, citation in offers:
        if citation is None:
            # Who withdrew the article withdrew its words.
            card.add(small(words("source withdrawn")))
            continue
        line = bold(beginning(offer.answer, _LONGEST_OTHER))
        if offer.confidence is not None:
            line += f" · {_confidence(offer.confidence, words)}"
        card.add(line)
        card.add(*_cited(citation, offer.answer, words), gap="\n")
    return card.embed()


def _headline(answer: str, resolved: str | None, confidence: float | None, words: Words) -> str:
    line = bold(beginning(answer, _LONGEST_ANSWER))
    if resolved is not None and not says_year(answer, resolved):
        line += f" ({_resolved_date(resolved, words)})"
    if confidence is not None:
        line += f" · {_confidence(confidence, words)}"
    return line


def _resolved_date(resolved: str, words: Words) -> str:
    """`2021-10-05` as `5 October 2021`, `2021-10` as `October 2021`, in the reader's language."""
    if len(resolved) == 10:
        return words.day(date.fromisoformat(resolved))
    if len(resolved) == 7:
        return format_skeleton("yMMMM", date.fromisoformat(f"{resolved}-01"), locale=words.locale)
    return resolved


def _confidence(confidence: float, words: Words) -> str:
    if confidence >= 0.9:
        return words("very sure")
    if confidence >= 0.75:
        return words("sure")
    # What else was found, or a low threshold lets through, need not be likely.
    return words("fairly sure") if confidence >= 0.5 else words("not sure")


def _add_citations(card: Card, answer: Answer, words: Words) -> None:
    """The citations, the first with a long quote, and how many there are besides those shown."""
    shown = 0
    for citation in answer.citations[:_MOST_SHOWN]:
        # What speaks against the answer is worth more than a second voice for it.
        spare = _CONFLICT_ROOM * len(answer.conflicts[:_MOST_SHOWN]) if shown else 0
        shown += card.add(*_cited(citation, answer.answer, words), spare=spare)
    others = len(answer.citations) - shown
    if others:
        card.add(small(words.count("{n} other article says so", "{n} other articles say so", others)))


def _cited(citation: Citation, answer: str | None, words: Words) -> list[str]:
    """The quote, unless it is the answer over again, and its source: in full, shorter and short."""
    below = _source(citation, words)
    if citation.quote == answer:
        return [below, source(citation.article, linked=False)]
    return [
        f"> {quoted(citation, _LONGEST_QUOTE)}\n{below}",
        f"> {quoted(citation, _SHORT_QUOTE)}\n{below}",
        f"> {quoted(citation, _SHORT_QUOTE)}\n{source(citation.article, linked=False)}",
        source(citation.article, linked=False),
    ]


def _source(citation: Citation, words: Words) -> str:
    line = source(citation.article)
    if not citation.also_in:
        return line
    also_in = words.count("also in {n} other", "also in {n} others", len(citation.also_in))
    return f"{line}\n{small(also_in)}"


def _add_conflict(card: Card, cited: Sequence[Citation], conflict: Alternative, words: Words) -> None:
    """What another article says instead, and whether it is the earlier or the later one."""
    other = conflict.citation.article.date
    ours = cited[0].article.date if cited else None
    answer = bold(beginning(conflict.answer, _LONGEST_OTHER))
    line = words("Another article says {answer}", answer=answer)
    if ours and other and other < ours:
        line = words("An earlier article said {answer}", answer=answer)
    elif ours and other and other > ours:
        line = words("A later article says {answer}", answer=answer)
    card.add(*(f"{line}\n{below}" for below in _cited(conflict.citation, conflict.answer, words)), line)


def _add_closest(card: Card, closest: Sequence[Citation], words: Words) -> None:
    card.add(bold(words("The articles don’t say.")))
    if closest:
        card.add(words("The closest passages:"), gap="\n")
    else:
        card.add(words("I found no article to read for this."), gap="\n")
    for _, group in groupby(closest, lambda citation: (citation.article.id, citation.also_in)):
        citations = list(group)
        below = _source(citations[0], words)
        card.add(
            "\n\n".join(f"> {excerpt(citation, _SHORT_QUOTE)}" for citation in citations) + f"\n{below}",
            below,
        )
