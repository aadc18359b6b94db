"""The one place with policy: what is asked, read, chosen and cited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.answerer
from bot.answerer import Answerer, Question, cite
from bot.errors import QuestionError
from bot.reader.calibrate import Calibration
from bot.settings import AnsweringSettings
from bot.types import Answer, Span
from index.collection import LocalCollection
from index.types import Article, Hit, Passage, Query, Retrieved
from tests.encoders import HashedWords
from tests.readers import by_score

FILM = "It was late. Ilsa Marrow directed the film. Nobody knew."
TOWER = "Oda Trevell restored the tower. It took 14 months."


class Finds:
    """A reader that finds given words, each with its score, wherever they stand; it remembers."""

    def __init__(self, **scores: float) -> None:
        self._scores = {words.replace("_", " "): score for words, score in scores.items()}
        self.read_hits: list[list[Hit]] = []
        self.questions: list[str] = []

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        self.questions.append(question)
        self.read_hits.append(list(hits))
        spans = [
            Span(hit, hit.article.text.index(words), hit.article.text.index(words) + len(words), score)
            for words, score in self._scores.items()
            for hit in hits
            if words in hit.passage.text
        ]
        return sorted(spans, key=lambda span: -span.score)


class Shelf:
    """A collection that always gives the same hits; it remembers what it was asked."""

    name = "shelf"

    def __init__(self, *hits: Hit, undated: int = 0) -> None:
        self._hits, self._undated = hits, undated
        self.asked: list[tuple[Query, int]] = []

    def retrieve(self, query: Query, limit: int) -> Retrieved:
        self.asked.append((query, limit))
        return Retrieved(self._hits[:limit], self._undated)

    def standing(self, articles: Iterable[Article]) -> frozenset[str]:
        return frozenset(article.id for article in articles)


def ask(
    question: Question | str,
    reader: Finds,
    *collections: object,
    depth: int = 0,
    calibration: Calibration | None = None,
    at_any_confidence: bool = False,
    **settings: object,
) -> Answer:
    """Ask these collections with this reader."""
    asked = Question(question) if isinstance(question, str) else question
    configured = AnsweringSettings(**settings)  # type: ignore[arg-type]
    answerer = Answerer(HashedWords(), reader, configured, calibration, at_any_confidence=at_any_confidence)
    return answerer.answer(asked, collections, depth)  # type: ignore[arg-type]


# --- the question ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\t", "?!", "…", "\u200b\u2060", "\x00\x07", " " * 9000 + "who"])
def test_a_question_without_words(text: str) -> None:
    """It is refused with an example, before anything is read."""
    reader, shelf = Finds(), Shelf()
    with pytest.raises(QuestionError) as error:
        ask(text, reader, shelf)
    assert str(error.value) == 'ask something in words, such as: byline ask "who directed the film?"'
    assert (reader.questions, shelf.asked) == ([], [])


def test_a_question_that_is_too_long() -> None:
    """Up to the limit is asked, one character more is refused, and so is a very long one."""
    assert ask("w" * 2000, Finds(), Shelf()).question == "w" * 2000
    for length in (2001, 8000, 1_000_000):
        with pytest.raises(QuestionError) as error:
            ask("w" * length, Finds(), Shelf())
        assert str(error.value) == "the question has over 2,000 characters; shorten it"
    with pytest.raises(QuestionError) as error:
        ask("who was", Finds(), Shelf(), max_question_characters=5)
    assert str(error.value) == "the question has over 5 characters; shorten it"


def test_days_the_wrong_way_round() -> None:
    """No article is of such days, which is not to be taken for what the articles say."""
    answerer = Answerer(HashedWords(), Finds(), AnsweringSettings(), None)
    with pytest.raises(QuestionError) as error:
        answerer.answer(Question("who?", since="2024-02-01", until="2024-01-31"), [Shelf()])
    assert str(error.value) == "the first day, 2024-02-01, is after the last, 2024-01-31; swap them"
    assert answerer.answer(Question("who?", since="2024-01-31", until="2024-01-31"), [Shelf()]).hits == ()


def test_a_question_is_cleaned() -> None:
    """One line, no control characters; encoder, collection, reader and answer see the same text."""
    reader, shelf = Finds(), Shelf()
    answer = ask("  Who\r\n directed\x1b\u202e\tit?  ", reader, shelf)
    assert answer.question == "Who directed it?"
    assert reader.questions == ["Who directed it?"]
    ((query, _),) = shelf.asked
    assert query.text == "Who directed it?"
    assert query.vector.tolist() == HashedWords().encode_queries(["Who directed it?"]).tolist()


# --- answers --------------------------------------------------------------------------------------


def test_an_answer(hit: Callable[..., Hit]) -> None:
    """The words that answer, quoted with their whole sentence and where both stand."""
    found = hit(FILM)
    answer = ask("Who directed the film?", Finds(Ilsa_Marrow=0.75), Shelf(found))
    (citation,) = answer.citations
    assert (answer.answer, answer.score, answer.closest) == ("Ilsa Marrow", 0.75, ())
    assert (citation.quote, citation.start, citation.end) == ("Ilsa Marrow directed the film.", 13, 43)
    assert (citation.answer_start, citation.answer_end, citation.score) == (0, 11, 0.75)
    assert (citation.article, citation.passage_id, citation.also_in) == (found.article, "1", ())
    assert (answer.resolved, answer.confidence, answer.conflicts) == (None, None, ())
    assert answer.hits == (found,)
    assert [(span.text, span.score) for span in answer.spans] == [("Ilsa Marrow", 0.75)]


def test_no_answer(hit: Callable[..., Hit]) -> None:
    """No citation, but the passages that came closest, whole, their best sentences marked."""
    answer = ask(
        "Who directed the film?", Finds(Ilsa_Marrow=-0.5, Nobody=-2.0), Shelf(hit(FILM), hit(TOWER, rank=2))
    )
    assert (answer.answer, answer.citations, answer.score) == (None, (), -0.5)
    assert (answer.resolved, answer.confidence, answer.conflicts) == (None, None, ())
    closest = [(found.quote, found.answer_start, found.answer_end, found.score) for found in answer.closest]
    assert closest == [(FILM, 13, 43, -0.5), (TOWER, 0, 0, 0.0)]


@pytest.mark.parametrize(
    ("score", "answer"), [(0.001, "Marrow"), (0.0, None), (-0.001, None), (50.0, "Marrow")]
)
def test_without_a_calibration(hit: Callable[..., Hit], score: float, answer: str | None) -> None:
    """The reader decides: answered is what beats its passage's "no answer"; the threshold is not asked."""
    found = ask("Who?", Finds(Marrow=score), Shelf(hit(FILM)), threshold=1.0)
    assert (found.answer, found.score, found.confidence) == (answer, score, None)


