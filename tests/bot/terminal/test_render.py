"""Answers as terminal text: what is shown, in which words, and nothing an article could add to it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from bot.terminal.console import stdout
from bot.terminal.render import (
    long_date,
    quote_text,
    render_answer,
    render_articles,
    render_explanation,
    render_more,
    resolved_date,
    source_line,
)
from bot.types import Alternative, Answer, Citation, Span
from index.types import Article, ArticleSummary, Hit, Passage

FILM = "Ilsa Marrow directed the film."
SOURCE = Article("a", FILM, "The film", "https://example.org/film", "2024-02-01T09:00:00")
HOSTILE = "[bold red]x[/] [link=https://evil.example]y[/link] :smile: [/bold]"


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[[RenderableType], list[str]]:
    """The lines that a pipe gets."""

    def show(renderable: RenderableType) -> list[str]:
        capsys.readouterr()
        stdout().print(renderable)
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return show


def in_terminal(renderable: RenderableType, width: int = 200) -> str:
    """What a terminal of that width gets, with all its colours and links."""
    file = io.StringIO()
    console = Console(
        file=file,
        force_terminal=True,
        color_system="truecolor",
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(renderable)
    return file.getvalue()


Shown = Callable[[RenderableType], list[str]]
MakeAnswer = Callable[..., Answer]
MakeCitation = Callable[..., Citation]


# --- an answer ------------------------------------------------------------------------------------


def test_an_answer_that_is_its_whole_sentence(
    shown: Shown, answer: MakeAnswer, citation: MakeCitation
) -> None:
    """It is not said twice: the answer, then where it stands."""
    found = answer(answer=FILM, citations=(citation(FILM, article=SOURCE),))
    assert shown(render_answer(found)) == [
        "Ilsa Marrow directed the film.",
        "  The film · 1 February 2024 · https://example.org/film",
    ]


def test_an_answer_within_a_sentence(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """The answer, its quote, and where it stands."""
    found = answer(answer="Ilsa Marrow", citations=(citation(FILM, "Ilsa Marrow", article=SOURCE),))
    assert shown(render_answer(found)) == [
        "Ilsa Marrow",
        "",
        "  “Ilsa Marrow directed the film.”",
        "  The film · 1 February 2024 · https://example.org/film",
    ]


def test_an_answer_over_two_lines(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """Line breaks of the article do not break the answer."""
    text = "It was Ilsa\nMarrow."
    found = answer(answer="Ilsa\nMarrow", citations=(citation(text, "Ilsa\nMarrow"),))
    assert shown(render_answer(found)) == [
        "Ilsa Marrow",
        "",
        "  “It was Ilsa Marrow.”",
        "  It was Ilsa Marrow.",
    ]


def test_the_answer_stands_out_in_a_terminal(answer: MakeAnswer, citation: MakeCitation) -> None:
    """Bold and green, also in its quote; the link can be clicked."""
    found = answer(answer="Ilsa Marrow", citations=(citation(FILM, "Ilsa Marrow", article=SOURCE),))
    lines = in_terminal(render_answer(found)).splitlines()
    assert lines[0] == "\x1b[1;32mIlsa Marrow\x1b[0m"
    assert lines[2].rstrip() == "  “\x1b[1;32mIlsa Marrow\x1b[0m directed the film.”"
    assert ";https://example.org/film\x1b\\\x1b[34mhttps://example.org/film\x1b[0m\x1b]8;;\x1b\\" in lines[3]


def test_no_answer(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """It says so, and shows the three closest passages."""
    closest = tuple(citation(f"Sentence {number}.", article=SOURCE) for number in range(1, 5))
    assert shown(render_answer(answer(closest=closest))) == [
        "The articles don’t say.",
        "The closest passages:",
        "",
        "  “Sentence 1.”",
        "  The film · 1 February 2024 · https://example.org/film",
        "",
        "  “Sentence 2.”",
        "  The film · 1 February 2024 · https://example.org/film",
        "",
        "  “Sentence 3.”",
        "  The film · 1 February 2024 · https://example.org/film",
    ]


def test_the_closest_passages_are_cut_short(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """They are whole passages: 300 characters from the best words on are enough, and nothing is marked."""
    text = "Early words. " + "a" * 400
    found = answer(
        closest=(citation(text, "a" * 400, article=SOURCE), citation(text, "Early", article=SOURCE))
    )
    assert shown(render_answer(found))[3::3] == [
        "  “… " + "a" * 400 + "”",
        "  “Early words. …”",
    ]
    assert "\x1b[1;32m" not in in_terminal(render_answer(found), 500)


def test_no_answer_and_nothing_close(shown: Shown, answer: MakeAnswer) -> None:
    """One line."""
    assert shown(render_answer(answer())) == ["The articles don’t say."]


@pytest.mark.parametrize(
    ("confidence", "shown_as"),
    [
        (0.875, "88% sure"),
        (0.5, "50% sure"),
        (1.0, "99% sure"),
        (0.004, "1% sure"),
        (0.0, "1% sure"),
        (0.999, "99% sure"),
    ],
)
def test_confidence(
    shown: Shown, answer: MakeAnswer, citation: MakeCitation, confidence: float, shown_as: str
) -> None:
    """It stands after the answer, in whole per cent; nothing is shown as certain."""
    found = answer(answer=FILM, confidence=confidence, citations=(citation(FILM, article=SOURCE),))
    assert shown(render_answer(found))[0] == f"{FILM} · {shown_as}"


def test_no_confidence_in_no_answer(shown: Shown, answer: MakeAnswer) -> None:
    """How unsure it was is nobody's business but the JSON's."""
    assert shown(render_answer(answer(confidence=0.25))) == ["The articles don’t say."]


@pytest.mark.parametrize(
    ("resolved", "words"),
    [
        ("2021-10-05", "5 October 2021"),
        ("2021-10", "October 2021"),
        ("2021", "2021"),
        ("0999-03", "March 999"),
    ],
)
def test_resolved_date(resolved: str, words: str) -> None:
    """As precise as it is known."""
    assert resolved_date(resolved) == words


def test_the_day_that_words_stand_for(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """It stands in brackets after the article's own words, before the confidence."""
    text = "It was lit on Tuesday."
    found = answer(
        answer="on Tuesday",
        resolved="2021-10-05",
        confidence=0.75,
        citations=(citation(text, "on Tuesday", article=SOURCE),),
    )
    assert shown(render_answer(found))[0] == "on Tuesday (5 October 2021) · 75% sure"
    line = in_terminal(render_answer(found)).splitlines()[0]
    assert line == "\x1b[1;32mon Tuesday\x1b[0m\x1b[32m (5 October 2021)\x1b[0m\x1b[2;32m · 75% sure\x1b[0m"


