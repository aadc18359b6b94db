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
