"""What a correction takes back, and what it puts in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.corrections import corrected
from bot.types import Span
from index.types import Article, Hit, Passage

REPORT = Article(
    "report",
    "The new pier will cost $86 million. It will have 72 lamps.",
    title="Harbour to get $86 million pier",
    published="2024-07-16",
)
CORRECTION = Article(
    "correction",
    "A report on Tuesday said that the pier would cost $86 million. The correct figure is $68 million. "
    "Its 72 lamps do not change.",
    title="Correction: the harbour’s pier will cost $68 million",
    published="2024-07-18",
)


def span(article: Article, words: str, score: float) -> Span:
    passage = Passage(article.id, 0, len(article.text), article.text)
    hit = Hit(article.id, passage, article, 1, 1.0, 1, 1.0, 1)
    start = article.text.index(words)
    return Span(hit, start, start + len(words), score)


def said(spans: list[Span]) -> list[tuple[str, str, float]]:
    return [(one.hit.article.id, one.text, one.score) for one in corrected(spans)]


def test_the_error_goes_and_the_right_figure_stands_in() -> None:
    """In the report and where the correction says it again; what is right is as sure as the error was."""
    spans = [
        span(REPORT, "$86 million", 5.0),
        span(CORRECTION, "$86 million", 4.0),
        span(CORRECTION, "$68 million", -2.0),
    ]
    assert said(spans) == [("correction", "$68 million", 5.0)]


def test_what_was_right_stays() -> None:
    """Other figures of both, and what the right one has by itself when nothing is taken back."""
    spans = [
        span(REPORT, "72", 3.0),
        span(CORRECTION, "72", 2.0),
        span(CORRECTION, "$68 million", -2.0),
    ]
    assert said(spans) == [
        ("report", "72", 3.0),
        ("correction", "72", 2.0),
        ("correction", "$68 million", -2.0),
    ]


def test_one_sentence_says_both() -> None:
    """What is wrong and what is right instead are told apart within it, in either order; or in two."""
    for text in (
        "A report said that the pier would cost $86 million; the correct figure is $68 million.",
        "The correct figure is $68 million and not, as a report said, $86 million.",
        "The correct figure is $68 million. A report said that the pier would cost $86 million.",
    ):
        both = replace(CORRECTION, text=text)
        spans = [
            span(REPORT, "$86 million", 5.0),
            span(both, "$86 million", 4.0),
            span(both, "$68 million", 1.0),
        ]
        assert said(spans) == [("correction", "$68 million", 5.0)]


def test_figures_are_compared_whole() -> None:
    """The 6 that was wrong does not stand in the 16 that is right, nor an 8 in the 86 that was wrong."""
    report = replace(REPORT, text="The pier has 8 benches and 6 lamps.")
    correction = replace(CORRECTION, text="A report said 6 lamps, of 86 planned. The correct number is 16.")
    spans = [span(report, "6", 5.0), span(report, "8", 3.0), span(correction, "16", 1.0)]
    assert said(spans) == [("correction", "16", 5.0), ("report", "8", 3.0)]


def test_a_point_that_was_left_out() -> None:
    """What was wrong is taken back and what is right is not, be it ten times as much or as little."""
    for wrong, right in (("$12 billion", "$1.2 billion"), ("$1.2 billion", "$12 billion")):
        report = replace(REPORT, text=f"The pier will cost {wrong}.")
        text = f"A report said that the pier would cost {wrong}. The correct figure is {right}."
        correction = replace(CORRECTION, text=text)
        spans = [span(report, wrong, 5.0), span(correction, wrong, 4.0), span(correction, right, 1.0)]
        assert said(spans) == [("correction", right, 5.0)]


def test_several_corrections_in_one_article() -> None:
    """What is right stands in for its own error only, which is in its sentence or the last one before."""
    column = replace(
        CORRECTION,
        title="Corrections and clarifications",
        text="A report said that the pier would cost $86 million. The correct figure is $68 million.\n\n"
        "An article misstated the age of the mayor as 61. The correct age is 63.\n\n"
        "The actual number of lamps is 72, not, as a caption said, 27.",
    )
    spans = [
        span(column, "$86 million", 4.0),
        span(column, "$68 million", -2.0),
        span(column, "61", 1.0),
        span(column, "63", -3.0),
        span(column, "72", -4.0),
        span(column, "27", 0.5),
    ]
    assert said(spans) == [
        ("correction", "$68 million", 4.0),
        ("correction", "63", 1.0),
        ("correction", "72", 0.5),
    ]


def test_what_is_right_comes_first_in_each_paragraph() -> None:
    """It stands in for the error of its own paragraph; alone in one, for the last error before."""
    column = replace(
        CORRECTION,
        title="Corrections and clarifications",
        text="The pier will actually cost $68 million. A report said $86 million.\n\n"
        "The mayor is actually 63. An article misstated her age as 61.\n\n"
        "She should have been called 64 from Sunday on.",
    )
    words = ["$86 million", "$68 million", "61", "63", "64"]
    spans = [
        span(column, text, score) for text, score in zip(words, (4.0, -2.0, 1.0, -3.0, -5.0), strict=True)
    ]
    assert said(spans) == [
        ("correction", "$68 million", 4.0),
        ("correction", "63", 1.0),
        ("correction", "64", 1.0),
    ]


def test_a_span_without_its_sign() -> None:
    """The sign is often no part of a span; what was wrong is known all the same."""
    report = replace(REPORT, text="Of the harbour’s lamps 37 per cent burn.")
    text = "A report said 37 per cent. The correct figure is 27 per cent."
    spans = [span(report, "37", 5.0), span(replace(CORRECTION, text=text), "27", 1.0)]
    assert said(spans) == [("correction", "27", 5.0)]


def test_the_best_come_first() -> None:
    """What is as sure as the error was moves up with it."""
    spans = [span(REPORT, "$86 million", 5.0), span(REPORT, "72", 3.0), span(CORRECTION, "$68 million", -2.0)]
    assert said(spans) == [("correction", "$68 million", 5.0), ("report", "72", 3.0)]


@pytest.mark.parametrize(
    ("title", "corrects"),
    [
        ("Correction", True),
        ("Corrections & clarifications", True),
        ("CORRECTION – the pier’s cost", True),
        ("[Correction] The pier", True),
        ("Correction to a report on the pier", True),
        ("Corrections officers walk off the pier", False),
        ("Correctional pier officers", False),
    ],
)
def test_titles_of_corrections(title: str, corrects: bool) -> None:
    """An article about corrections officers corrects nothing."""
    spans = [span(replace(CORRECTION, title=title), "$86 million", 4.0)]
    assert said(spans) == ([] if corrects else [("correction", "$86 million", 4.0)])


def test_a_name_does_not_stand_in_for_a_figure() -> None:
    """What is right instead is of the kind of what was wrong."""
    spans = [span(REPORT, "$86 million", 5.0), span(CORRECTION, "The correct figure", -3.0)]
    assert said(spans) == [("correction", "The correct figure", -3.0)]


@pytest.mark.parametrize(
    "report",
    [
        replace(REPORT, published="2024-07-19"),
        replace(REPORT, title="Tower restored at last"),
        replace(REPORT, title=None),
    ],
    ids=["newer", "of something else", "untitled"],
)
def test_what_is_not_what_was_corrected(report: Article) -> None:
    """A newer article, and one about something else, may say the same figure."""
    assert said([span(report, "$86 million", 5.0), span(CORRECTION, "$68 million", 1.0)]) == [
        ("report", "$86 million", 5.0),
        ("correction", "$68 million", 1.0),
    ]


def test_no_correction() -> None:
    """An article that only tells of an error takes nothing back."""
    told = replace(CORRECTION, title="The harbour’s pier will cost $68 million")
    spans = [span(REPORT, "$86 million", 5.0), span(told, "$86 million", 4.0)]
    assert corrected(spans) == spans
