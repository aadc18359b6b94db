"""Dropout for training on a processor, where torch's own takes a fifth of a step."""

from __future__ import annotations

import torch


class Dropout(torch.nn.Module):
    """Dropout that draws a byte for each value, not a float.

    `share` is dropped to the nearest 256th (Srivastava et al., "Dropout", 2014).
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self._dropped = round(share * 256)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The values, a share of them zero and the others larger to make up for it."""
        if not self.training or not self._dropped:
            return values
        drawn = torch.empty(-(-values.numel() // 8), dtype=torch.int64, device=values.device)
        drawn.random_(-(2**63), None)
        kept = drawn.view(torch.uint8)[: values.numel()].view(values.shape) >= self._dropped
        return values * (kept.to(values.dtype) * (256 / (256 - self._dropped)))


def put_dropout(model: torch.nn.Module, share: float) -> None:
    """Put it after attention and after the feed-forward layer of each BERT layer, not within attention."""
    for module in list(model.modules()):
        if hasattr(module, "dense") and hasattr(module, "dropout"):
            module.add_module("dropout", Dropout(share))
