"""Questions made by rule from any text: a name, a date or a number of a sentence is asked for.

The question is the sentence with a question word where the answer stood, less some of its words
(Lewis, Denoyer and Riedel, "Unsupervised Question Answering by Cloze Translation", 2019). Such
questions teach where names, dates and numbers begin and end and which of them a question word asks for.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from index.sentences import sentence_spans

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(rf"\b(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}})?(?:,? \d{{4}})?\b|\b(?:1[5-9]|20)\d\d\b")
_AMOUNT = re.compile(
    r"(?:[$£€]\s?)?\b\d[\d,]*(?:\.\d+)?(?: (?:million|billion|thousand|hundred))?\b(?:%| per ?cent\b)?"
)
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: (?:(?:of|the|de|van|von) )?[A-Z][\w’'-]+)*")
_PERSON_BEFORE = re.compile(
    r"\b(?:[Pp]resident|[Mm]inister|[Dd]irector|[Ss]inger|[Aa]uthor|[Aa]ctor|[Aa]ctress|Mr\.?|Mrs\.?|Ms\.?|Dr\.?"
    r"|[Kk]ing|[Qq]ueen|[Ss]enator|[Gg]eneral|[Pp]layer|[Ww]riter|[Ll]eader|by) $"
)
_PERSON_AFTER = re.compile(
    r",? (?:said|says|told|wrote|argued|won|died|married|directed|was born|himself|herself)\b"
)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|from|to) $")
_WORD = re.compile(r"\S+")
# Words of a question on either side of its question word, and the share that is left out at random.
_WORDS_ASIDE = 9
_LEFT_OUT = 0.12
# A sentence that says less says too little to ask about.
_FEWEST_WORDS = 7


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question about a text that is answered at `start` to `end`."""

    question: str
    start: int
    end: int


def cloze(text: str, chance: random.Random) -> Cloze | None:
    """Ask for something that one sentence of the text says; None where nothing can be asked for."""
    sentences = [span for span in sentence_spans(text) if len(text[slice(*span)].split()) >= _FEWEST_WORDS]
    if not sentences:
        return None
    begin, end = chance.choice(sentences)
    sentence = text[begin:end]
    answers = _answers(sentence)
    if not answers:
        return None
    start, stop, asked = chance.choice(answers)
    words = chance.choice(asked)
    before = _thinned(_WORD.findall(sentence[:start])[-_WORDS_ASIDE:], chance)
    after = _thinned(_WORD.findall(sentence[stop:].rstrip(".!?\"' "))[:_WORDS_ASIDE], chance)
    fronted = chance.random() < 0.5
    said = [words, *after, *before] if fronted else [*before, words, *after]
    question = re.sub(r" (?=[,;:)])", "", " ".join(said)).strip(" ,;:")
    return Cloze(f"{question[:1].upper()}{question[1:]}?", begin + start, begin + stop)


def _answers(sentence: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """What can be asked for: where it stands, and the words that may ask for it."""
    found: list[tuple[int, int, tuple[str, ...]]] = []

    def add(match: re.Match[str], asked: tuple[str, ...]) -> None:
        if not any(match.start() < end and start < match.end() for start, end, _ in found):
            found.append((match.start(), match.end(), asked))

    for match in _DATE.finditer(sentence):
        add(match, ("what year", "when") if match[0].isdigit() else ("when", "what date"))
    for match in _AMOUNT.finditer(sentence):
        money, share = match[0][0] in "$£€", match[0][-1] in "%t"
        add(match, ("how much",) if money else ("what percentage",) if share else ("how many",))
    for match in _NAME.finditer(sentence):
        before = sentence[: match.start()]
        # The first word of a sentence is capital whatever it is.
        if not before.strip() and " " not in match[0]:
            continue
        if _PERSON_BEFORE.search(before) or _PERSON_AFTER.match(sentence, match.end()):
            add(match, ("who",))
        elif _PLACE_BEFORE.search(before):
            add(match, ("where", "what place"))
        else:
            add(match, ("what",))
    return [(start, end, asked) for start, end, asked in found if sentence.count(sentence[start:end]) == 1]


def _thinned(words: list[str], chance: random.Random) -> list[str]:
    return [word for word in words if chance.random() >= _LEFT_OUT]
