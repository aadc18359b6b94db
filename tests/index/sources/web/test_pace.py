"""The pause between two visits to a host, with a clock that only the test moves."""

from __future__ import annotations

import pytest

from index.sources.web.pace import LeftAlone, Pace


class Clock:
    """Time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(lambda: clock.now, clock.sleep)


def test_the_pause_is_from_the_end_of_a_visit(pace: Pace, clock: Clock) -> None:
    """Another host is not waited for."""
    with pace.turn("a", 2):
        clock.now += 5
    with pace.turn("b", 2):
        pass
    clock.now += 0.5
    with pace.turn("a", 2):
        pass
    assert clock.slept == [1.5]


def test_a_visit_goes_on_at_once(pace: Pace, clock: Clock) -> None:
    """A redirect within a host is one visit."""
    with pace.turn("a", 2):
        pass
    with pace.turn("a", 2, at_once=True):
        pass
    assert clock.slept == []


def test_the_pause_holds_after_a_failure(pace: Pace, clock: Clock) -> None:
    """A server that failed is not asked sooner than one that did not."""
    with pytest.raises(ValueError, match="x"), pace.turn("a", 2):
        raise ValueError("x")
    with pace.turn("a", 2):
        pass
    assert clock.slept == [2]


def test_a_host_that_asks_to_be_left_alone(pace: Pace, clock: Clock) -> None:
    """Up to a minute is waited; longer is said, and a shorter pause does not undo it."""
    pace.hold("a", 60)
    with pace.turn("a", 1):
        pass
    assert clock.slept == [60]
    pace.hold("a", 61)
    pace.hold("a", 5)
    with pytest.raises(LeftAlone) as caught, pace.turn("a", 1):
        pass
    assert caught.value.seconds == 61


def test_hosts_that_need_no_pause_are_forgotten(pace: Pace, clock: Clock) -> None:
    """However many a feed names; one that asked to be left alone, or is being visited, is not."""
    pace.hold("busy", 100_000)
    with pace.turn("here", 1):
        for number in range(5000):
            with pace.turn(str(number), 1):
                clock.now += 1
        assert len(pace._hosts) <= 1001
        assert {"busy", "here"} <= pace._hosts.keys()
    with pytest.raises(LeftAlone), pace.turn("busy", 1):
        pass
