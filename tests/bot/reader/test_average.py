"""The mean of readers' weights, with what is recorded of each."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from bot.reader.average import average, main


def reader(folder: Path, value: float, encoder: str = "e") -> Path:
    """A folder of weights that are all of one value."""
    folder.mkdir()
    save_file({"layer": torch.full((2, 3), value, dtype=torch.float16)}, folder / "reader.safetensors")
    facts = {"data_sha256": {"train": "d"}, "encoder_sha256": encoder, "steps": int(value)}
    (folder / "training.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def test_the_mean(tmp_path: Path) -> None:
    """Each weight is the mean of all; the facts of each stand beside, with the hash of what was written."""
    folders = [reader(tmp_path / name, value) for name, value in (("a", 1.0), ("b", 4.0), ("c", 4.0))]
    average(folders, tmp_path / "mean")
    written = tmp_path / "mean" / "reader.safetensors"
    facts = json.loads((tmp_path / "mean" / "training.json").read_text(encoding="utf-8"))
    assert load_file(written)["layer"].tolist() == [[3.0] * 3] * 2
    assert load_file(written)["layer"].dtype == torch.float16
    assert facts["weights_sha256"] == hashlib.sha256(written.read_bytes()).hexdigest()
    assert [one["steps"] for one in facts["mean_of"]] == [1, 4, 4]


def test_a_folder_without_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says in one line what it wants, and writes nothing."""
    whole, empty, out = reader(tmp_path / "a", 1.0), tmp_path / "empty", tmp_path / "mean"
    monkeypatch.setattr(sys, "argv", ["average", str(whole), str(empty), "--out", str(out)])
    with pytest.raises(SystemExit) as error:
        main()
    assert str(error.value) == (
        f"{empty} holds no reader.safetensors; give a folder with reader.safetensors and training.json"
    )
    assert not out.exists()


def test_two_data_sets(tmp_path: Path) -> None:
    """Readers of two data sets have no record in common, and nothing is written."""
    folders = [reader(tmp_path / "a", 1.0), reader(tmp_path / "b", 4.0)]
    facts = json.loads((folders[1] / "training.json").read_text(encoding="utf-8"))
    other = json.dumps({**facts, "data_sha256": {"train": "e"}})
    (folders[1] / "training.json").write_text(other, encoding="utf-8")
    with pytest.raises(SystemExit, match="are of several data sets; average readers of one"):
        average(folders, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_a_file_that_only_one_has_met(tmp_path: Path) -> None:
    """Readers of the same data have a mean where one has met a file more; the record has all files."""
    folders = [reader(tmp_path / "a", 1.0), reader(tmp_path / "b", 4.0)]
    facts = json.loads((folders[1] / "training.json").read_text(encoding="utf-8"))
    more = json.dumps({**facts, "data_sha256": {"train": "d", "written": "w"}})
    (folders[1] / "training.json").write_text(more, encoding="utf-8")
    average(folders, tmp_path / "mean")
    written = json.loads((tmp_path / "mean" / "training.json").read_text(encoding="utf-8"))
    assert written["data_sha256"] == {"train": "d", "written": "w"}


def test_two_encoders(tmp_path: Path) -> None:
    """Readers of two encoders have no mean, and nothing is written."""
    folders = [reader(tmp_path / "a", 1.0), reader(tmp_path / "b", 4.0, "f")]
    with pytest.raises(SystemExit, match="are of several encoders; average readers of one"):
        average(folders, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
