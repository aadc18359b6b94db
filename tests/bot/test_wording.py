"""When two answers say the same."""

from __future__ import annotations

import pytest

from bot.wording import says, wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The “Owl”", "an OWL,"),
        ("12,000 lamps", "12000 lamps."),
        ("37 per cent", "37%"),
        ("37 percent", "37 %"),
        ("2–1", "2-1"),
        ("$5", "$5."),
        ("St. Tarn's", "St Tarn’s"),
        ("the 14-year-old", "14-year-old"),
        ("U.S.", "US"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    """Case, articles and marks that say nothing make no difference."""
    assert wording(one) == wording(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$1.2 billion", "$12 billion"),
        ("3.5%", "35%"),
        ("35", "35%"),
        ("$5", "£5"),
        ("2-1", "21"),
        ("-5", "5"),
        ("10:30", "1030"),
        ("vitamin A", "vitamin"),
        ("6/7", "67"),
        (".5 percent", "5 percent"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    """What changes a number, and a letter that is a name, do."""
    assert wording(one) != wording(other)


@pytest.mark.parametrize("text", ["", "The", "an", "“?!”", " – ", "A."])
def test_nothing_said(text: str) -> None:
    """Articles and marks alone say nothing."""
    assert wording(text) == ""


@pytest.mark.parametrize(
    ("text", "answer", "is_said"),
    [
        ("The pier cost $1.2 billion.", "$1.2 billion", True),
        ("The pier cost $1.2 billion.", "$12 billion", False),
        ("The pier cost $1.2 billion.", "2 billion", False),
        ("The pier cost $1.2 billion.", "1.2 billion", True),
        ("It burns 37 per cent of it.", "37", True),
        ("It has 16 lamps.", "6", False),
        ("It has six lamps.", "Six lamps", True),
        ("It has six lamps.", "the", False),
    ],
)
def test_says(text: str, answer: str, is_said: bool) -> None:
    """Whole words only, and something must be said."""
    assert says(text, answer) is is_said
