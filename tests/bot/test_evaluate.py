"""From answers to figures, against figures worked out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.answerer import Answerer, Question
from bot.candidates import FEATURES
from bot.dataset import Dataset, LabelledQuestion
from bot.errors import DatasetError
from bot.evaluate import (
    Outcome,
    ask_all,
    baseline_figures,
    cross_validated_confidences,
    curve,
    figures,
    first_hit,
    fitted,
    is_right,
)
from bot.reader.calibrate import Identity
from bot.settings import AnsweringSettings
from bot.types import Answer, Span, Timings
from index.collection import LocalCollection
from index.types import Article, Collection, Hit
from tests.encoders import HashedWords
from tests.readers import by_score


def question(*answers: str, **baselines: str) -> LabelledQuestion:
    """A question with these accepted answers and published ones."""
    return LabelledQuestion("?", answers, None, baselines)


def outcome(
    asked: LabelledQuestion,
    answer: str,
    score: float,
    first_hit: int | None = None,
    passage_words: tuple[int, ...] = (),
    timings: tuple[float, float, float, float] = (1.0, 2.0, 3.0, 6.0),
    confidence: float | None = None,
) -> Outcome:
    """What came of one question."""
    nothing = np.empty((0, len(FEATURES)))
    return Outcome(asked, answer, confidence, score, (), nothing, first_hit, passage_words, Timings(*timings))


def test_figures_of_five_questions() -> None:
    """Two right, one wrong, one that cannot be answered and one without a candidate: every figure."""
    outcomes = [
        outcome(
            question("Ilsa Marrow", old="Ilsa Marrow", newer="Marrow"),
            "Ilsa Marrow", 0.9, 1, (10, 20), (1.0, 2.0, 10.0, 100.0),
        ),
        outcome(
            question("14 months", "fourteen months", old="14 days"),
            "It took 14 months", 0.7, 3, (30,), (2.0, 2.0, 20.0, 100.0),
        ),
        outcome(question("Hennock"), "Quillby", 0.4, 12, (40, 50), (3.0, 2.0, 30.0, 100.0)),
        outcome(question(old="never counted"), "Nobody", 0.8, None, (), (4.0, 2.0, 40.0, 100.0)),
        outcome(question("red lamp"), "", -math.inf, None, (60,), (5.0, 2.0, 50.0, 100.0)),
    ]  # fmt: skip
    assert figures(outcomes, 0.5) == {
        "questions": 5,
        "hits@1": 0.25,
        "hits@5": 0.5,
        "hits@10": 0.5,
        "hits@20": 0.75,
        "hits@50": 0.75,
        "mrr@10": pytest.approx(1 / 3),
        "passage_words": 35.0,
        "exact_match": 0.25,
        "f1": pytest.approx(5 / 12),
        "contains_answer": 0.5,
        "threshold": 0.5,
        "answered": 0.8,
        "precision_at_threshold": 0.5,
        "refused": 0.0,
        "auroc": pytest.approx(5 / 6),
        "calibration_error": None,
        "latency_ms": {
            "encode": {"p50": 3.0, "p95": 4.8},
            "retrieve": {"p50": 2.0, "p95": 2.0},
            "read": {"p50": 30.0, "p95": 48.0},
            "total": {"p50": 100.0, "p95": 100.0},
        },
        "risk_coverage": [
            *[{"coverage": 0.2, "risk": 0.0, "threshold": 0.9}] * 5,
            *[{"coverage": 0.4, "risk": 0.5, "threshold": 0.8}] * 5,
            *[{"coverage": 0.6, "risk": pytest.approx(1 / 3), "threshold": 0.7}] * 3,
            *[{"coverage": 0.8, "risk": 0.5, "threshold": 0.4}] * 5,
            *[{"coverage": 1.0, "risk": 0.6, "threshold": -1e9}] * 2,
        ],
        "baselines": {
            "old": {"exact_match": 0.25, "f1": 0.375, "contains_answer": 0.25},
            "newer": {"exact_match": 0.0, "f1": pytest.approx(1 / 6), "contains_answer": 0.0},
        },
    }


def test_confidence_before_score() -> None:
    """Where there is one it decides what is answered, and it is measured itself."""
    outcomes = [
        outcome(question("red"), "red", -3.0, confidence=0.75),
        outcome(question("red"), "blue", 9.0, confidence=0.25),
        outcome(question("red"), "red", 0.0, confidence=0.5),
    ]
    found = figures(outcomes, 0.5)
    assert [one.sureness for one in outcomes] == [0.75, 0.25, 0.5]
    assert (found["answered"], found["precision_at_threshold"], found["auroc"]) == (
        pytest.approx(2 / 3),
        1.0,
        1.0,
    )
    # One answer a bin: 0.25, 0.25 and 0.5 away from what it was.
    assert found["calibration_error"] == pytest.approx(1 / 3)
    assert [row["threshold"] for row in found["risk_coverage"][-4:]] == [0.25] * 4  # type: ignore[index]
    assert found["risk_coverage"] == curve(outcomes)


def test_the_calibration_error_is_of_those_who_said_how_sure() -> None:
    """A question without a candidate said nothing."""
    silent = outcome(question("red"), "", -math.inf)
    assert figures([silent, outcome(question("red"), "red", 0.0, confidence=0.75)], 0.5)[
        "calibration_error"
    ] == pytest.approx(0.25)


def test_refused() -> None:
    """The share of unanswerable questions that were not answered; of no such question, null."""
    unanswerable = [outcome(question(), "red", 1.0, confidence=sure) for sure in (0.4, 0.5, 0.6)]
    unanswerable.append(outcome(question(), "", -math.inf))
    assert figures([*unanswerable, outcome(question("red"), "red", 0.1)], 0.5)["refused"] == 0.5
    assert figures([outcome(question("red"), "red", 0.1)], 0.5)["refused"] is None


def test_answered_without_a_calibration() -> None:
    """What the reader prefers to "no answer" is what a person would be given, whatever the threshold."""
    asked = [outcome(question("red"), "red", 0.1), outcome(question("red"), "blue", 0.0)]
    assert (figures(asked, 0.5)["answered"], figures(asked, 0.5)["precision_at_threshold"]) == (0.5, 1.0)


TEN = "one two three four five six seven eight nine red"


@pytest.mark.parametrize(
    ("answer", "accepted", "right"),
    [
        ("red", ["red"], True),
        ("the Red lamp", ["blue", "red"], True),
        ("redder", ["red"], False),
        ("", ["red"], False),
        ("red", [], False),
        (TEN, ["red"], True),
        (f"{TEN} more", ["red"], False),
    ],
)
def test_what_is_right(answer: str, accepted: list[str], right: bool) -> None:
    """An accepted answer stands in it as whole words, and it has ten words at most."""
    assert is_right(answer, accepted) is right
    assert outcome(question(*accepted), answer, 1.0).right is right


def test_a_long_answer_contains_and_is_not_right() -> None:
    """`contains_answer` has no bound on words, so that it compares with what others publish."""
    found = figures([outcome(question("red"), f"{TEN} more", 1.0)], 0.5)
    assert (found["contains_answer"], found["precision_at_threshold"]) == (1.0, 0.0)


def test_the_names_stand_in_this_order() -> None:
    """`byline eval --json` promises them; other programs read them."""
    assert list(figures([outcome(question("red"), "red", 1.0)], 0.5)) == [
        "questions", "hits@1", "hits@5", "hits@10", "hits@20", "hits@50", "mrr@10", "passage_words",
        "exact_match", "f1", "contains_answer", "threshold", "answered", "precision_at_threshold",
        "refused", "auroc", "calibration_error", "latency_ms", "risk_coverage", "baselines",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rank", "hits", "reciprocal"),
    [
        (1, [1.0, 1.0, 1.0, 1.0, 1.0], 1.0),
        (2, [0.0, 1.0, 1.0, 1.0, 1.0], 0.5),
        (5, [0.0, 1.0, 1.0, 1.0, 1.0], 0.2),
        (6, [0.0, 0.0, 1.0, 1.0, 1.0], 1 / 6),
        (10, [0.0, 0.0, 1.0, 1.0, 1.0], 0.1),
        (11, [0.0, 0.0, 0.0, 1.0, 1.0], 0.0),
        (20, [0.0, 0.0, 0.0, 1.0, 1.0], 0.0),
        (50, [0.0, 0.0, 0.0, 0.0, 1.0], 0.0),
        (51, [0.0, 0.0, 0.0, 0.0, 0.0], 0.0),
        (None, [0.0, 0.0, 0.0, 0.0, 0.0], 0.0),
    ],
)
def test_hits_and_reciprocal_rank(rank: int | None, hits: list[float], reciprocal: float) -> None:
    """A depth counts the ranks up to and with it; the reciprocal rank ends at ten."""
    found = figures([outcome(question("red"), "red", 1.0, rank)], 0.5)
    assert [found[f"hits@{depth}"] for depth in (1, 5, 10, 20, 50)] == hits
    assert found["mrr@10"] == pytest.approx(reciprocal)


def test_figures_without_an_answerable_question() -> None:
    """Shares of nothing are null; whoever answers such a question is wrong."""
    found = figures([outcome(question(), "red", 0.7), outcome(question(), "blue", 0.2)], 0.5)
    names = ("hits@1", "hits@50", "mrr@10", "exact_match", "f1", "contains_answer", "auroc", "passage_words")
    assert [found[name] for name in names] == [None] * 8
    assert (found["questions"], found["answered"], found["precision_at_threshold"]) == (2, 1.0, 0.0)
    assert found["baselines"] == {}


def test_figures_where_all_is_right() -> None:
    """There is nothing to tell right from wrong: no AUROC, and no risk anywhere."""
    found = figures([outcome(question("red"), "red", 0.7), outcome(question("a"), "A.", 0.9)], 0.5)
    # "a" is nothing but an article: equal to "A.", though not contained as a word.
    assert (found["exact_match"], found["contains_answer"]) == (1.0, 0.5)
    found = figures([outcome(question("red"), "red", 0.7), outcome(question("owl"), "an owl", 0.9)], 0.5)
    assert (found["auroc"], found["precision_at_threshold"], found["exact_match"]) == (None, 1.0, 1.0)
    assert {row["risk"] for row in found["risk_coverage"]} == {0.0}  # type: ignore[attr-defined]


def test_nothing_above_the_threshold() -> None:
    """Nothing answered has no precision; a score that equals the threshold is answered."""
    asked = [
        outcome(question("red"), "red", 1.0, confidence=0.5),
        outcome(question("red"), "blue", 1.0, confidence=0.4),
    ]
    assert (figures(asked, 0.51)["answered"], figures(asked, 0.51)["precision_at_threshold"]) == (0.0, None)
    assert (figures(asked, 0.5)["answered"], figures(asked, 0.5)["precision_at_threshold"]) == (0.5, 1.0)


def test_figures_of_nothing() -> None:
    """Without questions all is null or empty, and it is still valid JSON."""
    found = figures([], 0.5)
    assert json.loads(json.dumps(found, allow_nan=False)) == {
        "questions": 0,
        "hits@1": None,
        "hits@5": None,
        "hits@10": None,
        "hits@20": None,
        "hits@50": None,
        "mrr@10": None,
        "passage_words": None,
        "exact_match": None,
        "f1": None,
        "contains_answer": None,
        "threshold": 0.5,
        "answered": None,
        "precision_at_threshold": None,
        "refused": None,
        "auroc": None,
        "calibration_error": None,
        "latency_ms": {
            stage: {"p50": None, "p95": None} for stage in ("encode", "retrieve", "read", "total")
        },
        "risk_coverage": [],
        "baselines": {},
    }


def test_a_question_without_a_candidate_is_valid_json() -> None:
    """Its score is minus infinity, which JSON has no word for."""
    found = figures([outcome(question("red"), "", -math.inf), outcome(question("red"), "red", 0.9)], 0.5)
    json.dumps(found, allow_nan=False)
    assert (found["answered"], found["auroc"]) == (0.5, 1.0)


def test_a_baseline_that_is_silent_is_wrong() -> None:
    """A system is scored over all the questions, those it has no answer to included."""
    assert baseline_figures([question("red", old="Red"), question("blue", new="blue")]) == {
        "old": {"exact_match": 0.5, "f1": 0.5, "contains_answer": 0.5},
        "new": {"exact_match": 0.5, "f1": 0.5, "contains_answer": 0.5},
    }


def test_first_hit_reads_the_passage_only(hit: Callable[..., Hit]) -> None:
    """The answer in the title, or elsewhere in the article, is no hit; the hit's own rank counts."""
    text = "The tower is old. Oda Trevell restored it."
    titled = hit(text, end=17, rank=1, title="Oda Trevell and the tower")
    assert first_hit([titled], ["Oda Trevell"]) is None
    assert first_hit([titled, hit(text, start=18, rank=2)], ["Oda Trevell"]) == 2
    assert first_hit([hit(text, rank=4), hit(text, rank=5)], ["nobody", "Trevell"]) == 4
    assert first_hit([titled], []) is None
    assert first_hit([], ["Oda Trevell"]) is None


