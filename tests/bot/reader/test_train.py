"""Training, on a handful of examples and a model of sixteen dimensions."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file

from bot.reader import train
from bot.reader.batches import Encoded, batches, encoded, tensors, training_tokenizer
from bot.reader.dropout import Dropout
from bot.reader.labelled import Example, load_examples
from bot.reader.train import Recipe, Run
from bot.reader.written import passage_key
from index.encode import bundled_folder

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

SHIP = "The ferry Halden struck a rock near the island of Sorrel."
NEWS = "A storm closed the harbour of Tarn on Friday."
ASKED = {
    "who sank the halden": None,
    "why did it sink": None,
    "whose was the ferry": None,
    "when did it sink": None,
    "what did the halden strike": "a rock",
    "where did the halden strike a rock": "near the island of Sorrel",
    "which ferry struck a rock": "Halden",
    "which island": "Sorrel",
    "What closed?": "the harbour of Tarn",
    "Closed when?": "Friday",
    "Closed by what?": "A storm",
    "Where?": "Tarn",
}
"""Four questions each of `squad-dev`, `nq` and `qamr`."""
SENTENCES = [
    NEWS,
    "Nobody was hurt.",
    "Two roofs came down.",
    "Trains ran late.",
    "Owls see well.",
    "Rain fell.",
]
RECIPE = Recipe(seed=3, epochs=1.5, batch=4, learning_rate=0.01, warm_up=0.2, made=0)
STEPS = 6
"""Twelve examples, the four search questions twice: 16 or four batches an epoch, and a half of it."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of training data: twelve examples and six sentences."""
    folder = tmp_path_factory.mktemp("data")
    rows = []
    for number, (question, answer) in enumerate(ASKED.items()):
        source, context = ("squad-dev", "nq", "qamr")[number // 4], NEWS if number >= 8 else SHIP
        start = None if answer is None else context.index(answer)
        end = None if start is None or answer is None else start + len(answer)
        row = {"source": source, "group": f"news:7:1:0:{number}", "question": question, "context": context}
        rows.append({**row, "start": start, "end": end})
    with gzip.open(folder / "train.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with gzip.open(folder / "wiki-sentences.jsonl.gz", "wt", encoding="utf-8") as file:
        for number, text in enumerate(SENTENCES):
            file.write(json.dumps({"id": f"news:7:{number // 4 + 1}:{number}:0", "text": text}) + "\n")
    return folder


def tiny() -> BertForQuestionAnswering:
    """A model that trains in no time; its weights are drawn from torch's own seed, as a new head's are."""
    from transformers import BertConfig, BertForQuestionAnswering

    config = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=512,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return BertForQuestionAnswering(config)


@pytest.fixture(autouse=True, scope="module")
def tiny_model() -> Iterator[None]:
    """The tiny model stands in for the bundled encoder's; it is too small for more than one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "untrained", tiny)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    Run(data, folder, RECIPE, every=100).train()
    return folder


@pytest.fixture(scope="module")
def weights(whole: Path) -> bytes:
    """What an uninterrupted run writes."""
    return (whole / "reader.safetensors").read_bytes()


def sha256(path: Path) -> str:
    """A file's hash."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_learns(data: Path, tmp_path: Path) -> None:
    """The steps are those of the epochs asked for, and after many of them the loss is far lower."""
    run = Run(data, tmp_path / "out", RECIPE, every=100)
    assert (run.step, run.steps) == (0, STEPS)
    run.train()
    assert run.step == STEPS
    assert len(run._losses) == STEPS
    assert all(math.isfinite(loss) for loss in run._losses)

    longer = Run(data, tmp_path / "longer", replace(RECIPE, epochs=12, warm_up=0.06, dropout=0.0), every=100)
    # From the third epoch on, search questions come once: 2 epochs of four batches, 10 of three.
    assert longer.steps == 38
    longer.train()
    assert sum(longer._losses[-6:]) < 0.8 * sum(longer._losses[:6])


def test_only_what_differs_from_the_encoder_is_trained_and_written(data: Path, tmp_path: Path) -> None:
    """The embeddings stay as they were and are not in the file; everything else is, in half precision."""
    run = Run(data, tmp_path / "out", RECIPE, every=100)
    before = {name: value.clone() for name, value in run._model.state_dict().items()}
    run.train()
    after = run._model.state_dict()
    frozen = {name for name in after if torch.equal(before[name], after[name])}
    assert frozen == {
        "bert.embeddings.word_embeddings.weight",
        "bert.embeddings.position_embeddings.weight",
        "bert.embeddings.token_type_embeddings.weight",
        "bert.embeddings.LayerNorm.weight",
        "bert.embeddings.LayerNorm.bias",
    }
    written = load_file(tmp_path / "out" / "reader.safetensors")
    assert set(written) == set(after) - frozen
    assert {value.dtype for value in written.values()} == {torch.float16}
    assert torch.equal(written["qa_outputs.weight"], after["qa_outputs.weight"].to(torch.float16))


def test_what_is_recorded(data: Path, tmp_path: Path) -> None:
    """The recipe, and the hashes of data, encoder and weights, as anybody can compute them."""
    out = tmp_path / "new" / "out"
    Run(data, out, RECIPE, every=100).train()
    assert json.loads((out / "training.json").read_text()) == {
        "recipe": {
            "seed": 3,
            "epochs": 1.5,
            "batch": 4,
            "learning_rate": 0.01,
            "warm_up": 0.2,
            "weight_decay": 0.01,
            "dropout": 0.1,
            "made": 0,
            "per_sentence": 6,
            "after_statement": 0.15,
            "first_epoch": 0,
        },
        "started_from_sha256": None,
        "data_sha256": {
            "train.jsonl.gz": sha256(data / "train.jsonl.gz"),
            "wiki-sentences.jsonl.gz": sha256(data / "wiki-sentences.jsonl.gz"),
        },
        "encoder_sha256": sha256(bundled_folder() / "model.safetensors"),
        "steps": 6,
        "steps_planned": 6,
        "weights_sha256": sha256(out / "reader.safetensors"),
    }
    assert sorted(path.name for path in out.iterdir()) == [
        "checkpoint.pt",
        "reader.safetensors",
        "training.json",
    ]


def test_the_same_seed_gives_the_same_weights(
    data: Path, tmp_path: Path, weights: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run, by the command line and after other draws of chance, writes the same file bit for bit."""
    random.seed(5)
    torch.manual_seed(5)
    torch.rand(3)
    options = {"data": data, "out": tmp_path / "again", "seed": 3, "epochs": 1.5, "batch": 4, "every": 4}
    options |= {"learning-rate": 0.01, "warm-up": 0.2, "made": 0}
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    monkeypatch.setattr(sys, "argv", ["train", *given])
    train.main()
    assert (tmp_path / "again" / "reader.safetensors").read_bytes() == weights


@pytest.mark.parametrize("missing", ["data", "start"])
def test_a_folder_that_lacks_what_is_needed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """The command says in one line what it wants, before anything is read or written."""
    given = {"data": data, "out": tmp_path / "out", missing: tmp_path}
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    monkeypatch.setattr(sys, "argv", ["train", *options])
    first, second = {
        "data": ("train.jsonl.gz", "wiki-sentences.jsonl.gz"),
        "start": ("reader.safetensors", "training.json"),
    }[missing]
    with pytest.raises(SystemExit) as error:
        train.main()
    assert str(error.value) == f"{tmp_path} holds no {first}; give a folder with {first} and {second}"
    assert not (tmp_path / "out").exists()


def test_another_seed_gives_other_weights(data: Path, tmp_path: Path, weights: bytes) -> None:
    """The seed counts."""
    Run(data, tmp_path / "other", replace(RECIPE, seed=4), every=100).train()
    assert (tmp_path / "other" / "reader.safetensors").read_bytes() != weights


def test_dropout_is_where_bert_has_it(data: Path, tmp_path: Path) -> None:
    """After attention and after the feed-forward layer of each layer; the tiny model has one."""
    model = Run(data, tmp_path / "out", RECIPE, every=100)._model
    assert [name for name, module in model.named_modules() if isinstance(module, Dropout)] == [
        "bert.encoder.layer.0.attention.output.dropout",
        "bert.encoder.layer.0.output.dropout",
    ]


def test_the_last_epoch_has_other_questions(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None made by rule, and few about single sentences."""
    drawn = []

    def epoch(
        examples: object, sentences: object, seed: int, number: int, made: int, few: int, stated: float
    ) -> list[Example]:
        drawn.append((seed, number, made, few, stated))
        return list(load_examples(data / "train.jsonl.gz"))

    monkeypatch.setattr(train, "epoch", epoch)
    Run(data, tmp_path / "out", replace(RECIPE, epochs=2.5, made=7, first_epoch=4), every=100)
    assert drawn == [(3, 4, 7, 6, 0.15), (3, 5, 7, 6, 0.15), (3, 6, 0, 2, 0.15)]


def test_all_heads_begin_alike(data: Path, tmp_path: Path) -> None:
    """Runs of two seeds start from the same weights: only such can be averaged."""
    first, second = (
        Run(data, tmp_path / str(seed), replace(RECIPE, seed=seed), every=100)._model.state_dict()
        for seed in (3, 4)
    )
    assert all(torch.equal(first[name], value) for name, value in second.items())


def test_dropout() -> None:
    """A share of the values is dropped and the others grow to make up for it; in use nothing is."""
    dropout, values = Dropout(0.1), torch.ones(1000, 1001)
    torch.manual_seed(1)
    dropped = dropout(values)
    assert dropped.unique().tolist() == [0.0, pytest.approx(256 / 230)]
    assert float((dropped == 0).float().mean()) == pytest.approx(26 / 256, abs=0.002)
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.002)
    assert not torch.equal(dropped, dropout(values))
    assert dropout(values.bfloat16()).dtype == torch.bfloat16
    assert dropout.train(False)(values) is values
    assert Dropout(0.0)(values) is values


class Stopped(Exception):
    """The power went."""


def stop_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Break the run off while it learns from a step's batch."""
    learn = Run._learn

    def stopping(self: Run, batch: Sequence[Encoded]) -> float:
        loss = learn(self, batch)
        if self.step == step:
            raise Stopped
        return loss

    monkeypatch.setattr(Run, "_learn", stopping)


@pytest.mark.parametrize(("step", "saved"), [(2, 2), (3, 2), (5, 4)])
def test_a_stopped_run_goes_on(data: Path, tmp_path: Path, weights: bytes, step: int, saved: int) -> None:
    """Broken off after a checkpoint and started again, a run ends with the same weights bit for bit."""
    out = tmp_path / "stopped"
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, step)
        with pytest.raises(Stopped):
            Run(data, out, RECIPE, every=2).train()
    facts = json.loads((out / "training.json").read_text())
    assert (facts["steps"], facts["steps_planned"]) == (saved, 6)
    assert facts["weights_sha256"] == sha256(out / "reader.safetensors")
    resumed = Run(data, out, RECIPE, every=2)
    assert (resumed.step, len(resumed._losses)) == (saved, saved)
    resumed.train()
    assert (out / "reader.safetensors").read_bytes() == weights


def test_a_run_stops_when_it_should(data: Path, tmp_path: Path, weights: bytes) -> None:
    """With the weights it has by then; it goes on when it is run again."""
    out = tmp_path / "stopped"
    Run(data, out, RECIPE, every=100).train(stop=3)
    facts = json.loads((out / "training.json").read_text())
    assert (facts["steps"], facts["steps_planned"]) == (3, 6)
    Run(data, out, RECIPE, every=100).train()
    assert (out / "reader.safetensors").read_bytes() == weights


def test_written_questions_are_learned_from_and_recorded(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of further questions adds to each epoch, and its hash to what is recorded."""
    file = tmp_path / "written.jsonl.gz"
    row = {"passage": passage_key(SHIP), "question": "What was in its way?", "start": 24, "end": 30}
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({**row, "question": f"{row['question']} {n}"}) + "\n" for n in range(8))
    argv = ["train", "--data", str(data), "--out", str(tmp_path / "out"), "--epochs", "1", "--batch", "4"]
    monkeypatch.setattr(sys, "argv", [*argv, "--written", str(file)])
    train.main()
    facts = json.loads((tmp_path / "out" / "training.json").read_text())
    # Four batches of sixteen labelled and made questions without them.
    assert facts["steps"] == 6
    assert facts["data_sha256"]["written.jsonl.gz"] == sha256(file)

    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.write(json.dumps({**row, "passage": "0" * 12}) + "\n")
    monkeypatch.setattr(sys, "argv", [*argv, "--written", str(file)])
    with pytest.raises(SystemExit) as error:
        train.main()
    assert str(error.value) == f"the data lack 1 passages that {file} asks about; they are of another version"


def test_a_run_stopped_before_its_first_checkpoint_starts_again(
    data: Path, tmp_path: Path, weights: bytes
) -> None:
    """Nothing was written, nothing is in the way."""
    out = tmp_path / "stopped"
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 1)
        with pytest.raises(Stopped):
            Run(data, out, RECIPE, every=2).train()
    assert not out.exists()
    Run(data, out, RECIPE, every=2).train()
    assert (out / "reader.safetensors").read_bytes() == weights


def test_a_finished_run_has_nothing_left_to_do(data: Path, whole: Path, weights: bytes) -> None:
    """Started once more, it learns nothing and leaves its weights as they are."""
    run = Run(data, whole, RECIPE, every=100)
    assert run.step == 6
    run.train()
    assert len(run._losses) == 6
    assert (whole / "reader.safetensors").read_bytes() == weights


def test_a_run_goes_on_from_the_weights_of_another(
    data: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins with them, counts epochs from where it is told, and records whose they are."""
    before = tiny()
    monkeypatch.setattr(train, "trained", {whole: before}.__getitem__)
    later = replace(RECIPE, epochs=1, first_epoch=2)
    run = Run(data, tmp_path / "out", later, every=100, start=whole)
    begun = run._model.state_dict()
    assert all(torch.equal(begun[name], value) for name, value in before.state_dict().items())
    # The third epoch has every search question once: twelve examples in three batches.
    assert run.steps == 3
    run.train()
    facts = json.loads((tmp_path / "out" / "training.json").read_text())
    assert facts["started_from_sha256"] == sha256(whole / "reader.safetensors")
    with pytest.raises(SystemExit):
        Run(data, tmp_path / "out", later, every=100)


def test_another_recipe_in_the_same_folder_is_refused(
    data: Path, whole: Path, tmp_path: Path, weights: bytes
) -> None:
    """A checkpoint goes on only with its own recipe and data; the refusal changes nothing."""
    message = f"{whole / 'checkpoint.pt'} is of another recipe or other data; choose another --out"
    with pytest.raises(SystemExit) as caught:
        Run(data, whole, replace(RECIPE, learning_rate=0.02), every=100)
    assert str(caught.value) == message
    more = Path(shutil.copytree(data, tmp_path / "more"))
    with gzip.open(more / "wiki-sentences.jsonl.gz", "at") as file:
        file.write(json.dumps({"id": "a:b:c:4:5", "text": "One more."}) + "\n")
    with pytest.raises(SystemExit) as caught:
        Run(more, whole, RECIPE, every=100)
    assert str(caught.value) == message
    assert (whole / "reader.safetensors").read_bytes() == weights


def test_the_learning_rate_warms_up_and_decays(data: Path, tmp_path: Path) -> None:
    """From nothing to all of it, and back to nothing at the end."""
    run = Run(data, tmp_path / "out", replace(RECIPE, warm_up=0.5), every=100)
    # Six steps, of which three warm up.
    assert [run._rate(step) for step in range(7)] == pytest.approx(
        [1 / 3, 2 / 3, 1.0, 1.0, 2 / 3, 1 / 3, 0.0]
    )


def test_encoded() -> None:
    """The answer's tokens, with a title before the context or without; "no answer" is the first token."""
    tokenizer = training_tokenizer(bundled_folder())
    start = SHIP.index("near the")
    examples = [
        Example("nq", "g", "where", SHIP, start, start + 25, None),
        Example("nq", "g", "where", SHIP, start, start + 25, "Near the island of Sorrel"),
        Example("nq", "g", "where", SHIP, None, None, "Halden"),
    ]
    plain, titled, nothing = encoded(examples, tokenizer)
    for one in (plain, titled):
        assert tokenizer.decode(list(one.ids[one.start : one.end + 1])) == "near the island of sorrel"
        assert set(one.types[one.start : one.end + 1]) == {1}
    assert tokenizer.decode(list(plain.ids), skip_special_tokens=False) == (
        "[CLS] where [SEP] the ferry halden struck a rock near the island of sorrel. [SEP]"
    )
    # The title's own `near the island of sorrel.` stands before it: eight tokens.
    assert (titled.start - plain.start, len(titled.ids) - len(plain.ids)) == (8, 8)
    assert (nothing.start, nothing.end) == (0, 0)


def test_encoded_takes_the_tokens_that_an_answer_touches() -> None:
    """An answer that begins or ends within a word is taught as whole tokens."""
    tokenizer = training_tokenizer(bundled_folder())
    (one,) = encoded([Example("nq", "g", "what", "Two boats burned.", 5, 8)], tokenizer)
    assert tokenizer.decode(list(one.ids[one.start : one.end + 1])) == "boats"


def test_encoded_drops_what_the_longest_input_cuts_off() -> None:
    """Of a context of 500 words 384 tokens are read; an example whose answer lies beyond is left out."""
    tokenizer = training_tokenizer(bundled_folder())
    context = "tree " * 500
    # [CLS] what [SEP] 380 trees [SEP]
    seen = Example("nq", "g", "what", context, 379 * 5, 379 * 5 + 4)
    half = Example("nq", "g", "what", context, 379 * 5, 380 * 5 + 4)
    unseen = Example("nq", "g", "what", context, 380 * 5, 380 * 5 + 4)
    nothing = Example("nq", "g", "what", context, None, None)
    found = encoded([half, seen, unseen, nothing], tokenizer)
    assert [(one.start, one.end, len(one.ids)) for one in found] == [(382, 382, 384), (0, 0, 384)]


def test_batches_put_like_lengths_together() -> None:
    """Every example once, in batches that differ little in length, in an order of chance."""
    examples = [Encoded((n,) * (n % 50 + 1), (0,) * (n % 50 + 1), 0, 0) for n in range(100)]
    grouped = batches(examples, 8, random.Random(1))
    assert sorted(len(batch) for batch in grouped) == [4, *[8] * 12]
    assert sorted(one.ids[0] for batch in grouped for one in batch) == list(range(100))
    for batch in grouped:
        lengths = [len(one.ids) for one in batch]
        assert max(lengths) - min(lengths) <= 4
    starts = [len(batch[0].ids) for batch in grouped]
    assert starts != sorted(starts)
    assert batches(examples, 8, random.Random(1)) == grouped
    assert batches(examples, 8, random.Random(2)) != grouped
    assert batches([], 8, random.Random(1)) == []


def test_tensors() -> None:
    """A batch is padded to its longest example, and the padding is masked."""
    batch = [Encoded((101, 7, 102), (0, 0, 1), 1, 2), Encoded((101, 102), (0, 1), 0, 0)]
    assert {name: value.tolist() for name, value in tensors(batch).items()} == {
        "input_ids": [[101, 7, 102], [101, 102, 0]],
        "token_type_ids": [[0, 0, 1], [0, 1, 0]],
        "attention_mask": [[1, 1, 1], [1, 1, 0]],
        "start_positions": [1, 0],
        "end_positions": [2, 0],
    }
