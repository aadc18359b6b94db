"""A tiny deterministic encoder through the `Encoder` seam, for tests that need no model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encode import normalised
from index.types import Vectors

_WORD = re.compile(r"\w+|[^\w\s]")


class HashedWords:
    """Adds up one pseudo-random vector for each word, so that texts that share words lie close."""

    def __init__(self, dimension: int = 32, name: str = "hashed-words", max_tokens: int = 256) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dimension}"
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.encoded: list[str] = []
        """Every passage text that was embedded, in order."""

    def token_starts(self, text: str) -> NDArray[np.int64]:
        return np.array([match.start() for match in _WORD.finditer(text)], np.int64)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return normalised(np.stack([self._text(text) for text in texts]))

    def _text(self, text: str) -> NDArray[np.float64]:
        words = [word.lower() for word in _WORD.findall(text)] or ["nothing"]
        return np.sum([self._word(word) for word in words], axis=0)

    def _word(self, word: str) -> NDArray[np.float64]:
        seed = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())
        return np.random.default_rng(seed).standard_normal(self.dimension)
