"""Answer -> terminal text.

Everything from articles goes through `rich.text.Text`, which takes it literally: an article cannot
style the terminal, and control characters were removed when it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from index.clean import clean_line
from index.sentences import display_title
from index.types import Article, ArticleSummary

from ..resolve import says_year
from ..types import Alternative, Answer, Citation

_MOST_ALSO_IN = 3
_MOST_CLOSEST = 3
_SPACE = re.compile(r"\s+")


def render_answer(answer: Answer) -> RenderableType:
    """The answer, its quote and where it stands; or that the articles do not say, and what is closest."""
    parts: list[RenderableType] = []
    if answer.answer is None:
        parts.append(Text("The articles don’t say.", style="bold yellow"))
        if answer.closest:
            parts.append(Text("The closest passages:", style="dim"))
        # Nothing is marked in them: none of it is an answer.
        closest = answer.closest[:_MOST_CLOSEST]
        parts += [_cited(citation, quote_text(citation, limit=300, style="")) for citation in closest]
    else:
        parts.append(_answer_line(answer.answer, answer.resolved, answer.confidence))
        # Where the answer is its whole sentence, the quote would say it twice.
        parts += [
            _cited(citation, quote_text(citation) if citation.quote != answer.answer else None)
            for citation in answer.citations
        ]
        parts += [_conflict(answer.citations[0].article, conflict) for conflict in answer.conflicts]
    if answer.undated_left_out:
        parts.append(
            Text(f"{plural(answer.undated_left_out, 'article')} without a date left out.", style="dim")
        )
    return Group(*parts)


def _answer_line(words: str, resolved: str | None, confidence: float | None) -> Text:
    line = Text(_SPACE.sub(" ", words), style="bold green")
    if resolved is not None and not says_year(words, resolved):
        line.append(f" ({resolved_date(resolved)})", style="not bold")
    if confidence is not None:
        # Nothing is certain: a probability of .996 is not shown as 100%.
        shown = min(max(confidence, 0.01), 0.99)
        line.append(f" · {shown:.0%} sure", style="not bold dim")
    return line


def resolved_date(resolved: str) -> str:
    """`2021-10-05` as `5 October 2021`, `2021-10` as `October 2021`."""
    if len(resolved) == 10:
        return long_date(resolved)
    return f"{date.fromisoformat(f'{resolved}-01'):%B %Y}" if len(resolved) == 7 else resolved


def _conflict(cited: Article, conflict: Alternative) -> RenderableType:
    """What another article says instead, and whether it is the earlier or the later one."""
    other = conflict.citation.article
    which = "Another"
    if cited.date and other.date and cited.date != other.date:
        which = "An earlier" if other.date < cited.date else "A later"
    says = "says" if which != "An earlier" else "said"
    line = Text.assemble(
        (f"{which} article {says} ", "yellow"), (_SPACE.sub(" ", conflict.answer), "bold yellow")
    )
    return Group(line, _cited(conflict.citation, quote_text(conflict.citation, style="bold yellow")))


def render_more(answer: Answer) -> RenderableType:
    """The other candidates, each with its quote and source."""
    if not answer.alternatives:
        return Text("Nothing else was found.", style="dim")
    citations = (alternative.citation for alternative in answer.alternatives)
    return Group(*(_cited(citation, quote_text(citation)) for citation in citations))


def render_explanation(answer: Answer) -> RenderableType:
    """The table of what was read: ranks, scores, and why each passage did or did not give the answer."""
    # Two collections may use the same passage id, but not for the same article.
    scores = {(span.hit.article.id, span.hit.passage_id): span.score for span in reversed(answer.spans)}
    cited = {(citation.article.id, citation.passage_id) for citation in answer.citations}
    table = plain_table()
    for heading in ("#", "dense", "BM25", "fused", "reader"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("article", ratio=2)
    table.add_column("why", ratio=2)
    for hit in answer.hits:
        place = hit.article.id, hit.passage_id
        score = scores.get(place)
        if place in cited:
            why = "the answer stands here"
        elif score is None:
            why = "not read"
        elif score <= 0:
            why = "does not seem to answer"
        else:
            why = "seems to answer, but " + ("another is surer" if cited else "not surely enough")
        if hit.also_in:
            why += f"; also in {plural(len(hit.also_in), 'other')}"
        table.add_row(
            str(hit.rank),
            _or_dash(hit.dense_rank),
            _or_dash(hit.bm25_rank),
            f"{hit.score:.2f}",
            "–" if score is None else f"{score:.2f}",
            Text(display_title(hit.article.title, hit.article.text)),
            Text(why),
        )
    return table


def render_articles(articles: Iterable[ArticleSummary]) -> RenderableType:
    """A table of articles."""
    table = plain_table()
    table.add_column("id", no_wrap=True)
    table.add_column("published", no_wrap=True)
    table.add_column("title", ratio=3)
    table.add_column("from", ratio=2)
    for article in articles:
        source = clean_line(article.url or article.path or "–")  # a file's name may hold anything
        table.add_row(article.id, (article.published or "–")[:10], Text(article.title), Text(source))
    return table


def plain_table() -> Table:
    """A table without lines but the one under its headings."""
    return Table(box=SIMPLE_HEAD, show_edge=False, header_style="bold", pad_edge=False)


def source_line(article: Article) -> Text:
    """Title, date and link of an article on one line."""
    line = Text(display_title(article.title, article.text), style="bold")
    if article.date:
        line.append(f" · {long_date(article.date)}", style="not bold")
    if article.url:
        line.append(" · ", style="not bold").append(article.url, style=f"not bold blue link {article.url}")
    return line


def long_date(day: str) -> str:
    """`2021-10-06` as `6 October 2021`."""
    when = date.fromisoformat(day)
    return f"{when.day} {when:%B %Y}"


def quote_text(citation: Citation, limit: int = 600, style: str = "bold green") -> Text:
    """The quote on one line with the answer marked; a long one is cut, but never within the answer."""
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    first = max(0, min(start, len(quote) - limit))
    last = max(end, first + limit)
    spaced = quote.replace("\n", " ")
    if first and (space := spaced.find(" ", first - 1, start)) >= 0:
        first = space + 1
    if last < len(quote) and (space := spaced.rfind(" ", end, last + 1)) >= 0:
        last = space
    return Text.assemble(
        "“… " if first else "“",
        _SPACE.sub(" ", quote[first:start]),
        (_SPACE.sub(" ", quote[start:end]), style),
        _SPACE.sub(" ", quote[end:last]),
        " …”" if last < len(quote) else "”",
    )


def _cited(citation: Citation, quote: Text | None) -> RenderableType:
    lines: list[RenderableType] = [quote] if quote is not None else []
    lines.append(source_line(citation.article))
    if citation.also_in:
        titles = [display_title(article.title, article.text) for article in citation.also_in[:_MOST_ALSO_IN]]
        more = len(citation.also_in) - len(titles)
        lines.append(
            Text("also in " + "; ".join(titles) + (f" and {more} more" if more else ""), style="dim")
        )
    return Padding(Group(*lines), (1 if quote is not None else 0, 0, 0, 2), expand=False)


def plural(count: int, noun: str) -> str:
    """`1 article`, `2 articles`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _or_dash(rank: int | None) -> str:
    return "–" if rank is None else str(rank)
