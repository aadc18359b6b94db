"""The reader by sentences: which sentence supports an answer best.

Most tests put an encoder to which all texts mean nothing in the model's place. Then a score is
0.25 × the share of the question's words (by rarity) that the sentence holds, + 0.1 × the same with
its context, + 0.2 × how well it fits the kind of answer, + 0.1 / the passage's rank.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reader.sentences import SentenceReader
from index.types import Article, Hit, Passage, Vectors
from tests.encoders import HashedWords

MakeHit = Callable[..., Hit]


class Meaning(HashedWords):
    """Every passage text is as near to every question as it is told."""

    def __init__(self, cosine: float = 0.0) -> None:
        super().__init__(dimension=2)
        self._cosine = cosine

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1.0, 0.0]] * len(texts), np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return np.array([[self._cosine, 0.0]] * len(texts), np.float32)


def scored(question: str, *hits: Hit, cosine: float = 0.0) -> list[tuple[str, float]]:
    """The sentences with their scores, best first."""
    spans = SentenceReader(Meaning(cosine)).read(question, hits)
    return [(span.text, round(span.score, 4)) for span in spans]


def score(question: str, hit: Hit) -> float:
    """The score of a hit's only sentence."""
    ((_, found),) = scored(question, hit)
    return found


def best(question: str, *hits: Hit) -> str:
    """The best sentence with the tiny encoder."""
    return SentenceReader(HashedWords()).read(question, hits)[0].text


# --- what it gives --------------------------------------------------------------------------------


def test_no_hits() -> None:
    """Nothing to read, nothing found, nothing embedded."""
    encoder = Meaning()
    assert SentenceReader(encoder).read("Who directed the film?", []) == []
    assert encoder.encoded == []


def test_a_passage_without_words(hit: MakeHit) -> None:
    """White space holds no sentence."""
    assert scored("Who?", hit("One lamp.   \n", start=9)) == []


def test_one_span_a_sentence(hit: MakeHit) -> None:
    """Each with its place in the article, not in the passage."""
    text = "It was late. Ilsa Marrow directed the film. Nobody knew. The end."
    found = hit(text, start=13, end=56)
    spans = SentenceReader(Meaning()).read("Who directed the film?", [found])
    assert [(span.start, span.end, span.text) for span in spans] == [
        (13, 43, "Ilsa Marrow directed the film."),
        (44, 56, "Nobody knew."),
    ]
    assert [span.hit for span in spans] == [found, found]


def test_overlapping_passages_give_a_sentence_once(hit: MakeHit) -> None:
    """It belongs to the better passage, also where the other begins inside it."""
    text = "Ada lit the lamp. Bo saw the light. Cy put it out."
    first, second, third = hit(text, end=35, rank=1), hit(text, start=18, rank=2), hit(text, start=21, rank=3)
    spans = SentenceReader(Meaning()).read("Who lit the lamp?", [first, second, third])
    assert sorted((span.start, span.text, span.hit.rank) for span in spans) == [
        (0, "Ada lit the lamp.", 1),
        (18, "Bo saw the light.", 1),
        (36, "Cy put it out.", 2),
    ]


def test_the_same_sentence_in_two_articles(hit: MakeHit) -> None:
    """It is a candidate in each."""
    hits = [hit("Ada lit the lamp.", id="a"), hit("Ada lit the lamp.", id="b", rank=2)]
    spans = SentenceReader(Meaning()).read("Who lit the lamp?", hits)
    assert [(span.hit.article.id, round(span.score, 4)) for span in spans] == [("a", 0.45), ("b", 0.4)]


def test_equal_scores_keep_the_order_of_the_text(hit: MakeHit) -> None:
    """By passage, then by place."""
    assert scored("Who?", hit("Red. Green. Blue.")) == [("Red.", 0.1), ("Green.", 0.1), ("Blue.", 0.1)]


def test_only_the_most_promising_are_embedded(hit: MakeHit) -> None:
    """Eight sentences, each alone and with the one before it; the rest is left out."""
    text = "Start here. " + " ".join(f"Lamp {letter} burned." for letter in "abcdefghijk")
    encoder = Meaning()
    spans = SentenceReader(encoder).read("Which lamp burned?", [hit(text)])
    assert [span.text for span in spans] == [f"Lamp {letter} burned." for letter in "abcdefgh"]
    assert encoder.encoded[:2] == ["Lamp a burned.", "Lamp b burned."]
    assert encoder.encoded[8:10] == ["Start here. Lamp a burned.", "Lamp a burned. Lamp b burned."]
    assert len(encoder.encoded) == 16


# --- what counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        # Who: a name, best beside a word of the question.
        ("Who directed the film?", "Ilsa Marrow directed the film.", 0.65),
        ("Who directed the film?", "The film was directed, said Ilsa Marrow.", 0.55),
        ("Who directed the film?", "The film was directed in the rain.", 0.45),
        ("Who directed the film?", "Ilsa Marrow slept.", 0.2),
        ("Who directed the film?", "Nobody knew.", 0.1),
        ("Who burned the lamp?", "The lamp Ilsa van Marrow burned.", 0.65),
        ("By whom was it seen?", "It was seen by Ilsa M. Marrow.", 0.55),
        ("WHO SLEPT?", "Jean-Luc O’Dowd slept.", 0.65),
        # How many: a number in digits or words.
        ("How many days did it last?", "It lasted 12 days.", 0.65),
        ("How many days did it last?", "It lasted twelve days.", 0.65),
        ("How many days did it last?", "Days it lasted: in all, 12.", 0.55),
        ("How many days did it last?", "The last days were long.", 0.45),
        ("How old is the tower?", "The tower is 300 years old.", 0.55),
        ("What percent voted?", "In all 62.8 percent voted.", 0.65),
        # When: a date, a day or a month.
        ("When was the tower sold?", "The tower was sold yesterday.", 0.65),
        ("When was the tower sold?", "The tower was sold, they say, in March.", 0.55),
        ("When was the tower sold?", "The tower was sold to friends.", 0.45),
        ("What year was the tower sold?", "The tower was sold, they say, in 1901.", 0.3686),
        # Where, which, what: a proper noun inside the sentence.
        ("Where is the tower?", "The tower is in Quillby.", 0.55),
        ("Where is the tower?", "The tower is far away.", 0.45),
        ("Which tower fell?", "“Quillby” tower fell.", 0.45),
        # Anything else: no kind, neither for nor against.
        ("Why did the tower fall?", "The tower had to fall.", 0.55),
        ("Tower fall", "Nobody knew.", 0.2),
    ],
)
def test_kinds_of_answer(hit: MakeHit, question: str, sentence: str, value: float) -> None:
    """A sentence that holds what the question asks for scores above one that does not."""
    assert score(question, hit(sentence)) == value


