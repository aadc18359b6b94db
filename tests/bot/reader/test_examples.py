"""What the reader is trained on: examples written by hand, cut, moved, edited and mixed."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reader.edits import edited
from bot.reader.examples import (
    cut,
    epoch,
    nearest_without_answer,
    surrounded,
    unanswerable,
    without_answer,
)
from bot.reader.labelled import Example, Sentence

Thing = TypeVar("Thing")


class Told:
    """Chance that does as it is told: draws in this order, always one size, always the first choice."""

    def __init__(self, *draws: float, size: int = 200, choice: int = 0) -> None:
        self._draws = list(draws)
        self._size = size
        self._choice = choice

    def random(self) -> float:
        return self._draws.pop(0)

    def randint(self, low: int, high: int) -> int:
        assert low <= self._size <= high
        return self._size

    def choice(self, options: Sequence[Thing]) -> Thing:
        return options[self._choice]

    def shuffle(self, options: list[Any]) -> None:
        """Leave them in their order."""


S = (
    "The ferry Halden left the harbour of Brisk at dawn with 240 people aboard.",
    "Fog lay over the strait, and two tugs went ahead of it with their lamps lit.",
    "Captain Edda Moll had crossed these waters for thirty years without a scratch.",
    "Near the island of Sorrel the ferry struck a rock that no chart had ever shown.",
    "Fishermen from Sorrel brought everybody ashore in boats within an hour.",
    "The wreck was raised in 1987 and lies in the museum of Brisk today.",
)
STORY = " ".join(S)
ROCK = Example("nq", "ferry", "What did the Halden strike?", STORY, 274, 280, "The Halden")
"""The answer, `a rock`, stands in the fourth of six sentences."""


def asked(question: str, answer: str | None, context: str = STORY, **fields: Any) -> Example:
    """An example whose answer is looked up in its context."""
    start = None if answer is None else context.index(answer)
    end = None if start is None else start + len(answer or "")
    return Example(
        **{"source": "nq", "group": "ferry", **fields},
        question=question,
        context=context,
        start=start,
        end=end,
    )


@pytest.mark.parametrize(
    ("chance", "kept", "start"),
    [
        (Told(0.9, 0.4, 0.6), S[2:5], 122),
        (Told(0.9, 0.4, 0.4), S[1:4], 199),
        (Told(0.9, 0.6, 0.6), S[3:], 43),
        (Told(0.9, 0.6, 0.6, size=300), S[1:], 199),
        (Told(0.9, 0.4, 0.4, 0.4, size=382), S[:5], 274),
        (Told(0.9, size=450), S, 274),
        (Told(0.9, size=600), S, 274),
        (Told(0.1), S, 274),
    ],
)
def test_cut(chance: Any, kept: Sequence[str], start: int) -> None:
    """Whole sentences are added on either side until there are enough; the answer moves with them."""
    assert cut(ROCK, chance) == replace(ROCK, context=" ".join(kept), start=start, end=start + 6)


def test_cut_at_the_edge() -> None:
    """Where there is nothing before the answer, nothing is drawn: what follows is taken."""
    dawn = asked("When did it leave?", "at dawn")
    assert cut(dawn, Told(0.9)) == replace(dawn, context=" ".join(S[:3]))  # type: ignore[arg-type]
    assert (dawn.start, dawn.end) == (43, 50)


def test_cut_keeps_an_answer_of_two_sentences() -> None:
    """Every sentence that the answer touches stays."""
    both = asked("What?", "shown. Fishermen from Sorrel")
    kept = cut(both, Told(0.9, 0.6))  # type: ignore[arg-type]
    assert (kept.context, kept.answer) == (" ".join(S[3:]), "shown. Fishermen from Sorrel")


def test_cut_without_an_answer_keeps_what_is_most_like_the_question() -> None:
    """The unanswerable are cut as the answerable are, around the sentence that says most of the question."""
    wreck = asked("Who owns the wreck in the museum?", None)
    assert cut(wreck, Told(0.9)) == replace(wreck, context=" ".join(S[3:]))  # type: ignore[arg-type]


def test_what_cannot_be_cut_stays() -> None:
    """A context without a sentence, or with an answer in none, is left as it is."""
    blank = Example("nq", "g", "Who?", " " * 700, None, None)
    assert cut(blank, Told(0.9)) is blank  # type: ignore[arg-type]
    between = Example("nq", "g", "Who?", STORY, 74, 75)
    assert between.answer == " "
    assert cut(between, Told(0.9)) is between  # type: ignore[arg-type]


@st.composite
def stories(draw: st.DrawFn) -> Example:
    """A question that some words of a story answer, or none."""
    parts = draw(
        st.lists(st.tuples(st.sampled_from(S), st.sampled_from([" ", "\n\n", "  "])), min_size=1, max_size=12)
    )
    text = "".join(sentence + gap for sentence, gap in parts)
    words = [match.span() for match in re.finditer(r"\S+", text)]
    first = draw(st.integers(0, len(words) - 1))
    last = min(len(words) - 1, first + draw(st.integers(0, 20)))
    answerable = draw(st.booleans())
    start, end = (words[first][0], words[last][1]) if answerable else (None, None)
    return Example("nq", "ferry", draw(st.sampled_from(["Where is the wreck?", "Who?"])), text, start, end)


@settings(deadline=None)
@given(stories(), st.integers(0, 10**6))
def test_cut_keeps_the_answer_in_whole_sentences(example: Example, seed: int) -> None:
    """However it falls: the same answer, whole sentences, 200 characters or all there are."""
    kept = cut(example, random.Random(seed))
    assert kept.answer == example.answer
    assert kept.context in example.context
    assert kept.context.startswith(tuple(S))
    assert kept.context.rstrip().endswith(tuple(S))
    assert len(kept.context) >= min(200, len(example.context.strip()))
    assert replace(kept, context="", start=None, end=None) == replace(
        example, context="", start=None, end=None
    )


@pytest.mark.parametrize(
    ("place", "context", "start"),
    [
        (0, "Fog came. Rain too. It struck a rock.", 30),
        (1, "Fog came. It struck a rock. Rain too.", 20),
        (2, "It struck a rock. Fog came. Rain too.", 10),
    ],
)
def test_surrounded(place: int, context: str, start: int) -> None:
    """The context is put at any place among the sentences, its answer with it."""
    example = asked("What did it strike?", "a rock", "It struck a rock.")
    moved = surrounded(example, ["Fog came.", "Rain too."], Told(size=2 - place))  # type: ignore[arg-type]
    assert moved == replace(example, context=context, start=start, end=start + 6)


def test_surrounded_without_an_answer_or_a_sentence() -> None:
    """Where nothing answers, nothing is moved; among no sentences a context stays alone."""
    example = asked("Who saw it?", None, "It struck a rock.")
    moved = surrounded(example, ["Fog came."], Told(size=1))  # type: ignore[arg-type]
    assert moved == replace(example, context="Fog came. It struck a rock.")
    assert surrounded(ROCK, [], Told(size=0)) == ROCK  # type: ignore[arg-type]


@settings(deadline=None)
@given(stories(), st.lists(st.sampled_from(S), max_size=4), st.integers(0, 10**6))
def test_surrounded_keeps_the_answer(example: Example, sentences: list[str], seed: int) -> None:
    """Wherever it is put, the same words answer."""
    moved = surrounded(example, sentences, random.Random(seed))
    assert moved.answer == example.answer
    assert example.context in moved.context
    assert len(moved.context) == len(example.context) + sum(len(sentence) + 1 for sentence in sentences)


def test_unanswerable() -> None:
    """Another question or context, a source that says so, and no span."""
    assert unanswerable(ROCK, question="What did the Brisk strike?") == Example(
        "nq-unanswerable", "ferry", "What did the Brisk strike?", STORY, None, None, "The Halden"
    )
    assert unanswerable(ROCK, context=S[0]) == Example(
        "nq-unanswerable", "ferry", "What did the Halden strike?", S[0], None, None, "The Halden"
    )


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("a rock", " ".join([*S[:3], *S[4:]])),
        ("Sorrel", " ".join([*S[:3], S[5]])),
        ("fog", None),
        ("the", None),
        (None, None),
    ],
)
def test_without_answer(answer: str | None, left: str | None) -> None:
    """Every sentence with the answer's words goes, in any case; None where fewer than 200 characters stay."""
    context = " ".join([S[1].upper(), "Fog, fog, and more fog."]) if answer == "fog" else STORY
    example = asked("What?", answer, context)
    assert without_answer(example) == left


