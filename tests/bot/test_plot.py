"""The picture of an evaluation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.plot import check_plotting, draw_risk_coverage
from index.errors import BylineError

ROWS = [{"coverage": step / 10, "risk": step / 40, "threshold": 1 - step / 10} for step in range(1, 11)]


def test_missing_matplotlib_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the error is one line that says how to install it."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BylineError) as caught:
        check_plotting()
    assert str(caught.value) == "drawing needs matplotlib; run: pip install 'byline-bot[plots]'"


def test_check_plotting_is_silent_with_matplotlib() -> None:
    """Where it is installed, nothing happens."""
    pytest.importorskip("matplotlib")
    check_plotting()


def drawn(file: Path, name: str = "harbour") -> str:
    """What is drawn of the rows."""
    draw_risk_coverage(ROWS, name, file)
    return file.read_text(encoding="utf-8")


def test_the_same_rows_give_the_same_file(tmp_path: Path) -> None:
    """No date and no random name makes two runs of one evaluation differ."""
    pytest.importorskip("matplotlib")
    first, again = drawn(tmp_path / "one.svg"), drawn(tmp_path / "two.svg")
    assert first == again
    assert "<dc:date>" not in first
    assert drawn(tmp_path / "other.svg", "orchard") != first


def test_what_is_drawn(tmp_path: Path) -> None:
    """Title, axes, and the confidence beside every fourth point, in a picture a browser can show."""
    pytest.importorskip("matplotlib")
    picture = drawn(tmp_path / "one.svg")
    assert picture.startswith("<?xml")
    # Matplotlib draws letters as outlines and keeps each text in a comment.
    words = [line.strip()[5:-4] for line in picture.splitlines() if line.strip().startswith("<!-- ")]
    assert "harbour: at each confidence, how much is answered and how much of it is wrong" in words
    assert "share of questions answered" in words
    assert "share of these answers wrong" in words
    assert words[-4:-1] == ["0.80", "0.40", "0.00"]


def test_nothing_to_draw_is_an_empty_picture(tmp_path: Path) -> None:
    """No rows are no error."""
    pytest.importorskip("matplotlib")
    draw_risk_coverage([], "harbour", tmp_path / "empty.svg")
    assert (tmp_path / "empty.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")
