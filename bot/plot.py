"""Draws what an evaluation found; needs the extra `plots`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from index.errors import BylineError


def check_plotting() -> None:
    """BylineError with the command that mends it when matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401, PLC0415
    except ImportError:
        raise BylineError("drawing needs matplotlib; run: pip install 'byline-bot[plots]'") from None


def draw_risk_coverage(rows: Sequence[Mapping[str, float]], name: str, file: Path) -> None:
    """Draw the share of wrong answers against the share of questions answered, as SVG.

    The risk–coverage curve of El-Yaniv and Wiener, "On the Foundations of Noise-free Selective
    Classification", 2010. The same rows give the same file.
    """
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([row["coverage"] for row in rows], [row["risk"] for row in rows], marker="o", markersize=3)
    for row in rows[1::4]:
        axes.annotate(
            f"{row['threshold']:.2f}",
            (row["coverage"], row["risk"]),
            textcoords="offset points",
            xytext=(4, -10),
            fontsize=7,
        )
    axes.set(
        title=f"{name}: at each confidence, how much is answered and how much of it is wrong",
        xlabel="share of questions answered",
        ylabel="share of these answers wrong",
        xlim=(0, 1.02),
        ylim=(0, 1),
    )
    axes.title.set_fontsize(9)
    axes.grid(alpha=0.3)
    with mpl.rc_context({"svg.hashsalt": "byline"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
