"""From spans to answers: what is one candidate, what it has going for it, and what contradicts it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.candidates import (
    FEATURES,
    Candidate,
    around,
    conflicting,
    features,
    gathered,
    sentence_bounds,
)
from bot.types import Span
from index.types import Article, Hit, Passage

ASKED = "How many lamps did Oda Trevell light?"

# What a log odd and a rank weigh in the vote.
SCORE, RANK = 0.5, 0.15


def span(
    text: str,
    words: str,
    score: float = 1.0,
    *,
    rank: int = 1,
    article: str | None = None,
    date: str | None = None,
    title: str | None = None,
    copies: Sequence[str] = (),
) -> Span:
    """These words of a text that is an article and its only passage; without a name it is its own."""
    source = Article(article or text, text, title, published=date)
    also_in = tuple(Article(name, text) for name in copies)
    passage = Passage(source.id, 0, len(text), text)
    hit = Hit(str(rank), passage, source, rank, 1.0, rank, 0.5, rank, also_in)
    start = text.index(words)
    return Span(hit, start, start + len(words), score)


def one(text: str, words: str, score: float = 1.0, **fields: object) -> Candidate:
    """A candidate that one span gives."""
    (candidate,) = gathered([span(text, words, score, **fields)])  # type: ignore[arg-type]
    return candidate


def texts(candidates: Sequence[Candidate]) -> list[str]:
    """What the candidates say."""
    return [candidate.text for candidate in candidates]


# --- gathered -------------------------------------------------------------------------------------


def test_equal_words_are_one_candidate() -> None:
    """Whatever their case, articles, punctuation and typographic marks; the weightiest is cited."""
    found = gathered(
        [
            span("It was the “Owl”.", "the “Owl”", 1.0, rank=3),
            span("An OWL, it was.", "An OWL,", 2.0, rank=2),
            span("Owls fly.", "Owls", 3.0),
        ]
    )
    assert [[given.text for given in candidate.spans] for candidate in found] == [
        ["Owls"],
        ["An OWL,", "the “Owl”"],
    ]


def test_other_numbers_are_other_candidates() -> None:
    """A point, a dash, a sign: what is left without them may be another's number."""
    found = gathered(
        [
            span("It cost $1.2 billion.", "$1.2 billion", 2.0),
            span("It cost $12 billion.", "$12 billion", 1.0),
            span("It ended 2–1.", "2–1", 0.5),
            span("All 21.", "21", 0.0),
        ]
    )
    assert texts(found) == ["$1.2 billion", "$12 billion", "2–1", "21"]


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("Of the lamps 62% burn.", "62%", "62"),
        ("Of the lamps 62 per cent burn.", "62 per cent", "62"),
        ("Of the lamps five percent burn.", "five percent", "five"),
        ("It cost $86 million.", "$86 million", "86 million"),
    ],
)
def test_a_sign_beside_a_figure_is_part_of_it(text: str, whole: str, part: str) -> None:
    """Whether or not the reader's span has it: both say the same, and neither contradicts the other."""
    (found,) = gathered([span(text, whole, 2.0, article="a"), span(text, part, 1.0, article="b")])
    assert [given.text for given in found.spans] == [whole, part]
    assert len(gathered([span(text, whole), span(f"There are {part}.", part, article="b")])) == 2


def test_evidence_adds_up() -> None:
    """The log of the sum of exp(SCORE * score - RANK * (rank - 1))."""
    assert one("An owl.", "owl", 2.0, rank=3).evidence == pytest.approx(SCORE * 2 - RANK * 2)
    assert one("An owl.", "owl", -4.0).evidence == pytest.approx(-4 * SCORE)
    (both,) = gathered([span("An owl.", "owl", 2.0, rank=3), span("One owl.", "owl", 1.0, rank=2)])
    assert both.evidence == pytest.approx(math.log(math.exp(2 * SCORE - 2 * RANK) + math.exp(SCORE - RANK)))


def test_two_articles_beat_one_that_says_more() -> None:
    """Most evidence is first, not the highest score."""
    found = gathered(
        [
            span("An elk.", "elk", 1.5),
            span("An owl.", "owl", 1.0),
            span("One owl.", "owl", 1.0, rank=2),
        ]
    )
    assert texts(found) == ["owl", "elk"]
    assert found[0].evidence == pytest.approx(SCORE + math.log(1 + math.exp(-RANK)))
    assert found[1].evidence == pytest.approx(1.5 * SCORE)


