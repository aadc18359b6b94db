"""Work off the event loop: in turn, bounded, and nobody waits without knowing."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import pytest

from bot.chat import queue
from bot.chat.queue import Busy, Closed, Worker

Run = Callable[[Coroutine[Any, Any, None]], None]


class Gate:
    """Work that begins, and ends when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.open.wait(10)
        return "done"

    async def entered(self) -> None:
        """Wait until a worker does this work."""
        assert await asyncio.to_thread(self.begun.wait, 10)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


# --- doing work -----------------------------------------------------------------------------------


def test_work_is_done_on_one_thread_of_that_name(run: Run) -> None:
    """What the work returns comes back; all of it is done by the same thread, which is not the caller's."""

    async def main() -> None:
        worker = Worker("questions", 4)
        threads = {await worker.run(threading.current_thread) for _ in range(3)}
        assert [thread.name for thread in threads] == ["questions"]
        assert threads.isdisjoint({threading.current_thread()})
        await worker.close(finish_seconds=5)
        assert [thread.is_alive() for thread in threads] == [False]

    run(main())


def test_work_is_done_in_turn(run: Run) -> None:
    """First come, first served, one at a time."""

    async def main() -> None:
        worker, done = Worker("memory", None), []
        await asyncio.gather(*(worker.run(lambda n=n: done.append(n)) for n in range(50)))
        assert done == list(range(50))

    run(main())


def test_a_failure_is_the_callers(run: Run) -> None:
    """What the work raises is raised where it is awaited, and the thread goes on."""

    async def main() -> None:
        worker = Worker("memory", None)
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 // 0)
        assert (worker.depth, await worker.run(lambda: "next")) == (0, "next")

    run(main())


def test_an_exhausted_iterator_is_a_failure_too(run: Run) -> None:
    """StopIteration, which asyncio cannot pass on, does not leave its caller waiting forever."""

    async def main() -> None:
        with pytest.raises(RuntimeError, match=r"^the work raised StopIteration$"):
            await Worker("memory", None).run(lambda: next(iter(())))

    run(main())


def test_the_callers_context_goes_along(run: Run) -> None:
    """What the caller's context holds, such as an id for the log, is there in the work."""
    asked = ContextVar("asked", default="nothing")

    async def main() -> None:
        asked.set("q1")
        assert await Worker("questions", 1).run(asked.get) == "q1"

    run(main())


def test_a_result_is_not_kept(run: Run) -> None:
    """When the caller is done with an answer, the idle worker does not hold on to it."""

    async def main() -> None:
        worker = Worker("questions", 1)
        result = weakref.ref(await worker.run(Gate))
        deadline = time.monotonic() + 5
        while result() is not None and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
            gc.collect()
        assert result() is None

    run(main())


# --- a bounded queue ------------------------------------------------------------------------------


def test_a_full_queue_refuses_at_once(run: Run, gate: Gate) -> None:
    """With one at work and two waiting the next is Busy, and after one is done there is room for one."""

    async def main() -> None:
        worker = Worker("questions", 2)
        tasks = [asyncio.create_task(worker.run(gate)) for _ in range(3)]
        await gate.entered()
        assert (worker.depth, worker.idle) == (3, False)
        with pytest.raises(Busy):
            worker.reserve()
        with pytest.raises(Busy):
            await worker.run(gate)
        assert worker.depth == 3
        gate.open.set()
        assert await asyncio.gather(*tasks) == ["done"] * 3
        assert (worker.depth, worker.idle) == (0, True)
        assert await worker.run(lambda: "room") == "room"

    run(main())


def test_what_has_no_bound_never_refuses() -> None:
    """None lets any number wait."""
    worker = Worker("indexing", None)
    tickets = [worker.reserve() for _ in range(1000)]
    assert worker.depth == len(tickets) == 1000


