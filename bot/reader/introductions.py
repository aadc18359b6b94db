"""Questions that come after a statement, as people ask about what they have just read.

"The glacier could raise sea level by several feet. Where is it?" A reader that has only met bare
questions takes the statement for a part of what is asked.
"""

from __future__ import annotations

import random

from index.sentences import sentence_spans

# A statement has at least and at most so many words, less a share left out at random.
_WORDS = 5, 30
_LEFT_OUT = 0.1


def introduced(question: str, context: str, start: int | None, end: int | None, chance: random.Random) -> str:
    """The question after a statement made of the context, which never holds the answer.

    As often as it can be, that is what stands before or after the answer in its own sentence: a statement
    is no sign that the answer stands elsewhere. `start` and `end` are the answer's place in the context,
    None where it does not answer. The question as it is when nothing of the context can introduce it.
    """
    parts: list[str] = []
    wholes: list[str] = []
    for left, right in sentence_spans(context):
        sentence = context[left:right]
        if start is None or end is None:
            # Else a part of a sentence would be a sign that there is an answer.
            wholes.append(sentence)
            parts.append(_first_half(sentence))
        elif left < end and right > start:
            parts += [context[left:start], context[end:right]]
        else:
            wholes.append(sentence)
    answer = "" if start is None else context[start:end].lower()
    kinds = [[text for text in kind if _serves(text, answer)] for kind in (parts, wholes)]
    kinds = [kind for kind in kinds if kind]
    if not kinds:
        return question
    said = [word for word in chance.choice(chance.choice(kinds)).split() if chance.random() >= _LEFT_OUT]
    statement = " ".join(said).strip(" ,;:.-–—()")
    if answer and answer in statement.lower():
        # What was left out stood between its words.
        return question
    return f"{statement[:1].upper()}{statement[1:]}. {question}"


def _first_half(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[: len(words) // 2])


def _serves(text: str, answer: str) -> bool:
    fewest, most = _WORDS
    return fewest <= len(text.split()) <= most and not (answer and answer in text.lower())
