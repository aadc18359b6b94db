"""What a question asks for, and answers that are of that kind or of another."""

from __future__ import annotations

import pytest

from bot.answer_kind import is_of_another_kind


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("How many lamps were lit?", "twelve", "the harbour"),
        ("How old is the keeper?", "61", "the keeper"),
        ("How much does a lamp cost?", "$5", "the harbour"),
        ("What percentage of the lamps burn?", "62%", "62"),
        ("What year was the ferry raised?", "1987", "May"),
        ("When did it sink?", "Tuesday", "near Sorrel"),
        ("How long did the raising take?", "three weeks", "Brisk"),
        ("Which country owns the island?", "the Netherlands", "Sorrel"),
        ("A ship sank. In which two countries was it built?", "Norway and Sweden", "two yards"),
        ("Which US state has the most ferries?", "New York", "Seattle"),
        ("Which country singer lit the lamps?", "Oda Trevell", "the keeper"),
        ("Which country won the singer's prize?", "Norway", "Brisk"),
        ("Which state senator opened it?", "Oda Trevell", "the keeper"),
        ("The keeper sang with which popular local band?", "Halden Five", "a choir"),
        ("How long is the tunnel?", "7.3 km", "Brisk"),
        ("How long does it take?", "90 mins", "the minister"),
        ("How tall is the tower?", "120m", "in May"),
        ("How high is inflation?", "9.1 percent", "Brisk"),
        ("How high is inflation?", "9.1 per cent", "the minister"),
        ("How hot was it?", "40.3C", "in May"),
        ("How heavy is the lens?", "300 grams", "Brisk"),
        ("How fast did she row?", "10.6 seconds", "Brisk"),
        ("How far is the star?", "26 light-years", "Brisk"),
        ("How far is the wreck?", "two hours", "Brisk"),
        ("Which country lost?", "Myanmar", "Brisk"),
        ("Which country lost?", "Czech Republic", "Brisk"),
        ("Which country lost?", "Côte d'Ivoire", "Brisk"),
        ("Which country lost?", "Bosnia and Herzegovina", "Brisk"),
        ("Which country lost?", "the Democratic Republic of Congo", "Brisk"),
        ("Which state was hit in May?", "Ohio", "Brisk"),
        ("Which state in the US was hit?", "Ohio", "Kerala"),
        ("How many did Dr. White treat?", "twelve", "the keeper"),
        ("Who was mayor when it opened?", "Oda Trevell", "1987"),
        ("In what year was it opened by a man who left?", "1987", "Oda Trevell"),
        ("Who lit the lamps?", "Oda Trevell", "1987"),
        ("Where is the wreck?", "in Brisk", "12,000"),
    ],
)
def test_kinds(question: str, right: str, wrong: str) -> None:
    """An answer of the kind asked for is told from one of another kind."""
    assert not is_of_another_kind(question, right)
    assert is_of_another_kind(question, wrong)


@pytest.mark.parametrize(
    ("after", "other"),
    [(" feet above the sea.", False), ("-metre mast.", False), (", a singer.", True), (" in 1987.", True)],
)
def test_a_unit_after_the_answer(after: str, other: bool) -> None:
    """How tall something is takes a unit, which may follow the words of the answer."""
    assert is_of_another_kind("How tall is the lighthouse?", "37", after) is other


def test_a_share_after_the_answer() -> None:
    """A percent sign is often no part of the answer either."""
    asked = "What percentage of the lamps burn?"
    assert not is_of_another_kind(asked, "62", "% of them burn.")
    assert is_of_another_kind(asked, "62", " of them burn.")


def test_the_last_sentence_asks() -> None:
    """What was said before the question asks for nothing."""
    assert not is_of_another_kind("It sank when the fog came. Who saw it?", "the keeper")


@pytest.mark.parametrize(
    "question",
    [
        "What did the ferry strike?",
        "",
        "Which country's flag did it fly?",
        "Which singer's song was it?",
        "What number of people who left?",
        "Which state in India was hit?",
    ],
)
def test_nothing_told(question: str) -> None:
    """Questions that ask for anything judge no answer."""
    assert not is_of_another_kind(question, "1987")