class FirstWords:
    """A reader whose candidates are the first hit's first words, each scored less."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        words = hits[0].article.text.split() if hits else []
        return [
            Span(hits[0], start, start + len(word), -0.5 - number)
            for number, word in enumerate(words)
            for start in [hits[0].article.text.index(word)]
        ]


LAMPS = [Article("a", "Nils lit the old brass lamp once more."), Article("b", "Ada put it out again.")]
ASKED = (
    LabelledQuestion("Who lit the old brass lamp?", ("Nils",), None, {}),
    LabelledQuestion("Where is the sea?", ("beyond",), None, {}),
)


@pytest.fixture
def asked(collection: LocalCollection, encoder: HashedWords) -> list[Outcome]:
    """What came of two questions, with a calibration by which a score of -0.5 is 50 % sure."""
    list(collection.add(LAMPS))
    answerer = Answerer(
        encoder,
        FirstWords(),
        AnsweringSettings(threshold=1.0),
        by_score("any", offset=0.5),
        at_any_confidence=True,
    )
    outcomes = list(ask_all(answerer, collection, Dataset("lamps", Path("articles.jsonl"), ASKED)))
    collection.close()
    return outcomes


def test_ask_all(asked: list[Outcome]) -> None:
    """Each outcome holds the best candidate however sure, and where the answer was found."""
    assert (asked[0].answer, asked[0].score, asked[0].confidence) == ("Nils", -0.5, 0.5)
    assert [found.question for found in asked] == list(ASKED)
    assert [found.first_hit for found in asked] == [1, None]
    assert [found.right for found in asked] == [True, False]
    assert sorted(asked[0].passage_words) == [5, 8]


def test_ask_all_keeps_what_a_calibration_is_fitted_on(asked: list[Outcome]) -> None:
    """The first five candidates by their evidence, each with what speaks for it."""
    assert asked[0].candidates == ("Nils", "lit", "old", "brass", "lamp")
    assert asked[0].signs.shape == (5, len(FEATURES))
    assert asked[0].signs[:, FEATURES.index("score")].tolist() == [-0.5, -1.5, -3.5, -4.5, -5.5]


def test_ask_all_without_a_candidate(answer: Callable[..., Answer], collection: LocalCollection) -> None:
    """It is an empty answer below every score; and what is asked carries the day and the depth."""
    asked = []

    class Silent:
        def answer(self, question: Question, collections: Sequence[Collection], depth: int) -> Answer:
            asked.append((question, list(collections), depth))
            return answer()

    dataset = Dataset("d", Path("x"), (LabelledQuestion("Who?", ("Nils",), "2024-02-01", {"old": "Nils"}),))
    (found,) = ask_all(Silent(), collection, dataset)  # type: ignore[arg-type]
    assert (found.answer, found.score, found.first_hit, found.passage_words) == ("", -math.inf, None, ())
    assert (found.confidence, found.candidates, found.signs.shape) == (None, (), (0, len(FEATURES)))
    assert asked == [(Question("Who?", asked_on="2024-02-01"), [collection], 50)]
    collection.close()


# --- calibrating ----------------------------------------------------------------------------------

IDENTITY = Identity("an encoder", "a reader", "a chunking")
SCORE = FEATURES.index("score")


def read(accepted: str, **scores: float) -> Outcome:
    """A question with its candidates, of which nothing but the score is known."""
    signs = np.zeros((len(scores), len(FEATURES)))
    signs[:, SCORE] = list(scores.values())
    first = next(iter(scores), "")
    return Outcome(
        question(accepted),
        first,
        None,
        scores.get(first, -math.inf),
        tuple(scores),
        signs,
        None,
        (),
        Timings(1, 2, 3, 6),
    )


def mirrored(count: int) -> list[Outcome]:
    """Questions whose right candidate scores 1 and the other -1."""
    return [read("red", red=1.0, blue=-1.0) for _ in range(count)]


def probability(outcomes: dict[str, list[Outcome]], score: float) -> float:
    """How sure a calibration on these outcomes is of a candidate of that score."""
    row = np.zeros((1, len(FEATURES)))
    row[0, SCORE] = score
    return float(fitted(outcomes, IDENTITY).probabilities(row)[0])


def test_fitted() -> None:
    """It belongs to these models and datasets; only what told right from wrong has a weight."""
    found = fitted({"lamps": mirrored(3), "owls": mirrored(1)}, IDENTITY)
    assert (found.identity, found.features, found.fitted_on) == (IDENTITY, FEATURES, {"lamps": 3, "owls": 1})
    assert [weight != 0 for weight in found.weights] == [name == "score" for name in FEATURES]
    assert found.offset == pytest.approx(0.0, abs=1e-6)


def test_each_dataset_counts_the_same() -> None:
    """Nine questions where a high score is wrong against one where it is right: it is a toss-up."""
    wrong = [read("blue", red=1.0)] * 9
    right = [read("red", red=1.0)]
    assert probability({"a": wrong, "b": right}, 1.0) == pytest.approx(0.5, abs=1e-4)
    assert probability({"a": [*wrong, *right]}, 1.0) == pytest.approx(0.1, abs=1e-4)
    # However many candidates its questions have.
    many = [read("blue", red=1.0, green=1.0, grey=1.0, black=1.0)]
    assert probability({"a": many, "b": right}, 1.0) == pytest.approx(0.5, abs=1e-4)


def test_a_question_without_candidates_teaches_nothing() -> None:
    """It changes the share that its dataset's other questions have, no more."""
    alone = fitted({"lamps": mirrored(4)}, IDENTITY)
    along = fitted({"lamps": [*mirrored(4), read("red")]}, IDENTITY)
    assert along.weights == pytest.approx(alone.weights)
    assert along.fitted_on == {"lamps": 5}


