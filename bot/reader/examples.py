"""What the reader is trained on: labelled questions, varied anew in every epoch.

Nothing here knows of models: questions and contexts go in, questions and contexts come out.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.sentences import sentence_spans
from index.words import stems

from .cloze import cloze
from .contexts import Contexts
from .edits import edited
from .introductions import introduced
from .labelled import WRITTEN, Example, Sentence, document_of

# A context is cut to about this many characters (low, high), or in this share of cases kept whole.
_CUT_CHARACTERS = 200, 600
_WHOLE = 0.15
_LONGEST = 1500
# Shares of the answerable questions that also become unanswerable ones.
_EDITED = 0.25
_ELSEWHERE = 0.15
_ANSWER_CUT_OUT = 0.25
_RETRIEVED = 0.2


def epoch(
    examples: Sequence[Example],
    sentences: Sequence[Sentence],
    seed: int,
    number: int,
    made: int = 0,
    per_sentence: int = 6,
    after_statement: float = 0.0,
) -> list[Example]:
    """All examples of one epoch in random order; the same seed and number give the same ones.

    `made` questions are made by rule from the contexts and sentences, beside the labelled ones. Of the
    forty or so that QAMR asks of a sentence, many of them alike, `per_sentence` are drawn. The share
    `after_statement` of all questions comes after a statement.
    """
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 (nothing secret)
    by_source: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_source[example.source].append(example)
    articles: dict[str, list[str]] = defaultdict(list)
    for context, group in dict.fromkeys((e.context, e.group) for e in by_source["squad-dev"]):
        articles[group].append(context)
    chosen = list(_encyclopedia(by_source["squad-dev"], articles, chance))
    # Search engines' questions are what people type, and few: they come twice in the first epochs.
    for _ in range(2 if number < 2 else 1):
        chosen += _search(by_source["nq"] + by_source["qed"], chance)
    chosen += _sentence_questions(by_source["qamr"], sentences, per_sentence, chance, padded=number > 0)
    chosen += _made(examples, sentences, made, chance)
    chosen += (cut(example, chance) for example in by_source[WRITTEN])
    chance.shuffle(chosen)
    return [_as_asked(example, after_statement, chance) for example in chosen]


def _as_asked(example: Example, after_statement: float, chance: random.Random) -> Example:
    """The example without its title half of the time, its question at times after a statement."""
    said = example.question
    # Nothing is drawn where nothing can come of it: the first runs knew no statements.
    # The written ones have statements of their own.
    if after_statement and example.source != WRITTEN and chance.random() < after_statement:
        said = introduced(said, example.context, example.start, example.end, chance)
    return replace(example, question=said, title=example.title if chance.random() < 0.5 else None)


def _encyclopedia(
    examples: Sequence[Example], articles: dict[str, list[str]], chance: random.Random
) -> Iterator[Example]:
    """SQuAD: each question, and unanswerable ones made from the answerable."""
    for example in examples:
        yield cut(example, chance)
        if example.start is None:
            continue
        draw = chance.random()
        if draw < _EDITED:
            others = articles[example.group]
            question = edited(example.question, example.context, others, chance)
            if question:
                yield cut(unanswerable(example, question=question), chance)
        elif draw < _EDITED + _ELSEWHERE:
            context = nearest_without_answer(example, articles[example.group])
            if context:
                yield cut(unanswerable(example, context=context), chance)


def _search(examples: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """Natural Questions: each question; some also with their answer cut out, or as a search finds them."""
    others = Contexts(list(dict.fromkeys(example.context for example in examples)))
    for example in examples:
        yield cut(example, chance)
        draw = chance.random()
        if draw < _ANSWER_CUT_OUT:
            context = without_answer(example)
        elif draw < _ANSWER_CUT_OUT + _RETRIEVED:
            context = others.nearest_without(example.question, example.answer or "")
        else:
            context = None
        if context:
            yield cut(unanswerable(example, context=context), chance)


def _sentence_questions(
    examples: Sequence[Example],
    sentences: Sequence[Sentence],
    count: int,
    chance: random.Random,
    *,
    padded: bool,
) -> Iterator[Example]:
    """QAMR: some questions of each sentence, alone in the first epoch and among others afterwards."""
    documents: dict[str, list[str]] = defaultdict(list)
    for sentence in sentences:
        documents[sentence.document].append(sentence.text)
    asked: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        asked[example.group].append(example)
    for group, questions in asked.items():
        for example in chance.sample(questions, min(count, len(questions))):
            if not padded:
                yield example
                continue
            near = [text for text in documents[document_of(group)] if text != example.context]
            far = [chance.choice(sentences).text for _ in range(2)]
            elsewhere = " ".join([*near[:2], far[0]])
            # Every eighth question meets only sentences that do not answer it.
            if chance.random() < 0.125 and near and (example.answer or "").lower() not in elsewhere.lower():
                yield unanswerable(example, context=elsewhere)
            else:
                yield surrounded(example, chance.sample(near, min(2, len(near))) or far[:1], chance)


def _made(
    examples: Sequence[Example], sentences: Sequence[Sentence], count: int, chance: random.Random
) -> Iterator[Example]:
    """Questions by rule; every eighth with its sentence gone."""
    if not count:
        return
    labelled = (e for e in examples if e.source not in ("qamr", WRITTEN))
    contexts = list(dict.fromkeys((e.context, e.group, e.title) for e in labelled))
    documents: dict[str, list[str]] = defaultdict(list)
    for sentence in sentences:
        documents[sentence.document].append(sentence.text)
    contexts += [(" ".join(texts[:6]), document, None) for document, texts in documents.items()]
    # Texts of which nothing can be asked would otherwise be tried for ever.
    for _ in range(20 * count):
        if not count:
            return
        context, group, title = chance.choice(contexts)
        question = cloze(context, chance)
        if question is None:
            continue
        count -= 1
        example = Example("made", group, question.question, context, question.start, question.end, title)
        yield cut(example, chance)
        if chance.random() < 0.125:
            left = without_answer(example)
            if left:
                yield cut(unanswerable(example, context=left), chance)


def surrounded(example: Example, sentences: Sequence[str], chance: random.Random) -> Example:
    """The example's context put among other sentences."""
    place = chance.randint(0, len(sentences))
    before = "".join(f"{sentence} " for sentence in sentences[:place])
    after = "".join(f" {sentence}" for sentence in sentences[place:])
    moved = _moved(example, len(before))
    return replace(moved, context=f"{before}{example.context}{after}")


