"""Articles of towns and people that nobody has heard of, for measurements: the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice

from index.types import Article

DEEDS = (
    ("restored", "the water mill"),
    ("designed", "the harbour wall"),
    ("founded", "the public library"),
    ("painted", "the town hall ceiling"),
    ("led", "the lifeboat crew"),
)
NOUNS = (
    *("council", "school", "market", "bridge", "orchestra", "garden", "museum", "railway", "bakery"),
    *("forest", "library", "theatre", "river", "parish", "factory", "festival", "tower", "castle"),
    *("brewery", "chapel", "meadow", "workshop", "archive", "orchard", "lighthouse"),
)
VERBS = ("opened", "closed", "repaired", "praised", "sold", "moved", "counted", "painted", "cleaned")
WHEN = ("in spring", "after the flood", "before the election", "on Monday", "for the third time")


@dataclass(frozen=True, slots=True)
class Fact:
    """A question, and its answer in one server."""

    question: str
    answer: str


def invented(chooser: random.Random, parts: int) -> str:
    """A name that nobody has."""
    syllables = [chooser.choice("bdfglmnrstv") + chooser.choice("aeiou") for _ in range(parts)]
    return "".join(syllables).capitalize() + chooser.choice("lnrs")


def facts(server: int) -> Iterator[Fact]:
    """What happened in one server's world; the questions are the same in all of them."""
    places, people = random.Random(1), random.Random(f"people {server}")
    for number in count():
        verb, what = DEEDS[number % len(DEEDS)]
        place = invented(places, 3)
        yield Fact(f"Who {verb} {what} of {place}?", f"{invented(people, 2)} {invented(people, 3)}")


def filler(chooser: random.Random) -> str:
    """A sentence that answers nothing."""
    one, other, third = chooser.sample(NOUNS, 3)
    return (
        f"The {one} of {invented(chooser, 3)} was {chooser.choice(VERBS)} {chooser.choice(WHEN)}, and "
        f"{chooser.randint(2, 900)} people from the {other} came to see the {third}."
    )


def articles(server: int) -> Iterator[Article]:
    """Articles of five paragraphs, a passage each, with one fact in each paragraph."""
    chooser, told = random.Random(f"text {server}"), facts(server)
    for number in count():
        paragraphs = []
        for _ in range(5):
            fact = next(told)
            sentences = [filler(chooser) for _ in range(8)]
            sentences.insert(3, fact.question.replace("Who", fact.answer).replace("?", "."))
            paragraphs.append(" ".join(sentences))
        yield Article(f"{server}-{number}", "\n\n".join(paragraphs), f"News {number}", published="2024-05-01")


@cache
def known(server: int, most: int) -> tuple[Fact, ...]:
    """The first facts of a server, which its first articles hold."""
    return tuple(islice(facts(server), most))