@pytest.mark.parametrize(
    ("threshold", "answer"), [(0.0, "Marrow"), (0.5, "Marrow"), (0.5000001, None), (1.0, None)]
)
def test_with_a_calibration(hit: Callable[..., Hit], threshold: float, answer: str | None) -> None:
    """The threshold decides, and exactly at it is answered; how sure it was is said either way."""
    reader = Finds(Marrow=-3.0)
    found = ask("Who?", reader, Shelf(hit(FILM)), calibration=by_score("any", offset=3), threshold=threshold)
    assert (found.answer, found.score, found.confidence) == (answer, -3.0, 0.5)


def test_at_any_confidence(hit: Callable[..., Hit]) -> None:
    """For evaluation the best candidate is always the answer, with a calibration and without."""
    reader, shelf = Finds(Marrow=-50.0), Shelf(hit(FILM))
    for calibration in (None, by_score("any")):
        found = ask("Who?", reader, shelf, calibration=calibration, at_any_confidence=True, threshold=1.0)
        assert (found.answer, found.score, len(found.citations)) == ("Marrow", -50.0, 1)
    assert ask("Who?", Finds(), shelf, at_any_confidence=True).answer is None


def test_confidence(hit: Callable[..., Hit]) -> None:
    """A probability for the answer and for each alternative, from the calibration's log odds."""
    reader = Finds(Marrow=2.0, late=1.0, Nobody=-1.0)
    answer = ask("Who?", reader, Shelf(hit(FILM)), calibration=by_score("any", weight=0.5, offset=-0.25))
    assert (answer.answer, answer.confidence) == ("Marrow", pytest.approx(0.679179))
    assert [(other.answer, other.confidence) for other in answer.alternatives] == [
        ("late", pytest.approx(0.562177)),
        ("Nobody", pytest.approx(0.320821)),
    ]


