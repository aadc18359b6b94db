"""Markup in which all is text."""

from __future__ import annotations

import time

import pytest

from index.clean import clean_text
from index.sources.markup import text_of_markup


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h1>A</h1>B<div>C <i>d</i>e</div>F", "A\n\nB\n\nC de\n\nF"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>One<li>Two</ul>Three", "One\nTwo\n\nThree"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        (
            "<head><title>No</title></head><body>Yes<script>no()</script> all<style>p{}</style></body>",
            "Yes all",
        ),
        ("<p>a<!-- no -->b<?no x?>c</p>", "abc"),
        ("<?xml version='1.0' encoding='utf-8'?><p>caf&eacute; &lt;b&gt;</p>", "café <b>"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字", "漢字"),
        ("plain words", "plain words"),
        ("", ""),
        ("<!-- nothing -->", ""),
    ],
)
def test_blocks(source: str, text: str) -> None:
    """Blocks are parted, what no reader sees is left out, what follows it is not."""
    assert clean_text(text_of_markup(source)) == text


def test_deep_nesting_is_harmless() -> None:
    """Neither a hundred thousand tags in each other nor as many that never end take long."""
    start = time.perf_counter()
    assert "word" in text_of_markup("<div>" * 100 + "word" + "</div>" * 100)
    text_of_markup("<div>" * 100_000 + "word")
    text_of_markup("<a <b <c" * 100_000)
    assert time.perf_counter() - start < 5
