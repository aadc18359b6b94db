"""A card never holds more than Discord takes, and never half of a part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.show.budget import Card
from bot.chat.show.text import units


def test_parts_come_with_a_blank_line_between() -> None:
    """Or with what is asked for; the first has nothing before it, and an empty one is no part."""
    card = Card(0)
    assert [card.add("a"), card.add(""), card.add("b"), card.add("c", gap="\n")] == [True, False, True, True]
    assert card.embed().description == "a\n\nb\nc"


def test_the_first_that_fits() -> None:
    """A shorter choice stands in for one that is too long; if none fits there is nothing."""
    card = Card(0)
    assert card.add("a" * 4097, "b" * 4000, "c") is True
    assert card.add("d" * 95, "e" * 94) is True
    assert card.add("f") is False
    assert card.embed().description == "b" * 4000 + "\n\n" + "e" * 94


def test_what_is_to_come() -> None:
    """Room can be left for it."""
    card = Card(0)
    assert [card.add("a" * 4000, spare=97), card.add("b" * 4000, spare=96)] == [False, True]


def test_characters_beyond_the_basic_plane_take_two() -> None:
    """2,048 clefs fill a description."""
    assert [Card(0).add("𝄞" * 2049), Card(0).add("𝄞" * 2048)] == [False, True]


def test_title_and_footer_are_cut() -> None:
    """To their limits, and a link needs a title to stand behind."""
    embed = Card(0, title="a" * 257, url="https://e.org", footer="b" * 2049).embed()
    assert (embed.title, embed.footer.text) == ("a" * 255 + "…", "b" * 2047 + "…")
    assert (embed.url, Card(0, url="https://e.org").embed().url) == ("https://e.org", None)


def test_all_together_have_6000() -> None:
    """Title, footer, description and fields share them."""
    card = Card(0, title="a" * 256, footer="b" * 2048)
    assert [card.add("c" * 3697), card.add("d" * 3690)] == [False, True]
    assert [card.field("e", "f" * 6), card.field("e", "f" * 5), card.field("e", "f")] == [False, True, False]


def test_fields() -> None:
    """Both parts are cut to their limits, neither is empty, and there are 25."""
    card = Card(0)
    assert [card.field("", "a"), card.field("a", "")] == [False, False]
    assert card.field("a" * 300, "b" * 1100, inline=False) is True
    assert [card.field("a", "b") for _ in range(25)] == [True] * 24 + [False]
    (first, *_) = card.embed().fields
    assert (first.name, first.value, first.inline) == ("a" * 255 + "…", "b" * 1023 + "…", False)


parts = st.lists(st.tuples(st.sampled_from("ab𝄞"), st.integers(0, 5000)), max_size=40)


@pytest.mark.parametrize("kind", ["description", "fields"])
@given(parts, st.integers(0, 3000), st.integers(0, 3000))
def test_any_parts(kind: str, parts: list[tuple[str, int]], title: int, footer: int) -> None:
    """Whatever is put in, the limits hold."""
    card = Card(0, title="t" * title, footer="𝄞" * footer)
    for letter, times in parts:
        if kind == "fields":
            card.field(letter * times, letter * times)
        card.add(letter * times)
    embed = card.embed()
    texts = [embed.title or "", embed.footer.text or "", embed.description or ""]
    fields = [(field.name or "", field.value or "") for field in embed.fields]
    assert [units(text) <= limit for text, limit in zip(texts, (256, 2048, 4096), strict=True)] == [True] * 3
    assert [(units(name) <= 256, units(value) <= 1024) for name, value in fields] == [(True, True)] * len(
        fields
    )
    assert len(fields) <= 25
    assert sum(map(units, [*texts, *(text for field in fields for text in field)])) <= 6000