def test_the_calibration_decides_between_candidates(hit: Callable[..., Hit]) -> None:
    """Not the evidence: here two articles, and less of a score in each."""
    reader = Finds(Marrow=1.0, Trevell=1.2)
    hits = (hit(FILM), hit(f"{FILM} Indeed.", rank=2), hit(TOWER, rank=3))
    assert ask("Who?", reader, Shelf(*hits)).answer == "Marrow"
    assert ask("Who?", reader, Shelf(*hits), calibration=by_score("any")).answer == "Trevell"


def test_nothing_retrieved() -> None:
    """An empty collection, or none at all: no answer, nothing closest, no score."""
    for collections in ([Shelf()], []):
        answer = ask("Who?", Finds(Marrow=0.9), *collections)
        assert (answer.answer, answer.score, answer.closest, answer.hits) == (None, None, (), ())


def test_alternatives(hit: Callable[..., Hit]) -> None:
    """The next best candidates, as many as the settings keep; without an answer the best one too."""
    scores = {"Marrow": 0.9, "late": 0.6, "Nobody": 0.4, "film": 0.3, "directed": 0.2}
    answer = ask("Who?", Finds(**scores), Shelf(hit(FILM)))
    assert [(other.answer, other.score, other.confidence) for other in answer.alternatives] == [
        ("late", 0.6, None),
        ("Nobody", 0.4, None),
        ("film", 0.3, None),
    ]
    assert [other.citation.quote for other in answer.alternatives] == [
        "It was late.",
        "Nobody knew.",
        "Ilsa Marrow directed the film.",
    ]
    unsure = Finds(**{words: score - 1 for words, score in scores.items()})
    unanswered = ask("Who?", unsure, Shelf(hit(FILM)), alternatives=2)
    assert [other.answer for other in unanswered.alternatives] == ["Marrow", "late"]
    assert ask("Who?", Finds(**scores), Shelf(hit(FILM)), alternatives=0).alternatives == ()


def test_each_answer_has_an_id_of_its_own() -> None:
    """Feedback can name it: 32 hexadecimal digits."""
    first, second = (ask("Who?", Finds(), Shelf()).id for _ in range(2))
    assert first != second
    assert [len(first), len(second), int(first, 16) > 0] == [32, 32, True]


def test_timings_add_up(hit: Callable[..., Hit]) -> None:
    """The stages lie within the total, to a tenth of a millisecond each."""
    timings = ask("Who?", Finds(Marrow=0.9), Shelf(hit(FILM))).timings_ms
    assert min(timings.encode, timings.retrieve, timings.read) >= 0
    assert timings.encode + timings.retrieve + timings.read <= timings.total + 0.2


def test_near_copies_are_cited_along(hit: Callable[..., Hit]) -> None:
    """What the hit knows about other articles reaches the citation."""
    copy = Article("copy", FILM)
    found = hit(FILM)
    with_copy = Hit("7", found.passage, found.article, 1, 1.0, None, None, 1, also_in=(copy,))
    (citation,) = ask("Who?", Finds(Marrow=0.9), Shelf(with_copy)).citations
    assert (citation.passage_id, citation.also_in) == ("7", (copy,))


