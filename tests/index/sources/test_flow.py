"""Printed lines become paragraphs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.flow import paragraphs

FULL = "A line that is as long as all the other lines are on this page"


def test_lines_are_joined_to_the_end_of_the_paragraph() -> None:
    """A line that ends a sentence before the margin ends the paragraph; one at the margin does not."""
    page = f"{FULL}\nwent on.\n{FULL}.\n{FULL}\n\n{FULL}."
    assert paragraphs([page]) == f"{FULL} went on.\n\n{FULL}. {FULL}\n\n{FULL}."


def test_a_heading_stands_apart() -> None:
    """A short line above something new is a heading, also when it takes two lines."""
    page = f"The pier\n{FULL}\n{FULL}.\nA heading over\ntwo lines\n{FULL}"
    assert paragraphs([page]) == f"The pier\n\n{FULL} {FULL}.\n\nA heading over two lines\n\n{FULL}"


def test_points_of_a_list_stand_apart() -> None:
    """A line that begins with a bullet begins a paragraph, however long the one above it is."""
    assert paragraphs([f"{FULL}\n• {FULL}\nwent on\n• Two"]) == f"{FULL}\n\n• {FULL} went on\n\n• Two"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("It was a long infor-\nmation for all of us", "It was a long information for all of us"),
        ("It was infor\u00ad\nmation", "It was information"),
        ("A well-known man is a well-\nknown man", "A well-known man is a well-known man"),
        ("It was the Anglo-\nSaxon way of life here", "It was the Anglo-Saxon way of life here"),
        ("From 1999-\n2001 it was closed to all", "From 1999-2001 it was closed to all"),
        ("She waited -\nand left", "She waited - and left"),
    ],
)
def test_parted_words(lines: str, text: str) -> None:
    """A hyphen at a line's end goes when it parted a word, and stays when the word has it elsewhere."""
    assert paragraphs([lines]) == text


def test_running_heads_go() -> None:
    """Lines that stand at the border of most pages, numbers aside, and page numbers are no text."""
    pages = [f"The Courier, page {n}\n{w} {FULL}\n{FULL} {w}\n- {n} -" for n, w in enumerate("abcd")]
    assert paragraphs(pages) == " ".join(f"{w} {FULL} {FULL} {w}" for w in "abcd")


def test_rows_of_numbers_stay() -> None:
    """Lines that are alike but for numbers that do not count on with the pages are text."""
    pages = [f"Total {n * n + 7} of {n * 5}\n{w} {FULL}\n{1911 + n * n}" for n, w in enumerate("abcde")]
    assert [f"Total {n * n + 7} of {n * 5}" in paragraphs(pages) for n in range(5)] == [True] * 5
    assert [str(1911 + n * n) in paragraphs(pages) for n in range(5)] == [True] * 5


def test_a_page_number_by_itself_goes() -> None:
    """At a page's border, its own number, also of a document that is too short to compare pages."""
    assert paragraphs([f"{FULL}\n1", f"{FULL}\n2"]) == f"{FULL} {FULL}"
    pages = [f"{w} {FULL}\n{w}{n}{w}\n{n}" for n, w in ((7, "a"), (9, "b"), (8, "c"))]
    assert {"7", "8", "9"} <= set(paragraphs(pages).split())
    in_order = [pages[0], pages[2], pages[1]]
    assert {"7", "8", "9"} & set(paragraphs(in_order).split()) == set()


def test_what_repeats_within_pages_stays() -> None:
    """Two pages are too few to tell, and in the middle of a page nothing is a running head."""
    assert paragraphs([f"Same\n{FULL}"] * 2) == f"Same\n\n{FULL} Same\n\n{FULL}"
    pages = [f"a{n}x\nb{n}y\nRefrain\nc{n}z\nd{n}w" for n in "abcd"]
    assert paragraphs(pages).count("Refrain") == 4


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "Zs"], include_characters="\n."))))
def test_no_letter_is_lost(pages: list[str]) -> None:
    """Where nothing repeats, all letters come through in their order."""
    if len(pages) < 3:
        assert "".join(paragraphs(pages).split()) == "".join("".join(pages).split())


def test_nothing() -> None:
    """No pages, or empty ones, have no text."""
    assert paragraphs([]) == paragraphs(["", " \n "]) == ""


def test_endless_lines_take_no_time() -> None:
    """What a page can hold in one line is looked at once."""
    start = time.perf_counter()
    for line in ("word" * 250_000, "-" * 1_000_000, '."' * 500_000, "1" * 1_000_000, " page" * 200_000):
        paragraphs([f"{line}\n{line}"])
    assert time.perf_counter() - start < 5
