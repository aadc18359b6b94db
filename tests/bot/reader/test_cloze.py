"""Questions made by rule from sentences written by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reader.cloze import cloze


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        ("the old ferry struck a rock off the coast in May 1987.", "May 1987", {"when", "what date"}),
        ("the old ferry struck a rock off the coast in 1987.", "1987", {"when", "what year"}),
        ("the raising of the wreck cost the town $4.5 million.", "$4.5 million", {"how much"}),
        ("the raising of the wreck was opposed by 62% of the town.", "62%", {"what percentage"}),
        ("the old ferry struck a rock with 240 people aboard.", "240", {"how many"}),
        ("the old ferry struck a rock and sank near Sorrel.", "Sorrel", {"where", "what place"}),
        ("the old ferry was commanded that night by Edda Moll.", "Edda Moll", {"who"}),
        ("on the morning after Edda Moll said nothing at all.", "Edda Moll", {"who"}),
        ("the old ferry belonged to the owners of Halden Lines.", "Halden Lines", {"what"}),
    ],
)
def test_what_is_asked_for(text: str, answer: str, words: set[str]) -> None:
    """The question word is one that asks for the kind of thing that stands there, whatever chance says."""
    for seed in range(20):
        made = cloze(text, random.Random(seed))
        assert made is not None
        assert text[made.start : made.end] == answer
        assert any(word in made.question.lower() for word in words)
        assert answer not in made.question


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing here has a name or a number or a date.",
        "It sank in 1987.",
        "the ferry Halden met the other ferry Halden at sea.",
    ],
)
def test_nothing_to_ask_for(text: str) -> None:
    """No question where nothing is named, where too little is said, or where the answer stands twice."""
    assert cloze(text, random.Random(1)) is None


@given(st.text(alphabet="Aab 1,.$%?\n", max_size=200), st.integers(0, 99))
def test_any_text(text: str, seed: int) -> None:
    """Whatever the text is, an answer is a part of it, and the same chance makes the same question."""
    made = cloze(text, random.Random(seed))
    assert made == cloze(text, random.Random(seed))
    assert made is None or 0 <= made.start < made.end <= len(text)
