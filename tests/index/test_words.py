"""Words of a question for full-text search."""

from __future__ import annotations

import pytest

from index.words import content_words, match_expression, stems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Who directed the film?", ["directed", "film"]),
        ("Film film FILM", ["film"]),
        ("What's O’Hara's boat?", ["o’hara", "boat"]),
        ("What may Theresa May do in May?", ["theresa", "may"]),
        ("who is she?", ["who", "is", "she"]),
        ("snake_case and 3.5 km", ["snake", "case", "3", "5", "km"]),
        ("Łódź's café", ["łódź", "café"]),
        ("?!", []),
        ("", []),
    ],
)
def test_content_words(text: str, words: list[str]) -> None:
    """Stop words and repeats go, case folds, apostrophes hold; with nothing but stop words they stay."""
    assert content_words(text) == words


def test_the_expression_quotes_each_word() -> None:
    """Words are quoted strings joined by OR."""
    assert match_expression("Who directed the film?") == '"directed" OR "film"'


def test_operators_are_words() -> None:
    """FTS5's own operators come out as quoted words."""
    assert match_expression('NEAR("tide" NOT harbor*)') == '"near" OR "tide" OR "harbor"'
    assert match_expression("and or not") == '"and" OR "or" OR "not"'


def test_no_words_give_no_expression() -> None:
    """Without a word there is nothing to search for."""
    assert match_expression("🦉 … \x00 ***") is None


def test_a_long_question_is_cut() -> None:
    """No more than 64 words are searched."""
    question = " ".join(f"word{number}" for number in range(100))
    expression = match_expression(question)
    assert expression is not None
    assert expression.count(" OR ") == 63
    assert expression.endswith('"word63"')


def test_stems_join_the_forms_of_a_word() -> None:
    """Number, tense and the one who does it share a stem; stop words have none."""
    assert stems("Who directed the films?") == {"direct", "film"}
    assert stems("the director of a film") == {"direct", "film"}
    assert stems("reporters reported") == {"report"}
    assert stems("her tier") == {"tier"}
    assert stems("?!") == frozenset()
