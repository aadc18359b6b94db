"""The dates behind "when" answers."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.resolve import resolve_date

WEDNESDAY = "2021-10-06"


@pytest.mark.parametrize(
    ("answer", "quote", "iso"),
    [
        ("Wednesday", "It reached orbit on Wednesday, August 21, two weeks late.", "2021-08-21"),
        ("Wednesday", "It will open on Wednesday, 3 November 2021.", "2021-11-03"),
        ("on Tuesday", "It opened on Tuesday Sept. 28 at noon.", "2021-09-28"),
        ("August", "It opened on Tuesday, August 21.", "2021-08"),
        ("Wednesday", "It opened on Wednesday, and August 21 was a Saturday.", "2021-10-06"),
        ("Tuesday", "It opened on Tuesday, May having resigned.", "2021-10-05"),
    ],
)
def test_a_weekday_goes_with_the_day_beside_it(answer: str, quote: str, iso: str) -> None:
    """Where the sentence goes on with the day of the month, the reader's "Wednesday" means that day."""
    assert resolve_date("When did it open?", answer, quote, WEDNESDAY) == iso


def test_the_place_of_the_answer_counts() -> None:
    """Of two Wednesdays in a sentence the one that answers goes with what stands beside it."""
    quote = "The vote of Wednesday, August 21 was void; it opened again on Wednesday."
    asked = "When did it open again?"
    assert resolve_date(asked, "Wednesday", quote, "2024-09-05", quote.index("Wed")) == "2024-08-21"
    assert resolve_date(asked, "Wednesday", quote, "2024-09-05", quote.rindex("Wed")) == "2024-09-04"


@pytest.mark.parametrize(
    ("answer", "iso"),
    [
        ("Tuesday, October 5", "2021-10-05"),
        ("on Tuesday, Oct. 5", "2021-10-05"),
        ("5 October", "2021-10-05"),
        ("the night of October 5th", "2021-10-05"),
        ("October 7", "2021-10-07"),
        ("October 8", "2020-10-08"),
        ("5 March", "2021-03-05"),
        ("December 31", "2020-12-31"),
        ("February 29", "2020-02-29"),
        ("Tuesday, October 6", "2020-10-06"),
        ("Friday, October 9", "2020-10-09"),
        ("Saturday, October 9", "2021-10-09"),
        ("Saturday, October 8", "2022-10-08"),
        ("Monday, October 8", "2020-10-08"),
        ("Tuesday", "2021-10-05"),
        ("Wednesday", "2021-10-06"),
        ("Thursday", "2021-09-30"),
        ("Sat.", "2021-10-02"),
        ("late Saturday night", "2021-10-02"),
        ("at 9:30 a.m. on Tuesday", "2021-10-05"),
        ("1430 GMT on Tuesday", "2021-10-05"),
        ("Tuesday at 9.30 p.m. local time", "2021-10-05"),
        ("this Friday", "2021-10-01"),
        ("last Friday", "2021-10-01"),
        ("last Wednesday", "2021-09-29"),
        ("next Wednesday", "2021-10-13"),
        ("next Friday", "2021-10-08"),
        ("October", "2021-10"),
        ("in mid-November", "2020-11"),
        ("last October", "2020-10"),
        ("next October", "2022-10"),
        ("5 March last year", "2020-03-05"),
        ("last year", "2020"),
        ("earlier this month", "2021-10"),
        ("next month", "2021-11"),
        ("yesterday", "2021-10-05"),
        ("today", "2021-10-06"),
        ("tonight", "2021-10-06"),
        ("this morning", "2021-10-06"),
        ("late last night", "2021-10-05"),
        ("tomorrow evening", "2021-10-07"),
        ("a day ago", "2021-10-05"),
        ("three days ago", "2021-10-03"),
        ("two weeks ago", "2021-09-22"),
    ],
)
def test_missing_parts_come_from_the_article(answer: str, iso: str) -> None:
    """In a sentence about the past, a date without its year is the latest, and a weekday the one before."""
    assert resolve_date("When did it open?", answer, f"The museum opened {answer}.", WEDNESDAY) == iso


