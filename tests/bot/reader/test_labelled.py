"""The files of training data, read as they are."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from bot.reader.labelled import Example, Sentence, load_examples, load_sentences


def test_the_answer() -> None:
    """The words between start and end; none where there is no span."""
    assert Example("nq", "g", "Who?", "It was Edda Moll.", 7, 16).answer == "Edda Moll"
    assert Example("nq", "g", "Who?", "It was Edda Moll.", None, None).answer is None


def test_load_examples(tmp_path: Path) -> None:
    """A line is an example; the title may be left out, and other keys do not matter."""
    rows = [
        {
            "source": "nq",
            "group": "g1",
            "question": "Wo?",
            "context": "Dört.",
            "start": 0,
            "end": 4,
            "title": "Ö",
        },
        {
            "source": "qed",
            "group": "g2",
            "question": "Who?",
            "context": "It.",
            "start": None,
            "end": None,
            "more": 1,
        },
    ]
    with gzip.open(tmp_path / "train.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert load_examples(tmp_path / "train.jsonl.gz") == [
        Example("nq", "g1", "Wo?", "Dört.", 0, 4, "Ö"),
        Example("qed", "g2", "Who?", "It.", None, None, None),
    ]


def test_load_sentences(tmp_path: Path) -> None:
    """The first three parts of a sentence's id name its document, the others its place."""
    rows = [{"id": "wiki:12:4:0:9", "text": "Owls see well."}, {"id": "news:7:1:2:0", "text": "Ünder."}]
    with gzip.open(tmp_path / "s.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert load_sentences(tmp_path / "s.jsonl.gz") == [
        Sentence("wiki:12:4", "Owls see well.", (0, 9)),
        Sentence("news:7:1", "Ünder.", (2, 0)),
    ]
