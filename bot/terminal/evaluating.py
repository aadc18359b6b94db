"""`byline eval`: all questions of a dataset, or of a reading test, asked; the figures printed and written."""

from __future__ import annotations

import hashlib
import json
import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from index.clean import CLEANING_VERSION
from index.errors import BylineError
from index.sources.files import FileSource

from ..app import App
from ..dataset import Dataset, load_dataset
from ..evaluate import ask_all, cross_validated_confidences, curve, figures, fitted
from ..plot import check_plotting, draw_risk_coverage
from ..reading import load_readings, read_all, reading_figures
from .console import show, stderr
from .render import plain_table
from .report import Report

_OF_CALIBRATION = ("calibration_error", "auroc", "threshold", "answered", "precision_at_threshold", "refused")


def evaluate_reading(app: App, file: Path, json_file: Path | None) -> None:
    """Have the reader read every context by itself, print and write the figures."""
    readings = load_readings(file)
    _check_writable(json_file)
    console = stderr()
    app.reader.load()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        outcomes = list(progress.track(read_all(app.reader, readings), len(readings), description="Reading"))
    found = reading_figures(outcomes)
    show(_figures_table(found))
    if json_file is not None:
        _write(json_file, json.dumps(found, indent=2) + "\n")


def evaluate_dataset(
    app: App, folder: Path, json_file: Path | None, calibration_file: Path | None, plot_file: Path | None
) -> None:
    """Index the dataset where that has not been done, ask its questions, print and write the figures."""
    dataset = load_dataset(folder)
    # Better to fail now than after an hour.
    _check_writable(json_file, calibration_file, plot_file)
    if plot_file is not None:
        check_plotting()
    console = stderr()
    console.print(f"{dataset.name}: {len(dataset.questions):,} questions")
    with closing(app.open(index_folder(app, dataset))) as collection:
        started = time.monotonic()
        with Report(console, "Indexing") as report:
            app.index(collection, FileSource([dataset.articles], app.settings.articles), report)
        console.print(f"indexed: {report.summary()} in {time.monotonic() - started:,.0f} s")
        answerer = app.answerer(at_any_confidence=True, calibrated=calibration_file is None)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            outcomes = list(
                progress.track(
                    ask_all(answerer, collection, dataset), len(dataset.questions), description="Asking"
                )
            )
    found = figures(outcomes, app.settings.answering.threshold)
    show(render_figures(found))
    if json_file is not None:
        _write(json_file, json.dumps(found, indent=2) + "\n")
    if plot_file is not None:
        draw_risk_coverage(curve(outcomes), dataset.name, plot_file)
    if calibration_file is not None:
        # What is shown of a calibration is what it says of questions it was not fitted on.
        (validated,) = cross_validated_confidences({dataset.name: outcomes}).values()
        calibration = fitted({dataset.name: outcomes}, app.identity())
        confident = figures(validated, app.settings.answering.threshold)
        show(_figures_table({name: confident[name] for name in _OF_CALIBRATION}))
        _write(calibration_file, calibration.to_json())
        console.print(
            f"calibrated on {len(outcomes):,} questions; use it with `calibration: {calibration_file}` "
            "under `reader:` in config.yaml"
        )


def _check_writable(*files: Path | None) -> None:
    for file in files:
        if file is not None:
            is_new = not file.exists()
            _write(file, "", mode="a")
            if is_new:
                file.unlink()


def _write(file: Path, text: str, mode: str = "w") -> None:
    try:
        with file.open(mode, encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise BylineError(
            f"{file} cannot be written ({error.strerror}); name a file in a folder that exists"
        ) from None


def index_folder(app: App, dataset: Dataset) -> Path:
    """Where the dataset's index lies: another encoder, chunking or cleaning gets another one."""
    settings = app.settings
    parts = [app.encoder.name, settings.chunking.model_dump_json(), str(CLEANING_VERSION)]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    # A dataset's folder may be called anything, a collection may not.
    name = re.sub(r"[^a-z0-9_-]+", "-", f"{dataset.key}-{digest}".lower())
    return settings.data / "eval" / name[-100:].lstrip("-_")


def render_figures(found: dict[str, Any]) -> RenderableType:
    """The figures as tables."""
    parts: list[RenderableType] = [_figures_table(found)]
    if found["baselines"]:
        baselines = _table("published system", "exact_match", "f1", "contains_answer")
        for name, row in found["baselines"].items():
            baselines.add_row(name, *(_number(row[key]) for key in ("exact_match", "f1", "contains_answer")))
        parts += [Text(), baselines]
    latency = _table("stage", "p50 ms", "p95 ms")
    for stage, row in found["latency_ms"].items():
        latency.add_row(stage, _number(row["p50"]), _number(row["p95"]))
    curve = _table("answered", "wrong", "at confidence")
    for row in found["risk_coverage"]:
        curve.add_row(*(_number(row[key]) for key in ("coverage", "risk", "threshold")))
    return Group(*parts, Text(), latency, Text(), curve)


def _figures_table(found: dict[str, Any]) -> Table:
    table = _table("figure", "value")
    for name, value in found.items():
        if not isinstance(value, dict | list):
            table.add_row(name, _number(value))
    return table


def _table(first: str, *rest: str) -> Table:
    table = plain_table()
    table.add_column(first)
    for heading in rest:
        table.add_column(heading, justify="right")
    return table


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
