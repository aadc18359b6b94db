"""The arithmetic of what a server may keep."""

from __future__ import annotations

import pytest

from bot.chat.articles.quotas import MIB, Excess, Quota, Usage, excess

QUOTA = Quota(articles=3, text_bytes=100)


def test_a_new_article_counts_as_one_with_all_its_bytes() -> None:
    """A new article adds itself."""
    assert Usage(1, 40).grown(None, 25) == Usage(2, 65)


def test_a_changed_article_counts_the_difference() -> None:
    """An article that was there is replaced: as many articles, other bytes."""
    assert Usage(2, 65).grown(25, 10) == Usage(2, 50)
    assert Usage(2, 65).grown(0, 10) == Usage(2, 75)


@pytest.mark.parametrize(
    ("usage", "coming", "expected"),
    [
        (Usage(), Usage(3, 100), None),
        (Usage(), Usage(4, 100), Excess.ARTICLES),
        (Usage(), Usage(3, 101), Excess.TEXT),
        (Usage(2, 90), Usage(4, 110), Excess.ARTICLES),
    ],
)
def test_the_limits_themselves_are_allowed(usage: Usage, coming: Usage, expected: Excess | None) -> None:
    """Just the quota fits, one more of either does not."""
    assert excess(usage, coming, QUOTA) is expected


@pytest.mark.parametrize(
    ("coming", "expected"),
    [
        (Usage(5, 200), None),
        (Usage(5, 150), None),
        (Usage(6, 200), Excess.ARTICLES),
        (Usage(5, 201), Excess.TEXT),
    ],
)
def test_a_lowered_quota_refuses_only_growth(coming: Usage, expected: Excess | None) -> None:
    """A server that holds more than it may now can still replace its articles by smaller ones."""
    assert excess(Usage(5, 200), coming, QUOTA) is expected


def test_a_quota_of_nothing_refuses_the_first_article() -> None:
    """An operator who allows no articles gets none."""
    assert excess(Usage(), Usage().grown(None, 1), Quota(0, 50 * MIB)) is Excess.ARTICLES