def test_an_article_counts_once() -> None:
    """Its best span does; what it repeats adds nothing, in one passage or in another."""
    first = span("Owl and owl.", "Owl", 1.0, article="a")
    again = replace(first, start=8, end=11, score=0.9)
    elsewhere = span("Owl and owl.", "owl", 3.0, rank=9, article="a")
    (found,) = gathered([again, elsewhere, first])
    assert found.spans == (first,)
    assert found.evidence == pytest.approx(SCORE)


def test_copies_add_nothing() -> None:
    """Ten articles that carry one story are one hit and one say."""
    copies = tuple(str(number) for number in range(9))
    assert one("An owl.", "owl", 1.0, copies=copies).evidence == pytest.approx(SCORE)


def told(said: Span, *others: str) -> Span:
    """The span, as one of a story with these other articles."""
    return replace(said, hit=replace(said.hit, story=tuple(Article(name, "") for name in others)))


def test_a_story_counts_once() -> None:
    """In whichever of its articles it is read: the one with most to say is cited, the rest add nothing."""
    first = told(span("An owl.", "owl", 2.0, article="a"), "b", "c")
    second = told(span("One owl.", "owl", 1.0, rank=2, article="b"), "a", "c")
    another = span("The owl.", "owl", 1.0, rank=3, article="d")
    (found,) = gathered([another, second, first])
    assert found.spans == (first, another)
    assert found.evidence == pytest.approx(math.log(math.exp(2 * SCORE) + math.exp(SCORE - 2 * RANK)))


def test_a_story_is_known_from_either_side() -> None:
    """Two collections can hold the same article, one of them without the rest of its story."""
    alone = span("An owl.", "owl", 2.0, article="a")
    (found,) = gathered([alone, told(span("One owl.", "owl", 1.0, article="b"), "a")])
    assert found.spans == (alone,)
    both = [told(span("An owl.", "owl", 2.0, article="a"), "b"), span("One owl.", "owl", 1.0, article="b")]
    (found,) = gathered(both)
    assert found.spans == (both[0],)


def test_what_a_story_says_otherwise_is_a_candidate() -> None:
    """Only what says the same is counted once."""
    found = gathered(
        [told(span("An owl.", "owl", 2.0, article="a"), "b"), told(span("An elk.", "elk", article="b"), "a")]
    )
    assert texts(found) == ["owl", "elk"]


def test_ten_candidates_at_most() -> None:
    """Those with most evidence, in its order."""
    spans = [span(f"Owl{n} flew.", f"Owl{n}", n / 10) for n in range(14)]
    assert texts(gathered(spans)) == [f"Owl{n}" for n in range(13, 3, -1)]


def test_words_without_words() -> None:
    """Nothing but marks and articles is no candidate, and nothing makes nothing."""
    assert gathered([span("The “?!” end.", "“?!”"), span("The end.", "The")]) == []
    assert gathered([]) == []


def test_logits_that_are_too_large() -> None:
    """They overflow nothing, and each side of the bound weighs the same."""
    huge, tiny = one("An owl.", "owl", 1e9), one("An elk.", "elk", -1e9)
    assert (huge.evidence, tiny.evidence) == (200.0, -200.0)
    (several,) = gathered([span(f"Owl {n}.", "Owl", 1e300, rank=n) for n in range(1, 11)])
    assert several.evidence == pytest.approx(200 + math.log(10))
    assert np.isfinite(features("Which owl?", [huge, several, tiny])).all()


def test_equal_says() -> None:
    """The better rank stands first, then the earlier words; equal evidence keeps that order."""
    later = span("An elk, an owl.", "owl", 0.0)
    earlier = replace(later, start=3, end=6)
    second = span("An emu.", "emu", RANK / SCORE, rank=2)
    assert texts(gathered([second, later, earlier])) == ["elk", "owl", "emu"]


# --- supporting -----------------------------------------------------------------------------------


def test_what_is_cited() -> None:
    """The best span whatever its score; other articles only where they beat "no answer" themselves."""
    (found,) = gathered(
        [
            span("An owl a.", "owl", -1.0),
            span("An owl b.", "owl", 0.0, rank=9),
            span("An owl c.", "owl", 0.1, rank=9),
        ]
    )
    assert [given.hit.article.text for given in found.spans] == ["An owl a.", "An owl c.", "An owl b."]
    assert [given.hit.article.text for given in found.supporting] == ["An owl a.", "An owl c."]
    assert (found.best.score, found.text) == (-1.0, "owl")


def test_three_articles_are_cited_at_most() -> None:
    """Those with most to say, in that order."""
    (found,) = gathered([span(f"An owl {n}.", "owl", 1.0, rank=n) for n in range(1, 6)])
    assert [given.hit.rank for given in found.spans] == [1, 2, 3, 4, 5]
    assert [given.hit.rank for given in found.supporting] == [1, 2, 3]


