"""Sentence borders."""

from __future__ import annotations

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import first_sentence, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_sentences_and_their_offsets() -> None:
    """Spans leave out the white space between sentences."""
    text = "The tide rose.  The pier held."
    assert list(sentence_spans(text)) == [(0, 14), (16, 30)]
    assert sentences(text) == ["The tide rose.", "The pier held."]


def test_abbreviations_end_no_sentence() -> None:
    """A doctor, a volume and a company do not end sentences."""
    assert sentences("Dr. Ada Quill of Vane Inc. cited vol. 41 of the survey. It rained.") == [
        "Dr. Ada Quill of Vane Inc. cited vol. 41 of the survey.",
        "It rained.",
    ]


def test_a_paragraph_ends_a_sentence() -> None:
    """A blank line ends a sentence even without a full stop; a single line break does not."""
    assert sentences("Bridge to close\n\nThe bridge over the\nSele will close.") == [
        "Bridge to close",
        "The bridge over the\nSele will close.",
    ]


def test_no_text_has_no_sentence() -> None:
    """Empty and blank texts have no sentence."""
    assert sentences("") == []
    assert sentences(" \n\n \n") == []


def test_a_paragraph_without_end_takes_little_memory() -> None:
    """Of a file that is one paragraph, splitting holds some times its text, not hundreds of times."""
    text = "The tide rose and the pier held. " * 16_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in sentence_spans(text)) == 16_000
        assert tracemalloc.get_traced_memory()[1] < 20 * len(text)
    finally:
        tracemalloc.stop()


_TEXT = st.lists(
    st.sampled_from(
        ["Dr.", "No.", "rain", "“Stop!”", "?", "\n", "\n\n", " ", "  ", "3.5", "…", "é", "🦉", "U.S."]
    )
).map("".join)


@settings(deadline=None)
@given(st.one_of(_TEXT, st.text()))
def test_sentences_hold_every_character_once(text: str) -> None:
    """In any text the spans ascend, do not overlap, and hold all that is not white space."""
    spans = list(sentence_spans(text))
    border = 0
    for start, end in spans:
        assert border <= start < end
        assert text[start:end] == text[start:end].strip()
        border = end
    held = "".join(text[start:end] for start, end in spans)
    assert "".join(held.split()) == "".join(text.split())


def test_the_first_sentence() -> None:
    """The first sentence stands for an article without a title."""
    assert first_sentence("\n The mill burned. Nobody was hurt.") == "The mill burned."
    assert first_sentence("") == ""


def test_the_first_sentence_of_a_long_text_is_short() -> None:
    """Only the opening is read, so that a huge sentence costs nothing."""
    assert first_sentence("word " * 10_000) == ("word " * 400).strip()
