"""What `byline ask --json` prints of an answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bot.answer_json import answer_json
from bot.types import Alternative, Answer, Citation
from index.types import Article, Hit

TEXT = "It was late. Ilsa Marrow directed the film. Nobody knew."
ARTICLE = Article(
    "abc",
    TEXT,
    "The film",
    "https://example.org/film",
    "2024-02-01T10:00:00+00:00",
    ("Ada Lund", "Bo Aker"),
    "/home/ada/secret folder",
    "private/film.txt",
)
COPY = Article("def", TEXT, root="/home/ada/secret folder", path="private/copy.txt")


@pytest.fixture
def full(answer: Callable[..., Answer], citation: Callable[..., Citation], hit: Callable[..., Hit]) -> Answer:
    """An answer with everything in it."""
    cited = citation(
        "Ilsa Marrow directed the film.",
        "Ilsa Marrow",
        start=13,
        end=43,
        score=0.87654321,
        article=ARTICLE,
        also_in=(COPY,),
    )
    late = citation("It was late.", article=COPY, score=0.3333333)
    return answer(
        answer="Ilsa Marrow",
        resolved="2024-02-01",
        confidence=0.87654321,
        score=0.87654321,
        citations=(cited,),
        closest=(cited,),
        alternatives=(Alternative("It was late.", 0.3333333, 0.1234567, late),),
        conflicts=(Alternative("It was late.", 0.3333333, None, late),),
        undated_left_out=3,
        spans=(),
        hits=(hit(TEXT, root="/home/ada/secret folder", path="private/film.txt"),),
    )


def test_an_answer_in_full(full: Answer) -> None:
    """Every field by its promised name, figures to four places, nothing more and nothing less."""
    article = {
        "id": "abc",
        "title": "The film",
        "url": "https://example.org/film",
        "published": "2024-02-01T10:00:00+00:00",
        "authors": ["Ada Lund", "Bo Aker"],
    }
    copy = {"id": "def", "title": None, "url": None, "published": None, "authors": []}
    cited = {
        "quote": "Ilsa Marrow directed the film.",
        "start": 13,
        "end": 43,
        "answer_start": 0,
        "answer_end": 11,
        "score": 0.8765,
        "article": article,
        "also_in": [copy],
    }
    other = {
        "answer": "It was late.",
        "score": 0.3333,
        "confidence": 0.1235,
        "citation": {
            "quote": "It was late.",
            "start": 0,
            "end": 12,
            "answer_start": 0,
            "answer_end": 12,
            "score": 0.3333,
            "article": copy,
            "also_in": [],
        },
    }
    assert answer_json(full) == {
        "id": "a1",
        "question": "Who directed the film?",
        "answer": "Ilsa Marrow",
        "resolved": "2024-02-01",
        "confidence": 0.8765,
        "citations": [cited],
        "closest": [cited],
        "alternatives": [other],
        "conflicts": [{**other, "confidence": None}],
        "timings_ms": {"encode": 1.5, "retrieve": 2.5, "read": 3.0, "total": 7.0},
    }


def test_no_answer(answer: Callable[..., Answer]) -> None:
    """The same names, null and empty."""
    assert answer_json(answer()) == {
        "id": "a1",
        "question": "Who directed the film?",
        "answer": None,
        "resolved": None,
        "confidence": None,
        "citations": [],
        "closest": [],
        "alternatives": [],
        "conflicts": [],
        "timings_ms": {"encode": 1.5, "retrieve": 2.5, "read": 3.0, "total": 7.0},
    }


def test_local_paths_stay_out(full: Answer) -> None:
    """What leaves the machine does not say where the articles lie on it."""
    dumped = json.dumps(answer_json(full), allow_nan=False)
    assert "secret" not in dumped
    assert "private" not in dumped
    assert "root" not in dumped
    assert '"path"' not in dumped