def test_without_answer_needs_two_hundred_characters() -> None:
    """At 200 characters the rest is a context, at 199 it is too little."""
    rest = "Snow fell on the pier." + " It went on and on for days." * 6
    for end, left in ((" End of all it.", 205), (" The end.", 199), (" The end..", 200)):
        text = f"{rest}{end} They saw a seal."
        assert len(rest + end) == left
        expected = rest + end if left >= 200 else None
        assert without_answer(asked("What?", "a seal", text)) == expected


def test_nearest_without_answer() -> None:
    """Of the others without the answer the one most like the question, the first of equals."""
    contexts = [
        STORY,
        "The museum shows the wreck.",
        "The Halden was a slow ship.",
        "What the Halden met was A ROCK, and it was no strike of luck.",
        "Her sister was slow, unlike the Halden.",
    ]
    assert nearest_without_answer(ROCK, contexts) == "The Halden was a slow ship."
    assert nearest_without_answer(ROCK, contexts[:2]) == "The museum shows the wreck."
    assert nearest_without_answer(ROCK, [contexts[0], contexts[3]]) is None
    assert nearest_without_answer(ROCK, []) is None


OTHERS = ("In 1912 a ship was lost. The Tamsin Grey was found by divers.",)


@pytest.mark.parametrize(
    ("question", "chance", "changed"),
    [
        ("What did the Halden strike?", Told(0.5, 0.5), "What did the Brisk strike?"),
        ("What did the Halden strike?", Told(0.5, 0.7), "What did the The Tamsin Grey strike?"),
        ("How many of the 240 were saved?", Told(0.5, 0.5), "How many of the 1987 were saved?"),
        ("How many of the 240 were saved?", Told(0.5, 0.7), "How many of the 1912 were saved?"),
        ("Who came aboard before dawn?", Told(0.5), "Who came aboard after dawn?"),
        ("Who was the EARLIEST, or first?", Told(0.5), "Who was the EARLIEST, or last?"),
        ("Who raised the wreck with more money?", Told(0.5), "Who raised the wreck with less money?"),
        ("What did it strike?", Told(0.5), "What did not it strike?"),
        ("Who was it?", Told(0.5), "Who was not it?"),
        ("What did the Halden strike?", Told(0.1), "What did not the Halden strike?"),
        ("Whose ferry?", Told(0.5), None),
        ("Whose ferry?", Told(0.1), None),
        ("", Told(0.5), None),
    ],
)
def test_edited(question: str, chance: Any, changed: str | None) -> None:
    """Another name or number, of this text or another of the article; an opposite; a "not"; or nothing."""
    assert edited(question, STORY, OTHERS, chance) == changed