def test_the_rest_of_the_story_is_cited_along(hit: Callable[..., Hit]) -> None:
    """Those of its articles that hold the quote word for word, each once, behind the near-copies."""
    copy, edited = Article("copy", FILM), Article("edited", FILM.replace("directed", "made"))
    other = Article("other", f"More below. {FILM}")
    found = replace(hit(FILM), also_in=(copy,), story=(other, edited, copy))
    (citation,) = ask("Who?", Finds(Marrow=0.9), Shelf(found)).citations
    assert citation.also_in == (copy, other)


def test_several_articles_are_cited(hit: Callable[..., Hit]) -> None:
    """Those that give the answer themselves, each once, the one with most to say first."""
    texts = ("Bo Aker met Marrow.", FILM, "Marrow slept. Marrow woke.", "Marrow, no doubt.", "Marrow?")
    hits = [hit(text, rank=rank) for rank, text in enumerate(texts, 1)]
    answer = ask("Who?", Finds(Marrow=1.0), Shelf(*hits))
    assert [(citation.quote, citation.passage_id) for citation in answer.citations] == [
        ("Bo Aker met Marrow.", "1"),
        ("Ilsa Marrow directed the film.", "2"),
        ("Marrow slept.", "3"),
    ]
    assert (answer.answer, answer.alternatives, answer.conflicts) == ("Marrow", (), ())


# --- conflicts ------------------------------------------------------------------------------------

LAMPS = "How many lamps did Oda Trevell light?"


@pytest.fixture
def lamps(hit: Callable[..., Hit]) -> Shelf:
    """Four articles, each of which says something else."""
    numbers = {"14": "2024-02-01", "15": "2024-01-01", "16": "2024-03-01", "17": None}
    texts = {f"Oda Trevell lit {number} lamps.": day for number, day in numbers.items()}
    return Shelf(*(hit(text, rank=n, published=day) for n, (text, day) in enumerate(texts.items(), 1)))


def test_conflicts(lamps: Shelf) -> None:
    """What other articles say instead, newest first, with its confidence; alternatives do not repeat it."""
    reader = Finds(**{"14": 3.0, "15": 2.0, "16": 1.0, "17": -1.0})
    answer = ask(LAMPS, reader, lamps, calibration=by_score("any"))
    assert (answer.answer, [citation.quote for citation in answer.citations]) == (
        "14",
        ["Oda Trevell lit 14 lamps."],
    )
    assert [(other.answer, other.score, other.confidence) for other in answer.conflicts] == [
        ("16", 1.0, pytest.approx(0.731059)),
        ("15", 2.0, pytest.approx(0.880797)),
    ]
    assert [other.citation.quote for other in answer.conflicts] == [
        "Oda Trevell lit 16 lamps.",
        "Oda Trevell lit 15 lamps.",
    ]
    assert [(other.answer, other.score) for other in answer.alternatives] == [("17", -1.0)]


def test_the_rest_of_the_story_does_not_contradict(hit: Callable[..., Hit]) -> None:
    """Another edition of the answer's own article is no other article that says something else."""
    late = hit("Oda Trevell lit 15 lamps.", rank=2)
    early = replace(hit("Oda Trevell lit 14 lamps."), story=(late.article,))
    answer = ask(LAMPS, Finds(**{"14": 3.0, "15": 2.0}), Shelf(early, late))
    assert (answer.answer, answer.conflicts) == ("14", ())
    assert [other.answer for other in answer.alternatives] == ["15"]


