"""A lock that is given in the order it is asked for."""

from __future__ import annotations

import threading
import time

import pytest

from index.turns import Turns


def waiting(turns: Turns, number: int) -> bool:
    """Whether so many have the lock or wait for it, before long."""
    deadline = time.monotonic() + 10
    while len(turns._waiting) != number and time.monotonic() < deadline:
        time.sleep(0.001)
    return len(turns._waiting) == number


def test_first_come_first_served() -> None:
    """Each waits for those before; who comes back at once goes to the end."""
    turns, order = Turns(), []

    def come(name: str) -> None:
        with turns.turn():
            order.append(name)

    threads = [threading.Thread(target=come, args=(name,)) for name in "abc"]
    with turns.turn():
        for number, thread in enumerate(threads, 2):
            thread.start()
            assert waiting(turns, number)
        order.append("first")
    come("again")
    for thread in threads:
        thread.join(10)
    assert order == ["first", "a", "b", "c", "again"]


def test_one_at_a_time() -> None:
    """Nobody has it while another does."""
    turns, inside, most = Turns(), [], []

    def work() -> None:
        for _ in range(200):
            with turns.turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [1] * 800


def test_a_failure_gives_it_back() -> None:
    """What goes wrong in a turn ends it; what goes wrong while waiting leaves the queue."""
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    with turns.turn(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns._changed, "wait_for", interrupted)
        with pytest.raises(KeyboardInterrupt), turns.turn():
            pass
        assert len(turns._waiting) == 1
    with turns.turn():
        assert len(turns._waiting) == 1


def interrupted(_: object) -> None:
    raise KeyboardInterrupt
