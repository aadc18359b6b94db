"""Answers as Discord embeds: what is shown, in which words, within which limits, and nothing besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.keep.kept import Contribution, Offer, place_of
from bot.chat.languages import words
from bot.chat.show.listing import ListedArticle, article_embed, articles_embed
from bot.chat.show.render import answer_embed, candidates_embed, quote_embed
from bot.chat.show.text import escape, units
from bot.types import Alternative, Answer, Citation, Timings
from index.types import Article, ArticleSummary, Passage

from ..hostile import texts
from ..markdown import Shown, shown

ENGLISH = words("en")
FILM = "Ilsa Marrow directed the film."
SOURCE = Article("a", FILM, "The film", "https://example.org/film", "2024-02-01T09:00:00")
SOURCE_LINE = "[The film](https://example.org/film) – <t:1706788800:D>"

MakeAnswer = Callable[..., Answer]
MakeCitation = Callable[..., Citation]


def lines(embed: discord.Embed) -> list[str]:
    """The lines of the description."""
    return (embed.description or "").split("\n")


# --- an answer ------------------------------------------------------------------------------------


def test_an_answer_within_a_sentence(answer: MakeAnswer, citation: MakeCitation) -> None:
    """The words in bold and how sure, the quote with the words marked, title, link and day."""
    found = answer(
        answer="Ilsa Marrow", confidence=0.93, citations=(citation(FILM, "Ilsa Marrow", article=SOURCE),)
    )
    assert answer_embed(found, ENGLISH).to_dict() == {
        "type": "rich",
        "flags": 0,
        "color": 0x2D9D78,
        "description": "**Ilsa Marrow** · very sure\n\n> **Ilsa Marrow** directed the film.\n" + SOURCE_LINE,
    }


def test_an_answer_that_is_its_whole_sentence(answer: MakeAnswer, citation: MakeCitation) -> None:
    """It is not said twice."""
    found = answer(answer=FILM, citations=(citation(FILM, article=SOURCE),))
    assert lines(answer_embed(found, ENGLISH)) == ["**Ilsa Marrow directed the film.**", "", SOURCE_LINE]


def test_an_answer_over_two_lines(answer: MakeAnswer, citation: MakeCitation) -> None:
    """Line breaks of the article break neither the answer nor its quote."""
    text = "It was\nIlsa\nMarrow\nof Quill.\n\nShe said so."
    article = Article("a", text, "T")
    found = answer(answer="Ilsa\nMarrow", citations=(citation(text, "Ilsa\nMarrow", article=article),))
    assert lines(answer_embed(found, ENGLISH)) == [
        "**Ilsa Marrow**",
        "",
        "> It was **Ilsa Marrow** of Quill. She said so.",
        "T",
    ]


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (1.0, " · very sure"),
        (0.9, " · very sure"),
        (0.899, " · sure"),
        (0.75, " · sure"),
        (0.749, " · fairly sure"),
        (0.5, " · fairly sure"),
        (0.499, " · not sure"),
        (0.0, " · not sure"),
        (None, ""),
    ],
)
def test_confidence(answer: MakeAnswer, confidence: float | None, said: str) -> None:
    """It is said in words, and not at all where there is none."""
    assert lines(answer_embed(answer(answer="So", confidence=confidence), ENGLISH)) == [f"**So**{said}"]


@pytest.mark.parametrize(
    ("resolved", "locale", "said"),
    [
        ("2021-10-05", "en", "5 October 2021"),
        ("2021-10-05", "de", "5. Oktober 2021"),
        ("2021-10", "en", "October 2021"),
        ("2021-10", "es", "octubre de 2021"),
        ("2021", "fr", "2021"),
    ],
)
def test_the_day_that_words_stand_for(answer: MakeAnswer, resolved: str, locale: str, said: str) -> None:
    """It stands in brackets behind the answer, as precise as it is known, in the reader's language."""
    found = answer(answer="on Tuesday", resolved=resolved)
    assert lines(answer_embed(found, words(locale))) == [f"**on Tuesday** ({said})"]


