"""Telling English questions from others."""

from __future__ import annotations

import pytest

from bot.chat.languages import is_english
from tests.bot.chat import questions


def refused(text: str) -> list[str]:
    """The questions of a list that are not taken for English."""
    return [question for question in questions.lines(text) if not is_english(question)]


def taken(text: str) -> list[str]:
    """The questions of a list that are taken for English."""
    return [question for question in questions.lines(text) if is_english(question)]


def test_the_lists_are_long_enough_to_mean_something() -> None:
    """Each language has at least forty questions, each of them once."""
    lists = [questions.ENGLISH, questions.ENGLISH_WITH_NAMES, questions.GERMAN, questions.FRENCH]
    lists.append(questions.SPANISH)
    asked = [questions.lines(text) for text in lists]
    assert min(len(of_one) for of_one in asked) >= 40
    assert sum(len(of_one) for of_one in asked) == len({question for of_one in asked for question in of_one})


def test_no_english_question_is_refused() -> None:
    """English questions pass, however short, and whatever marks are missing."""
    assert refused(questions.ENGLISH) == []


def test_names_and_titles_keep_their_own_language() -> None:
    """A foreign film, newspaper or person does not make an English question foreign."""
    assert refused(questions.ENGLISH_WITH_NAMES) == []


def test_german_questions_are_seen() -> None:
    """Most questions in German are noticed; what passes are headings without a word that tells."""
    assert taken(questions.GERMAN) == [
        "Kosten des Kinderflügels?",
        "Hauptstadt von Frankreich",
        "neuer Bürgermeister von Sollenby?",
        "Gewinner des Pokals?",
        "Fahren sonntags Züge?",
        "einwohnerzahl von Harrowmere",
        "endstand Harrowmere gegen Northmarch",
        "Datum der Wahl",
    ]


def test_french_questions_are_seen() -> None:
    """Most questions in French are noticed."""
    assert taken(questions.FRENCH) == ["nouveau maire de Sollenby ?", "nom du capitaine"]


def test_spanish_questions_are_seen() -> None:
    """Most questions in Spanish are noticed, with or without accents and opening marks."""
    assert taken(questions.SPANISH) == [
        "encontraron el barco",
        "capital de Francia",
        "nuevo alcalde de Sollenby",
        "habitantes de Harrowmere",
        "quedan entradas",
    ]


def test_questions_in_other_scripts_are_seen() -> None:
    """Questions in scripts that English is not written in are noticed."""
    assert taken(questions.OTHER_LANGUAGES) == []


@pytest.mark.parametrize(
    "question",
    [
        "Chi ha diretto il film?",
        "Quem dirigiu o filme?",
        "wie heeft de film gemaakt",
        "Dove si trova il ponte?",
    ],
)
def test_neighbouring_languages_are_seen(question: str) -> None:
    """Italian, Portuguese and Dutch are noticed by the same words."""
    assert not is_english(question)


@pytest.mark.parametrize("question", ["", "?!", "1997", "🎬", "Kubrick", "MIT?", "o'clock", "'", "l'"])
def test_what_tells_nothing_is_let_through(question: str) -> None:
    """Numbers, signs and lone names are no reason to refuse."""
    assert is_english(question)


def test_a_unit_is_no_foreign_word() -> None:
    """A raised figure is no accent."""
    assert is_english("Was sitting is 874.3 km²?")


def test_capitals_alone_do_not_make_names() -> None:
    """A question shouted in capitals is read like any other."""
    assert not is_english("WER HAT DEN FILM GEDREHT?")
    assert is_english("WHO DIRECTED DAS BOOT?")


def test_accents_may_be_put_together_from_two_characters() -> None:
    """Decomposed letters, as some telephones send them, count like composed ones."""
    assert not is_english("que\u0301 dice")
    assert not is_english("ou\u0300 est-il")


def test_a_foreign_title_in_english_words_stays_foreign() -> None:
    """English words inside a title do not make a German question English."""
    assert not is_english("Wer schrieb The Lord of the Rings?")


def test_a_name_in_another_script() -> None:
    """The words that ask tell the language, not the letters of the name that is asked about."""
    assert is_english("Who is שלום עליכם?")
    assert is_english("When was Москва founded?")
    assert not is_english("שלום עליכם?")
    assert not is_english("Кто снял фильм Who?")