def unanswerable(example: Example, question: str | None = None, context: str | None = None) -> Example:
    """The example with another question or context, which no longer go together."""
    return replace(
        example,
        source=f"{example.source}-unanswerable",
        question=question or example.question,
        context=context or example.context,
        start=None,
        end=None,
    )


def cut(example: Example, chance: random.Random) -> Example:
    """Keep whole sentences around the answer, or around the sentence most like the question.

    Passages come in all lengths, and a shorter one costs less to train on. Answerable and
    unanswerable examples are cut alike, so that length tells nothing.
    """
    size = _LONGEST if chance.random() < _WHOLE else chance.randint(*_CUT_CHARACTERS)
    spans = list(sentence_spans(example.context))
    if len(example.context) <= size or not spans:
        return example
    if example.start is None or example.end is None:
        asked = stems(example.question)
        first = last = max(
            range(len(spans)), key=lambda i: len(asked & stems(example.context[slice(*spans[i])]))
        )
    else:
        inside = [i for i, (a, b) in enumerate(spans) if a < example.end and b > example.start]
        if not inside:
            return example
        first, last = inside[0], inside[-1]
    while spans[last][1] - spans[first][0] < size and (first > 0 or last < len(spans) - 1):
        if last == len(spans) - 1 or (first > 0 and chance.random() < 0.5):
            first -= 1
        else:
            last += 1
    moved = _moved(example, -spans[first][0])
    return replace(moved, context=example.context[spans[first][0] : spans[last][1]])


def _moved(example: Example, by: int) -> Example:
    if example.start is None or example.end is None:
        return example
    return replace(example, start=example.start + by, end=example.end + by)


def without_answer(example: Example) -> str | None:
    """The context without the sentences that hold the answer; None when too little is left."""
    answer = example.answer
    if not answer:
        return None
    kept = [example.context[a:b] for a, b in sentence_spans(example.context)]
    kept = [text for text in kept if answer.lower() not in text.lower()]
    left = " ".join(kept)
    return left if len(left) >= _CUT_CHARACTERS[0] else None


def nearest_without_answer(example: Example, contexts: Sequence[str]) -> str | None:
    """Of the same article's other contexts, the one most like the question: a hard negative."""
    answer = (example.answer or "").lower()
    asked = stems(example.question)
    others = [c for c in contexts if c != example.context and answer not in c.lower()]
    return max(others, key=lambda context: len(asked & stems(context)), default=None)
