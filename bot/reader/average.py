"""Averages two readers: `python -m bot.reader.average FOLDER FOLDER --out FOLDER`.

The mean of a reader's weights and of those that training went on to from there is often better than
either (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022). Readers of different starts
have nothing to average: their neurons are not in the same order.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .bundled import sha256, shipped_facts


def average(first: Path, second: Path, out: Path) -> None:
    """Write the mean of two folders' weights, and what is recorded of both, to a third folder."""
    import torch  # noqa: PLC0415
    from safetensors.torch import load_file, save_file  # noqa: PLC0415

    facts = [shipped_facts(folder) for folder in (first, second)]
    for name, what in (("encoder_sha256", "encoders"), ("data_sha256", "data sets")):
        if facts[0][name] != facts[1][name]:
            raise SystemExit(f"{first} and {second} are of two {what}; average readers of one")
    left, right = (load_file(folder / "reader.safetensors") for folder in (first, second))
    mean = {name: ((left[name].float() + right[name].float()) / 2).to(torch.float16) for name in left}
    out.mkdir(parents=True, exist_ok=True)
    save_file(mean, out / "reader.safetensors")
    written = {
        "data_sha256": facts[0]["data_sha256"],
        "encoder_sha256": facts[0]["encoder_sha256"],
        "weights_sha256": sha256(out / "reader.safetensors"),
        "mean_of": facts,
    }
    (out / "training.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and average."""
    parser = argparse.ArgumentParser(description="Average the weights of two of Byline's readers.")
    parser.add_argument("folders", type=Path, nargs=2, help="folders with the weights")
    parser.add_argument("--out", type=Path, required=True, help="folder for the mean")
    given = parser.parse_args()
    first, second = given.folders
    average(first, second, given.out)


if __name__ == "__main__":
    main()
