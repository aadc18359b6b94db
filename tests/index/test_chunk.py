"""Cutting articles into passages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import chunk_article, embedding_text
from index.sentences import sentence_spans
from index.types import Article
from tests.encoders import HashedWords

token_starts = HashedWords().token_starts
"""A token is a word or a punctuation mark."""


def cut(text: str, max_tokens: int, overlap: int, title: str | None = None) -> list[str]:
    article = Article("a", text, title)
    return [passage.text for passage in chunk_article(article, token_starts, max_tokens, overlap)]


FIVE = "One is red. Two is blue. Three is gray. Four is pink. Five is gold."
"""Sentences of four tokens each."""


def test_sentences_are_gathered_up_to_the_limit() -> None:
    """With room for 8 tokens, two sentences of 4 go together."""
    assert cut(FIVE, 12, 0) == ["One is red. Two is blue.", "Three is gray. Four is pink.", "Five is gold."]


def test_neighbors_share_the_overlap() -> None:
    """With an overlap of one, the last sentence of a passage opens the next."""
    assert cut(FIVE, 16, 1) == [
        "One is red. Two is blue. Three is gray.",
        "Three is gray. Four is pink. Five is gold.",
    ]


def test_an_overlap_leaves_room_for_something_new() -> None:
    """An overlap that would fill the next passage is shortened, so that each brings a new sentence."""
    assert cut(FIVE, 12, 3) == [
        "One is red. Two is blue.",
        "Two is blue. Three is gray.",
        "Three is gray. Four is pink.",
        "Four is pink. Five is gold.",
    ]
    assert cut(FIVE, 8, 1) == [
        "One is red.",
        "Two is blue.",
        "Three is gray.",
        "Four is pink.",
        "Five is gold.",
    ]


def test_a_long_sentence_is_cut_between_tokens() -> None:
    """A sentence of 10 tokens is cut after each 4 when no more fit."""
    assert cut("ant bee cat dog elk fox gnu hen ibis.", 8, 0) == [
        "ant bee cat dog",
        "elk fox gnu hen",
        "ibis.",
    ]


def test_the_title_takes_its_room() -> None:
    """A title of four tokens leaves four less for the text."""
    assert cut(FIVE, 16, 0, "Colors of five things") == [
        "One is red. Two is blue.",
        "Three is gray. Four is pink.",
        "Five is gold.",
    ]


def test_a_title_longer_than_a_passage_leaves_half_the_room() -> None:
    """However long the title, the text gets half of a passage."""
    assert cut(FIVE, 16, 0, "very " * 100) == [
        "One is red. Two is blue.",
        "Three is gray. Four is pink.",
        "Five is gold.",
    ]


def test_a_passage_runs_over_paragraphs() -> None:
    """Paragraphs that fit together are one passage, with the blank line between them."""
    assert cut("One is red.\n\nTwo is blue.", 12, 0) == ["One is red.\n\nTwo is blue."]


def test_passages_know_their_place() -> None:
    """Offsets and the article's id come with each passage."""
    passages = chunk_article(Article("a7", FIVE), token_starts, 12, 0)
    assert [(passage.article_id, passage.start, passage.end) for passage in passages] == [
        ("a7", 0, 24),
        ("a7", 25, 53),
        ("a7", 54, 67),
    ]


def test_no_sentence_gives_no_passage() -> None:
    """An empty text has no passages."""
    assert cut("", 16, 1) == []
    assert cut(" \n\n ", 16, 1) == []


_SENTENCE = st.lists(
    st.sampled_from(["the", "Mayor", "O’Hara", "3.5", "(km)", "said", "“no”", "Dr.", "🦉", "naïve", "U.S."]),
    min_size=1,
    max_size=40,
).map(lambda words: " ".join(words) + ".")
_PARAGRAPHS = st.lists(st.lists(_SENTENCE, min_size=1, max_size=6).map(" ".join), max_size=5).map("\n\n".join)
_TITLE = st.one_of(st.none(), _SENTENCE)


@settings(deadline=None)
@given(st.one_of(_PARAGRAPHS, st.text()), _TITLE, st.integers(8, 60), st.integers(0, 4))
def test_properties_of_passages(text: str, title: str | None, max_tokens: int, overlap: int) -> None:
    """Passages are the article's own characters, fit the encoder, go forward and hold every sentence."""
    passages = chunk_article(Article("a", text, title), token_starts, max_tokens, overlap)

    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""

    title_tokens = count(title or "")
    room = max(max_tokens - 4 - title_tokens, max_tokens // 2)  # a long title gets no more than half
    assert [passage for passage in passages if count(passage.text) > room] == []

    starts = [passage.start for passage in passages]
    ends = [passage.end for passage in passages]
    assert starts == sorted(set(starts))
    assert ends == sorted(set(ends))

    held = {at for passage in passages for at in range(passage.start, passage.end)}
    assert [at for at, character in enumerate(text) if not character.isspace() and at not in held] == []
    for start, end in sentence_spans(text):
        if count(text[start:end]) <= room:
            assert [passage for passage in passages if passage.start <= start and end <= passage.end] != []


def count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


@pytest.mark.parametrize(
    ("title", "read"),
    [
        (None, "It rained."),
        ("", "It rained."),
        ("Floods in Sele", "Floods in Sele. It rained."),
        ("Floods in Sele?", "Floods in Sele? It rained."),
        ("Floods in Sele…", "Floods in Sele… It rained."),
    ],
)
def test_the_encoder_reads_the_title_first(title: str | None, read: str) -> None:
    """The title stands as a sentence before the passage."""
    assert embedding_text(title, "It rained.") == read