@pytest.mark.parametrize(
    ("said", "resolved"),
    [("2021", "2021"), ("Tuesday, October 5, 2021", "2021-10-05"), ("in October 2021", "2021-10")],
)
def test_a_day_that_the_words_say_themselves(answer: MakeAnswer, said: str, resolved: str) -> None:
    """It is not said twice."""
    assert lines(answer_embed(answer(answer=said, resolved=resolved), ENGLISH)) == [f"**{said}**"]


@pytest.mark.parametrize("said", ["So", None])
def test_the_samples(answer: MakeAnswer, said: str | None) -> None:
    """Where Byline's own articles stand in, what they say is not to be taken for news."""
    found = lines(answer_embed(answer(answer=said), ENGLISH, is_of_samples=True))
    assert found[-1] == "-# There are no articles yet: Byline’s sample articles answer."


def test_several_articles_that_say_it(answer: MakeAnswer, citation: MakeCitation) -> None:
    """Three are shown, each with its quote; the others are counted."""
    cited = citation(FILM, "Ilsa Marrow", article=SOURCE)
    block = ["", "> **Ilsa Marrow** directed the film.", SOURCE_LINE]
    four, five = (answer(answer="Ilsa Marrow", citations=(cited,) * count) for count in (4, 5))
    assert lines(answer_embed(four, ENGLISH)) == [
        "**Ilsa Marrow**", *block, *block, *block, "", "-# 1 other article says so"
    ]  # fmt: skip
    assert lines(answer_embed(five, ENGLISH))[-1] == "-# 2 other articles say so"


@pytest.mark.parametrize(("copies", "said"), [(1, "-# also in 1 other"), (3, "-# also in 3 others")])
def test_near_copies(answer: MakeAnswer, citation: MakeCitation, copies: int, said: str) -> None:
    """They are counted below the source."""
    found = answer(answer=FILM, citations=(citation(FILM, article=SOURCE, also_in=(SOURCE,) * copies),))
    assert lines(answer_embed(found, ENGLISH))[2:] == [SOURCE_LINE, said]


@pytest.mark.parametrize(
    ("count", "remark"),
    [(1, "-# 1 article without a date left out"), (1234, "-# 1,234 articles without a date left out")],
)
def test_articles_without_a_date(answer: MakeAnswer, count: int, remark: str) -> None:
    """How many a date filter could not judge is said last."""
    assert lines(answer_embed(answer(answer="So", undated_left_out=count), ENGLISH)) == ["**So**", "", remark]


def test_no_answer(answer: MakeAnswer, citation: MakeCitation) -> None:
    """It says so, and shows the three closest passages, nothing marked in them; a source is named once."""
    more = Article("b", FILM, "More")
    closest = tuple(
        citation(f"Sentence {number}.", article=more if number == 3 else SOURCE) for number in range(1, 5)
    )
    embed = answer_embed(answer(closest=closest, confidence=0.4), ENGLISH)
    assert embed.colour == discord.Colour(0x80848E)
    assert lines(embed) == [
        "**The articles don’t say.**",
        "The closest passages:",
        "",
        "> Sentence 1.",
        "",
        "> Sentence 2.",
        SOURCE_LINE,
        "",
        "> Sentence 3.",
        "More",
    ]


def test_no_answer_and_nothing_close(answer: MakeAnswer) -> None:
    """It says that there was nothing to read, as of days that no article is from."""
    assert lines(answer_embed(answer(), ENGLISH)) == [
        "**The articles don’t say.**",
        "I found no article to read for this.",
    ]


