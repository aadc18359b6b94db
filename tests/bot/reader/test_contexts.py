"""The context that a search would bring, among four."""

from __future__ import annotations

from bot.reader.contexts import Contexts

FERRY = "The ferry Halden struck a rock near Sorrel in 1987."
STRAIT = "Fog lay over the strait when the ferry left."
MUSEUM = "The wreck lies in the museum of Brisk."
STORM = "A storm closed the harbour of Tarn on Friday."
CONTEXTS = Contexts([FERRY, STRAIT, MUSEUM, STORM])


def test_the_likest_that_does_not_answer() -> None:
    """The context with the answer is passed over, though it is more like the question."""
    assert CONTEXTS.nearest_without("what did the ferry halden strike", "a rock") == STRAIT


def test_rare_words_count_more() -> None:
    """One word that a single context has outweighs one that several have."""
    assert CONTEXTS.nearest_without("ferry museum", "Sorrel") == MUSEUM


def test_nothing_in_common() -> None:
    """A context that shares no word with the question is no answer of a search."""
    assert CONTEXTS.nearest_without("who sings opera", "Tosca") is None
