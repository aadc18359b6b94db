"""Where sentences begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .clean import shorten

_BLANK_LINES = re.compile(r"\n\s*\n")


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) offsets of each sentence, without the white space around it.

    Sentences end at paragraph borders; within a paragraph nupunkt decides (Punkt: Kiss and Strunk,
    "Unsupervised Multilingual Sentence Boundary Detection", 2006, with English abbreviations).
    """
    # A quarter of a second to import; `byline --help` does without.
    from nupunkt import sent_spans  # noqa: PLC0415

    for begin, paragraph in paragraphs(text):
        for start, end in sent_spans(paragraph):
            sentence = paragraph[start:end]
            inner = sentence.strip()
            if inner:
                offset = begin + start + len(sentence) - len(sentence.lstrip())
                yield offset, offset + len(inner)


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each paragraph begins, and its text; blank lines part them."""
    begin = 0
    for border in _BLANK_LINES.finditer(text):
        yield begin, text[begin : border.start()]
        begin = border.end()
    yield begin, text[begin:]


def display_title(title: str | None, text: str) -> str:
    """What stands for an article in a list: its title, or its first sentence, shortened."""
    return shorten(title or first_sentence(text), 90)


def first_sentence(text: str) -> str:
    """The first sentence of `text`, for articles that carry no title."""
    start, end = next(sentence_spans(text[:2000]), (0, 0))
    return text[start:end]
