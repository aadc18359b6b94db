"""Plain text and Markdown."""

from __future__ import annotations

import time

import pytest

from index.sources.plain import read_markdown, read_plain
from index.sources.record import Record, Unreadable


@pytest.mark.parametrize(
    "raw",
    [
        " date 2021-10-06 The tide rose.",
        "date: 2021-10-06\nThe tide rose.",
        "\n\tDATE\t2021-10-06\n\nThe tide rose.",
    ],
)
def test_a_date_before_the_text_is_kept_out_of_it(raw: str) -> None:
    """The notation ` date 2021-10-06 ` gives the date and leaves the text."""
    assert read_plain(raw) == Record("The tide rose.", published="2021-10-06")


@pytest.mark.parametrize("raw", ["A date 2021-10-06 was set.", "dated 2021-10-06 it was", "date 2021-10-06"])
def test_a_date_within_the_text_stays(raw: str) -> None:
    """A date that is part of the prose is left where it is."""
    assert read_plain(raw) == Record(raw)


def test_a_header_block() -> None:
    """Lines such as `Title:` up to the first blank line give the fields."""
    raw = (
        "Title: Mill: the last day\nDATE: 6 October 2021\nAuthor: Ada Quill\n"
        "Link: https://example.org/mill\nid: m-1\n\nThe mill closed.\n\nIt was old."
    )
    assert read_plain(raw) == Record(
        text="The mill closed.\n\nIt was old.",
        title="Mill: the last day",
        url="https://example.org/mill",
        published="6 October 2021",
        authors=("Ada Quill",),
        id="m-1",
    )


@pytest.mark.parametrize(
    "raw",
    [
        "Title: Mill closes\nDate: 2021-10-06\n\nThe mill closed.",
        "Date: 2021-10-06\nTitle: Mill closes\n\nThe mill closed.",
        "\n\nTitle: Mill closes\nPublished: 2021-10-06\n\nThe mill closed.",
        "\r\n\r\nTitle: Mill closes\r\nDate: 2021-10-06\r\n\r\nThe mill closed.",
        "  title:Mill closes  \n  date:2021-10-06\n\nThe mill closed.",
    ],
)
def test_a_header_in_any_order_and_dress(raw: str) -> None:
    """Order, case, indentation, line ends and blank lines before it do not matter to a header."""
    assert read_plain(raw) == Record("The mill closed.", title="Mill closes", published="2021-10-06")


@pytest.mark.parametrize(
    "raw",
    [
        "Title: a history of the word\nIt came late to English.\n\nMore follows.",
        "Title: a history of the word",
        "Title: a history of the word\n\n  \n",
        "Title:\n\nThe mill closed.",
        "Warning: the mill is closed\n\nStay away.",
        "",
    ],
)
def test_prose_that_looks_like_a_header_is_left_alone(raw: str) -> None:
    """A first paragraph with anything but header lines, or with nothing after it, is text."""
    assert read_plain(raw) == Record(raw)


def test_front_matter_gives_the_fields() -> None:
    """YAML front matter is read, and its dates stay as written."""
    raw = (
        "---\ntitle: Mill closes\ndate: 2021-10-06\nauthors: [Ada Quill, Tom Sele]\n"
        "url: https://example.org/mill\nid: 0042\n---\n\nThe mill closed.\n"
    )
    assert read_markdown(raw) == Record(
        text="The mill closed.",
        title="Mill closes",
        url="https://example.org/mill",
        published="2021-10-06",
        authors=("Ada Quill", "Tom Sele"),
        id="0042",
    )


def test_front_matter_values_stay_strings() -> None:
    """`no`, `1.10` and dates are what the person typed, not what YAML makes of them."""
    record = read_markdown("---\ntitle: no\nid: 1.10\npublished: 2021-10-06 17:30\nauthor: yes\n...\nText.\n")
    assert record == Record("Text.", title="no", id="1.10", published="2021-10-06 17:30", authors=("yes",))