def test_edited_never_puts_a_longer_form_of_the_same_name() -> None:
    """`Captain Edda Moll` for `Moll` would change nothing, so that the question is negated instead."""
    question, context = "Where did Moll live?", "Here Captain Edda Moll lived."
    chance: Any = Told(0.5, 0.5)
    assert edited(question, context, [context], chance) == "Where did not Moll live?"


def test_edited_leaves_what_the_context_does_not_say() -> None:
    """A name or number that the context lacks makes no question unanswerable by being exchanged."""
    chance: Any = Told(0.5)
    assert edited("Did Tamsin see all 99?", STORY, OTHERS, chance) == "Did not Tamsin see all 99?"


@settings(deadline=None)
@given(
    st.sampled_from(
        ["What did the Halden strike?", "How many of the 240 were on the first ferry?", "Was Sorrel near?"]
    ),
    st.integers(0, 10**6),
)
def test_an_edited_question_is_another(question: str, seed: int) -> None:
    """However it falls, exactly one run of words is exchanged, never for the same."""
    changed = edited(question, STORY, OTHERS, random.Random(seed))
    assert changed is not None
    assert changed != question
    before, after = question.split(), changed.split()
    same = sum(word in after for word in before)
    assert same >= len(before) - 1


DAY = "The Halden had been built at Brisk in 1912. She was the first ship with 4 screws. " * 3
NEWS = "A storm closed the harbour of Tarn on Friday."
DATA = [
    asked("What did the Halden strike?", "a rock", source="squad-dev", title="The Halden"),
    asked("Who was the Halden's captain?", "Captain Edda Moll", source="squad-dev", title="The Halden"),
    asked("How many of the 240 were saved?", "everybody", source="squad-dev", title="The Halden"),
    asked("Near which island was it?", "Sorrel", source="squad-dev", title="The Halden"),
    asked("Which ship had the first 4 screws?", "The Halden", DAY, source="squad-dev", title="The Halden"),
    asked("Why did the Halden turn back?", None, source="squad-dev", title="The Halden"),
    asked("when was the wreck of the halden raised", "1987", title="The Halden"),
    asked("who saved the people", "Fishermen from Sorrel", title="The Halden"),
    asked("how long at sea", "thirty years", source="qed"),
    *(
        asked(f"What closed harbour {n}?", "A storm", NEWS, source="qamr", group="news:7:1:0:3")
        for n in range(10)
    ),
    asked("When was it?", "Friday", NEWS, source="qamr", group="news:7:1:0:4"),
]
SENTENCES = [
    Sentence("news:7:1", NEWS),
    Sentence("news:7:1", "Nobody was hurt in Tarn."),
    Sentence("news:7:1", "Two roofs came down."),
    Sentence("news:7:1", "Trains ran late."),
    Sentence("wiki:1:1", "Owls see well at night."),
]
ANSWERS = {example.question: example.answer for example in DATA}


