"""Cutting a changed article so that what did not change stays cut as it was."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import chunk_article
from index.rechunk import rechunk_article
from index.sentences import sentence_spans
from index.types import Article
from tests.encoders import HashedWords

token_starts = HashedWords().token_starts


def count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def again(old: str, new: str, max_tokens: int, overlap: int, title: str | None = None) -> list[str]:
    """The passages of `new` after `old` was cut."""
    before = Article("a", old, title)
    cut = chunk_article(before, token_starts, max_tokens, overlap)
    spans = [(passage.start, passage.end) for passage in cut]
    passages = rechunk_article(before, spans, Article("a", new, title), token_starts, max_tokens, overlap)
    return [passage.text for passage in passages]


def cut(text: str, max_tokens: int, overlap: int) -> list[str]:
    article = Article("a", text)
    return [passage.text for passage in chunk_article(article, token_starts, max_tokens, overlap)]


WORDS = ["red", "blue", "gray", "pink", "gold", "jade", "teal", "plum", "navy", "rust"]
TEN = " ".join(f"Item {word} is here." for word in WORDS)
"""Sentences of five tokens each."""


def test_only_the_passage_around_a_longer_sentence_is_cut_anew() -> None:
    """Cut greedily all later borders would shift; the passages after the change stay as they were."""
    old = cut(TEN, 19, 1)  # room for 15 tokens: three sentences
    new = TEN.replace("Item jade is here.", "Item jade is now no longer here.")
    assert [passage for passage in again(TEN, new, 19, 1) if passage not in old] == [
        "Item gold is here. Item jade is now no longer here.",
        "Item jade is now no longer here. Item teal is here.",
    ]


def test_greedy_cutting_would_shift_all_borders() -> None:
    """Three new passages of twenty, where cutting it all gives fourteen."""
    text = " ".join(f"Item {number} is here." for number in range(41))
    new = text.replace("Item 17 is here.", "Item 17 is now no longer here. It is gone.")
    old = cut(text, 19, 1)
    assert len(old) == 20
    assert len(set(again(text, new, 19, 1)) - set(old)) == 3
    assert len(set(cut(new, 19, 1)) - set(old)) == 14


def test_an_unchanged_text_stays_as_it_was() -> None:
    """Nothing is cut anew, whatever else of the article changed."""
    assert again(TEN, TEN, 19, 1) == cut(TEN, 19, 1)


def test_another_title_is_cut_anew() -> None:
    """It is embedded with every passage and leaves another room."""
    before = Article("a", TEN)
    spans = [(passage.start, passage.end) for passage in chunk_article(before, token_starts, 19, 1)]
    after = Article("a", TEN, "Ten items")
    passages = rechunk_article(before, spans, after, token_starts, 19, 1)
    assert passages == chunk_article(after, token_starts, 19, 1)


def test_a_sentence_at_the_end_leaves_the_beginning() -> None:
    """The passages before the last are kept."""
    old, new = cut(TEN, 19, 1), again(TEN, TEN + " Item last is here.", 19, 1)
    assert new[:-1] == old[: len(new) - 1]


def test_where_a_stretch_was_cut_out_both_sides_share_a_sentence() -> None:
    """The overlap holds across the place where something is missing."""
    gone = " Item pink is here. Item gold is here. Item jade is here."
    passages = again(TEN, TEN.replace(gone, ""), 19, 1)
    for one, next_one in pairwise(passages):
        assert one.split(". ")[-1].rstrip(".") == next_one.split(". ")[0].rstrip(".")


_SENTENCE = st.lists(
    st.sampled_from(["the", "Mayor", "O’Hara", "3.5", "(km)", "said", "“no”", "Dr.", "🦉", "naïve", "U.S."]),
    min_size=1,
    max_size=30,
).map(lambda words: " ".join(words) + ".")
_SENTENCES = st.lists(_SENTENCE, max_size=14)


@settings(deadline=None)
@given(_SENTENCES, st.lists(_SENTENCE, max_size=3), st.data(), st.integers(8, 60), st.integers(0, 3))
def test_properties_after_a_change(
    sentences: list[str], replacing: list[str], data: st.DataObject, max_tokens: int, overlap: int
) -> None:
    """However some sentences are replaced, what holds of passages holds, and there are hardly more."""
    first = data.draw(st.integers(0, len(sentences)))
    last = data.draw(st.integers(first, len(sentences)))
    old = Article("a", " ".join(sentences))
    new = Article("a", " ".join([*sentences[:first], *replacing, *sentences[last:]]))
    spans = [(each.start, each.end) for each in chunk_article(old, token_starts, max_tokens, overlap)]
    passages = rechunk_article(old, spans, new, token_starts, max_tokens, overlap)

    room = max(max_tokens - 4, max_tokens // 2)
    for passage in passages:
        assert passage.text == new.text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert count(passage.text) <= room
    starts = [passage.start for passage in passages]
    ends = [passage.end for passage in passages]
    assert starts == sorted(set(starts))
    assert ends == sorted(set(ends))
    held = {at for passage in passages for at in range(passage.start, passage.end)}
    assert [at for at, mark in enumerate(new.text) if not mark.isspace() and at not in held] == []
    for start, end in sentence_spans(new.text):
        if count(new.text[start:end]) <= room:
            assert [each for each in passages if each.start <= start and end <= each.end] != []
    afresh = len(chunk_article(new, token_starts, max_tokens, overlap))
    assert len(passages) <= afresh + 1 + afresh // 4


@settings(deadline=None)
@given(st.lists(st.integers(3, 25), min_size=4, max_size=40), st.data())
def test_a_changed_sentence_touches_three_passages(lengths: list[int], data: st.DataObject) -> None:
    """A sentence that changes and does not grow makes at most three new passages, sharing one."""
    sentences = [f"Number{place} {'word ' * length}ends." for place, length in enumerate(lengths)]
    place = data.draw(st.integers(0, len(sentences) - 1))
    old = " ".join(sentences)
    sentences[place] = f"Changed {'term ' * data.draw(st.integers(1, lengths[place]))}ends."
    new = again(old, " ".join(sentences), 64, 1)
    assert len(set(new) - set(cut(old, 64, 1))) <= 3
