"""Fits and measures the shipped calibration on two sets that are unlike each other.

    python benchmarks/calibration.py --dataset ../shared/eval/realtimeqa-2022 \
        --reading ../shared/reader-data/dev.jsonl.gz --data DIR --out bot/reader/weights/calibration.json

The first set is a dataset of `byline eval`: one large collection. The second are the encyclopedia's
questions of a reading test, each group's contexts a small collection of its own. What is printed is
cross-validated: every question's confidence comes from a fit that has not seen it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.answerer import Answerer
from bot.app import App, Options
from bot.dataset import Dataset, LabelledQuestion, load_dataset
from bot.evaluate import Outcome, ask_all, cross_validated_confidences, figures, fitted
from bot.terminal.evaluating import index_folder
from index.sources.files import FileSource
from index.types import Article

_SHOWN = ("questions", "calibration_error", "auroc", "answered", "precision_at_threshold", "refused")


def large(app: App, folder: Path) -> Iterator[Outcome]:
    """The dataset's questions, asked of its one collection."""
    dataset = load_dataset(folder)
    with closing(app.open(index_folder(app, dataset))) as collection:
        app.index(collection, FileSource([dataset.articles], app.settings.articles), lambda *_: None)
        yield from ask_all(_answerer(app), collection, dataset)


def _answerer(app: App) -> Answerer:
    """Answers everything, without the calibration there is: it may be of other features."""
    return app.answerer(at_any_confidence=True, calibrated=False)


def small(app: App, reading: Path, folder: Path) -> Iterator[Outcome]:
    """The encyclopedia's questions, each asked of the article it is about."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(reading, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["source"] == "squad-dev":
                groups[row["group"]].append(row)
    answerer = _answerer(app)
    for number, rows in enumerate(groups.values()):
        text = "\n\n".join(dict.fromkeys(row["context"] for row in rows))
        questions = tuple(
            LabelledQuestion(row["question"], tuple(row.get("answers") or ()), None, {}) for row in rows
        )
        with closing(app.open(folder / f"group-{number}")) as collection:
            for _ in collection.add([Article("a", text, title=rows[0]["title"])]):
                pass
            yield from ask_all(answerer, collection, Dataset("group", reading, questions))


def main() -> None:
    """Ask both sets, print the cross-validated figures, write the calibration of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("--dataset", "--reading", "--data", "--out"):
        parser.add_argument(name, type=Path, required=True)
    given = parser.parse_args()
    app = App(Options(data=given.data), {}, Path(__file__).parents[1])
    with tempfile.TemporaryDirectory() as temporary:
        outcomes = {
            given.dataset.name: list(large(app, given.dataset)),
            "squad-dev": list(small(app, given.reading, Path(temporary))),
        }
    for name, validated in cross_validated_confidences(outcomes).items():
        found = figures(validated, app.settings.answering.threshold)
        print(name, {figure: found[figure] for figure in _SHOWN})
        for row in found["risk_coverage"]:  # type: ignore[attr-defined]
            print(f"  answered {row['coverage']:.2f}  wrong {row['risk']:.3f}  from {row['threshold']:.3f}")
    given.out.write_text(fitted(outcomes, app.identity()).to_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