def test_a_long_closest_passage(answer: MakeAnswer, citation: MakeCitation) -> None:
    """It is shown from its best sentence on; from further up if all that follows fits; on one line."""
    text = "Early words came first. " * 19 + "Early words came first.\n\nLate words came last."
    from_the_top = citation(text, "Early words came first.", article=SOURCE)
    from_the_end = citation(text, "Late words came last.", article=SOURCE)
    later = text.replace("Late", "Here they are. Late").replace("last.", "last." + " last." * 60)
    from_the_middle = citation(later, "Here they are.", article=SOURCE)
    found = lines(answer_embed(answer(closest=(from_the_top, from_the_end, from_the_middle)), ENGLISH))
    assert found[3] == "> " + "Early words came first. " * 12 + "…"
    assert found[5] == "> … " + "Early words came first. " * 11 + "Late words came last."
    assert found[7] == "> … Here they are. Late words came" + " last." * 44 + " …"


# --- conflicts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cited", "other", "said"),
    [
        ("2024-02-01", "2024-01-31", "An earlier article said **15 lamps**"),
        ("2024-02-01T09:00:00", "2024-02-02", "A later article says **15 lamps**"),
        ("2024-02-01T09:00:00", "2024-02-01T23:00:00", "Another article says **15 lamps**"),
        ("2024-02-01", None, "Another article says **15 lamps**"),
        (None, "2024-02-01", "Another article says **15 lamps**"),
    ],
)
def test_a_conflict(
    answer: MakeAnswer, citation: MakeCitation, cited: str | None, other: str | None, said: str
) -> None:
    """It comes after the answer: whether it is older or newer, what it says, where."""
    ours, theirs = "She lit 14 lamps.", "She lit 15 lamps."
    conflict = citation(theirs, "15 lamps", article=Article("b", theirs, "More", None, other))
    found = answer(
        answer="14 lamps",
        citations=(citation(ours, "14 lamps", article=Article("a", ours, "Lamps", None, cited)),),
        conflicts=(Alternative("15 lamps", 0.5, 0.6, conflict),),
    )
    days = {"2024-01-31": " – <t:1706702400:D>", "2024-02-02": " – <t:1706875200:D>", None: ""}
    assert lines(answer_embed(found, ENGLISH))[5:] == [
        said,
        "> She lit **15 lamps**.",
        f"More{days.get(other, ' – <t:1706788800:D>')}",
    ]


def test_conflicts_come_before_further_citations(answer: MakeAnswer, citation: MakeCitation) -> None:
    """Where there is no room for all, what speaks against the answer is there."""
    sentence = "It was *" + "very " * 200 + "late*."
    source = replace(SOURCE, url="https://example.org/" + "p" * 480)
    cited = citation(sentence, "late", article=source)
    other = Alternative("early", 0.5, 0.6, citation("It was early.", "early", article=source))
    found = answer(answer="late", citations=(cited,) * 3, conflicts=(other,) * 3)
    description = answer_embed(found, ENGLISH).description or ""
    assert description.count("Another article says **early**") == 3
    assert len(description) <= 4096