# --- what speaks for a candidate ------------------------------------------------------------------

LAMPS = [
    span("It was late. Oda Trevell lit 14 lamps.", "14 lamps", 2.0, title="The lamps of Quillby"),
    span("Oda Trevell has 14 lamps.", "14 lamps", 1.0, rank=2),
    span("Nobody slept.", "Nobody", -1.0, rank=3),
]
# Of the question's stems "lamp", "light", "oda" and "trevel", two of the three texts hold "lamp", "oda" and
# "trevel" each, and none "light" ("lit" has another stem).
COMMON, RARE = math.log(1 + 3 / 2.5), math.log(1 + 3 / 0.5)
EVIDENCE = (math.log(math.exp(2 * SCORE) + math.exp(SCORE - RANK)), -SCORE - 2 * RANK)
SHARE = 1 / (1 + math.exp(EVIDENCE[1] - EVIDENCE[0]))
# What each of the two candidates, "14 lamps" and "Nobody", has of every feature there is or was.
SIGNS = {
    "score": (2.0, -1.0),
    "evidence": EVIDENCE,
    "margin": (EVIDENCE[0] - EVIDENCE[1], EVIDENCE[1] - EVIDENCE[0]),
    "share": (SHARE, 1 - SHARE),
    "articles": (math.log(2), 0.0),
    "coverage": (3 * COMMON / (3 * COMMON + RARE), 0.0),
    "echo": (1 / 2, 0.0),
    "position": (math.log(30), 0.0),
    "words": (math.log(3), math.log(2)),
    "misfit": (0.0, 1.0),
    "headline": (0.0, 0.0),
}


def test_features() -> None:
    """Of two candidates, one in two articles: every one worked out by hand."""
    rows = features(ASKED, gathered(LAMPS))
    assert rows.shape == (2, len(FEATURES))
    assert dict(zip(FEATURES, map(tuple, rows.T), strict=True)) == {
        name: pytest.approx(SIGNS[name]) for name in FEATURES
    }


def test_features_of_the_only_candidate() -> None:
    """It has all there is, and leads by as much as a lead can count."""
    (row,) = features("Who?", [one("An owl.", "owl", 3.0)])
    named = dict(zip(FEATURES, row, strict=True))
    assert (named["margin"], named["share"]) == (5.0, 1.0)
    assert features("Who?", []).shape == (0, len(FEATURES))


def test_a_lead_counts_up_to_a_bound() -> None:
    """Beyond it nothing is clearer; a lag has none."""
    found = [one("An owl.", "owl", 30.0), one("An elk.", "elk", -30.0)]
    margins = features("Which?", found)[:, FEATURES.index("margin")]
    assert margins.tolist() == [5.0, pytest.approx(-60 * SCORE)]


def test_features_know_nothing_of_what_retrieval_scored() -> None:
    """Ids, fused scores and both lists' ranks and cosines mean something else in every collection."""

    def elsewhere(given: Span) -> Span:
        article = replace(given.hit.article, id=f"60000 {given.hit.article.id}")
        unlike = {"score": 0.001, "dense_rank": None, "dense_score": None, "bm25_rank": 5000}
        return replace(given, hit=replace(given.hit, article=article, passage_id="60000", **unlike))

    small = features(ASKED, gathered(LAMPS))
    assert features(ASKED, gathered([elsewhere(given) for given in LAMPS])).tolist() == small.tolist()


# --- the sentence around --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ("14", "It took 14 months."),
        ("It took 14 months.", "It took 14 months."),
        ("tower. It", "Oda Trevell restored the tower. It took 14 months."),
        ("Nobody", "Nobody knew."),
        (" ", "Oda Trevell restored the tower."),
    ],
)
def test_the_sentences_around_a_span(words: str, sentences: str) -> None:
    """All that it touches and no other, with their place in the article."""
    text = "Oda Trevell restored the tower. It took 14 months. Nobody knew."
    given = span(text, words)
    assert around(given) == sentences
    assert sentence_bounds(given) == (text.index(sentences), text.index(sentences) + len(sentences))


def test_the_sentence_in_a_later_passage() -> None:
    """Its place is the article's, and it ends where the passage does."""
    text = "It was late. Ilsa Marrow directed the film. Nobody knew."
    given = Span(
        Hit("1", Passage("a", 13, 38, text[13:38]), Article("a", text), 1, 1.0, 1, 0.5, 1), 18, 24, 1.0
    )
    assert (given.text, around(given)) == ("Marrow", "Ilsa Marrow directed the")
    assert sentence_bounds(given) == (13, 37)