@pytest.mark.parametrize(
    ("answer", "iso"),
    [
        ("Tuesday, October 5", "2021-10-05"),
        ("Wednesday", "2021-10-06"),
        ("Tuesday", "2021-10-12"),
        ("this Friday", "2021-10-08"),
        ("last Friday", "2021-10-01"),
        ("October 5", "2022-10-05"),
        ("October 6", "2021-10-06"),
        ("Monday, October 8", "2021-10-08"),
        ("October", "2021-10"),
        ("by March", "2022-03"),
        ("next year", "2022"),
        ("yesterday", "2021-10-05"),
    ],
)
def test_the_future_is_sought_ahead(answer: str, iso: str) -> None:
    """In a sentence about the future, the same words mean the next such day."""
    assert resolve_date("When is it?", answer, f"The museum will open {answer}.", WEDNESDAY) == iso


@pytest.mark.parametrize(
    ("question", "quote", "iso"),
    [
        ("When is it?", "The vote is on Friday.", "2021-10-01"),
        ("When will it be?", "The vote is on Friday.", "2021-10-08"),
        ("When is it?", "The vote is due on Friday.", "2021-10-08"),
        ("When is it?", "The vote is to be held on Friday.", "2021-10-08"),
        ("When is it?", "The vote would be on Friday.", "2021-10-08"),
        ("When is it?", "The vote is expected on Friday.", "2021-10-08"),
        ("When is it?", "The council plans to vote on Friday.", "2021-10-08"),
        ("When is it?", "The next vote: Friday.", "2021-10-08"),
        ("When is it?", "They'll vote on Friday.", "2021-10-08"),
        ("When was it?", "Will Marsh lost a vote on Friday.", "2021-10-01"),
        ("When was it?", "Due to rain they voted next to the hall on Friday.", "2021-10-01"),
        ("When was it?", "The mayor said on Friday that a bridge will be built.", "2021-10-01"),
        ("When was it?", "The mayor told reporters Friday that a bridge will be built.", "2021-10-01"),
        ("When was it?", "The mayor on Friday said a bridge will be built.", "2021-10-01"),
        ("When is it?", "The mayor said the bridge will open on Friday.", "2021-10-08"),
    ],
)
def test_tense_is_read_from_the_sentence(question: str, quote: str, iso: str) -> None:
    """Words of the future count, save where the day is that of the saying."""
    assert resolve_date(question, "Friday", quote, WEDNESDAY) == iso


