"""Statements before questions, of contexts written by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reader.introductions import introduced

QUESTION = "Who commanded it?"


class All(random.Random):
    """Chance that leaves no word out."""

    def random(self) -> float:
        return 1.0

    def getrandbits(self, k: int) -> int:  # what `choice` draws from, if it is not to draw from `random`
        return super().getrandbits(k)


def statements(context: str, answer: str | None) -> set[str]:
    """All statements that a hundred seeds put before the question, with every word of theirs."""
    start = None if answer is None else context.index(answer)
    end = None if start is None or answer is None else start + len(answer)
    said = {introduced(QUESTION, context, start, end, All(seed)) for seed in range(100)}
    return {line.removesuffix(QUESTION).strip() for line in said}


@pytest.mark.parametrize(
    ("context", "answer", "expected"),
    [
        # What stands before the answer in its sentence, what stands after it, other sentences.
        (
            "The ferry Halden was commanded by Edda Moll (since 1987) on the night it struck a rock. "
            "It had 240 people aboard that night.",
            "Edda Moll",
            {
                "The ferry Halden was commanded by.",
                "Since 1987) on the night it struck a rock.",
                "It had 240 people aboard that night.",
            },
        ),
        # A sentence that holds the answer as well is not said, nor one that says too little.
        (
            "The ferry was commanded that night by Edda Moll. The harbour gave edda moll a medal. It sank.",
            "Edda Moll",
            {"The ferry was commanded that night by."},
        ),
        # Nothing answers: whole sentences, and halves of them.
        (
            "The ferry Halden struck a rock off the coast near Sorrel.",
            None,
            {"The ferry Halden struck a rock off the coast near Sorrel.", "The ferry Halden struck a."},
        ),
        # Nothing can be said.
        ("Edda Moll did it. Others say so.", "Edda Moll", {""}),
        ("", None, {""}),
    ],
)
def test_what_is_said_before(context: str, answer: str | None, expected: set[str]) -> None:
    """Each kind of statement comes up, and no other."""
    assert statements(context, answer) == expected


def test_words_are_left_out() -> None:
    """A tenth of them by chance, so that a statement is no copy of what the context says."""
    sentence = "the ferry Halden struck a rock off the coast near Sorrel in May with all of her crew aboard."
    words = sentence.rstrip(".").split()
    kept = [
        len(introduced("Why?", f"It sank. {sentence.capitalize()}", 0, 7, random.Random(seed)).split()) - 1
        for seed in range(400)
    ]
    assert max(kept) == len(words) == 19
    assert 0.08 < 1 - sum(kept) / (len(kept) * len(words)) < 0.12


def test_what_is_left_out_gives_nothing_away() -> None:
    """What answers would be said if a word between its own had gone."""
    context = "They asked Edda then Moll once. It was Edda Moll."
    start = context.index("Edda Moll")
    said = {introduced("Who?", context, start, start + 9, random.Random(seed)) for seed in range(400)}
    assert not any("Edda Moll" in one for one in said)
    assert any(one.startswith("They asked Edda then Moll") for one in said)


@given(
    st.text(alphabet="Aab .,!\n", max_size=300), st.integers(0, 300), st.integers(1, 9), st.integers(0, 99)
)
def test_any_context(context: str, start: int, length: int, seed: int) -> None:
    """The question stays whole and last, and the answer is not given away."""
    end = start + length
    answer = context[start:end].lower()
    asked = introduced(QUESTION, context, start, end, random.Random(seed))
    assert asked.endswith(QUESTION)
    assert not answer or answer not in asked.removesuffix(QUESTION).lower() or answer.strip(". ") == ""
    assert asked == introduced(QUESTION, context, start, end, random.Random(seed))
