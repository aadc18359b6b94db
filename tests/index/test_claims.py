"""What a text says in which place, and whether another says something else there."""

from __future__ import annotations

import pytest

from index.claims import claims, contradict, figures


def test_a_claim_stands_between_four_words() -> None:
    """Numbers and names that stand together are one claim, under the two words before and after them."""
    assert claims("The road is closed on Friday 4 May from nine until dusk.") == {
        ("closed", "on", "from", "@"): {frozenset({"friday", "4", "may"})},
        ("@", "from", "until", "dusk"): {frozenset({"nine"})},
    }


def test_a_claim_stays_within_its_sentence() -> None:
    """Neither the sentence before nor the next line is a place; a figure with a point is one word."""
    assert claims("It rained.\nIn all 5.5 inches fell. Then it stopped") == {
        ("in", "all", "inches", "fell"): {frozenset({"5.5"})}
    }


@pytest.mark.parametrize("text", ["By Ines Adler", "HOLM (Agency) – Ferry", "Photo: Ines Adler", "", "…"])
def test_a_place_needs_two_words(text: str) -> None:
    """Bylines, datelines and credits have no words around them that would make them claims."""
    assert claims(text) == {}


def test_a_capital_that_opens_a_sentence_is_no_name() -> None:
    """A number is one there too, and so are two capitals."""
    assert claims("Officials said so.") == {}
    assert claims("Twelve were hurt.") == {("", "", "were", "hurt"): {frozenset({"twelve"})}}
    assert claims("Mill Lane is shut.") == {("", "", "is", "shut"): {frozenset({"mill", "lane"})}}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("It is closed on 4 May.", "It is closed on 5 May.", True),
        ("It is closed on 4 May.", "It is closed on May 4.", False),
        ("It is closed on 4 May.", "It is open on 5 May.", False),
        ("He met Ada Vell in spring.", "He met Ada Krantz in spring.", True),
        ("He met Ada Vell in spring.", "He met Vell in spring.", False),
        ("He met Ada Vell in spring.", "He met her in spring.", False),
        ("Nine people were hurt.", "Twelve people were hurt.", True),
        ("At first nine people were hurt, then ten people were hurt.", "Then ten people were hurt.", False),
    ],
)
def test_contradictions(one: str, other: str, expected: bool) -> None:
    """Where both say something and nothing of it agrees; in either direction."""
    assert contradict(claims(one), claims(other)) == expected
    assert contradict(claims(other), claims(one)) == expected


def test_figures_are_what_counts() -> None:
    """In digits and in words, whatever their case."""
    assert figures("Twelve of 1,400 were hurt on Monday at 9am.") == {"twelve", "1,400", "9am"}
