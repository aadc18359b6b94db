"""Cleaning raw text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import clean_line, clean_text, shorten


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  The ferry sank.  ", "The ferry sank."),
        ("One.\r\n\r\nTwo.\rThree.", "One.\n\nTwo.\nThree."),
        ("One.\n\n\n \n\nTwo.", "One.\n\nTwo."),
        ("tab\tand\u00a0hard\u2003space", "tab and hard space"),
        ("line \n  ends", "line\nends"),
        ("soft\u00adhyphen, zero\u200bwidth, \ufeffmark", "softhyphen, zerowidth, mark"),
        ("abc \u202edesrever\u202c end", "abc desrever end"),
        ("iso\u2066late\u2069d", "isolated"),
        ("bell\x07 and nul\x00 and c1\x81", "bell and nul and c1"),
        ("\x93Yes\x94, he said", "“Yes”, he said"),
        ("form\x0cfeed and para\u2029graph", "form\nfeed and para\ngraph"),
        ("the caf\u00c3\u00a9 reopened", "the café reopened"),
        ("cafe\u0301", "café"),
        ("bread &amp; butter", "bread & butter"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("\u201cQuotes\u201d stay \u2018curly\u2019", "\u201cQuotes\u201d stay \u2018curly\u2019"),
        ("", ""),
        (" \u200b\n ", ""),
    ],
)
def test_raw_text_comes_out_clean(raw: str, cleaned: str) -> None:
    """Line ends, odd spaces, invisible characters and encoding accidents are repaired."""
    assert clean_text(raw) == cleaned


_TROUBLE = st.sampled_from(
    [
        "\r\n",
        "\n",
        " ",
        "\t",
        "\x00",
        "\x1b",
        "\x85",
        "\u00a0",
        "\u200b",
        "\u202e",
        "\u2067",
        "\u2028",
        "\ufeff",
        "\ud800",
        "&nbsp;",
        "&#13;",
        "&#x202e;",
        "\u00c3\u00a9",
        "word",
        "Stop.",
        "\u3000",
    ]
)


@given(st.one_of(st.text(), st.lists(_TROUBLE).map("".join)))
def test_the_promise_holds_for_any_text(raw: str) -> None:
    """No control character, override, odd space, double space or third newline in a row is ever left."""
    text = clean_text(raw)
    assert (
        re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]", text)
        == []
    )
    assert re.findall(r"[^\S\n ]|  |\n{3}| \n|\n ", text) == []
    assert text == text.strip()
    assert text.encode("utf-8").decode("utf-8") == text


def test_clean_line_makes_one_line() -> None:
    """A title over several lines becomes one line."""
    assert clean_line("  Bridge\r\n to\n\n\tclose ") == "Bridge to close"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("The bridge is closed", 20, "The bridge is closed"),
        ("The bridge is closed", 19, "The bridge is…"),
        ("The bridge, closed", 12, "The bridge…"),
        ("Unbreakablewordhere", 8, "Unbreak…"),
        ("A longunbreakableword", 12, "A longunbre…"),
        ("two\n lines", 20, "two lines"),
        ("", 5, ""),
        ("word", 1, "…"),
    ],
)
def test_shorten_cuts_at_a_word(text: str, limit: int, short: str) -> None:
    """A long text is cut at a word border, without punctuation before the ellipsis."""
    assert shorten(text, limit) == short


@given(st.text(), st.integers(1, 40))
def test_shorten_never_exceeds_the_limit(text: str, limit: int) -> None:
    """Whatever the text, no more than the limit comes out."""
    assert len(shorten(text, limit)) <= limit