def test_a_span_between_sentences() -> None:
    """Where no sentence is touched, it stands for itself."""
    given = Span(
        Hit("1", Passage("a", 0, 10, "One.\n\nTwo."), Article("a", "One.\n\nTwo."), 1, 1.0, 1, 0.5, 1),
        4,
        6,
        0,
    )
    assert sentence_bounds(given) == (4, 6)


# --- conflicts ------------------------------------------------------------------------------------

BEST = one("Oda Trevell lit 14 lamps.", "14 lamps", 3.0, date="2024-02-01")


def contradicts(*others: Candidate, best: Candidate = BEST, asked: str = ASKED) -> list[str]:
    """The conflicts, by the words of each."""
    return texts(conflicting(asked, best, others))


def test_another_number_in_another_article() -> None:
    """It is a conflict as soon as it beats its passage's "no answer", and not before."""
    assert contradicts(one("Oda Trevell lit 15 lamps.", "15 lamps", 0.1)) == ["15 lamps"]
    assert contradicts(one("Oda Trevell lit 15 lamps.", "15 lamps", 0.0)) == []
    assert contradicts() == []


def test_the_newest_comes_first() -> None:
    """Whatever the evidence; without a date last."""
    found = contradicts(
        one("Oda Trevell lit 15 lamps.", "15", 3.0),
        one("Oda Trevell lit 16 lamps.", "16", 2.0, date="2024-01-31T23:00:00"),
        one("Oda Trevell lit 17 lamps.", "17", 1.0, date="2024-03-01"),
        one("Oda Trevell lit 18 lamps.", "18", 0.5, date="2023-12-31"),
    )
    assert found == ["17", "16", "18", "15"]


def test_an_article_does_not_contradict_itself() -> None:
    """What else the answer's article says is another matter, in whichever of its articles it stands."""
    text = "Oda Trevell lit 14 lamps. Oda Trevell lit 15 lamps."
    best = one(text, "14 lamps", 3.0, article="a")
    assert contradicts(one(text, "15 lamps", 2.0, article="a"), best=best) == []
    (best,) = gathered(
        [
            span("Oda Trevell lit 14 lamps.", "14 lamps", 3.0, article="a"),
            span("Oda Trevell lit 14 lamps.", "14 lamps", 2.0, rank=2, article="b"),
        ]
    )
    assert contradicts(one("Oda Trevell lit 15 lamps.", "15 lamps", article="b"), best=best) == []
    assert contradicts(one("Oda Trevell lit 15 lamps.", "15 lamps", article="c"), best=best) == ["15 lamps"]


def test_an_article_that_carries_a_copy_does_not_contradict() -> None:
    """It says the same, and something else besides."""
    best = one("Oda Trevell lit 14 lamps.", "14 lamps", 3.0, copies=["b"])
    other = "Oda Trevell lit 15 lamps."
    assert contradicts(one(other, "15 lamps", article="b"), best=best) == []
    assert contradicts(one(other, "15 lamps", article="c"), best=best) == ["15 lamps"]


@pytest.mark.parametrize(
    ("answer", "other", "is_conflict"),
    [
        ("14", "15", True),
        ("14 lamps", "15 lamps", True),
        ("14 lamps", "14", False),
        ("14", "14 lamps", False),
        ("14 lamps", "lamps", False),
        ("14 lamps", "some 14 old lamps", False),
        ("14 old lamps", "14 new lamps", False),
        ("14 of 20", "14 of 30", True),
        ("14 lamps", "15 owls", False),
        ("14 March", "3 April", True),
        ("14 March", "3 crowns", False),
        ("March 2024", "June 2025", True),
        ("fourteen", "fifteen", True),
        ("one lamp", "two lamps", True),
        ("$86 million", "$68 million", True),
        ("$1.2 billion", "$12 billion", True),
        ("$86 million", "£68 million", False),
        ("$86 million", "68 million lamps", False),
        ("62%", "58 per cent", True),
        ("62%", "58 lamps", False),
        ("62%", "62", False),
        ("$86 million", "86 million", False),
        ("five percent", "6 percent", True),
        ("five percent", "Oda Trevell", False),
        ("F-16", "Gripen", True),
        ("14", "Bo Aker", False),
        ("Bo Aker", "14", False),
        ("Oda Trevell", "Bo Aker", True),
        ("Oda Trevell", "Trevell", False),
        ("Oda Trevell", "Oda Aker", False),
        ("The Owl", "owl", False),
        ("Oda Trevell", "Oda “Trevell”", False),
    ],
)
def test_what_contradicts(answer: str, other: str, is_conflict: bool) -> None:
    """Numbers other numbers, names names without a word in common; not what one says in more words."""
    best = one(f"Nils saw {answer}.", answer, 3.0, article="a")
    found = contradicts(one(f"Nils saw {other}.", other, article="b"), best=best, asked="What did Nils see?")
    assert found == ([other] if is_conflict else [])


