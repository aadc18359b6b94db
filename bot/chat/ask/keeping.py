"""What becomes of answers once they are given: found again, quoted, judged; no Discord in it but ids."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from index.types import Passage

from ...types import Citation
from ..keep.memory import KeptAnswer, Memory, Offer, Pending, Verdict
from ..keep.places import Places
from ..keep.recall import cited, passage_around
from ..queue import Worker

T = TypeVar("T")


class NotKept(Exception):
    """The answer was forgotten, or is older than answers are kept."""


class Withdrawn(Exception):
    """The article is gone, or says something else by now."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation that still holds, with the passage around it."""

    citation: Citation
    passage: Passage


class Keeping:
    """The kept answers of all servers; its work is done on the memories' thread."""

    def __init__(self, places: Places, memory: Worker, clock: Callable[[], float] = time.time) -> None:
        self._places = places
        self._memory = memory
        self._clock = clock

    async def begin(self, pending: Pending) -> None:
        """Note an interaction that waits for its answer, so that a restart can tell the person."""
        # With the direct messages: a server may be forgotten while somebody waits there.
        await self._in(None, lambda memory: memory.add_pending(pending))

    async def end(self, interaction: int) -> None:
        """The interaction waits no more."""
        await self._in(None, lambda memory: memory.done_pending(interaction))

    async def left_waiting(self) -> list[Pending]:
        """Who waited when the bot was stopped, as far as they can still be told; it is asked once."""
        return await self._in(None, lambda memory: memory.take_pending(self._clock()))

    async def shown(self, server: int | None, answer_id: str, message: int) -> None:
        """Note which message shows an answer."""
        await self._in(server, lambda memory: memory.set_message(answer_id, message))

    async def answer_to(self, server: int | None, message: int) -> KeptAnswer | None:
        """The answer that a message shows, or None."""
        return await self._in(server, lambda memory: memory.answer_to(message))

    async def point_once(self, server: int | None, thread: int) -> bool:
        """Whether a thread was not yet told how to ask on."""
        return await self._in(server, lambda memory: memory.point_once(thread))

    async def judge(
        self, server: int | None, answer_id: str, user: int, verdict: Verdict, correction: str | None = None
    ) -> None:
        """Keep what a person says of an answer; NotKept when there is no such answer."""

        def judge(memory: Memory) -> None:
            _kept(memory, answer_id)
            memory.judge(answer_id, user, verdict, correction, self._clock())

        await self._in(server, judge)

    async def quote(self, server: int | None, answer_id: str) -> Quoted:
        """Where an answer was read; NotKept, or Withdrawn when it no longer stands there."""

        def quote(memory: Memory) -> Quoted:
            answer = _kept(memory, answer_id)
            with self._places.collections(server) as collections:
                for place in answer.citations or answer.closest:
                    citation = cited(place, collections)
                    if citation is not None:
                        return Quoted(citation, passage_around(citation, collections))
            raise Withdrawn

        return await self._in(server, quote)

    async def offers(self, server: int | None, answer_id: str) -> list[tuple[Offer, Citation | None]]:
        """The other candidates, each with where it stands now; NotKept when there is no such answer."""

        def offers(memory: Memory) -> list[tuple[Offer, Citation | None]]:
            answer = _kept(memory, answer_id)
            found = (*answer.conflicts, *answer.alternatives)
            with self._places.collections(server) as collections:
                return [(offer, cited(offer.place, collections)) for offer in found]

        return await self._in(server, offers)

    async def _in(self, server: int | None, work: Callable[[Memory], T]) -> T:
        return await self._memory.run(lambda: work(self._places.memory(server)))


def _kept(memory: Memory, answer_id: str) -> KeptAnswer:
    answer = memory.answer(answer_id)
    if answer is None:
        raise NotKept
    return answer
