"""From a kept place back to a citation, as the articles stand now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.keep.kept import place_of
from bot.chat.keep.recall import cited, passage_around
from bot.types import Citation
from index.collection import LocalCollection
from index.types import Article, Passage
from tests.encoders import HashedWords

TEXT = "It rained in Quillby. Ilsa Marrow directed the film. Nobody was told."
FILM = Article("film", TEXT, title="The film", published="2024-02-01")
QUOTE = "Ilsa Marrow directed the film."


@pytest.fixture
def news(collection: LocalCollection) -> Iterator[LocalCollection]:
    """A collection with the article about the film."""
    with closing(collection):
        list(collection.add([FILM]))
        yield collection


@pytest.fixture
def other(tmp_path: Path, encoder: HashedWords) -> Iterator[LocalCollection]:
    """Another collection, empty."""
    with closing(LocalCollection(tmp_path / "other", encoder)) as collection:
        yield collection


@pytest.fixture
def film(citation: Callable[..., Citation]) -> Citation:
    """The director, as cited from the article."""
    return citation(QUOTE, "Ilsa Marrow", article=FILM, start=22, end=52)


def test_an_unchanged_article_is_cited_again(
    news: LocalCollection, other: LocalCollection, film: Citation
) -> None:
    """The very citation comes back, whichever collection holds the article."""
    assert cited(place_of(film), [news]) == film
    assert cited(place_of(film), [other, news]) == film


def test_near_copies_are_not_remembered(news: LocalCollection, film: Citation) -> None:
    """Which other articles carried a copy was said with the answer; it is not looked for again."""
    assert cited(place_of(replace(film, also_in=(Article("copy", TEXT),))), [news]) == film


def test_a_new_title_is_shown(news: LocalCollection, film: Citation) -> None:
    """What else changed of the article is as it is now; the quote still stands there."""
    renamed = replace(FILM, title="The film, at last")
    list(news.add([renamed]))
    assert cited(place_of(film), [news]) == replace(film, article=renamed)


def test_a_withdrawn_article_is_not_cited(news: LocalCollection, film: Citation) -> None:
    """An article that was removed is none of any collection's."""
    place = place_of(film)
    news.remove("film")
    assert cited(place, [news]) is None
    assert cited(place, []) is None


@pytest.mark.parametrize(
    "text",
    [
        "It rained in Quillby. Olsa Marrow directed the film. Nobody was told.",
        "Rain fell in Quillby. And Ilsa Marrow directed the film. Nobody was told.",
        "It rained.",
    ],
)
def test_a_changed_article_is_not_cited(news: LocalCollection, film: Citation, text: str) -> None:
    """An article that says something else in that place, or is too short for it, is not quoted wrongly."""
    list(news.add([replace(FILM, text=text)]))
    assert cited(place_of(film), [news]) is None


def test_of_two_versions_the_one_that_was_read_is_cited(
    news: LocalCollection, other: LocalCollection, film: Citation
) -> None:
    """Two collections may hold an article of one id; the one that says the words is meant."""
    list(other.add([replace(FILM, text="The film was never made.")]))
    assert cited(place_of(film), [other, news]) == film


def test_the_passage_around_a_citation(news: LocalCollection, other: LocalCollection, film: Citation) -> None:
    """The passage it was read in, not one of the same number in another collection."""
    list(other.add([Article("rain", "Rain and more rain fell on the fields of Harrowmere in the autumn.")]))
    assert other.passage(film.passage_id) is not None
    assert passage_around(film, [other, news]) == Passage("film", 0, len(TEXT), TEXT)


def test_a_passage_cut_anew_is_the_quote_alone(news: LocalCollection, film: Citation, tmp_path: Path) -> None:
    """When the passage is gone or no longer holds the quote, the quote is its own context."""
    alone = Passage("film", 22, 52, QUOTE)
    assert passage_around(replace(film, passage_id="99"), [news]) == alone
    assert passage_around(film, []) == alone
    with closing(LocalCollection(tmp_path / "cut", HashedWords(max_tokens=10))) as cut:
        list(cut.add([FILM]))
        found = cut.passage("1")
        assert found is not None
        assert found[0].text == "It rained in Quillby."
        assert passage_around(film, [cut]) == alone