# --- titles, links, days --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("article", "line"),
    [
        (SOURCE, SOURCE_LINE),
        (Article("a", FILM, "The film"), "The film"),
        (Article("a", FILM, "The film", None, "0999-12-31"), "The film – <t:-30610267200:D>"),
        (Article("a", FILM, None, "https://e.org"), "[Ilsa Marrow directed the film.](https://e.org)"),
        (Article("a", FILM, "word " * 40), "word " * 16 + "word…"),
        (Article("a", FILM, "A *b* _c_", "http://e.org"), r"[A \*b\* \_c\_](http://e.org)"),
        (Article("a", FILM, "A", "https://e.org/a_(b)"), "[A](https://e.org/a_%28b%29)"),
        (Article("a", FILM, "A", "https://e.org/'\"<*|`"), "[A](https://e.org/%27%22%3C%2A%7C%60)"),
        (Article("a", FILM, "A", "https://e.org/@everyone"), "[A](https://e.org/%40everyone)"),
        (Article("a", FILM, "[Film] A", "https://e.org/"), r"\[Film\] A ([→](https://e.org/))"),
        (
            Article("a", FILM, "See https://x.org", "https://e.org/"),
            r"See https\://x.org ([→](https://e.org/))",
        ),
        (Article("a", FILM, "discord.gg/abc", "https://e.org/"), r"discord\.gg/abc ([→](https://e.org/))"),
        (Article("a", FILM, "\u200b", "https://e.org/"), "[–](https://e.org/)"),
        (Article("a", FILM, "A", "HTTPS://E.org/B"), "[A](https://E.org/B)"),
        (Article("a", FILM, "A", "javascript:alert(1)"), "A"),
        (Article("a", FILM, "A", "https:///path"), "A"),
        (Article("a", FILM, "A", "https://[::1"), "A"),
        (Article("a", FILM, "A", "https://bank.example@evil.example/"), "A"),
        (Article("a", FILM, "A", "https://discord.gg/abc"), "A"),
        (Article("a", FILM, "A", "https://ptb.Discord.com/invite/abc"), "A"),
        (Article("a", FILM, "A", "https://e.org/a b"), "A"),
        (Article("a", FILM, "A", "https://e.org/" + "p" * 498), "[A](https://e.org/" + "p" * 498 + ")"),
        (Article("a", FILM, "A", "https://e.org/" + "p" * 499), "A"),
    ],
)
def test_source(answer: MakeAnswer, citation: MakeCitation, article: Article, line: str) -> None:
    """Title or first sentence, linked where the link is one to a page, and the day."""
    found = answer(answer=FILM, citations=(citation(FILM, article=article),))
    assert lines(answer_embed(found, ENGLISH))[2:] == [line]


# --- quotes ---------------------------------------------------------------------------------------


def test_a_long_quote_is_cut_on_both_sides(answer: MakeAnswer, citation: MakeCitation) -> None:
    """The answer stands in the middle, whole and marked."""
    text = "one " * 300 + "answer " + "two " * 300
    found = answer(answer="answer", citations=(citation(text, "answer", article=SOURCE),))
    quote = lines(answer_embed(found, ENGLISH))[2]
    assert quote == "> …" + "one " * 86 + "**answer** " + "two " * 85 + "two…"


CONTEXT = "Before it rained.\n\nThe film was long. Ilsa Marrow directed it.\nSo it was.\n\nAfter it snowed."


def in_passage(answer: str) -> tuple[Citation, Passage]:
    """A citation of the second sentence of the middle paragraph, and that paragraph as its passage."""
    start, end = CONTEXT.index("The film"), CONTEXT.index("\n\nAfter")
    quote = "Ilsa Marrow directed it."
    place = quote.index(answer)
    article = Article("a", CONTEXT, "The *film*", "https://example.org/film", "2024-02-01")
    begin = CONTEXT.index(quote)
    cited = Citation(quote, begin, begin + len(quote), place, place + len(answer), 0.5, "1", article)
    return cited, Passage("a", start, end, CONTEXT[start:end])


def test_a_quote_in_its_context() -> None:
    """The passage as a block quote with the answer in bold, what comes before and after, the source."""
    assert quote_embed(*in_passage("Ilsa Marrow"), ENGLISH).to_dict() == {
        "type": "rich",
        "flags": 0,
        "color": 0x4E7AC7,
        "title": r"The \*film\*",
        "url": "https://example.org/film",
        "description": "Before it rained.\n"
        "> The film was long. **Ilsa Marrow** directed it.\n"
        "> So it was.\n"
        "After it snowed.\n\n"
        "Published <t:1706788800:D>",
    }


def test_a_quote_without_an_answer() -> None:
    """Of the closest passages nothing is marked."""
    embed = quote_embed(*in_passage(""), ENGLISH)
    assert lines(embed)[1] == "> The film was long. Ilsa Marrow directed it."


def test_a_quote_at_the_beginning_of_a_paragraph() -> None:
    """The line break before the answer stays."""
    text = "It rained.\n\nIlsa Marrow directed it."
    article = Article("a", text, "T")
    cited = Citation("Ilsa Marrow directed it.", 12, 36, 0, 11, 0.5, "1", article)
    embed = quote_embed(cited, Passage("a", 0, 36, text), ENGLISH)
    assert lines(embed) == ["> It rained.", "> **Ilsa Marrow** directed it."]