def test_a_sentence_about_something_else() -> None:
    """Another number for another question is no conflict; most of what was asked must stand there."""
    assert contradicts(one("The ferry was sold for 15 crowns.", "15 crowns", 2.0)) == []
    assert contradicts(one("Oda lit 15 lamps.", "15 lamps", 2.0)) == []


def test_a_sentence_with_nothing_of_the_question() -> None:
    """Where the answer's own has none of its words, nothing can be told, and nothing is a conflict."""
    best = one("She lit 14 lamps.", "14 lamps", 3.0)
    assert contradicts(one("He won 15 cups.", "15 cups"), best=best, asked="What of Oda Trevell?") == []


def test_what_a_bare_number_counts() -> None:
    """The word after it tells: 14 lamps and 15 lamps disagree, 14 lamps and 15 owls do not."""
    best = one("Oda Trevell lit 14 lamps.", "14", 3.0, article="a")
    assert contradicts(one("Oda Trevell lit 15 lamps.", "15", article="b"), best=best) == ["15"]
    assert contradicts(one("Oda Trevell lit up 15 owls.", "15", article="c"), best=best) == []


def test_money_and_shares_count_themselves() -> None:
    """Whatever stands after them: "$86 million to build" and "$68 million, officials said" disagree."""
    asked = "What will the pier cost?"
    best = one("The pier will cost $86 million to build.", "$86 million", 3.0, article="a")
    other = one("The pier will cost $68 million, officials said.", "$68 million", article="b")
    assert contradicts(other, best=best, asked=asked) == ["$68 million"]
    asked = "What share of the lamps burn?"
    best = one("Of the lamps 62% of them burn.", "62", 3.0, article="a")
    assert contradicts(one("Of the lamps 58% burn.", "58", article="b"), best=best, asked=asked) == ["58"]
    assert contradicts(one("Of the lamps 62% burn.", "62%", article="b"), best=best, asked=asked) == []
    best = one("Of the lamps 62 of them burn.", "62", 3.0, article="a")
    assert contradicts(one("Of the lamps 58% burn.", "58", article="b"), best=best, asked=asked) == []


def test_what_is_much_less_sure() -> None:
    """It is no conflict below half of the answer's confidence."""
    best = replace(BEST, confidence=0.8)
    other = one("Oda Trevell lit 15 lamps.", "15 lamps", 0.1)
    assert contradicts(replace(other, confidence=0.4), best=best) == ["15 lamps"]
    assert contradicts(replace(other, confidence=0.39), best=best) == []


def test_the_title_is_part_of_what_is_said() -> None:
    """A sentence that says "she" is about whom the title names."""
    assert contradicts(one("She lit 15 lamps.", "15 lamps")) == []
    assert contradicts(one("She lit 15 lamps.", "15 lamps", title="Oda Trevell at work")) == ["15 lamps"]


# --- whatever the words ---------------------------------------------------------------------------


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Any part of any text, at any rank with any score."""
    characters = st.sampled_from("ab1 .\n“ß½²İ—the") | st.characters()
    text = draw(st.text(characters, min_size=1, max_size=30))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    name, score = draw(st.sampled_from("abc")), draw(st.floats(-1e300, 1e300))
    cosine = draw(st.none() | st.floats(-1, 1))
    hit = Hit(
        name,
        Passage(name, 0, len(text), text),
        Article(name, text),
        draw(st.integers(1, 99)),
        1.0,
        1,
        cosine,
        1,
    )
    return Span(hit, start, end, score)


@settings(deadline=None)
@given(st.text(max_size=20), st.lists(spans(), max_size=14))
def test_any_words(question: str, found: list[Span]) -> None:
    """Nothing raises, every figure is finite, and all the evidence is in order."""
    candidates = gathered(found)
    assert np.isfinite(features(question, candidates)).all()
    evidence = [candidate.evidence for candidate in candidates]
    assert evidence == sorted(evidence, reverse=True)
    if candidates:
        conflicts = conflicting(question, candidates[0], candidates[1:])
        assert all(conflict in candidates[1:] and conflict.best.score > 0 for conflict in conflicts)
