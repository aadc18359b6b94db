"""Tests of `bot.chat.ask.cooldown`."""

from __future__ import annotations

from bot.chat.ask.cooldown import Cooldowns

ADA, BEN = 1, 2
NEWSROOM, CLUB = 10, 20


def test_a_person_waits_between_two_questions():
    """After a question the next one is due when the seconds are over, not earlier."""
    cooldowns = Cooldowns(3.0, 0)
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 100.0) == 0.0
    cooldowns.note(ADA, NEWSROOM, 100.0)
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 101.0) == 2.0
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 103.0) == 0.0


def test_a_person_waits_everywhere_and_others_do_not():
    """A cooldown goes with the person into other servers and direct messages, and is nobody else's."""
    cooldowns = Cooldowns(3.0, 0)
    cooldowns.note(ADA, NEWSROOM, 100.0)
    assert [cooldowns.wait_seconds(ADA, place, 100.0) for place in (CLUB, None)] == [3.0, 3.0]
    assert cooldowns.wait_seconds(BEN, NEWSROOM, 100.0) == 0.0


def test_asking_in_vain_does_not_lengthen_the_wait():
    """Only a question that was let through counts."""
    cooldowns = Cooldowns(3.0, 0)
    cooldowns.note(ADA, NEWSROOM, 100.0)
    assert [cooldowns.wait_seconds(ADA, NEWSROOM, 100.0 + second) for second in (1, 2, 2.5)] == [
        2.0,
        1.0,
        0.5,
    ]


def test_a_server_may_ask_so_often_within_any_minute():
    """The window slides: a place comes free when the oldest question is a minute old."""
    cooldowns = Cooldowns(0.0, 2)
    cooldowns.note(ADA, NEWSROOM, 0.0)
    cooldowns.note(BEN, NEWSROOM, 20.0)
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 30.0) == 30.0
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 60.0) == 0.0
    cooldowns.note(ADA, NEWSROOM, 60.0)
    assert cooldowns.wait_seconds(BEN, NEWSROOM, 61.0) == 19.0


def test_a_server_does_not_use_up_anothers_minute():
    """Each server has a window of its own, and direct messages have none."""
    cooldowns = Cooldowns(0.0, 1)
    cooldowns.note(ADA, NEWSROOM, 0.0)
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 1.0) == 59.0
    assert [cooldowns.wait_seconds(ADA, place, 1.0) for place in (CLUB, None)] == [0.0, 0.0]


def test_the_longer_of_both_waits_counts():
    """Where the server's minute is used up, a person's own seconds do not matter."""
    cooldowns = Cooldowns(3.0, 1)
    cooldowns.note(ADA, NEWSROOM, 0.0)
    assert cooldowns.wait_seconds(ADA, NEWSROOM, 1.0) == 59.0
    assert cooldowns.wait_seconds(ADA, CLUB, 1.0) == 2.0


def test_a_limit_of_zero_limits_nothing():
    """With both switched off a thousand questions in one moment are let through."""
    cooldowns = Cooldowns(0.0, 0)
    for _ in range(1000):
        assert cooldowns.wait_seconds(ADA, NEWSROOM, 5.0) == 0.0
        cooldowns.note(ADA, NEWSROOM, 5.0)


def test_what_is_over_is_not_remembered():
    """Ten thousand people and servers leave nothing behind once their time is over."""
    cooldowns = Cooldowns(3.0, 60)
    for number in range(10_000):
        cooldowns.note(number, number, 0.0)
    cooldowns.wait_seconds(ADA, NEWSROOM, 60.0)
    assert (len(cooldowns._users), len(cooldowns._servers)) == (0, 0)