@pytest.mark.parametrize(
    "outcomes",
    [
        {},
        {"lamps": []},
        {"lamps": [read("red")]},
        {"lamps": [read("red", red=1.0), read("red", red=2.0)]},
        {"lamps": [read("red", blue=1.0)], "owls": [read("red", green=1.0)]},
    ],
    ids=["no dataset", "no question", "no candidate", "all right", "all wrong"],
)
def test_nothing_to_calibrate_on(outcomes: dict[str, list[Outcome]]) -> None:
    """Without both right and wrong answers there is nothing to tell apart."""
    for calibrate in (lambda: fitted(outcomes, IDENTITY), lambda: cross_validated_confidences(outcomes)):
        with pytest.raises(DatasetError) as error:
            calibrate()
        assert str(error.value) == "a calibration needs several right answers and several wrong ones"


def test_cross_validated_confidences() -> None:
    """Each question's by those of the other folds; the most probable candidate becomes its answer."""
    odd = read("red", red=-1.0, blue=1.0)
    found = cross_validated_confidences({"lamps": [odd, *mirrored(9)], "owls": [read("red"), *mirrored(4)]})
    assert [len(found["lamps"]), len(found["owls"])] == [10, 5]
    assert [one.answer for one in found["lamps"]] == ["blue", *["red"] * 9]
    assert [one.right for one in found["lamps"]] == [False, *[True] * 9]
    # The odd one's fold, the first, is judged by those that never contradict: surer than the others.
    sure = [one.confidence or 0.0 for one in found["lamps"]]
    assert sure[0] == sure[5] == max(sure)
    assert sure[1:5] == pytest.approx([sure[1]] * 4)
    assert sure[0] - sure[1] > 0.01
    assert (found["owls"][0].answer, found["owls"][0].confidence) == ("", None)


def test_cross_validation_puts_the_most_probable_first() -> None:
    """Also where it was not the one with most evidence."""
    late = [read("red", blue=-1.0, red=1.0)] * 10
    found = cross_validated_confidences({"lamps": late})["lamps"]
    assert [one.answer for one in late] == ["blue"] * 10
    assert [one.answer for one in found] == ["red"] * 10
    # Each fold is fitted on 16 rows: 1 / (1 + exp(-w)) where w = 16 / (1 + exp(w)) by the penalty.
    assert [one.confidence for one in found] == [pytest.approx(0.8771, abs=1e-4)] * 10
