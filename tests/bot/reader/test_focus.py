"""Which sentences of a passage are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reader.focus import focused
from index.sentences import sentence_spans

LAMP = "Oda Trevell lit the lamp on the tower of Quillby at nine in the evening."
OTHER = "Nothing of note was seen that week, and the harbour stayed as quiet as anybody could remember it."


def part(question: str, text: str) -> str:
    """What of one text is read."""
    ((start, end),) = focused(question, [text])
    return text[start:end]


def test_a_short_text_is_read_whole() -> None:
    """Up to 450 characters nothing is left out, white space included."""
    text = f" {LAMP} {OTHER}\n"
    assert part("Who lit the lamp?", text) == text


def test_of_a_long_text_the_part_that_matters() -> None:
    """The neighbouring sentences, as many as fit, that say most of the question."""
    text = " ".join([OTHER] * 4 + [LAMP] + [OTHER] * 4)
    assert part("Who lit the lamp in Quillby?", text) == " ".join([OTHER] * 3 + [LAMP])
    assert part("Who lit the lamp in Quillby?", " ".join([LAMP] + [OTHER] * 5)) == " ".join(
        [LAMP] + [OTHER] * 3
    )


def test_words_that_stand_together_count_more() -> None:
    """A sentence with both words is preferred to two that have one each."""
    scattered = f"The lamp was new. {OTHER} Quillby was old. "
    text = scattered + " ".join([OTHER] * 5) + " The lamp of Quillby was red."
    assert part("lamp Quillby", text).endswith("The lamp of Quillby was red.")


def test_a_sentence_is_never_cut() -> None:
    """One that is longer than what is read is read whole."""
    long = f"The lamp {'of the old tower ' * 40}was red."
    assert part("What was red?", f"{OTHER} {long} {OTHER}") == long


@pytest.mark.parametrize(
    ("dateline", "skipped"),
    [
        ("QUILLBY — ", True),
        ("PORT AVERIL — ", True),
        ("QUILLBY (AP) - ", True),
        ("ST. BRANNOCK, N.D. -- ", True),
        ("Quillby — ", False),
        ("NASA said so - ", False),
        ("QUILLBY-", False),
    ],
)
def test_a_dateline_is_not_read(dateline: str, skipped: bool) -> None:
    """The place before the first sentence, in capitals and before a dash, is not part of it."""
    assert part("Who lit the lamp?", dateline + LAMP) == (LAMP if skipped else dateline + LAMP)


_ANY_TEXT = st.text("ab .\nT—é", max_size=900)
_LONG_TEXT = st.lists(
    st.sampled_from(
        ["Oda lit the lamp of the tower at dusk.", "Nobody slept in Brisk that night.", "Fog came."]
    ),
    min_size=12,
    max_size=40,
).map(" ".join)


@given(st.sampled_from(["Who lit the lamp?", "fog", ""]), st.lists(_ANY_TEXT | _LONG_TEXT, max_size=3))
def test_any_text(question: str, texts: list[str]) -> None:
    """A part lies within its text, and a cut one begins and ends with sentences."""
    parts = focused(question, texts)
    assert len(parts) == len(texts)
    for text, (start, end) in zip(texts, parts, strict=True):
        assert 0 <= start <= end <= len(text)
        if (start, end) != (0, len(text)):
            sentences = list(sentence_spans(text))
            assert end in {len(text), *(last for _, last in sentences)}
            assert start in {0, *(first for first, _ in sentences)} or text[:start].endswith("— ")
