"""What the encoder and every other model of this machine have in common."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def quiet() -> None:
    """Keep transformers from printing where a person reads answers, and from calling its maker."""
    from huggingface_hub import constants  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    # With it, the hub is asked for a list of programs even before a model that may not be downloaded.
    constants.HF_HUB_DISABLE_TELEMETRY = True


def weights_sha256(model: torch.nn.Module) -> str:
    """SHA-256 over the weights as float32, in the order of their names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.float().numpy()).data)
    return digest.hexdigest()


def use_native_precision(model: torch.nn.Module) -> None:
    """Halve the weights where the processor multiplies bfloat16 itself; elsewhere it is slower."""
    import torch  # noqa: PLC0415

    if has_bfloat16():
        model.to(torch.bfloat16)


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself."""
    import torch  # noqa: PLC0415

    known = torch.cpu.get_capabilities()
    return any(known.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def first_line(error: Exception) -> str:
    """The first line of an error's text, for messages of one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