def test_conflicts_leave_room_for_alternatives(lamps: Shelf) -> None:
    """They do not count among those that the settings keep."""
    reader = Finds(**{"14": 3.0, "15": 2.0, "16": 1.0, "17": -1.0})
    answer = ask(LAMPS, reader, lamps, alternatives=1)
    assert [other.answer for other in answer.conflicts] == ["16", "15"]
    assert [other.answer for other in answer.alternatives] == ["17"]


def test_no_conflict_without_an_answer(lamps: Shelf) -> None:
    """Then all are alternatives."""
    reader = Finds(**{"14": 3.0, "15": 2.0})
    answer = ask(LAMPS, reader, lamps, calibration=by_score("any"), threshold=0.99)
    assert (answer.answer, answer.conflicts) == (None, ())
    assert [other.answer for other in answer.alternatives] == ["14", "15"]


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "words", "published", "resolved"),
    [
        ("When was the lamp lit?", "on Tuesday", "2021-10-06", "2021-10-05"),
        ("When was the lamp lit?", "on Tuesday", "2021-10-06T23:30:00-05:00", "2021-10-05"),
        ("When was the lamp lit?", "on Tuesday", None, None),
        ("Who lit the lamp?", "on Tuesday", "2021-10-06", None),
        ("When was the lamp lit?", "Nils", "2021-10-06", None),
    ],
)
def test_resolved_dates(
    hit: Callable[..., Hit], question: str, words: str, published: str | None, resolved: str | None
) -> None:
    """A "when" answer's words stand for a day, counted from the day of the article that is cited."""
    shelf = Shelf(hit("Nils lit the lamp on Tuesday.", published=published))
    answer = ask(question, Finds(**{words: 1.0}), shelf)
    assert (answer.answer, answer.resolved) == (words, resolved)


def test_the_sentence_tells_which_tuesday(hit: Callable[..., Hit]) -> None:
    """What will be lies after the article's day; without an answer there is no date."""
    shelf = Shelf(hit("It rained. Nils will light the lamp on Tuesday.", published="2021-10-06"))
    asked = "When is the lamp lit?"
    assert ask(asked, Finds(**{"on Tuesday": 1.0}), shelf).resolved == "2021-10-12"
    assert ask(asked, Finds(**{"on Tuesday": -1.0}), shelf).resolved is None


# --- several collections --------------------------------------------------------------------------


def test_two_collections_at_once(hit: Callable[..., Hit]) -> None:
    """The best of each is read and their scores decide; the question is encoded once."""
    encoder, reader = HashedWords(), Finds(Marrow=0.6, Trevell=0.8)
    first, second = Shelf(hit(FILM), hit("Quiet.", rank=2), undated=2), Shelf(hit(TOWER), undated=3)
    encoded: list[str] = []
    encode = encoder.encode_queries
    encoder.encode_queries = lambda texts: (encoded.extend(texts), encode(texts))[1]  # type: ignore[method-assign]
    answerer = Answerer(encoder, reader, AnsweringSettings(), None)
    answer = answerer.answer(Question("Who?"), [first, second])  # type: ignore[list-item]
    assert [[found.article.text for found in hits] for hits in reader.read_hits] == [[FILM, "Quiet.", TOWER]]
    assert answer.answer == "Trevell"
    assert [other.answer for other in answer.alternatives] == ["Marrow"]
    assert answer.undated_left_out == 5
    assert encoded == ["Who?"]


def test_the_probability_decides_between_two_collections(hit: Callable[..., Hit]) -> None:
    """A lower rank elsewhere weighs on the evidence, and not where the calibration does not count it."""
    reader = Finds(Marrow=0.6, Trevell=0.8)
    first, second = Shelf(hit(FILM)), Shelf(hit("Quiet."), hit(TOWER, rank=2))
    by_evidence = ask("Who?", reader, first, second)
    assert (by_evidence.answer, by_evidence.confidence) == ("Marrow", None)
    for shelves in ((first, second), (second, first)):
        answer = ask("Who?", reader, *shelves, calibration=by_score("any"))
        assert (answer.answer, answer.confidence) == ("Trevell", pytest.approx(0.689974))
        assert [(other.answer, other.confidence) for other in answer.alternatives] == [
            ("Marrow", pytest.approx(0.645656))
        ]


