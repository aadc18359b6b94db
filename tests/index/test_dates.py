"""Reading publication dates."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dates import parse_day, parse_published


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("2021-10-06", "2021-10-06"),
        (" 2021-10-06\n", "2021-10-06"),
        ("20211006", "2021-10-06"),
        ("2024-02-29", "2024-02-29"),
        ("2021-W40-3", "2021-10-06"),
        ("2018/03/15", "2018-03-15"),
        ("2018/3/5", "2018-03-05"),
        ("2018.03.15", "2018-03-15"),
        ("2021-10-06 17:30", "2021-10-06T17:30:00"),
        ("2021-10-06T17:30:00Z", "2021-10-06T17:30:00+00:00"),
        ("2021-10-06T17:30:00.250-04:00", "2021-10-06T17:30:00-04:00"),
        ("Wed, 06 Oct 2021 17:30:00 +0200", "2021-10-06T17:30:00+02:00"),
        ("6 Oct 2021 17:30:00 GMT", "2021-10-06T17:30:00+00:00"),
        ("6 October 2021", "2021-10-06"),
        ("October 6, 2021", "2021-10-06"),
        ("Oct. 6, 2021", "2021-10-06"),
        ("October 6, 2021 at 5:30 pm", "2021-10-06T17:30:00"),
        ("6 octobre 2021", "2021-10-06"),
    ],
)
def test_common_notations_are_read(raw: str, iso: str) -> None:
    """ISO, year-first, mail and written dates all come out as ISO 8601, with the time where one is given."""
    assert parse_published(raw) == iso


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "garbage",
        "garbage 7",
        "yesterday",
        "3 days ago",
        "in 2 days",
        "2021",
        "2021-10",
        "October 2021",
        "October 6",
        "2021-W40",
        "2021W40",
        "17:30",
        "2021-02-30",
        "2021-02-30T10:00:00",
        "2023-02-29",
        "2018/13/15",
        "30 February 2021",
        "Thu, 31 Feb 2021 10:00:00 GMT",
        "0000-00-00",
        "99999-10-10",
        "12345678901234567890",
        "1633536000",
        "2021-10-06" + " " * 80 + "x" * 20,
    ],
)
def test_what_names_no_day_is_none(raw: str) -> None:
    """Nonsense, days that do not exist, months, weeks and relative dates give None, not a guess."""
    assert parse_published(raw) is None


_SCRAPS = st.sampled_from(
    [
        "2021",
        "31",
        "6",
        "-",
        "/",
        ":",
        " ",
        "T",
        "Z",
        "+02:00",
        "Oct",
        "May",
        "days",
        "ago",
        "PM",
        "W",
        "99999999999",
        "٣",
        "\x00",
        "\ud800",
        ",",
        "GMT",
        "-99:99",
        "1st",
        "(",
        "week",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.lists(_SCRAPS, max_size=9).map("".join), st.text(max_size=30)))
def test_any_text_gives_a_date_or_none(raw: str) -> None:
    """Whatever a source writes, the outcome is None or an ISO date that Python reads back."""
    found = parse_published(raw)
    if found is not None:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d([+-]\d\d:\d\d(:\d\d)?)?)?", found)
        assert datetime.fromisoformat(found).isoformat()[: len(found)] == found


def test_a_typed_day_is_read() -> None:
    """A day that a person typed comes back as ISO."""
    assert parse_day(" 2021-10-01 ") == "2021-10-01"


@pytest.mark.parametrize("raw", ["October 1", "2021-02-30", "2021-10", ""])
def test_a_mistyped_day_says_what_is_wanted(raw: str) -> None:
    """The error repeats what was typed and shows the notation."""
    with pytest.raises(ValueError, match="is not a day") as caught:
        parse_day(raw)
    assert str(caught.value) == f"{raw!r} is not a day; write it as 2021-10-01"
