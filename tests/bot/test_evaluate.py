"""From answers to figures, against figures worked out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.answerer import Answerer, Question
from bot.dataset import Dataset, LabelledQuestion
from bot.evaluate import Outcome, ask_all, baseline_figures, figures, first_hit
from bot.settings import AnsweringSettings
from bot.types import Answer, Span, Timings
from index.collection import LocalCollection
from index.types import Article, Collection, Hit
from tests.encoders import HashedWords


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
) -> Outcome:
    """What came of one question."""
    return Outcome(asked, answer, score, first_hit, passage_words, Timings(*timings))


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
        "answered": 0.6,
        "precision_at_threshold": pytest.approx(2 / 3),
        "auroc": pytest.approx(5 / 6),
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


def test_the_names_stand_in_this_order() -> None:
    """`byline eval --json` promises them; other programs read them."""
    assert list(figures([outcome(question("red"), "red", 1.0)], 0.5)) == [
        "questions", "hits@1", "hits@5", "hits@10", "hits@20", "hits@50", "mrr@10", "passage_words",
        "exact_match", "f1", "contains_answer", "threshold", "answered", "precision_at_threshold", "auroc",
        "latency_ms", "risk_coverage", "baselines",
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
    assert (found["questions"], found["answered"], found["precision_at_threshold"]) == (2, 0.5, 0.0)
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
    asked = [outcome(question("red"), "red", 0.5), outcome(question("red"), "blue", 0.4)]
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
        "auroc": None,
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


class OneSpan:
    """A reader whose only candidate is the first hit's first four characters."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        return [Span(hits[0], 0, 4, 0.125)] if hits else []


def test_ask_all(collection: LocalCollection, encoder: HashedWords) -> None:
    """Each outcome holds the best candidate whatever its score, and where the answer was found."""
    list(collection.add([Article("a", "Nils lit the lamp."), Article("b", "Ada put it out again.")]))
    dataset = Dataset(
        "lamps",
        Path("articles.jsonl"),
        (
            LabelledQuestion("Who lit the lamp?", ("Nils",), None, {}),
            LabelledQuestion("Where is the sea?", ("beyond",), None, {}),
        ),
    )
    settings = AnsweringSettings(threshold=-1e9)
    outcomes = list(ask_all(Answerer(encoder, OneSpan(), settings), collection, dataset))
    collection.close()
    assert (outcomes[0].answer, outcomes[0].score) == ("Nils", 0.125)
    assert [outcome.question for outcome in outcomes] == list(dataset.questions)
    assert [outcome.first_hit for outcome in outcomes] == [1, None]
    assert [outcome.right for outcome in outcomes] == [True, False]
    assert sorted(outcomes[0].passage_words) == [4, 5]


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
    assert asked == [(Question("Who?", asked_on="2024-02-01"), [collection], 50)]
    collection.close()