def test_an_epoch_is_the_same_for_the_same_seed_and_number() -> None:
    """Nothing but seed and number counts: neither what was drawn before nor the world's chance."""
    first = epoch(DATA, SENTENCES, 13, 1, per_sentence=8)
    random.seed(99)
    epoch(DATA, SENTENCES, 5, 0, per_sentence=8)
    assert epoch(DATA, SENTENCES, 13, 1, per_sentence=8) == first
    assert epoch(DATA, SENTENCES, 13, 2, per_sentence=8) != first
    assert epoch(DATA, SENTENCES, 14, 1, per_sentence=8) != first


@pytest.mark.parametrize(
    ("seed", "number", "made", "per_sentence", "after_statement", "digest"),
    [
        (13, 0, 9, 6, 0.0, "941e41daf248f683"),
        (14, 1, 9, 6, 0.0, "3e3eb8ac135a0e74"),
        (15, 2, 9, 6, 0.0, "6d49d92580d53015"),
        (16, 3, 0, 2, 0.0, "2ed8dd0ef0cc4c4f"),
        (19, 2, 9, 6, 0.15, "57706ba7219a4d3b"),
        (20, 3, 0, 2, 0.15, "c987c7c86a212c92"),
    ],
)
def test_the_draws_are_those_of_the_shipped_weights(
    seed: int, number: int, made: int, per_sentence: int, after_statement: float, digest: str
) -> None:
    """With any other sequence of draws, the recorded recipe would no longer give the recorded weights."""
    drawn = repr(epoch(DATA, SENTENCES, seed, number, made, per_sentence, after_statement)).encode()
    assert hashlib.sha256(drawn).hexdigest()[:16] == digest


@pytest.mark.parametrize(
    ("seed", "number", "digest"),
    [
        (23, 2, "c2a0026a1c30185f"),
        (24, 2, "747c810a31532293"),
        (25, 3, "e835af1cc5e0b503"),
        (26, 3, "ee0a6ab624f8c69a"),
    ],
)
def test_the_draws_with_written_questions(seed: int, number: int, digest: str) -> None:
    """Those of the runs that met them, likewise."""
    written = [asked("Whose ferry?", None, source="written"), asked("Raised when?", "1987", source="written")]
    drawn = repr(epoch([*DATA, *written], SENTENCES, seed, number, 0, 2, 0.15)).encode()
    assert hashlib.sha256(drawn).hexdigest()[:16] == digest


def test_some_questions_come_after_a_statement() -> None:
    """As many as are asked for, where there is something to say; the question itself stays as it was."""
    asked = {e.question for e in epoch(DATA, SENTENCES, 13, 2, per_sentence=8)}
    said = [
        e.question
        for number in range(40)
        for e in epoch(DATA, SENTENCES, 13, number, per_sentence=8, after_statement=1.0)
        if e.source == "squad-dev"
    ]
    after = [question for question in said if question not in asked]
    assert all(any(question.endswith(f". {bare}") for bare in asked) for question in after)
    assert (len(said), len(after)) == (240, 240)


def test_the_first_epochs_have_more_search_questions() -> None:
    """Each encyclopedia question comes once, eight of a sentence do; search questions twice at first."""
    for number, times in ((0, 2), (1, 2), (2, 1), (3, 1)):
        chosen = epoch(DATA, SENTENCES, 13, number, per_sentence=8)
        sources = Counter(example.source for example in chosen)
        assert sources["squad-dev"] == 6
        assert (sources["nq"], sources["qed"]) == (2 * times, times)
        assert sources["qamr"] + sources["qamr-unanswerable"] == 9
        questions = Counter(e.question for e in chosen if e.source.startswith("qamr"))
        assert set(questions.values()) == {1}
        assert questions["When was it?"] == 1
        assert {e.question for e in chosen if e.source == "squad-dev"} == {e.question for e in DATA[:6]}


