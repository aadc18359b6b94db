"""Averages readers: `python -m bot.reader.average FOLDER FOLDER … --out FOLDER`.

The mean of the weights of several runs from one start is often better than any of them (Wortsman et al.,
"Model soups", 2022). Readers of different starts have nothing to average: their neurons are not in the
same order.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from ..errors import ReaderError
from .bundled import TRAINED, require_files, sha256, shipped_facts


def average(folders: Sequence[Path], out: Path) -> None:
    """Write the mean of the folders' weights, and what is recorded of each, to another folder."""
    import torch  # noqa: PLC0415
    from safetensors.torch import load_file, save_file  # noqa: PLC0415

    facts = [shipped_facts(folder) for folder in folders]
    # Not all have met every file, but a file of one name is one file.
    data: dict[str, str] = {}
    for fact in facts:
        data |= fact["data_sha256"]
    for what, differ in (
        ("encoders", any(fact["encoder_sha256"] != facts[0]["encoder_sha256"] for fact in facts)),
        ("data sets", any(not fact["data_sha256"].items() <= data.items() for fact in facts)),
    ):
        if differ:
            raise SystemExit(f"{', '.join(map(str, folders))} are of several {what}; average readers of one")
    weights = [load_file(folder / "reader.safetensors") for folder in folders]
    mean = {
        name: torch.stack([one[name].float() for one in weights]).mean(dim=0).to(torch.float16)
        for name in weights[0]
    }
    out.mkdir(parents=True, exist_ok=True)
    save_file(mean, out / "reader.safetensors")
    written = {
        "data_sha256": data,
        "encoder_sha256": facts[0]["encoder_sha256"],
        "weights_sha256": sha256(out / "reader.safetensors"),
        "mean_of": facts,
    }
    (out / "training.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and average."""
    parser = argparse.ArgumentParser(description="Average the weights of Byline's readers.")
    parser.add_argument("folders", type=Path, nargs="+", help="folders with the weights")
    parser.add_argument("--out", type=Path, required=True, help="folder for the mean")
    given = parser.parse_args()
    try:
        for folder in given.folders:
            require_files(folder, TRAINED)
    except ReaderError as error:
        raise SystemExit(str(error)) from None
    average(given.folders, given.out)


if __name__ == "__main__":
    main()
