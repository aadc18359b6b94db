"""The evaluation gate's floors: where they lie, when they may fall, and what falls below them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from bot.dataset import Dataset, LabelledQuestion

FILE = Path(__file__).parents[1] / "benchmarks" / "gate.py"


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program as a module, its floors in a file of the test's."""
    spec = importlib.util.spec_from_file_location("gate", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "FLOORS", tmp_path / "gate.json")
    return module


def test_a_floor_lies_one_question_below(gate: ModuleType) -> None:
    """One of those that the figure is a share of: of all, the answerable, the others, the answered."""
    asked = [LabelledQuestion("who?", ("Oda",), None, {})] * 70 + [
        LabelledQuestion("why?", (), None, {})
    ] * 30
    found = {"hits@10": 1.0, "answered": 0.17, "precision_at_threshold": 13 / 17, "refused": 28 / 30}
    assert gate.floors_of(found, Dataset("news", Path("news"), tuple(asked))) == {
        "hits@10": 0.9857,
        "answered": 0.16,
        "precision_at_threshold": 0.7059,
        "refused": 0.9,
    }
    assert gate.floors_of({"f1": 0.01}, Dataset("news", Path("news"), tuple(asked))) == {"f1": 0.0}


def test_a_floor_falls_only_where_that_is_meant(gate: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A lower one, and one that is no longer defined, take `--lower`; nothing is written without."""
    high, low = {"floors": {"f1": 0.5, "refused": 0.9}}, {"floors": {"f1": 0.4}}
    assert gate.update({}, "news", high, lower=False) == 0
    floors = json.loads(gate.FLOORS.read_text())
    assert floors == {"news": high}
    assert gate.update(floors, "news", low, lower=False) == 1
    assert capsys.readouterr().out == "These would fall: f1, refused. Run with --lower if that is meant.\n"
    assert json.loads(gate.FLOORS.read_text()) == {"news": high}
    assert gate.update(floors, "news", low, lower=True) == 0
    assert json.loads(gate.FLOORS.read_text()) == {"news": low}


@pytest.mark.parametrize(
    ("found", "code", "shown"),
    [
        ({"f1": 0.5}, 0, "ok    f1                       0.500  (floor 0.500)\n"),
        ({"f1": 0.4999}, 1, "FELL  f1                       0.500  (floor 0.500)\n"),
        ({}, 1, "FELL  f1                       –  (floor 0.500)\n"),
    ],
)
def test_what_lies_below_its_floor_fails(
    gate: ModuleType, capsys: pytest.CaptureFixture[str], found: dict[str, float], code: int, shown: str
) -> None:
    """On the floor is good enough; a figure that is missing is not."""
    assert gate.compare({"f1": 0.5}, found) == code
    assert capsys.readouterr().out == shown


def test_a_dataset_without_floors_fails(gate: ModuleType) -> None:
    """A gate that compares with nothing would always be open."""
    assert gate.compare({}, {"f1": 1.0}) == 1
