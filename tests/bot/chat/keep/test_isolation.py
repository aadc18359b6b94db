"""A server never sees another's articles, however what is added, asked and removed runs together."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.answerer import Answerer, Question
from bot.app import App
from bot.chat.keep.places import Places
from bot.chat.queue import Worker
from bot.types import Answer
from index.types import Article

SERVERS = (1, 2, 3, 4, 5)
SHARED = "The film was shown twice."


@dataclass(slots=True)
class World:
    """Five servers as the bot has them, and what each was given."""

    places: Places
    answerer: Answerer
    random: random.Random
    given: dict[int, set[str]] = field(default_factory=lambda: {server: set() for server in SERVERS})
    """All that a server ever had."""
    kept: dict[int, dict[str, str]] = field(default_factory=lambda: {server: {} for server in SERVERS})
    """What it has now: the director's name by the article's id."""
    strangers: list[str] = field(default_factory=list)
    """What was shown in the wrong place."""
    answers: int = 0

    def add(self, server: int) -> None:
        """A new article, or another text for one; each names a director that no other does."""
        article_id = self.random.choice([*self.kept[server], f"new {self.random.random()}"])
        director = f"Ilsa {'ABCDEFGHIJ'[server]}{self.random.getrandbits(64):x}"
        self.given[server].add(director)
        self.kept[server][article_id] = director
        with self.places.own(server) as own:
            assert len(list(own.add([Article(article_id, f"{director} directed the film.")]))) == 1

    def remove(self, server: int) -> None:
        """One of the server's articles, if it has any."""
        if self.kept[server]:
            article_id = self.random.choice([*self.kept[server]])
            del self.kept[server][article_id]
            with self.places.own(server) as own:
                assert own.remove(article_id) is True

    def ask(self, server: int) -> Answer:
        """What everybody asks; notes all that is shown and was never this server's."""
        with self.places.collections(server) as collections:
            answer = self.answerer.answer(Question("Who directed the film?"), collections)
        for director in shown(answer):
            if director not in {SHARED, *self.given[server]}:
                self.strangers.append(f"{director} in {server}")
        self.answers += answer.answer is not None
        return answer

    def titles(self, server: int) -> None:
        """What may be chosen in this server."""
        for title in self.places.titles(server):
            director = title.title.removesuffix(" directed the film.")
            if director not in {SHARED, *self.given[server]}:
                self.strangers.append(f"{director} among the titles of {server}")


def shown(answer: Answer) -> set[str]:
    """The director of each article that an answer holds anywhere."""
    cited = [*answer.citations, *answer.closest]
    cited += [other.citation for other in (*answer.alternatives, *answer.conflicts)]
    articles = [hit.article for hit in answer.hits] + [citation.article for citation in cited]
    articles += [copy for hit in answer.hits for copy in (*hit.also_in, *hit.story)]
    articles += [span.hit.article for span in answer.spans]
    return {article.text.removesuffix(" directed the film.") for article in articles}


@pytest.fixture
def world(make_app: Callable[..., App]) -> World:
    """Servers without articles beside a shared one, with room for four open collections of six."""
    app = make_app(max_open_collections=4)
    with app.chosen() as collection:
        assert len(list(collection.add([Article("shared", SHARED)]))) == 1
    return World(Places(app), app.answerer(), random.Random(4))


async def interleave(world: World, workers: dict[str, Worker], steps: int) -> None:
    """Some of everything in a random order, each on its own thread, as they come."""
    tasks = []
    for _ in range(steps):
        server = world.random.choice(SERVERS)
        doing = world.random.choices(
            (("indexing", world.add), ("indexing", world.remove), ("questions", world.ask),
             ("memory", world.titles)), (3, 2, 4, 1),
        )[0]  # fmt: skip
        worker, work = doing
        tasks.append(asyncio.create_task(workers[worker].run(lambda work=work, server=server: work(server))))
        if world.random.random() < 0.3:
            await asyncio.wait([world.random.choice(tasks)])
    await asyncio.gather(*tasks)


async def many(world: World, interleavings: int) -> None:
    """Afterwards each server has exactly what it was given and not deprived of."""
    workers = {name: Worker(name, None) for name in ("indexing", "questions", "memory")}
    for _ in range(interleavings):
        await interleave(world, workers, 12)
        for server in SERVERS:
            with world.places.collections(server) as (_, *own):
                articles = {article.id for one in own for article in one.articles()}
            assert articles == set(world.kept[server])
            answer = world.ask(server)
            assert shown(answer) <= {SHARED, *world.kept[server].values()}
            assert (answer.answer in world.kept[server].values()) == bool(world.kept[server])
    for worker in workers.values():
        await worker.close(finish_seconds=10)
    world.places.close()


def test_servers_are_kept_apart(world: World) -> None:
    """15 random interleavings of adding, asking and removing in five servers."""
    asyncio.run(many(world, 15))
    assert world.strangers == []
    assert world.answers > 60


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a minute on two idle cores
def test_servers_are_kept_apart_for_long(world: World) -> None:
    """1,000 of them."""
    asyncio.run(many(world, 1000))
    assert world.strangers == []
    assert world.answers > 4000


@pytest.mark.parametrize("server", [2, None])
def test_what_is_forgotten_is_shown_nowhere(world: World, server: int | None) -> None:
    """Forgetting in the middle of it all leaves the others what is theirs, and nobody sees the rest."""

    async def main() -> None:
        workers = {name: Worker(name, None) for name in ("indexing", "questions", "memory")}
        for one in SERVERS:
            await workers["indexing"].run(lambda one=one: world.add(one))
        asked = [asyncio.create_task(workers["questions"].run(lambda: world.ask(1))) for _ in range(5)]
        await workers["memory"].run(lambda: world.places.forget(1))
        if server is not None:
            await workers["indexing"].run(lambda: world.add(server))
        last = await workers["questions"].run(lambda: world.ask(1))
        await asyncio.gather(*asked)
        assert shown(last) == {SHARED}
        for other in SERVERS[1:]:
            answer = await workers["questions"].run(lambda other=other: world.ask(other))
            assert shown(answer) == {SHARED, *world.kept[other].values()}
        for worker in workers.values():
            await worker.close(finish_seconds=10)

    asyncio.run(main())
    world.places.close()
    assert world.strangers == []
    assert world.places.servers() == {2, 3, 4, 5}