def test_several_articles_that_say_it(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """Each with its quote and source."""
    second = "It was Ilsa Marrow’s film."
    found = answer(
        answer="Ilsa Marrow",
        citations=(
            citation(FILM, "Ilsa Marrow", article=SOURCE),
            citation(second, "Ilsa Marrow", article=Article("b", second, "More")),
        ),
    )
    assert shown(render_answer(found)) == [
        "Ilsa Marrow",
        "",
        "  “Ilsa Marrow directed the film.”",
        "  The film · 1 February 2024 · https://example.org/film",
        "",
        "  “It was Ilsa Marrow’s film.”",
        "  More",
    ]


# --- conflicts ------------------------------------------------------------------------------------


def conflict(citation: MakeCitation, published: str | None, words: str = "15 lamps") -> Alternative:
    """What an article of that day says instead."""
    text = f"She lit {words}."
    return Alternative(
        words, 0.5, 0.6, citation(text, words, article=Article("c", text, "More", None, published))
    )


@pytest.mark.parametrize(
    ("cited", "other", "said"),
    [
        ("2024-02-01", "2024-01-31", "An earlier article said"),
        ("2024-02-01T09:00:00", "2024-02-02", "A later article says"),
        ("2024-02-01T09:00:00", "2024-02-01T23:00:00", "Another article says"),
        ("2024-02-01", None, "Another article says"),
        (None, "2024-02-01", "Another article says"),
        (None, None, "Another article says"),
    ],
)
def test_a_conflict(
    shown: Shown, answer: MakeAnswer, citation: MakeCitation, cited: str | None, other: str | None, said: str
) -> None:
    """It comes after the answer: whether it is older or newer, what it says, where."""
    text = "She lit 14 lamps."
    found = answer(
        answer="14 lamps",
        citations=(citation(text, "14 lamps", article=Article("a", text, "Lamps", None, cited)),),
        conflicts=(conflict(citation, other),),
    )
    day = {"2024-01-31": " · 31 January 2024", "2024-02-02": " · 2 February 2024", None: ""}
    assert shown(render_answer(found))[4:] == [
        f"{said} 15 lamps",
        "",
        "  “She lit 15 lamps.”",
        f"  More{day.get(other, ' · 1 February 2024')}",
    ]


def test_several_conflicts(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """Each on its own, before the remark on what was left out; nothing is said without an answer."""
    conflicts = (conflict(citation, "2024-03-01"), conflict(citation, "2024-01-01", "16\nlamps"))
    found = answer(
        answer=FILM,
        citations=(citation(FILM, article=SOURCE),),
        conflicts=conflicts,
        undated_left_out=1,
    )
    assert shown(render_answer(found))[2:] == [
        "A later article says 15 lamps",
        "",
        "  “She lit 15 lamps.”",
        "  More · 1 March 2024",
        "An earlier article said 16 lamps",
        "",
        "  “She lit 16 lamps.”",
        "  More · 1 January 2024",
        "1 article without a date left out.",
    ]


def test_a_conflict_stands_out_in_a_terminal(answer: MakeAnswer, citation: MakeCitation) -> None:
    """In yellow, its words bold here and in its quote."""
    found = answer(
        answer=FILM, citations=(citation(FILM, article=SOURCE),), conflicts=(conflict(citation, None),)
    )
    lines = in_terminal(render_answer(found)).splitlines()
    assert lines[2] == "\x1b[33mAnother article says \x1b[0m\x1b[1;33m15 lamps\x1b[0m"
    assert lines[4].rstrip() == "  “She lit \x1b[1;33m15 lamps\x1b[0m.”"


# --- what else is said ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "remark"),
    [
        (1, "1 article without a date left out."),
        (2, "2 articles without a date left out."),
        (1234, "1,234 articles without a date left out."),
    ],
)
def test_articles_without_a_date(shown: Shown, answer: MakeAnswer, count: int, remark: str) -> None:
    """How many a date filter could not judge is said last."""
    assert shown(render_answer(answer(undated_left_out=count))) == ["The articles don’t say.", remark]


@pytest.mark.parametrize(
    ("copies", "line"),
    [
        (1, "  also in Copy 1"),
        (3, "  also in Copy 1; Copy 2; Copy 3"),
        (4, "  also in Copy 1; Copy 2; Copy 3 and 1 more"),
        (1004, "  also in Copy 1; Copy 2; Copy 3 and 1001 more"),
    ],
)
def test_near_copies(
    shown: Shown, answer: MakeAnswer, citation: MakeCitation, copies: int, line: str
) -> None:
    """Up to three other articles are named, the others counted."""
    also_in = tuple(Article(str(number), FILM, f"Copy {number}") for number in range(1, copies + 1))
    found = answer(answer=FILM, citations=(citation(FILM, article=SOURCE, also_in=also_in),))
    assert shown(render_answer(found))[2:] == [line]


def test_a_pipe_gets_whole_lines(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """However long a quote and its link are, nothing of them is cut off."""
    text = "It was " + "very " * 100 + "late."
    link = "https://example.org/" + "path/" * 100
    found = answer(answer="late", citations=(citation(text, "late", article=Article("a", text, "T", link)),))
    assert shown(render_answer(found)) == ["late", "", f"  “{text}”", f"  T · {link}"]


def test_a_terminal_gets_lines_of_its_width(answer: MakeAnswer, citation: MakeCitation) -> None:
    """A long quote is wrapped between words and stays indented."""
    found = answer(answer="late", citations=(citation("It was " + "very " * 8 + "late.", "late"),))
    assert [line.rstrip() for line in in_terminal(render_answer(found), 24).splitlines()[:5]] == [
        "\x1b[1;32mlate\x1b[0m",
        "",
        "  “It was very very very",
        "  very very very very",
        "  very \x1b[1;32mlate\x1b[0m.”",
    ]


# --- the other candidates -------------------------------------------------------------------------


def test_more(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """Each with its quote and source, in order."""
    others = tuple(
        Alternative(words, 0.5, None, citation(f"It was {words}.", words, article=SOURCE))
        for words in ("Ada", "Bo")
    )
    assert shown(render_more(answer(alternatives=others))) == [
        "",
        "  “It was Ada.”",
        "  The film · 1 February 2024 · https://example.org/film",
        "",
        "  “It was Bo.”",
        "  The film · 1 February 2024 · https://example.org/film",
    ]


def test_no_more(shown: Shown, answer: MakeAnswer) -> None:
    """It says so."""
    assert shown(render_more(answer())) == ["Nothing else was found."]


# --- what was read --------------------------------------------------------------------------------


def hit(rank: int, title: str, *, dense: int | None = None, bm25: int | None = None, copies: int = 0) -> Hit:
    """A hit with these ranks."""
    article = Article(f"a{rank}", FILM, title)
    also_in = tuple(Article(f"copy {number}", FILM) for number in range(copies))
    return Hit(
        str(rank), Passage(article.id, 0, 30, FILM), article, rank, 2.5 / rank, dense, None, bm25, also_in
    )


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in lines[2:]]


def test_the_explanation_of_an_answer(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """Ranks and scores of every passage, and why it did or did not give the answer."""
    hits = (
        hit(1, "First", dense=2, bm25=1, copies=1),
        hit(2, "Second", dense=1),
        hit(3, "Third", bm25=2, copies=2),
        hit(4, "Fourth"),
        hit(5, "Fifth"),
    )
    scores = ((1, 0.91), (0, 0.75), (0, 0.7), (2, 0.0), (4, -12.345))
    spans = tuple(Span(hits[number], 0, 30, score) for number, score in scores)
    cited = citation(FILM, passage_id="2", score=0.91, article=hits[1].article)
    found = answer(answer=FILM, citations=(cited,), spans=spans, hits=hits)
    lines = shown(render_explanation(found))
    assert lines[0].split() == ["#", "dense", "BM25", "fused", "reader", "article", "why"]
    assert rows(lines) == [
        ["1", "2", "1", "2.50", "0.75", "First", "seems to answer, but another is surer; also in 1 other"],
        ["2", "1", "–", "1.25", "0.91", "Second", "the answer stands here"],
        ["3", "–", "2", "0.83", "0.00", "Third", "does not seem to answer; also in 2 others"],
        ["4", "–", "–", "0.62", "–", "Fourth", "not read"],
        ["5", "–", "–", "0.50", "-12.35", "Fifth", "does not seem to answer"],
    ]


def test_the_explanation_of_an_answer_in_several_articles(
    shown: Shown, answer: MakeAnswer, citation: MakeCitation
) -> None:
    """It stands in each that is cited."""
    hits = (hit(1, "First"), hit(2, "Second"))
    cited = tuple(citation(FILM, passage_id=found.passage_id, article=found.article) for found in hits)
    lines = shown(render_explanation(answer(answer=FILM, citations=cited, hits=hits)))
    assert [row[-1] for row in rows(lines)] == ["the answer stands here"] * 2


def test_the_explanation_of_no_answer(shown: Shown, answer: MakeAnswer) -> None:
    """None stands in it; a passage that seems to answer was not sure enough."""
    hits = (hit(1, "First", dense=1), hit(2, "Second"))
    spans = (Span(hits[0], 0, 30, 0.42), Span(hits[1], 0, 30, -1.0))
    assert rows(shown(render_explanation(answer(spans=spans, hits=hits)))) == [
        ["1", "1", "–", "2.50", "0.42", "First", "seems to answer, but not surely enough"],
        ["2", "–", "–", "1.25", "-1.00", "Second", "does not seem to answer"],
    ]


def test_an_explanation_of_nothing(shown: Shown, answer: MakeAnswer) -> None:
    """Only the head of the table."""
    assert len(shown(render_explanation(answer()))) == 2


# --- articles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("article", "line"),
    [
        (SOURCE, "The film · 1 February 2024 · https://example.org/film"),
        (Article("a", FILM, "The film"), "The film"),
        (Article("a", FILM, "The film", None, "2024-12-31"), "The film · 31 December 2024"),
        (Article("a", FILM, None, "https://e.org"), "Ilsa Marrow directed the film. · https://e.org"),
        (Article("a", "word " * 40), "word " * 16 + "word…"),
    ],
)
def test_source_line(article: Article, line: str) -> None:
    """Title or first sentence, then day and link where there are any."""
    assert source_line(article).plain == line


@pytest.mark.parametrize(
    ("day", "words"),
    [("2021-10-06", "6 October 2021"), ("0999-01-31", "31 January 999"), ("2024-02-29", "29 February 2024")],
)
def test_long_date(day: str, words: str) -> None:
    """Day, month in English, year."""
    assert long_date(day) == words


def test_a_table_of_articles(shown: Shown) -> None:
    """Id, day, title and link or place; a dash where there is none."""
    summaries = [
        ArticleSummary("a1", "The film", "https://example.org/f", "2024-02-01T09:00", "/r", "f.txt", "x", 1),
        ArticleSummary("a2", "The tower", None, None, "/r", "sub/t.txt", "x", 1),
        ArticleSummary("a3", "The ferry", None, None, None, None, "x", 1),
    ]
    lines = shown(render_articles(summaries))
    assert lines[0].split() == ["id", "published", "title", "from"]
    assert rows(lines) == [
        ["a1", "2024-02-01", "The film", "https://example.org/f"],
        ["a2", "–", "The tower", "sub/t.txt"],
        ["a3", "–", "The ferry", "–"],
    ]


# --- quotes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "answer", "shown"),
    [
        (30, "Marrow", "“Ilsa Marrow directed the film.”"),
        (29, "film", "“… Marrow directed the film.”"),
        (11, "Ilsa", "“Ilsa Marrow …”"),
        (10, "Ilsa", "“Ilsa …”"),
        (8, "directed", "“… directed …”"),
        (3, "directed", "“… directed …”"),
        (8, "film", "“… film.”"),
        (1, FILM, "“Ilsa Marrow directed the film.”"),
    ],
)
def test_a_long_quote_is_cut_around_the_answer(
    citation: MakeCitation, limit: int, answer: str, shown: str
) -> None:
    """Ellipses stand for what was cut, by whole words; the answer is whole and marked."""
    text = quote_text(citation(FILM, answer), limit)
    assert text.plain == shown
    (mark,) = text.spans
    assert (text.plain[mark.start : mark.end], str(mark.style)) == (answer, "bold green")


def test_a_quote_of_six_hundred_characters_is_whole(citation: MakeCitation) -> None:
    """By default no more than that is shown."""
    assert quote_text(citation("a" * 600, "a")).plain == "“" + "a" * 600 + "”"
    assert quote_text(citation("a" * 601, "a")).plain == "“" + "a" * 600 + " …”"


@settings(deadline=None)
@given(st.text(st.sampled_from("abé“𝄞[/ \n"), min_size=1, max_size=60), st.integers(1, 70), st.data())
def test_the_answer_survives_every_cut(text: str, limit: int, data: st.DataObject) -> None:
    """Whatever is cut, the answer is there in full and marked, and the rest keeps to the limit."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = Citation(text, 0, len(text), start, end, 0.5, "1", Article("a", text))
    shown = quote_text(citation, limit)
    (mark,) = shown.spans
    assert shown.plain[mark.start : mark.end].split() == text[start:end].split()
    assert (shown.plain[0], shown.plain[-1]) == ("“", "”")
    kept = shown.plain[1:-1].removeprefix("… ").removesuffix(" …")
    assert "".join(kept.split()) in "".join(text.split())
    assert len(kept) <= max(limit, end - start)
    if limit >= len(text):
        assert "".join(shown.plain.split()) == "".join(f"“{text}”".split())


# --- nothing an article says is an order ----------------------------------------------------------


def test_markup_is_printed_as_it_stands(shown: Shown, answer: MakeAnswer, citation: MakeCitation) -> None:
    """Styles, links and emoji codes of this terminal library are only text in an article."""
    article = Article("a", HOSTILE, HOSTILE, "https://example.org/[bold]x[/bold]")
    copy = Article("b", HOSTILE, HOSTILE)
    found = answer(
        answer=HOSTILE[:5], citations=(citation(HOSTILE, HOSTILE[:5], article=article, also_in=(copy,)),)
    )
    assert shown(render_answer(found)) == [
        "[bold",
        "",
        f"  “{HOSTILE}”",
        f"  {HOSTILE} · https://example.org/[bold]x[/bold]",
        f"  also in {HOSTILE}",
    ]


def test_markup_styles_nothing_in_a_terminal(answer: MakeAnswer, citation: MakeCitation) -> None:
    """No red, and no link but the articles' own."""
    article = Article("a", HOSTILE, HOSTILE, "https://example.org/f")
    cited = citation(HOSTILE, article=article)
    others = (Alternative(HOSTILE, 0.4, 0.4, cited),)
    unanswered = answer(closest=(cited,), alternatives=others)
    plain = citation(HOSTILE, article=Article("b", HOSTILE, HOSTILE))
    contradicted = answer(answer=HOSTILE, citations=(plain,), conflicts=others)
    for renderable in (render_answer(unanswered), render_more(unanswered), render_answer(contradicted)):
        printed = in_terminal(renderable)
        assert HOSTILE in printed
        assert "\x1b[1;31m" not in printed
        assert "\x1b[31m" not in printed
        assert printed.count("\x1b]8;id=") == 1
        assert printed.count(";https://example.org/f\x1b\\") == 1


def test_markup_in_tables(shown: Shown, answer: MakeAnswer) -> None:
    """Titles, links and paths are text there too."""
    summary = ArticleSummary("a1", HOSTILE, None, None, "/r", "[red]f[/red].txt", "x", 1)
    assert rows(shown(render_articles([summary]))) == [["a1", "–", HOSTILE, "[red]f[/red].txt"]]
    (row,) = rows(shown(render_explanation(answer(hits=(hit(1, HOSTILE),)))))
    assert row[5] == HOSTILE


def test_a_file_name_cannot_steer_the_terminal(shown: Shown) -> None:
    """A path is shown without the escapes and overrides that it may hold."""
    summary = ArticleSummary("a1", "The film", None, None, "/r", "\x1b[31mred\u202e.txt", "x", 1)
    assert rows(shown(render_articles([summary]))) == [["a1", "–", "The film", "red.txt"]]