# --- the other candidates -------------------------------------------------------------------------


def test_candidates(citation: MakeCitation) -> None:
    """Each with how sure it is, its quote and its source; a withdrawn one says nothing but that."""
    cited = citation(FILM, "Ilsa Marrow", article=SOURCE)
    sure = Offer("Ilsa Marrow", 0.8, place_of(cited))
    whole = Offer(FILM, None, place_of(cited))
    embed = candidates_embed(
        [(sure, cited), (sure, None), (whole, citation(FILM, article=SOURCE))], 2, 3, ENGLISH
    )
    assert (embed.title, embed.footer.text) == ("What else was found", "Page 2 of 3")
    assert lines(embed) == [
        "**Ilsa Marrow** · sure",
        "> **Ilsa Marrow** directed the film.",
        SOURCE_LINE,
        "",
        "-# source withdrawn",
        "",
        "**Ilsa Marrow directed the film.**",
        SOURCE_LINE,
    ]


def test_no_candidates() -> None:
    """It says so; one page needs no number."""
    embed = candidates_embed([], 1, 1, ENGLISH)
    assert (embed.description, embed.footer.text) == ("Nothing else was found.", None)


# --- articles -------------------------------------------------------------------------------------

SUMMARY = ArticleSummary("a1", "The film", "https://example.org/film", "2024-02-01T09:00", None, None, "x", 1)
ADDED = Contribution("a1", 7, 1700000000.0, "f_1.txt")


def test_articles() -> None:
    """Title, link and day; who added it when from which file, where somebody did; the id."""
    undated = replace(SUMMARY, id="a2", url=None, published=None)
    rows = [ListedArticle(SUMMARY, ADDED), ListedArticle(undated, None)]
    embed = articles_embed(rows, 1, 2, ENGLISH)
    assert (embed.title, embed.footer.text) == ("Articles", "Page 1 of 2")
    assert lines(embed) == [
        SOURCE_LINE,
        r"-# added by <@7> <t:1700000000:R> · f\_1.txt · a1",
        "The film",
        "-# a2",
    ]


def test_ten_articles_with_long_links() -> None:
    """The links go when not all fit."""
    long = replace(SUMMARY, url="https://example.org/" + "p" * 450)
    embed = articles_embed([ListedArticle(long, ADDED)] * 10, 1, 1, ENGLISH)
    assert lines(embed)[::2] == ["The film – <t:1706788800:D>"] * 10


def test_no_articles() -> None:
    """It says so."""
    assert articles_embed([], 1, 1, ENGLISH).description == "There are no articles yet."


def test_an_article() -> None:
    """Its beginning with its paragraphs, and what is known of it."""
    article = Article("a1", "# One.\n\nTwo.", "The film", "https://e.org", "2024-02-01", ("Ann *A*", "Bo"))
    assert article_embed(article, ADDED, ENGLISH).to_dict() == {
        "type": "rich",
        "flags": 0,
        "color": 0x4E7AC7,
        "title": "The film",
        "url": "https://e.org",
        "description": "\\# One.\n\nTwo.",
        "fields": [
            {"name": "Published", "value": "<t:1706788800:D>", "inline": True},
            {"name": "Written by", "value": r"Ann \*A\*, Bo", "inline": True},
            {"name": "Added", "value": "<@7> <t:1700000000:R>", "inline": True},
            {"name": "File", "value": r"f\_1.txt", "inline": True},
            {"name": "Id", "value": "a1", "inline": True},
        ],
    }


def test_an_article_and_its_story() -> None:
    """Below its beginning, in how many others it is, and the first five with their links."""
    article = Article("a1", "One.", "The film", "https://e.org")
    others = [Article(f"b{n}", "One.", f"Film {n}", f"https://e.org/{n}", "2024-02-01") for n in range(1, 8)]
    assert lines(article_embed(article, None, ENGLISH, others[:1])) == [
        "One.",
        "",
        "-# also in 1 other",
        "[Film 1](https://e.org/1) – <t:1706788800:D>",
    ]
    shown = lines(article_embed(article, None, ENGLISH, others))
    assert (len(shown), shown[2], shown[-1]) == (
        8,
        "-# also in 7 others",
        "[Film 5](https://e.org/5) – <t:1706788800:D>",
    )


