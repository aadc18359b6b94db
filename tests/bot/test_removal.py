"""No question that begins after an article was removed shows anything of it, whoever asks or removes."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.answerer import Answerer, Question
from bot.settings import AnsweringSettings
from bot.types import Answer, Span
from index.collection import LocalCollection
from index.types import Article, Hit
from tests.encoders import HashedWords

ASKERS, ARTICLES = 3, 60


class Names:
    """A reader that finds the number in each passage, the better the later it was added."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        return [
            Span(hit, 8, 8 + len(hit.article.id), float(hit.article.id) / 10)
            for hit in hits
            if hit.passage.start == 0
        ]


def shown(answer: Answer) -> set[str]:
    """The articles of which anything stands in an answer."""
    offers = (*answer.alternatives, *answer.conflicts)
    citations = (*answer.citations, *answer.closest, *(offer.citation for offer in offers))
    return {article.id for one in citations for article in (one.article, *one.also_in)}


def test_questions_while_articles_are_removed(tmp_path: Path) -> None:
    """Several ask without a pause, each with the folder open by itself, while two remove one by one."""
    ticks = itertools.count()
    gone_at: dict[str, int] = {}
    asked: list[tuple[int, set[str]]] = []
    ids = [str(number) for number in range(ARTICLES)]
    folder = tmp_path / "news"
    with closing(LocalCollection(folder, HashedWords())) as collection:
        list(collection.add(Article(one, f"Harbour {one} closed. It was winter.") for one in ids))
    random.Random(5).shuffle(ids)
    done = threading.Event()

    def ask() -> None:
        answerer = Answerer(HashedWords(), Names(), AnsweringSettings(), None)
        with closing(LocalCollection(folder, HashedWords())) as collection:
            while not done.is_set():
                began = next(ticks)
                asked.append((began, shown(answerer.answer(Question("Which harbour closed?"), [collection]))))

    def remove(some: list[str]) -> None:
        with closing(LocalCollection(folder, HashedWords())) as collection:
            for one in some:
                assert collection.remove(one) is True
                gone_at[one] = next(ticks)

    askers = [threading.Thread(target=ask) for _ in range(ASKERS)]
    removers = [threading.Thread(target=remove, args=(ids[part::2],)) for part in range(2)]
    for thread in (*askers, *removers):
        thread.start()
    for thread in removers:
        thread.join()
    done.set()
    for thread in askers:
        thread.join()
    assert sorted(gone_at) == sorted(ids)
    assert [(began, one) for began, there in asked for one in there if gone_at[one] < began] == []
    assert any(there for _, there in asked)
