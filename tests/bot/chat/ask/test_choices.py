"""Tests of `bot.chat.ask.choices`."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from bot.chat.ask.choices import choice_value, choices, chosen_article
from bot.chat.keep.places import Title

TITLES = [
    Title("film", "The Film", "2024-02-01"),
    Title("tower", "The clock tower of Quillby", "2024-03-01"),
    Title("ferry", "A ferry is sold", None),
]
LONG_ID = "https://news.example/" + "a" * 100


def test_titles_that_hold_what_was_typed_whatever_its_case():
    """Typing "THE" offers all titles with "the" anywhere in them, in their order."""
    assert choices(TITLES, "THE") == [("The Film", "film"), ("The clock tower of Quillby", "tower")]
    assert choices(TITLES, "ferry is") == [("A ferry is sold", "ferry")]


def test_nothing_typed_offers_everything():
    """Before the first letter all titles are offered."""
    assert [value for _, value in choices(TITLES, "")] == ["film", "tower", "ferry"]


def test_no_more_than_discord_takes():
    """Of a hundred matching titles the first 25 are offered."""
    many = [Title(str(number), f"Title {number}", None) for number in range(100)]
    assert [value for _, value in choices(many, "title")] == [str(number) for number in range(25)]


def test_a_long_title_is_cut():
    """A title of 400 characters is offered by its first 100, whole words."""
    ((name, _),) = choices([Title("a", "word " * 80, None)], "word")
    assert name == "word " * 19 + "word…"


def test_a_long_id_is_offered_as_a_hash_and_found_again():
    """A link of over 100 characters would be refused as a value; what stands for it leads back to it."""
    ((_, value),) = choices([Title(LONG_ID, "Long", None)], "")
    assert (value[0], len(value)) == ("#", 33)
    assert chosen_article(value, [*TITLES, Title(LONG_ID, "Long", None)]) == LONG_ID


def test_an_id_that_looks_like_a_hash_is_no_way_to_another_article():
    """An article that names itself like another's hash is offered as a hash of its own."""
    other = choice_value(LONG_ID)
    titles = [Title(other, "Impostor", None), Title(LONG_ID, "Long", None)]
    assert [chosen_article(value, titles) for _, value in choices(titles, "")] == [other, LONG_ID]


def test_a_typed_title_is_understood_where_it_names_one_article():
    """Those who do not choose from the list are understood by the title, or by an unmistakable part of it."""
    assert chosen_article("the film", TITLES) == "film"
    assert chosen_article("quillby", TITLES) == "tower"


def test_what_names_none_or_several_is_not_guessed():
    """A part of two titles, and one of none, choose nothing."""
    assert [chosen_article(typed, TITLES) for typed in ("the", "harbour", "", " ")] == [None] * 4


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_choice_fits_and_leads_back(article_id: str, title: str):
    """Whatever they hold, name and value have 1 to 100 characters, and the value finds the article."""
    titles = [Title(article_id, title, None)]
    for name, value in choices(titles, ""):
        assert 1 <= len(name) <= 100
        assert 1 <= len(value) <= 100
        assert chosen_article(value, titles) == article_id