def test_an_article_and_its_story_without_room() -> None:
    """The links go when not all fit."""
    article = Article("a1", "One. " * 400, "The film")
    others = [Article(f"b{n}", "One.", f"Film {n}", "https://e.org/" + "p" * 500) for n in range(5)]
    shown = lines(article_embed(article, None, ENGLISH, others))
    assert shown[-6:] == ["-# also in 5 others", "Film 0", "Film 1", "Film 2", "Film 3", "Film 4"]


# --- whatever strangers write ---------------------------------------------------------------------

urls = st.one_of(
    st.none(),
    texts(3).map(lambda text: "https://example.org/" + text),
    st.sampled_from(["https://example.org/a_(b)_[c]|d*e*", "https://" + "x" * 600, "https://discord.gg/a"]),
    texts(3),
)
days = st.one_of(st.none(), st.dates().map(lambda day: day.isoformat()))
long_texts = st.builds(lambda text, times: text * times, texts(), st.sampled_from([1, 1, 2, 30, 1500]))
locales = st.sampled_from(["en", "de", "es", "fr"])


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """A part of an article with a part of it marked."""
    text = draw(long_texts)
    bounds = sorted(draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    start, answer_start, answer_end, end = bounds
    article = Article(draw(texts(3)), text, draw(st.none() | long_texts), draw(urls), draw(days))
    return Citation(
        text[start:end], start, end, answer_start - start, answer_end - start, 0.5, "1", article,
        (article,) * draw(st.integers(0, 2)),
    )  # fmt: skip


def marked(citation: Citation) -> str:
    """The words of a citation that answer."""
    return citation.quote[citation.answer_start : citation.answer_end]


confidences = st.none() | st.floats(0, 1)
alternatives = st.builds(
    lambda citation, confidence: Alternative(marked(citation), 0.5, confidence, citation),
    citations(),
    confidences,
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any answer, or none."""
    cited = tuple(draw(st.lists(citations(), min_size=1, max_size=5)))
    known = draw(st.booleans())
    return Answer(
        id="0" * 32,
        question=draw(texts()),
        answer=marked(cited[0]) if known else None,
        resolved=draw(st.sampled_from([None, "2021", "2021-10", "2021-10-05"])),
        confidence=draw(confidences),
        score=None,
        citations=cited if known else (),
        closest=() if known else cited,
        alternatives=(),
        conflicts=tuple(draw(st.lists(alternatives, max_size=4))) if known else (),
        undated_left_out=draw(st.integers(0, 2)),
        spans=(),
        hits=(),
        timings_ms=Timings(encode=0, retrieve=0, read=0, total=0),
    )


def hold(embed: discord.Embed, allowed: set[str], *, users: tuple[str, ...] = ()) -> Shown:
    """Check an embed against Discord's limits and for markup that is not ours; what is seen of it."""
    title, description, footer = embed.title or "", embed.description or "", embed.footer.text or ""
    sizes = [units(title), units(description), units(footer)]
    assert (sizes[0] <= 256, sizes[1] <= 4096, sizes[2] <= 2048) == (True, True, True)
    assert len(embed.fields) <= 25
    for field in embed.fields:
        assert 1 <= units(field.name or "") <= 256
        assert 1 <= units(field.value or "") <= 1024
        sizes += [units(field.name or ""), units(field.value or "")]
    assert sum(sizes) <= 6000
    assert units(embed.author.name or "") == 0
    for text in (title, *(field.name or "" for field in embed.fields)):
        seen = shown(text)
        assert (seen.pings, seen.alarms, seen.bold, seen.links, seen.entities) == ([], [], [], [], [])
    for text in (description, *(field.value or "" for field in embed.fields)):
        seen = shown(text)
        assert seen.alarms == []
        assert [ping for ping in seen.pings if ping not in users] == []
        assert [
            entity for entity in seen.entities if not entity.startswith("<t:") and entity not in users
        ] == []
        for link in seen.links:
            assert link.startswith(("http://", "https://"))
            assert unquote(link) in allowed
    if embed.url is not None:
        assert unquote(embed.url) in allowed
    return shown(description)


def links_of(*articles: Article) -> set[str]:
    """What these articles' links say."""
    links = {unquote(article.url) for article in articles if article.url}
    return links | {link.replace("HTTP:", "http:", 1) for link in links}


def words_of(text: str) -> str:
    """What is seen of a stranger's text."""
    return shown(escape(text)).text


@settings(deadline=None)
@given(answers(), locales)
def test_any_answer(answer: Answer, locale: str) -> None:
    """It keeps to Discord's limits, holds no markup of the article's, and its words are whole if they fit."""
    embed = answer_embed(answer, words(locale))
    cited = [*answer.citations, *answer.closest, *(conflict.citation for conflict in answer.conflicts)]
    seen = hold(embed, links_of(*(citation.article for citation in cited)))
    if answer.answer is not None and words_of(answer.answer):
        whole = words_of(answer.answer)
        if units(escape(answer.answer)) <= 3600:
            assert seen.bold[0] == whole
        else:
            assert whole.startswith(seen.bold[0].removesuffix("…").rstrip())
            assert units(seen.bold[0]) > 1700


@settings(deadline=None)
@given(citations(), locales, st.data())
def test_any_quote(citation: Citation, locale: str, data: st.DataObject) -> None:
    """The same for a passage in its context, and the answer is marked in it."""
    text = citation.article.text
    start = data.draw(st.integers(0, citation.start))
    end = data.draw(st.integers(citation.end, len(text)))
    passage = Passage("a", start, end, text[start:end])
    seen = hold(quote_embed(citation, passage, words(locale)), links_of(citation.article))
    answer = words_of(marked(citation))
    if answer and units(escape(marked(citation))) <= 1800:
        assert seen.bold == [answer]


@settings(deadline=None)
@given(st.lists(alternatives, max_size=3), st.sets(st.integers(0, 2)), locales, st.integers(1, 10**9))
def test_any_candidates(found: list[Alternative], gone: set[int], locale: str, page: int) -> None:
    """The same for the other candidates, and each is named or said to be withdrawn."""
    offers = [
        (Offer(other.answer, other.confidence, place_of(other.citation)), other.citation) for other in found
    ]
    rows = [(offer, None if place in gone else cited) for place, (offer, cited) in enumerate(offers)]
    embed = candidates_embed(rows, page, 10**9, words(locale))
    seen = hold(embed, links_of(*(other.citation.article for other in found)))
    there = [other for place, other in enumerate(found) if place not in gone]
    for other in there:
        if words_of(other.answer) and units(escape(other.answer)) <= 500:
            assert words_of(other.answer) in seen.bold


@settings(deadline=None)
@given(st.lists(citations(), min_size=1, max_size=3), texts(), st.sampled_from([1, 4]), locales)
def test_any_articles(found: list[Citation], name: str, times: int, locale: str) -> None:
    """The same for lists of articles and for each article."""
    articles = [citation.article for citation in found]
    added = Contribution("a", 7, 1700000000.5, name * times)
    rows = [
        ListedArticle(ArticleSummary(a.id, a.title or "", a.url, a.published, None, None, "x", 1), added)
        for a in articles * times
    ]
    embed = articles_embed(rows, 1, 10**6, words(locale))
    assert hold(embed, links_of(*articles), users=("<@7>",)).small == min(len(rows), 10)
    for article in articles:
        authored = replace(article, authors=(name,) * times)
        embed = article_embed(authored, added, words(locale), articles)
        hold(embed, links_of(article, *articles), users=("<@7>",))
