"""The evaluation gate: fails when answers have become worse than the floors in `gate.json`.

    python benchmarks/gate.py                                  # the sample articles; CI runs this
    python benchmarks/gate.py --dataset DIR --data DIR         # any dataset of `byline eval`, by hand
    python benchmarks/gate.py --update                         # raise the floors to what is measured
    python benchmarks/gate.py --update --lower                 # and lower them; say why in the commit

A floor lies one question below what was measured, because processors round differently: one of those
that the figure counts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.app import App, Options
from bot.dataset import Dataset, load_dataset, load_questions
from bot.evaluate import ask_all, figures
from bot.terminal.evaluating import index_folder
from index.collection import LocalCollection
from index.sources.files import FileSource

HERE = Path(__file__).parent
FLOORS = HERE / "gate.json"
GUARDED = ("hits@1", "hits@10", "exact_match", "f1", "answered", "precision_at_threshold", "refused")


def main() -> int:
    """Measure, compare with the floors, and say what fell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dataset", type=Path, help="a dataset's folder; the samples by default")
    parser.add_argument("--data", type=Path, help="where its index is kept; nowhere by default")
    parser.add_argument("--update", action="store_true", help="write what is measured as floors")
    parser.add_argument("--lower", action="store_true", help="allow --update to lower a floor")
    given = parser.parse_args()
    dataset = load_dataset(given.dataset) if given.dataset else samples()
    hashes = data_hashes(dataset, given.dataset or HERE / "samples")
    with tempfile.TemporaryDirectory() as temporary:
        # The samples' index is made anew each time, or articles that are no longer there would answer.
        data = given.data if given.data and given.dataset else Path(temporary)
        app = App(Options(data=data), {}, HERE.parent)
        found = measure(app, dataset, app.open(folder_of(app, dataset, given.dataset)))
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}
    known = floors.get(dataset.name, {"data_sha256": hashes, "floors": {}})
    if given.update:
        new = {"data_sha256": hashes, "floors": floors_of(found, dataset)}
        return update(floors, dataset.name, new, lower=given.lower)
    if known["data_sha256"] != hashes:
        print("The data are not those the floors were measured on; look at both, then run with --update.")
        return 1
    return compare(known["floors"], found)


def samples() -> Dataset:
    """The articles that ship with Byline, and the questions written about them."""
    return Dataset("samples", HERE.parent / "articles", load_questions(HERE / "samples"))


def folder_of(app: App, dataset: Dataset, given: Path | None) -> Path:
    """Where the index lies."""
    return index_folder(app, dataset) if given else app.settings.data / "eval" / dataset.name


def data_hashes(dataset: Dataset, folder: Path) -> dict[str, str]:
    """SHA-256 of the questions and of the articles' file or files."""
    top = dataset.articles if dataset.articles.is_dir() else dataset.articles.parent
    files = sorted(dataset.articles.rglob("*")) if dataset.articles.is_dir() else [dataset.articles]
    named = {"questions.jsonl": folder / "questions.jsonl"}
    named |= {path.relative_to(top).as_posix(): path for path in files if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in named.items()}


def measure(app: App, dataset: Dataset, collection: LocalCollection) -> dict[str, float]:
    """The guarded figures; those that are undefined are left out."""
    with closing(collection):
        app.index(collection, FileSource([dataset.articles], app.settings.articles), lambda *_: None)
        answerer = app.answerer(at_any_confidence=True)
        found: dict[str, Any] = figures(
            list(ask_all(answerer, collection, dataset)), app.settings.answering.threshold
        )
    return {name: found[name] for name in GUARDED if found[name] is not None}


def floors_of(found: dict[str, float], dataset: Dataset) -> dict[str, float]:
    """Each figure less one of the questions that it is a share of."""
    every = len(dataset.questions)
    answerable = sum(bool(question.answers) for question in dataset.questions)
    shares_of = {
        "answered": every,
        "precision_at_threshold": round(found.get("answered", 0.0) * every),
        "refused": every - answerable,
    }
    return {
        name: round(max(0.0, value - 1 / max(1, shares_of.get(name, answerable))), 4)
        for name, value in found.items()
    }


def update(floors: dict[str, Any], name: str, new: dict[str, Any], *, lower: bool) -> int:
    """Write new floors; lower ones only where that is allowed."""
    old = floors.get(name, {"floors": {}})["floors"]
    # A figure that is no longer defined has fallen, too.
    fallen = [name for name, floor in old.items() if new["floors"].get(name, -1.0) < floor]
    if fallen and not lower:
        print(f"These would fall: {', '.join(fallen)}. Run with --lower if that is meant.")
        return 1
    floors[name] = new
    FLOORS.write_text(json.dumps(floors, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def compare(floors: dict[str, float], found: dict[str, float]) -> int:
    """Print each figure beside its floor; 1 when one lies below."""
    if not floors:
        print("There are no floors for this dataset yet; run with --update.")
        return 1
    fell = False
    for name, floor in floors.items():
        value = found.get(name)
        low = value is None or value < floor
        fell |= low
        shown = "–" if value is None else f"{value:.3f}"
        print(f"{'FELL' if low else 'ok  '}  {name:<24} {shown}  (floor {floor:.3f})")
    return int(fell)


if __name__ == "__main__":
    sys.exit(main())