@pytest.mark.parametrize(
    ("durations", "reserved", "seconds"),
    [
        ([], 3, 1),
        ([0.1, 0.2, 0.1], 3, 1),
        ([2.0, 9.0, 3.0], 3, 9),
        ([0.5, 0.6], 3, 2),
        ([60.0] * 5 + [0.5] * 20, 3, 2),
    ],
)
def test_how_long_to_wait(durations: list[float], reserved: int, seconds: int) -> None:
    """As long as all before one usually takes: by the median of the last twenty, rounded up, at least 1 s."""
    worker = Worker("questions", reserved - 1)
    worker._durations.extend(durations)
    tickets = [worker.reserve() for _ in range(reserved)]
    with pytest.raises(Busy) as caught:
        worker.reserve()
    assert (len(tickets), caught.value.retry_after_seconds) == (reserved, seconds)
    assert str(caught.value) == f"busy, try again in {seconds} s"


def test_how_long_work_took_is_remembered(run: Run) -> None:
    """Work that fails counts as well."""

    async def main() -> None:
        worker = Worker("questions", 0)
        await worker.run(lambda: time.sleep(0.05))
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 // 0)
        first, second = worker._durations
        assert 0.05 <= first < 5
        assert 0 <= second < first

    run(main())


# --- tickets --------------------------------------------------------------------------------------


def test_a_ticket_keeps_its_place(run: Run) -> None:
    """A reserved place counts until its work is done; releasing it then changes nothing."""

    async def main() -> None:
        worker = Worker("questions", 0)
        ticket = worker.reserve()
        assert (worker.depth, worker.idle) == (1, False)
        with pytest.raises(Busy):
            worker.reserve()
        assert await ticket.run(lambda: 7) == 7
        other = worker.reserve()
        ticket.release()
        assert worker.depth == 1
        other.release()
        assert worker.depth == 0

    run(main())


def test_a_released_ticket_is_used_up(run: Run) -> None:
    """Its place is free once, however often it is released, and it does no work."""

    async def main() -> None:
        worker = Worker("questions", 5)
        ticket, other = worker.reserve(), worker.reserve()
        ticket.release()
        ticket.release()
        assert worker.depth == 1
        with pytest.raises(RuntimeError, match=r"^this ticket was used or released before$"):
            await ticket.run(lambda: 7)
        assert worker.depth == 1
        other.release()

    run(main())


def test_a_ticket_that_is_lost_gives_its_place_back() -> None:
    """Whoever forgets a ticket does not make the queue shorter for good."""
    worker = Worker("questions", 0)
    ticket = worker.reserve()
    assert worker.depth == 1
    del ticket
    assert worker.depth == 0


# --- cancelling -----------------------------------------------------------------------------------


def test_cancelling_what_waits(run: Run, gate: Gate) -> None:
    """Its place is free at once and its work is never done; those behind it are."""

    async def main() -> None:
        worker, done = Worker("questions", 3), []
        first = asyncio.create_task(worker.run(gate))
        await gate.entered()
        second = asyncio.create_task(worker.run(lambda: done.append(2)))
        third = asyncio.create_task(worker.run(lambda: done.append(3)))
        await settled()
        second.cancel()
        await settled()
        assert (second.cancelled(), worker.depth) == (True, 2)
        gate.open.set()
        await asyncio.gather(first, third)
        assert (done, worker.depth) == ([3], 0)

    run(main())


def test_cancelling_what_runs(run: Run, gate: Gate) -> None:
    """The work goes on to its end and counts until then; the thread does the next."""

    async def main() -> None:
        worker = Worker("questions", 3)
        task = asyncio.create_task(worker.run(gate))
        await gate.entered()
        task.cancel()
        await settled()
        assert (task.cancelled(), worker.depth) == (True, 1)
        following = asyncio.create_task(worker.run(lambda: "next"))
        gate.open.set()
        assert (await following, worker.depth) == ("next", 0)

    run(main())


def test_cancelling_before_it_began(run: Run) -> None:
    """A task that is cancelled before its first step keeps no place."""

    async def main() -> None:
        worker = Worker("questions", 1)
        task = asyncio.create_task(worker.reserve().run(lambda: 7))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert await worker.run(lambda: "next") == "next"
        assert (task.cancelled(), worker.depth) == (True, 0)

    run(main())


# --- closing --------------------------------------------------------------------------------------


