"""Trains the shipped reader: `python -m bot.reader.train --data DIR --out DIR`.

An extractive reader (start and end logits over the tokens; Devlin et al., "BERT", 2019, section 4.3)
on the bundled encoder's weights with its embeddings frozen, so that only what differs is shipped.
docs/training.md tells what the data are and what each choice brought.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from index.encode import bundled_folder
from index.models import has_bfloat16

from ..errors import ReaderError
from .batches import Encoded, batches, encoded, tensors, training_tokenizer
from .bundled import EMBEDDINGS, TRAINED, require_files, sha256, trained, untrained
from .dropout import put_dropout
from .examples import epoch
from .labelled import load_examples, load_sentences
from .written import load_written

_DATA = "train.jsonl.gz", "wiki-sentences.jsonl.gz"
# Questions about each single sentence in a run's last epoch. Their answers are often one word of the
# several that a person would say, so that the last lesson should be of others.
_LAST_PER_SENTENCE = 2
# Every run's head begins alike, whatever its seed: only then can the weights of two runs be averaged.
_HEAD_SEED = 13


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a run depends on, beside the data."""

    seed: int = 13
    epochs: float = 4.0
    batch: int = 24
    learning_rate: float = 2e-4
    warm_up: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.1
    made: int = 2000
    """Questions made by rule in each epoch but the last."""
    per_sentence: int = 6
    """Questions about each single sentence in each epoch but the last, which has two at most."""
    after_statement: float = 0.15
    """The share of questions that come after a statement."""
    first_epoch: int = 0
    """The number of the first epoch: a run that goes on from another's weights goes on counting."""


