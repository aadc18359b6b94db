"""Between retrieving and answering an article may be removed: nothing of it is shown then."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answerer import Answerer, Question
from bot.settings import AnsweringSettings
from bot.types import Answer, Span
from index.collection import LocalCollection
from index.settings import RetrievalSettings
from index.types import Article, Hit
from tests.encoders import HashedWords

FILM = Article("film", "Ilsa Marrow directed the film. It was shown in Quillby.", title="The film")
REPRINT = replace(FILM, id="reprint", url="https://example.org/reprint")
OTHER = Article("other", "Oda Trevell directed the film. It was shown in Hennock.", title="Corrected")
TOWER = Article("tower", "The tower was restored. It took 14 months and 3 million crowns.", title="The tower")
ALL = (FILM, REPRINT, OTHER, TOWER)
WORDS = ("Ilsa Marrow", "Oda Trevell", "14 months")


class Interrupted:
    """A reader that finds names, and during whose reading something happens."""

    def __init__(self, happens: Callable[[], object], *, sure: bool) -> None:
        self._happens = happens
        self._score = 2.0 if sure else -2.0

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        found = [
            Span(hit, hit.article.text.index(words), hit.article.text.index(words) + len(words), self._score)
            for hit in hits
            for words in WORDS
            if words in hit.passage.text
        ]
        self._happens()
        return found


def shown(answer: Answer) -> set[str]:
    """The articles of which anything stands in an answer."""
    offers = (*answer.alternatives, *answer.conflicts)
    citations = (*answer.citations, *answer.closest, *(offer.citation for offer in offers))
    held = {span.hit.article.id for span in answer.spans}
    held |= {article.id for hit in answer.hits for article in (hit.article, *hit.also_in, *hit.story)}
    return held | {article.id for one in citations for article in (one.article, *one.also_in)}


@pytest.fixture
def collections(tmp_path: Path) -> Iterator[list[LocalCollection]]:
    """One folder opened twice, as by two processes."""
    alike = RetrievalSettings(duplicate_similarity=0.8)
    encoder = HashedWords()
    with (
        closing(LocalCollection(tmp_path / "news", encoder, retrieval=alike)) as here,
        closing(LocalCollection(tmp_path / "news", encoder, retrieval=alike)) as there,
    ):
        list(here.add(ALL))
        yield [here, there]


def ask(collection: LocalCollection, happens: Callable[[], object], *, sure: bool = True) -> Answer:
    answerer = Answerer(HashedWords(), Interrupted(happens, sure=sure), AnsweringSettings(), None)
    return answerer.answer(Question("Who directed the film?"), [collection])


def test_what_stands_is_shown(collections: list[LocalCollection]) -> None:
    """Nothing happens meanwhile: the answer, its copy and what speaks against it are all there."""
    answer = ask(collections[0], lambda: None)
    assert (answer.answer, shown(answer)) == ("Ilsa Marrow", {"film", "reprint", "other", "tower"})
    assert [article.id for article in answer.citations[0].also_in] == ["reprint"]


@pytest.mark.parametrize("sure", [True, False])
@pytest.mark.parametrize(
    "removed",
    [set(some) for count in range(1, 5) for some in itertools.combinations([a.id for a in ALL], count)],
    ids=lambda some: "+".join(sorted(some)),
)
def test_removed_while_it_is_read(collections: list[LocalCollection], removed: set[str], sure: bool) -> None:
    """Whatever is removed by another, as answer, alternative, conflict, copy or closest: it is nowhere."""
    here, there = collections

    def happens() -> None:
        assert [there.remove(article_id) for article_id in sorted(removed)] == [True] * len(removed)

    answer = ask(here, happens, sure=sure)
    assert shown(answer) & removed == set()
    left = {"film", "reprint", "other", "tower"} - removed
    if "film" in removed:
        left.discard("reprint")  # it came with the film's passage; the next question finds it
    assert shown(answer) == left
    assert shown(ask(here, lambda: None, sure=sure)) == {"film", "reprint", "other", "tower"} - removed


def test_changed_while_it_is_read(collections: list[LocalCollection]) -> None:
    """What an article said before is not quoted once it says something else."""
    here, there = collections
    corrected = replace(FILM, text="Nobody directed the film.")
    answer = ask(here, lambda: list(there.add([corrected])))
    assert (answer.answer, "film" in shown(answer)) == ("Oda Trevell", False)


def test_moved_while_it_is_read(collections: list[LocalCollection]) -> None:
    """Another place on disk changes nothing that is shown."""
    here, there = collections
    answer = ask(here, lambda: list(there.add([replace(FILM, root="/archive", path="film.md")])))
    assert (answer.answer, "film" in shown(answer)) == ("Ilsa Marrow", True)


def test_the_same_article_in_two_collections(collections: list[LocalCollection], tmp_path: Path) -> None:
    """Removed from one it is cited from the other, where it stands."""
    here, there = collections
    with closing(LocalCollection(tmp_path / "shared", HashedWords())) as shared:
        list(shared.add([FILM]))
        reader = Interrupted(lambda: there.remove("film"), sure=True)
        answerer = Answerer(HashedWords(), reader, AnsweringSettings(), None)
        answer = answerer.answer(Question("Who directed the film?"), [here, shared])
    assert answer.answer == "Ilsa Marrow"
    assert [hit.article.id for hit in answer.hits].count("film") == 1
    (cited,) = [citation for citation in answer.citations if citation.article.id == "film"]
    assert cited.also_in == ()