def test_the_closest_of_two_collections(hit: Callable[..., Hit]) -> None:
    """Both number their passages from 1; each passage still has the score of its own words."""
    answer = ask("Who?", Finds(Marrow=-0.2, Trevell=-0.1), Shelf(hit(FILM)), Shelf(hit(TOWER)))
    closest = [(found.quote, found.article.text, found.answer_start, found.score) for found in answer.closest]
    assert closest == [(FILM, FILM, 13, -0.2), (TOWER, TOWER, 0, -0.1)]


def test_the_closest_are_quoted_as_passages(hit: Callable[..., Hit]) -> None:
    """Not as whole articles: from where the passage begins to where it ends."""
    (found,) = ask("Who?", Finds(Marrow=-0.2), Shelf(hit(FILM, start=13, end=43))).closest
    assert (found.quote, found.start, found.end) == ("Ilsa Marrow directed the film.", 13, 43)
    assert (found.answer_start, found.answer_end) == (0, 30)


# --- what narrows a question ----------------------------------------------------------------------


def test_filters_reach_the_collection() -> None:
    """Days and article as they were asked for."""
    shelf = Shelf()
    question = Question("Who?", "2024-01-01", "2024-01-31", "abc", "2024-03-01")
    ask(question, Finds(), shelf)
    ((query, _),) = shelf.asked
    assert (query.since, query.until, query.article_id) == ("2024-01-01", "2024-01-31", "abc")
    assert query.asked_on == "2024-03-01"