def test_closing(run: Run, gate: Gate) -> None:
    """What runs is finished, what waits is dropped, what comes is refused."""

    async def main() -> None:
        worker = Worker("questions", 3)
        running = asyncio.create_task(worker.run(gate))
        await gate.entered()
        waiting = asyncio.create_task(worker.run(lambda: "never"))
        ticket = worker.reserve()
        await settled()
        closing = asyncio.create_task(worker.close(finish_seconds=5))
        with pytest.raises(Closed):
            await waiting
        with pytest.raises(Closed):
            await ticket.run(lambda: "never")
        with pytest.raises(Busy):
            worker.reserve()
        assert (closing.done(), worker.depth) == (False, 1)
        gate.open.set()
        await closing
        assert (await running, worker.depth) == ("done", 0)

    run(main())


def test_closing_does_not_wait_forever(run: Run, gate: Gate) -> None:
    """Who awaits work that does not end in time is told; that it ends later harms nobody."""

    async def main() -> None:
        worker = Worker("indexing", None)
        running = asyncio.create_task(worker.run(gate))
        await gate.entered()
        await worker.close(finish_seconds=0.02)
        with pytest.raises(Closed):
            await running
        gate.open.set()
        await worker.close(finish_seconds=5)
        assert worker._thread is not None
        assert worker._thread.is_alive() is False

    run(main())


def test_closing_what_was_never_used(run: Run) -> None:
    """There is nothing to wait for, however often."""

    async def main() -> None:
        worker = Worker("indexing", None)
        await worker.close(finish_seconds=5)
        await worker.close(finish_seconds=5)
        with pytest.raises(Busy) as caught:
            await worker.run(lambda: 7)
        assert caught.value.retry_after_seconds == 1

    run(main())


# --- giving way -----------------------------------------------------------------------------------


def test_indexing_gives_way_to_questions(run: Run, gate: Gate) -> None:
    """The indexing thread stands still while a question is read, and goes on when it is answered."""

    async def main() -> None:
        questions, indexing, steps = Worker("questions", 1), Worker("indexing", None), []
        question = asyncio.create_task(questions.run(gate))
        await gate.entered()

        def index() -> None:
            steps.append("begun")
            indexing.give_way(questions)
            steps.append(f"goes on with {questions.depth} asked")

        indexed = asyncio.create_task(indexing.run(index))
        await asyncio.sleep(0.05)
        assert steps == ["begun"]
        gate.open.set()
        await asyncio.gather(question, indexed)
        assert steps == ["begun", "goes on with 0 asked"]

    run(main())


def test_a_question_that_is_announced_has_the_way_too() -> None:
    """From the reserved ticket on; releasing it lets the others go on."""
    questions, indexing = Worker("questions", 1), Worker("indexing", None)
    ticket = questions.reserve()
    thread = threading.Thread(target=indexing.give_way, args=(questions,))
    thread.start()
    thread.join(0.05)
    assert thread.is_alive() is True
    ticket.release()
    thread.join(5)
    assert thread.is_alive() is False


def test_nobody_gives_way_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask, some indexing is done; where nobody asks there is no pause at all."""
    assert queue._GIVE_WAY_SECONDS == 2.0
    monkeypatch.setattr(queue, "_GIVE_WAY_SECONDS", 0.05)
    questions, indexing = Worker("questions", 1), Worker("indexing", None)
    ticket = questions.reserve()
    started = time.monotonic()
    indexing.give_way(questions)
    assert 0.04 < time.monotonic() - started < 1.5
    ticket.release()
    monkeypatch.setattr(queue, "_GIVE_WAY_SECONDS", 60)
    started = time.monotonic()
    indexing.give_way(questions)
    assert time.monotonic() - started < 1


def test_questions_do_not_wait_for_themselves(run: Run) -> None:
    """What is embedded to answer a question, as the samples are once, is held up by no question."""

    async def main() -> None:
        questions, indexing = Worker("questions", 1), Worker("indexing", None)
        started = time.monotonic()
        await questions.run(lambda: indexing.give_way(questions))
        assert time.monotonic() - started < 1

    run(main())