def test_the_rank_of_the_passage_counts(hit: MakeHit) -> None:
    """A tenth for the first, a twentieth for the second, a hundredth for the tenth."""
    assert [score("Who slept?", hit("Nobody knew.", rank=rank)) for rank in (1, 2, 10)] == [0.1, 0.05, 0.01]


def test_meaning_counts(hit: MakeHit) -> None:
    """Up to 0.35 for a sentence that means the question; a negative likeness costs nothing."""
    assert scored("Who slept?", hit("Nobody knew."), cosine=1.0) == [("Nobody knew.", 0.45)]
    assert scored("Who slept?", hit("Nobody knew."), cosine=0.5) == [("Nobody knew.", 0.275)]
    assert scored("Who slept?", hit("Nobody knew."), cosine=-1.0) == [("Nobody knew.", 0.1)]


def test_the_sentence_before_counts_a_little(hit: MakeHit) -> None:
    """What "it" stands for was said there; two sentences back no longer helps."""
    assert scored("Why the zebra?", hit("A zebra came. It ate. It slept.")) == [
        ("A zebra came.", 0.55),
        ("It ate.", 0.3),
        ("It slept.", 0.2),
    ]


def test_the_title_counts_as_context(hit: MakeHit) -> None:
    """For each of the article's sentences."""
    assert scored("Why the zebra?", hit("It ate. It slept.", title="A zebra’s day: Zebra")) == [
        ("It ate.", 0.3),
        ("It slept.", 0.3),
    ]


def test_rare_words_weigh_more(hit: MakeHit) -> None:
    """Of the question's words, those that few sentences hold tell more."""
    text = "The lamp fell. The lamp rose. The lamp hung. The zebra ate."
    assert best("Why the zebra lamp?", hit(text)) == "The zebra ate."
    found = dict(scored("Why the zebra lamp?", hit(text)))
    assert found["The zebra ate."] > found["The lamp rose."]


def test_word_forms_are_one_word(hit: MakeHit) -> None:
    """Directed, directing and director; days and day."""
    for sentence in ("Bo directed.", "Bo directs.", "Directing was Bo.", "Bo, a director.", "Directors met."):
        assert score("Why direct?", hit(sentence)) == 0.55


# --- roles that belong elsewhere ------------------------------------------------------------------


def test_a_director_of_something_else(hit: MakeHit) -> None:
    """Who directs an institute did not direct the film."""
    text = (
        "The film was shown on Monday. Bo Aker, director of Lumen Hall, liked the film. "
        "Its director Ilsa Marrow was not there."
    )
    assert best("Who is the director of the film?", hit(text)) == "Its director Ilsa Marrow was not there."
    assert best("Who directed the film?", hit(text)) == "Its director Ilsa Marrow was not there."


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        ("Who is a director?", "Bo Aker is director of Lumen.", 0.2),
        ("Who is a director?", "Bo Aker is director at the Lumen hall.", 0.2),
        ("Who is a director?", "Bo Aker is director for films.", 0.55),
        ("Who is a director?", "Bo Aker is a film director.", 0.55),
        ("Who is director of Lumen?", "Bo Aker is director of Lumen.", 0.55),
        ("Who is director of Ostrey?", "Bo Aker is director of Lumen.", 0.2),
    ],
)
def test_a_role_counts_where_the_question_means_it(
    hit: MakeHit, question: str, sentence: str, value: float
) -> None:
    """The role is the question's only when what it belongs to is, or when it belongs to nothing."""
    assert score(question, hit(sentence)) == value


# --- always ---------------------------------------------------------------------------------------


WORDS = st.sampled_from(
    [
        "Who",
        "when",
        "how many",
        "lamp",
        "Ilsa Marrow",
        "12",
        "of Lumen",
        "director",
        "?",
        ".",
        "\n\n",
        "“",
        "é",
        "𝄞",
    ]
)


@settings(deadline=None)
@given(st.lists(WORDS).map(" ".join), st.lists(st.lists(WORDS).map(" ".join), max_size=4))
def test_scores_are_shares_and_spans_are_sentences(question: str, texts: list[str]) -> None:
    """Whatever is asked and read: 0 to 1, best first, each span the article's own words."""
    hits = [
        Hit(str(rank), Passage(str(rank), 0, len(text), text), Article(str(rank), text), rank, 1, 1, 1, 1)
        for rank, text in enumerate(texts, 1)
    ]
    spans = SentenceReader(HashedWords()).read(question, hits)
    scores = [span.score for span in spans]
    assert scores == sorted(scores, reverse=True)
    assert [score for score in scores if not 0.0 <= score <= 1.000001] == []
    assert len(spans) <= 8
    assert [span.text for span in spans if not span.text or span.text != span.text.strip()] == []