def test_a_question_is_asked_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it says otherwise."""

    class Day(date):
        @classmethod
        def today(cls) -> Day:
            return cls(2031, 5, 6)

    monkeypatch.setattr(bot.answerer, "date", Day)
    shelf = Shelf()
    ask("Who?", Finds(), shelf)
    assert shelf.asked[0][0].asked_on == "2031-05-06"


@pytest.mark.parametrize(
    ("passages", "depth", "configured", "retrieved", "read"),
    [(None, 0, 3, 3, 3), (2, 0, 3, 2, 2), (None, 6, 3, 6, 3), (5, 2, 3, 5, 5), (None, 99, 3, 99, 3)],
)
def test_how_many_passages(
    hit: Callable[..., Hit], passages: int | None, depth: int, configured: int, retrieved: int, read: int
) -> None:
    """The question's number before the config's is read; a greater depth is only retrieved."""
    shelf = Shelf(*(hit(f"Sentence {rank} here.", rank=rank) for rank in range(1, 8)))
    reader = Finds()
    question = Question("Who?", passages=passages)
    answer = ask(question, reader, shelf, depth=depth, passages=configured)
    assert shelf.asked[0][1] == retrieved
    assert [found.rank for found in reader.read_hits[0]] == list(range(1, read + 1))
    assert len(answer.hits) == min(retrieved, 7)
    assert len(answer.closest) == read


@pytest.fixture
def dated(tmp_path: Path, encoder: HashedWords) -> Iterator[LocalCollection]:
    """Three articles of three days and two without a date."""
    with LocalCollection(tmp_path / "dated", encoder) as collection:
        articles = [
            Article("jan", "Nils lit the lamp in winter.", published="2024-01-15"),
            Article("feb", "Nils lit the lamp at night.", published="2024-02-15T23:30:00+01:00"),
            Article("mar", "Nils lit the lamp in the rain.", published="2024-03-15"),
            Article("none", "Nils lit the lamp once."),
            Article("never", "Nils lit the lamp twice."),
        ]
        list(collection.add(articles))
        yield collection


@pytest.mark.parametrize(
    ("question", "answers", "undated"),
    [
        (Question("Who lit the lamp?"), ["feb", "jan", "mar", "never", "none"], 0),
        (Question("Who lit the lamp?", since="2024-02-15"), ["feb", "mar"], 2),
        (Question("Who lit the lamp?", until="2024-02-15"), ["feb", "jan"], 2),
        (Question("Who lit the lamp?", since="2024-02-16", until="2024-03-14"), [], 2),
        (Question("Who lit the lamp?", article_id="none"), ["none"], 0),
        (Question("Who lit the lamp?", article_id="none", since="2024-01-01"), [], 2),
        (Question("Who lit the lamp?", article_id="gone"), [], 0),
    ],
)
def test_filters_on_a_real_collection(
    dated: LocalCollection, question: Question, answers: list[str], undated: int
) -> None:
    """Days are inclusive; articles they cannot judge are left out and counted."""
    answer = ask(question, Finds(Nils=0.4), dated)
    assert sorted(found.article.id for found in answer.hits) == answers
    assert answer.undated_left_out == undated


# --- citing ---------------------------------------------------------------------------------------


def span_of(text: str, words: str, start: int = 0, end: int | None = None) -> Span:
    """These words in the passage `text[start:end]`."""
    end = len(text) if end is None else end
    article = Article("a", text)
    passage = Passage("a", start, end, text[start:end])
    place = text.index(words, start)
    return Span(Hit("1", passage, article, 1, 1.0, 1, 0.5, 1), place, place + len(words), 0.5)


@pytest.mark.parametrize(
    ("words", "quote", "answer_start"),
    [
        ("Marrow", "Ilsa Marrow directed the film.", 5),
        ("Ilsa Marrow directed the film.", "Ilsa Marrow directed the film.", 0),
        ("film. Nobody", "Ilsa Marrow directed the film. Nobody knew.", 25),
        ("late. Ilsa Marrow directed the film. N", FILM, 7),
        (" ", "It was late.", 2),
        (". I", "It was late. Ilsa Marrow directed the film.", 11),
    ],
)
def test_a_quote_is_whole_sentences(words: str, quote: str, answer_start: int) -> None:
    """Every sentence the answer touches, and no other."""
    citation = cite(span_of(FILM, words))
    assert (citation.quote, citation.answer_start) == (quote, answer_start)
    assert citation.quote[citation.answer_start : citation.answer_end] == words


def test_a_quote_stays_within_its_passage() -> None:
    """A passage that begins or ends inside a sentence is quoted to its border."""
    citation = cite(span_of(FILM, "directed", start=18, end=38))
    assert (citation.quote, citation.start, citation.end) == ("Marrow directed the", 18, 37)


def test_a_quote_across_paragraphs_keeps_every_byte() -> None:
    """Blank lines and all: it is the article's own text."""
    text = "One lamp.\n\nTwo lamps “burn”. Three."
    citation = cite(span_of(text, "lamp.\n\nTwo"))
    assert citation.quote == "One lamp.\n\nTwo lamps “burn”."


@settings(deadline=None)
@given(st.data())
def test_citations_are_the_articles_own_text(data: st.DataObject) -> None:
    """Whatever the text, passage and span: the quote is byte-exact and holds the answer."""
    sentences = st.lists(
        st.sampled_from(["One lamp.", "Dr. Aker, 4, ran", "“Who?” she said.", "\n\n", " ", "x"])
    )
    text = data.draw(sentences.map(" ".join).filter(str.strip))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    left = data.draw(st.integers(start, end - 1))
    right = data.draw(st.integers(left + 1, end))
    passage = Passage("a", start, end, text[start:end])
    citation = cite(Span(Hit("1", passage, Article("a", text), 1, 1.0, 1, 0.5, 1), left, right, 0.5))
    assert text[citation.start : citation.end] == citation.quote
    assert citation.quote[citation.answer_start : citation.answer_end] == text[left:right]
    assert start <= citation.start <= left
    assert right <= citation.end <= end
