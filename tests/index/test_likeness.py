"""Which articles are one story, and by what they are found."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.likeness import LEAST_EQUAL, LONGEST_COMPARED, Wording, bands, equal_components, signature
from index.types import Article

from . import editions
from .editions import (
    ANOTHER_REPORT,
    ANOTHER_ROAD,
    BLOG,
    BLOG_AT_NIGHT,
    BLOG_LATER,
    CORRECTED,
    RENAMED,
    REPRINT,
    ROAD,
    ROAD_ANOTHER_DAY,
    SUMMARY,
    TRANSLATED,
    WALLED,
    WALLED_TOO,
    WEATHER,
    WEATHER_NEXT_DAY,
    WIRE,
    WRAPPED,
    WRAPPED_TOO,
)

TWICE = replace(WIRE, id="twice", url="https://example.org/agency/ferry?print=1")
DIGEST = Article(
    "digest", f"{ANOTHER_REPORT.text}\n{WIRE.text}\n{ROAD.text}", title="Ferry strikes breakwater"
)


def alike(one: Article, other: Article) -> bool:
    """Whether they are one story, which has no direction."""
    first, second = Wording(one.title, one.text), Wording(other.title, other.text)
    assert first.is_alike(second) == second.is_alike(first)
    return first.is_alike(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [(WIRE, TWICE), (WIRE, REPRINT), (BLOG, BLOG_LATER), (replace(WIRE, title=None), REPRINT)],
    ids=["under two links", "re-run by a paper", "live blog with another entry", "without its title"],
)
def test_one_story(one: Article, other: Article) -> None:
    """The same wording, but for what an editor changes; and it is found by its bands."""
    assert alike(one, other)
    assert set(bands(signature(one.text))) & set(bands(signature(other.text)))
    assert equal_components(signature(one.text), signature(other.text)) >= LEAST_EQUAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WIRE, ANOTHER_REPORT),
        (WIRE, CORRECTED),
        (WIRE, RENAMED),
        (BLOG, BLOG_AT_NIGHT),
        (WIRE, SUMMARY),
        (WIRE, DIGEST),
        (WIRE, TRANSLATED),
        (WALLED, WALLED_TOO),
        (WRAPPED, WRAPPED_TOO),
        (ROAD, ROAD_ANOTHER_DAY),
        (ROAD, ANOTHER_ROAD),
        (WEATHER, WEATHER_NEXT_DAY),
    ],
    ids=[
        "two reports with the same quotes",
        "a number was corrected",
        "a name was corrected",
        "live blog with other figures",
        "its beginning alone",
        "a digest that holds it",
        "translated",
        "two pages of which only the wall was read",
        "two pages of a site with many words of its own",
        "the same notice for another day",
        "the same notice for another road",
        "the next day's weather",
    ],
)
def test_two_stories(one: Article, other: Article) -> None:
    """However much of their wording is the same."""
    assert not alike(one, other)


def test_the_share_that_must_be_the_same() -> None:
    """Of 20 runs of four words 16 are enough and 15 are not, counted in the longer text."""
    words = [
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
        "m",
        "n",
        "o",
        "p",
        "q",
        "r",
        "s",
        "t",
        "u",
        "v",
        "w",
    ]
    text = " ".join(words)
    assert alike(Article("1", text), Article("2", " ".join(words[:19])))
    assert not alike(Article("1", text), Article("2", " ".join(words[:18])))


def test_a_title_is_of_the_other_text() -> None:
    """At least half of its words stand there, by their stems; a title of none says nothing."""
    one = Article("1", "A ferry sank at the pier of Holm", title="Ferry sinks")
    assert alike(one, replace(one, title="Ferries in Holm and Sorrel, prices"))
    assert not alike(one, replace(one, title="Ferries to Sorrel, prices"))
    assert alike(one, replace(one, title="…"))


def test_signatures_stay_as_they_are() -> None:
    """They are stored: a text must have the same one in a later release, or its copies are not found."""
    values = signature("The ferry struck the breakwater at dawn.")
    assert values.dtype == np.uint32
    assert values[:4].tolist() == [255262771, 1131986052, 277655094, 334456423]
    assert bands(values)[:2] == [-2349080022336972491, -6370448996782642327]
    assert len(set(bands(values))) == 32


def test_the_share_of_equal_components_estimates_the_resemblance() -> None:
    """Of two texts that share 1 in 2 of all their runs of four words, within four standard deviations."""
    words = [f"w{number}" for number in range(903)]
    one, other = " ".join(words[:678]), " ".join(words[225:])
    equal = np.mean(signature(one) == signature(other))
    assert equal == pytest.approx(450 / 900, abs=4 * (0.25 / 128) ** 0.5)


def test_a_long_text_is_hashed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which makes no difference to its signature."""
    whole = signature(WIRE.text)
    monkeypatch.setattr("index.likeness._HASHED_AT_ONCE", 7)
    assert signature(WIRE.text).tolist() == whole.tolist()


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_text_has_a_signature(one: str, other: str) -> None:
    """Empty and strange ones too; likeness to oneself holds, and it has no direction."""
    assert len(bands(signature(one))) == 32
    assert alike(Article("1", one), Article("2", one))
    alike(Article("1", one), Article("2", other))


def test_no_two_of_the_examples_are_alike_by_chance() -> None:
    """Of all pairs only those are that the editions of the one report make among themselves."""
    articles = [value for value in vars(editions).values() if isinstance(value, Article)]
    joined = {one.id for pair in combinations(articles, 2) if alike(*pair) for one in pair}
    assert joined == {"wire", "reprint", "blog", "blog later"}


def test_what_is_as_long_as_a_library_is_not_compared() -> None:
    """Only the same text is the same story: taking such texts apart would take minutes."""
    long = "The tide rose and the pier held. " * (LONGEST_COMPARED // 32)
    assert len(long) > LONGEST_COMPARED
    assert Wording("Tide", long).is_alike(Wording("Tide", long))
    assert not Wording("Tide", long).is_alike(Wording("Tide", long + "It held."))
