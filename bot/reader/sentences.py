"""Reads by the sentence: the answer is the sentence that supports it best.

Stands where an extractive reader will give the exact words, behind the same `Reader` seam.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.sentences import sentence_spans
from index.types import Encoder, Hit
from index.words import content_words

from ..types import Span

# What each sign weighs; rounded from a logistic regression of "the sentence holds the answer" on
# these signs. They add up to 1, so a score lies in 0–1 as each sign does.
_MEANING = 0.2
_MEANING_IN_CONTEXT = 0.15
_WORDS = 0.25
_WORDS_IN_CONTEXT = 0.1
_KIND = 0.2
_RANK = 0.1

# Sentences embedded for one question: embedding is what reading costs.
_MOST_EMBEDDED = 8

_NAME = re.compile(r"\b[A-Z][\w’'-]+ (?:(?:[a-z]{2,3}|[A-Z]\.) )?[A-Z][\w’'-]+")
_PROPER = re.compile(r"[^\s.!?“\"] +[A-Z]")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|"
    r"millions?|billions?|half|once|twice)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|tonight|week|month|year)",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"(\w+) $")
_FIRST_WORD = re.compile(r" (\w+)")
# "director of Roscosmos" does not say who directed a film: the role belongs to something else.
_ROLE_ELSEWHERE = re.compile(r"\b(\w+) (?:of|at|for) (?:the )?([A-Z]\w+)")
_KINDS = (
    (re.compile(r"\bwho(?:se|m)?\b", re.IGNORECASE), _NAME),
    (re.compile(r"\bhow (?:many|much|old|long|far|tall|big|often)\b|percent", re.IGNORECASE), _NUMBER),
    (re.compile(r"\bwhen\b|\b(?:what|which) (?:year|day|date|month|time)\b", re.IGNORECASE), _TIME),
    (re.compile(r"\b(?:where|which|what)\b", re.IGNORECASE), _PROPER),
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    hit: Hit
    start: int
    end: int
    context_start: int
    """Where the sentence before it starts: what "he" and "it" refer to."""
    stems: frozenset[str]
    context_stems: frozenset[str]

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def context(self) -> str:
        return self.hit.article.text[self.context_start : self.end]


class SentenceReader:
    """Scores every sentence of the hits by meaning, shared words and the kind of answer asked for."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """One span a sentence with its score in 0–1, best first."""
        asked_stems = _stems(question)
        sentences = _distinct(sentence for hit in hits for sentence in _sentences(hit, asked_stems))
        weights = _word_weights(asked_stems, sentences)
        without_meaning = [_lexical_score(question, sentence, weights) for sentence in sentences]
        promising = sorted(range(len(sentences)), key=lambda position: -without_meaning[position])
        chosen = [sentences[position] for position in promising[:_MOST_EMBEDDED]]
        if not chosen:
            return []
        asked = self._encoder.encode_queries([question])[0]
        texts = [sentence.text for sentence in chosen] + [sentence.context for sentence in chosen]
        cosines = np.maximum(self._encoder.encode_passages(texts) @ asked, 0.0)
        spans = []
        for place, (position, sentence) in enumerate(zip(promising, chosen, strict=False)):
            meaning = _MEANING * cosines[place] + _MEANING_IN_CONTEXT * cosines[place + len(chosen)]
            score = without_meaning[position] + float(meaning)
            spans.append(Span(sentence.hit, sentence.start, sentence.end, score))
        return sorted(spans, key=lambda span: (-span.score, span.hit.rank, span.start))


def _sentences(hit: Hit, asked: frozenset[str]) -> Iterator[_Sentence]:
    passage = hit.passage
    title = _stems(hit.article.title or "")
    before, before_start = title, passage.start
    for left, right in sentence_spans(passage.text):
        start, end = passage.start + left, passage.start + right
        text = hit.article.text[start:end]
        stems = _stems(text) - {
            _stem(role[1].lower())
            for role in _ROLE_ELSEWHERE.finditer(text)
            if _stem(role[2].lower()) not in asked
        }
        yield _Sentence(hit, start, end, before_start, stems, stems | before | title)
        before, before_start = stems, start


def _distinct(sentences: Iterator[_Sentence]) -> list[_Sentence]:
    """Each sentence once, where passages overlap: the one of the better passage."""
    seen: dict[tuple[str, int], _Sentence] = {}
    for sentence in sentences:
        seen.setdefault((sentence.hit.article.id, sentence.end), sentence)
    return list(seen.values())


def _word_weights(question: frozenset[str], sentences: Sequence[_Sentence]) -> dict[str, float]:
    """The question's stems by how rare they are among these sentences, adding up to 1."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems & question)
    rarity = {stem: math.log(1 + len(sentences) / (counts[stem] + 0.5)) for stem in question}
    total = sum(rarity.values()) or 1.0
    return {stem: value / total for stem, value in rarity.items()}


def _lexical_score(question: str, sentence: _Sentence, weights: dict[str, float]) -> float:
    """What can be said of a sentence without its embedding."""
    own = sum(weight for stem, weight in weights.items() if stem in sentence.stems)
    context = sum(weight for stem, weight in weights.items() if stem in sentence.context_stems)
    kind = _fits_kind(question, sentence.text, weights)
    return _WORDS * own + _WORDS_IN_CONTEXT * context + _KIND * kind + _RANK / sentence.hit.rank


def _fits_kind(question: str, text: str, asked: Collection[str]) -> float:
    """Whether `text` holds anything of the kind asked for: a name, a number, a time.

    1 where it stands right beside a word of the question ("director Klim Chipenko", "12 days"),
    0.5 anywhere else, 0 when there is none.
    """
    answers = next((answers for asks, answers in _KINDS if asks.search(question)), None)
    if answers is None:
        return 0.5
    found = 0.0
    for match in answers.finditer(text):
        before = _LAST_WORD.search(text, 0, match.start())
        after = _FIRST_WORD.match(text, match.end())
        if any(word and _stem(word[1].lower()) in asked for word in (before, after)):
            return 1.0
        found = 0.5
    return found


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    import snowballstemmer  # noqa: PLC0415 (only reading needs it)

    stem: str = snowballstemmer.stemmer("english").stemWord(word)
    # One who directs: agent nouns go with their verbs.
    return re.sub(r"(?<=\w{4})(?:or|er)$", "", stem)


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, content_words(text)))