@pytest.mark.parametrize("published", [None, WEDNESDAY, "", "last week", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    ("answer", "iso"),
    [
        ("October 5, 2021", "2021-10-05"),
        ("“Tuesday, 5th of October, 2021”", "2021-10-05"),
        ("10 o'clock on 5 March 1847", "1847-03-05"),
        ("29 February 2020", "2020-02-29"),
        ("2021-10-05", "2021-10-05"),
        ("in October 2021", "2021-10"),
        ("the end of Sept. 2021", "2021-09"),
        ("2019", "2019"),
        ("in the year 1066", "1066"),
        ("By mid-1988,", "1988"),
        ("2199", "2199"),
    ],
)
def test_dates_with_a_year_stand_alone(answer: str, iso: str, published: str | None) -> None:
    """A date that carries its year needs no article date."""
    assert resolve_date("When was it?", answer, f"It was {answer}.", published) == iso


@pytest.mark.parametrize("published", [None, "", "last week", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "answer",
    ["Tuesday, October 5", "Tuesday", "October", "yesterday", "last year", "last month", "two weeks ago"],
)
def test_other_dates_need_the_articles(answer: str, published: str | None) -> None:
    """Without a usable article date, nothing is guessed."""
    assert resolve_date("When was it?", answer, f"It was {answer}.", published) is None


@pytest.mark.parametrize(
    "answer",
    [
        "12 days",
        "for 14 months",
        "two hours",
        "in three days",
        "last week",
        "Tuesday last week",
        "a few days ago",
        "nearly two weeks ago",
        "recently",
        "the 1990s",
        "mid-1980s",
        "this spring",
        "the next day",
        "earlier",
        "1:45 PM",
        "October 5 to 7",
        "October 5-7",
        "October 5–7",
        "October 5 and 6",
        "between 2019 and 2021",
        "2019-2021",
        "2019/20",
        "Monday to Friday",
        "Mondays",
        "every June",
        "before October 5",
        "around 1850",
        "May Day",
        "New Year's Day",
        "32 October",
        "February 30",
        "June 31, 2021",
        "2021-02-30",
        "10/05/2021",
        "5.10.2021",
        "14",
        "14:30",
        "999",
        "0999",
        "2200",
        "2,000",
        "2000 people",
        "٢٠١٩",
        "October ٥",
        "😀",
        "October 😀",
        "Octopus 5",
        "5 octobre",
        "99999999 days ago",
        "",
        " ",
        "last",
        "2021" * 5000,
        "2021" + " " * 100,
    ],
)
def test_what_is_no_date_stays_open(answer: str) -> None:
    """Durations, ranges, vague times, impossible days and other text have no date."""
    assert resolve_date("When was it?", answer, f"It was {answer}.", WEDNESDAY) is None


@pytest.mark.parametrize(
    ("question", "day", "year"),
    [
        ("When was it filmed?", "2021-10-05", "2019"),
        ("since  when?", "2021-10-05", "2019"),
        ("The film is out. Which studio knows! When was it shot?", "2021-10-05", "2019"),
        ("When and where was it filmed?", "2021-10-05", "2019"),
        ("In which year was it filmed?", "2021-10-05", "2019"),
        ("It was filmed in what year?", "2021-10-05", "2019"),
        ("What was the first year?", "2021-10-05", "2019"),
        ("On what day was it filmed?", "2021-10-05", None),
        ("What exact date was it?", "2021-10-05", None),
        ("What's the release date?", "2021-10-05", None),
        ("which month was it?", "2021-10-05", None),
        ("Which weekday was it?", "2021-10-05", None),
        ("How long did it last?", None, None),
        ("How long was he there when they filmed it?", None, None),
        ("Who was mayor when it was filmed?", None, None),
        ("When it was filmed, how many came?", None, None),
        ("What is the name of the day?", None, None),
        ("Which film won that year?", None, None),
        ("How many came?", None, None),
        ("Where is it? ", None, None),
        ("Tell me more", None, None),
        ("", None, None),
    ],
)
def test_only_questions_for_a_time_have_dates(question: str, day: str | None, year: str | None) -> None:
    """A bare number is a year only where a year may be asked for."""
    assert resolve_date(question, "Tuesday", "It was Tuesday.", WEDNESDAY) == day
    assert resolve_date(question, "2019", "It was 2019.", WEDNESDAY) == year


@pytest.mark.parametrize("published", ["2021-10-06T23:30:00", "2021-10-06T23:30:00-11:00"])
def test_the_articles_own_day_counts(published: str) -> None:
    """The article's time and offset do not move its date."""
    assert resolve_date("When was it?", "yesterday", "It was yesterday.", published) == "2021-10-05"


def test_months_have_no_tolerance() -> None:
    """On the last day of October, a past November is last year's, and a past 1 November tomorrow."""
    assert resolve_date("When was it?", "November", "It was in November.", "2021-10-31") == "2020-11"
    assert resolve_date("When was it?", "November 1", "It was November 1.", "2021-10-31") == "2021-11-01"


def test_years_end() -> None:
    """Around New Year the neighbouring year is found."""
    assert resolve_date("When was it?", "Friday, December 31", "It was then.", "2022-01-02") == "2021-12-31"
    assert resolve_date("When was it?", "Friday", "It was then.", "2022-01-02") == "2021-12-31"
    assert resolve_date("When is it?", "January 2", "It will be then.", "2021-12-31") == "2022-01-02"
    assert resolve_date("When was it?", "last month", "It was then.", "2022-01-31") == "2021-12"


PIECES = [
    *("last", "next", "this", "on", "the", "a", "of", "yesterday", "tonight", "early", "mid-", "two", "ago"),
    *(
        "days",
        "weeks",
        "month",
        "year",
        "Tuesday",
        "Fri",
        "May",
        "Oct.",
        "February",
        "marathon",
        "2021-10-05",
    ),
    *("14", "5", "32", "29", "2019", "2200", "1000", "0", "1430", "9:30 p.m.", "GMT", "am", "'s", "T"),
    *("-", "–", ",", ".", ":", "😀", "٥", "İ", "\n", "\0"),
]
WORDS = st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(
    question=st.sampled_from(["When?", "When will it be?", "What day?"]) | st.text(max_size=30),
    answer=WORDS | st.text(max_size=120) | st.dates().map(lambda day: f"{day:%B} {day.day}"),
    quote=WORDS | st.text(max_size=60),
    published=st.none() | st.dates().map(date.isoformat) | st.datetimes().map(str) | st.text(max_size=12),
)
def test_any_text_gives_a_real_date_or_none(
    question: str, answer: str, quote: str, published: str | None
) -> None:
    """Whatever the words are, nothing is raised, and what comes out is on the calendar."""
    iso = resolve_date(question, answer, quote, published)
    if iso is not None:
        assert re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", iso)
        assert date.fromisoformat((iso + "-01-01")[:10])