class Run:
    """One training run in a folder, from its last checkpoint if it has one."""

    def __init__(
        self,
        data: Path,
        out: Path,
        recipe: Recipe,
        every: int,
        start: Path | None = None,
        written: Path | None = None,
    ) -> None:
        """Begin with the weights in the folder `start`, else with the encoder's and a random head.

        `written` is a file of further questions about passages of the data.
        """
        self._out = out
        self._recipe = recipe
        self._every = every
        self._hashes = {name: sha256(data / name) for name in _DATA}
        self._examples = load_examples(data / _DATA[0])
        self._sentences = load_sentences(data / _DATA[1])
        if written is not None:
            self._examples += load_written(written, self._examples, self._sentences)
            self._hashes["written.jsonl.gz"] = sha256(written)
        self._tokenizer = training_tokenizer(bundled_folder())
        self._started_from = None if start is None else sha256(start / "reader.safetensors")
        torch.manual_seed(_HEAD_SEED)
        self._model = untrained()
        put_dropout(self._model.bert.encoder, recipe.dropout)
        torch.manual_seed(recipe.seed)
        if start is not None:
            self._model.load_state_dict(trained(start).state_dict())
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model.to(torch.device(self._device))  # type: ignore[arg-type]
        self._model.train()
        self._model.bert.embeddings.requires_grad_(False)
        self._plan = self._planned()
        self.steps = len(self._plan)
        self._optimizer = torch.optim.AdamW(
            self._parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._rate)
        self.step = 0
        self._losses: list[float] = []
        self._resume()

    def train(self, stop: int | None = None) -> None:
        """Train to the end or for `stop` steps, saving a checkpoint every so many, and write the weights."""
        started, first = time.monotonic(), self.step
        for batch in self._plan[self.step : stop]:
            self._losses.append(self._learn(batch))
            self.step += 1
            if self.step % 50 == 0:
                pace = (time.monotonic() - started) / (self.step - first)
                print(  # noqa: T201 (a command)
                    f"step {self.step}/{self.steps} loss {sum(self._losses[-50:]) / 50:.3f} "
                    f"left {pace * (self.steps - self.step) / 60:.0f} min",
                    flush=True,
                )
            if self.step % self._every == 0:
                self._save()
        self._save()

    def _learn(self, batch: Sequence[Encoded]) -> float:
        inputs = {name: value.to(self._device) for name, value in tensors(batch).items()}
        with torch.autocast(self._device, torch.bfloat16, enabled=self._device == "cuda" or has_bfloat16()):
            loss = self._model(**inputs).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        self._optimizer.zero_grad()
        return float(loss.detach())

    def _planned(self) -> list[list[Encoded]]:
        """The batches of every step; of a last epoch that is not whole the first ones."""
        recipe = self._recipe
        last = math.ceil(recipe.epochs) - 1
        plan: list[list[Encoded]] = []
        for number in range(last):
            plan += self._batches(recipe.first_epoch + number, recipe.made, recipe.per_sentence)
        few = min(recipe.per_sentence, _LAST_PER_SENTENCE)
        final = self._batches(recipe.first_epoch + last, 0, few)
        return plan + (final[: int(len(final) * (recipe.epochs % 1))] if recipe.epochs % 1 else final)

    def _batches(self, number: int, made: int, per_sentence: int) -> list[list[Encoded]]:
        recipe = self._recipe
        examples = epoch(
            self._examples,
            self._sentences,
            recipe.seed,
            number,
            made,
            per_sentence,
            recipe.after_statement,
        )
        chance = random.Random(f"batches {recipe.seed}:{number}")  # noqa: S311 (nothing secret)
        return batches(encoded(examples, self._tokenizer), recipe.batch, chance)

    def _parameters(self) -> list[torch.nn.Parameter]:
        return [parameter for parameter in self._model.parameters() if parameter.requires_grad]

    def _rate(self, step: int) -> float:
        """Linear warm-up, then linear decay to nothing."""
        warm = max(1, int(self.steps * self._recipe.warm_up))
        return min((step + 1) / warm, max(0.0, (self.steps - step) / max(1, self.steps - warm)))

    @property
    def _identity(self) -> dict[str, Any]:
        return {
            "recipe": asdict(self._recipe),
            "data_sha256": self._hashes,
            "started_from_sha256": self._started_from,
        }

    def _save(self) -> None:
        """Write the checkpoint and the weights as they are, each whole or not at all."""
        state = {
            "identity": self._identity,
            "step": self.step,
            "losses": self._losses,
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            # What dropout draws from.
            "chance": torch.get_rng_state(),
            "gpu_chance": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        self._out.mkdir(parents=True, exist_ok=True)
        _replace(self._out / "checkpoint.pt", lambda path: torch.save(state, path))
        weights = {
            name: value.detach().to("cpu", torch.float16).contiguous()
            for name, value in self._model.state_dict().items()
            if not name.startswith(EMBEDDINGS)
        }
        _replace(self._out / "reader.safetensors", lambda path: save_file(weights, path))
        facts = {
            **self._identity,
            "encoder_sha256": sha256(bundled_folder() / "model.safetensors"),
            "steps": self.step,
            "steps_planned": self.steps,
            "weights_sha256": sha256(self._out / "reader.safetensors"),
        }
        text = json.dumps(facts, indent=2) + "\n"
        _replace(self._out / "training.json", lambda path: path.write_text(text, encoding="utf-8"))

    def _resume(self) -> None:
        checkpoint = self._out / "checkpoint.pt"
        if not checkpoint.is_file():
            return
        state = torch.load(checkpoint, map_location=self._device)
        if state["identity"] != self._identity:
            raise SystemExit(f"{checkpoint} is of another recipe or other data; choose another --out")
        self.step, self._losses = state["step"], state["losses"]
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["chance"].cpu())
        torch.cuda.set_rng_state_all([chance.cpu() for chance in state["gpu_chance"]])


def _replace(path: Path, write: Any) -> None:
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    write(beside)
    beside.replace(path)


def main() -> None:
    """Read the command line and train."""
    defaults = Recipe()
    parser = argparse.ArgumentParser(description="Train Byline's reader.")
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {' and '.join(_DATA)}")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint and weights")
    parser.add_argument("--start", type=Path, help="folder with the weights to go on from")
    parser.add_argument("--written", type=Path, help="file of further questions about passages of the data")
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--stop", type=int, help="stop after this many steps; run it again to go on")
    for name, value in asdict(defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args())
    recipe = Recipe(**{name: given[name] for name in asdict(defaults)})
    try:
        require_files(given["data"], _DATA)
        if given["start"]:
            require_files(given["start"], TRAINED)
        run = Run(given["data"], given["out"], recipe, given["every"], given["start"], given["written"])
    except ReaderError as error:
        raise SystemExit(str(error)) from None
    run.train(given["stop"])


if __name__ == "__main__":
    main()