def test_front_matter_with_windows_line_ends() -> None:
    """Front matter written on Windows is read the same."""
    assert read_markdown("---\r\ntitle: Mill\r\n---\r\nOne.\r\n\r\nTwo.\r\n") == Record(
        "One.\n\nTwo.", title="Mill"
    )


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("title: [unclosed", "its front matter is not valid YAML"),
        ("title: a: b", "its front matter is not valid YAML"),
        ("[" * 3000, "its front matter is not valid YAML"),
        ("- one\n- two", "its front matter is not a list of `key: value` lines"),
        ("only words", "its front matter is not a list of `key: value` lines"),
    ],
)
def test_bad_front_matter_is_named(matter: str, reason: str) -> None:
    """Front matter that cannot be read is an error in plain words, not text."""
    with pytest.raises(Unreadable) as caught:
        read_markdown(f"---\n{matter}\n---\nText.\n")
    assert str(caught.value) == reason


def test_front_matter_that_builds_objects_is_only_text() -> None:
    """YAML tags build nothing."""
    record = read_markdown("---\ntitle: !!python/object/apply:os.getcwd []\nid: 7\n---\nText.\n")
    assert record == Record("Text.", title=None, id="7")


def test_the_first_heading_is_the_title() -> None:
    """Without a title in front matter the first heading is it, and is not repeated in the text."""
    assert read_markdown("# Mill *closes*\n\nThe mill closed.\n\n# Next\n\nMore.") == Record(
        "The mill closed.\n\nNext\n\nMore.", title="Mill closes"
    )
    assert read_markdown("Intro.\n\nMill closes\n===========\n\nText.") == Record(
        "Intro.\n\nText.", title="Mill closes"
    )
    assert read_markdown("## A small heading\n\nText.") == Record("A small heading\n\nText.")


def test_front_matter_outranks_the_heading() -> None:
    """The title of the front matter stands; a heading that says something else stays in the text."""
    given = "---\ntitle: Given\n---\n"
    assert read_markdown(f"{given}# Heading\n\nText.") == Record("Heading\n\nText.", title="Given")
    assert read_markdown(f"{given}# Given\n\nText.") == Record("Text.", title="Given")
    assert read_markdown("---\ntitle:\n---\n# Heading\n\nText.") == Record("Text.", title="Heading")


def test_markup_is_reduced_to_words() -> None:
    """Links keep their words, emphasis and code lose their marks, pictures and HTML go."""
    raw = (
        "The [council](https://example.org/c 'a title') said **yes** to `plan_b`,\nat "
        "<https://example.org>. ![a mill](mill.png)<br>\n\n"
        "- first\n- second\n\n> quoted\n\n```\ncode here\n```\n\n<div>markup</div>\n"
    )
    assert read_markdown(raw) == Record(
        "The council said yes to plan_b,\nat https://example.org. \n\n"
        "first\n\nsecond\n\nquoted\n\ncode here\n"
    )


def test_a_rule_is_not_front_matter() -> None:
    """A line of dashes further down opens no front matter."""
    assert read_markdown("Text.\n\n---\n\nkey: value\n") == Record("Text.\n\nkey: value")


def test_a_long_paragraph_keeps_its_markup() -> None:
    """A paragraph of more than 20,000 characters is taken as it stands; its neighbors are not."""
    long = "*word* " * 3000
    assert read_markdown(f"*One.*\n\n{long}\n\n*Two.*").text == f"One.\n\n{long.strip()}\n\nTwo."


def test_a_long_file_keeps_its_markup_towards_the_end() -> None:
    """After the last paragraph border before 500,000 characters, Markdown is taken as it stands."""
    paragraph = "*word* " * 1000 + "\n\n"
    record = read_markdown("# Title\n\n" + paragraph * 80)
    assert record.title == "Title"
    assert (record.text.count("*"), record.text.count("word")) == (18_000, 80_000)


def test_long_front_matter_is_refused() -> None:
    """Front matter of more than 100,000 characters is not parsed."""
    with pytest.raises(Unreadable) as caught:
        read_markdown("---\n" + "a: b\n" * 20_001 + "---\nText.")
    assert str(caught.value) == "its front matter is too long"


@pytest.mark.parametrize("part", ["![", "*a_", "[a](b", "- a\n  ", "> ", "<a ", "`a", "[a]: b\n\n", "a\n\n"])
def test_markup_that_never_closes_takes_no_time(part: str) -> None:
    """A file made of openings alone is read in time that grows with its size, not with the square."""
    started = time.process_time()
    read_markdown(part * (40_000 // len(part)))
    assert time.process_time() - started < 5


def test_links_defined_elsewhere_are_known_in_each_paragraph() -> None:
    """A reference that is defined at the end is a link all the same, and its words stay."""
    assert read_markdown("See [the mill][1].\n\n[1]: https://example.org/mill").text == "See the mill."
