"""The shipped reader on a real article: the exact words, and nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.answerer import Question
from bot.app import App, Options
from bot.types import Answer
from index.sources.files import FileSource
from tests.conftest import SHARED

Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a collection that holds the real article alone."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, the folder of real articles beside the checkout")
    folder = tmp_path_factory.mktemp("work")
    app = App(Options(data=folder / "data"), {}, folder)
    with app.chosen() as collection:
        app.index(collection, FileSource([SHARED / "articles"], app.settings.articles), lambda *_: None)
        answerer = app.answerer()
        yield lambda text: answerer.answer(Question(text), [collection])


def test_the_director(ask: Ask) -> None:
    """Exactly his name, in the sentence that says so, with the article's date."""
    answer = ask("who directed the film?")
    (citation,) = answer.citations
    assert answer.answer == "Klim Chipenko"
    assert citation.quote[citation.answer_start : citation.answer_end] == "Klim Chipenko"
    assert citation.article.published == "2021-10-06"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How old is Klim Chipenko?", "38"),
        ("how many days will the team have to shoot?", "12"),
        ("What is the name of the actress?", "Yulia Peressild"),
        ("who is the director of Roscosmos?", "Dmitri Rogozine"),
        ("Who is the boss of Pervyi Kanal?", "Konstantin Ernst"),
        ("who said that Russia must remain a great space power?", "Vladimir Putin"),
        ("What year were the first steps on the Moon?", "1969"),
        ("who is the star of Impossible mission?", "Tom Cruise"),
        ("Which political scientist spoke to AFP?", "Konstantin Kalatchev"),
        ("Who will handle the camera?", "Klim Chipenko"),
    ],
)
def test_what_the_article_says(ask: Ask, question: str, words: str) -> None:
    """The answer is these words and no others."""
    assert ask(question).answer == words


@pytest.mark.parametrize(
    "question",
    [
        "who composed the music of the film?",
        "How much did the film cost?",
        "When was Tom Cruise born?",
        "How many people live in Kazakhstan?",
        "who won the football world cup?",
    ],
)
def test_what_the_article_does_not_say(ask: Ask, question: str) -> None:
    """No answer is given, though every question has a plausible name or number in the article."""
    assert ask(question).answer is None


def test_when(ask: Ask) -> None:
    """Beside the words of the article stands the date they mean."""
    answer = ask("When were the Winter Olympics in Sochi?")
    assert (answer.answer, answer.resolved) == ("2014", "2014")