def test_sentence_questions_come_alone_first_and_among_others_later() -> None:
    """A sentence stands alone at first, later among two of its document, or it is left out."""
    alone = [e for e in epoch(DATA, SENTENCES, 13, 0, per_sentence=8) if e.source == "qamr"]
    assert [(e.context, e.group) for e in alone].count((NEWS, "news:7:1:0:3")) == 8
    assert len(alone) == 9
    fewer = [e for e in epoch(DATA, SENTENCES, 13, 0, per_sentence=3) if e.source == "qamr"]
    assert [(e.context, e.group) for e in fewer].count((NEWS, "news:7:1:0:3")) == 3
    assert [e for e in epoch(DATA, SENTENCES, 13, 0, per_sentence=0) if e.source == "qamr"] == []
    near = {sentence.text for sentence in SENTENCES[1:4]}
    unanswered = 0
    for number in range(1, 9):
        for e in epoch(DATA, SENTENCES, 13, number, per_sentence=8):
            if e.source == "qamr":
                others = [text.strip() for text in e.context.split(NEWS) if text.strip()]
                assert 36 < len(e.context) - len(NEWS) <= 2 + 24 + 20
                assert all(any(other.startswith(text) for text in near) for other in others)
            elif e.source == "qamr-unanswerable":
                unanswered += 1
                assert e.context.startswith("Nobody was hurt in Tarn. Two roofs came down. ")
    assert unanswered == 6


def test_titles_are_there_half_of_the_time() -> None:
    """A reader must do with a title and without; an example that has none is given none."""
    titles: Counter[str | None] = Counter()
    for number in range(40):
        for example in epoch(DATA, SENTENCES, 13, number, per_sentence=8):
            if example.source.startswith(("qed", "qamr")):
                assert example.title is None
            else:
                titles[example.title] += 1
    assert titles == {"The Halden": 212, None: 218}


def test_what_answers_and_what_does_not() -> None:
    """Over many epochs: an answer is always the labelled one, and what is called unanswerable lacks it."""
    sources: Counter[str] = Counter()
    for number in range(40):
        for example in epoch(DATA, SENTENCES, 13, number, per_sentence=8):
            sources[example.source] += 1
            if example.start is not None:
                assert example.answer == ANSWERS[example.question]
            elif example.source.endswith("-unanswerable"):
                answer = ANSWERS.get(example.question)
                # An edited question is a new one; under its own, the answer's words must be gone.
                assert answer is None or answer.lower() not in example.context.lower()
            else:
                assert example.question == "Why did the Halden turn back?"
    assert sources == {
        "squad-dev": 240,
        "squad-dev-unanswerable": 86,
        "nq": 84,
        "nq-unanswerable": 20,
        "qed": 42,
        "qed-unanswerable": 9,
        "qamr": 320,
        "qamr-unanswerable": 40,
    }


def test_questions_made_by_rule() -> None:
    """As many as are wanted, about the given contexts, each answered where it says; none unless wanted."""
    sentences = [Sentence("d", text) for text in S]
    made = [e for e in epoch([ROCK], sentences, seed=5, number=0, made=6) if e.source == "made"]
    assert len(made) == 6
    assert all(e.answer and e.answer in STORY and e.question.endswith("?") for e in made)
    assert [e for e in epoch([ROCK], sentences, seed=5, number=0) if e.source.startswith("made")] == []


def test_texts_of_which_nothing_can_be_asked() -> None:
    """They are given up, and what can be asked of the others is all there is."""
    nothing = asked("who?", "rained", "It rained.")
    assert [e for e in epoch([nothing], [], seed=5, number=0, made=6) if e.source == "made"] == []


def test_a_context_that_a_search_brings() -> None:
    """Some search questions also meet the context of another question, which does not answer them."""
    other = asked("Who lit the lamps?", "Oda Trevell", "Oda Trevell lit the lamps of the ferry Halden.")
    found = {
        e.context
        for number in range(30)
        for e in epoch([ROCK, other], [], seed=5, number=number)
        if e.question == ROCK.question and e.start is None
    }
    assert other.context in found
