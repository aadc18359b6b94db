"""The name behind an agent noun."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.reader.roles import role_spans
from index.types import Hit

MakeHit = Callable[..., Hit]


@pytest.mark.parametrize(
    ("question", "text", "names"),
    [
        ("who directed the film?", "The film’s director Oda Trevell left.", ["Oda Trevell"]),
        ("who directed the film?", "The actress and director Oda Trevell left.", []),
        ("who founded the yard?", "The yard’s founder Bo Aker left.", ["Bo Aker"]),
        ("Who found the wreck of the ferry?", "The ferry was run by founder Bo Aker.", []),
        ("Who directed it?", "Nils met director Oda van Trevell.", []),
        ("who directed it?", "Nils met director Oda Marie O’Trevell-Aker.", ["Oda Marie O’Trevell-Aker"]),
        ("who directed it?", "Nils, director of Lamp House, left.", []),
        ("who directed it?", "director Trevell left", []),
        (
            "who wins the cup?",
            "The cup’s last winner Bo Aker left; director Oda Trevell stayed.",
            ["Bo Aker"],
        ),
        ("Who managed Ole Aker?", "They met manager Ole Aker.", []),
        ("Who replaced the manager?", "They met manager Ole Aker.", []),
        ("Who managed it?", "They met manager Ole Aker.", ["Ole Aker"]),
        ("who is the director?", "They met director Oda Trevell.", []),
        ("when was it directed?", "They met director Oda Trevell.", []),
        ("who painted it?", "They met corner Oda Trevell.", []),
    ],
)
def test_who_did_it(hit: MakeHit, question: str, text: str, names: list[str]) -> None:
    """A full name right after the noun for one who does what was asked about, and nothing else."""
    assert [span.text for span in role_spans(question, [hit(text)])] == names


def test_where_it_stands(hit: MakeHit) -> None:
    """Offsets are the article's, also in a later passage; the score is that of a sure answer."""
    text = "It was late. They met director Oda Trevell."
    (span,) = role_spans("who directed it?", [hit(text, start=13)])
    assert (span.start, span.end, span.score, span.text) == (31, 42, 8.3, "Oda Trevell")
