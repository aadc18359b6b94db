"""The vector index: a FAISS file derived from the store, never a second truth.

The file is a one-line JSON header (generation, dimension, checksum) and the index behind it. Whenever
it is missing, damaged, of another store or history, or older than the store's log, it is rebuilt from
the store's vectors; otherwise it catches up with what changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from .errors import StoreUnusable
from .history import Changes, Generation, Keys
from .store import Store
from .types import Vectors

_BLOCK = 8192
_NEVER = Generation(-1, "")
"""Before any store began; its changes are never known, so that an index starts from all keys."""


class VectorIndex:
    """Inner-product search over the passages of one store; safe to use from several threads."""

    def __init__(self, path: Path, store: Store, dimension: int) -> None:
        self._path = path
        self._store = store
        self._dimension = dimension
        self._lock = threading.RLock()
        self._saving = threading.Lock()
        self._index = _empty(dimension)
        self._generation = _NEVER
        self._saved_generation = _NEVER
        self.file_is_sound = True
        """Whether the file, where there is one, was what this program writes."""
        self._load()

    @property
    def size(self) -> int:
        """The number of vectors in the index."""
        return int(self._index.ntotal)

    def search(self, vector: Vectors, limit: int, among: Keys | None = None) -> list[tuple[int, float]]:
        """The nearest (key, cosine) pairs to one unit vector, best first, after catching up."""
        with self._lock:
            self.catch_up()
            if self.size == 0 or (among is not None and among.size == 0):
                return []
            parameters = None
            if among is not None:
                parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))
            scores, keys = self._index.search(vector, min(limit, self.size), params=parameters)
        return [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0]

    def catch_up(self) -> None:
        """Apply what was added to and removed from the store since the last look."""
        with self._lock:
            changes = self._store.changes_since(self._generation)
            if changes is None:  # another process saved and trimmed the log: its file is newer
                self._load()
                changes = self._store.changes_since(self._generation)
            if changes is None:
                self._index, changes = _empty(self._dimension), self._store.all_keys()
            self._apply(changes)

    def is_behind(self) -> bool:
        """Whether there is something to save."""
        with self._lock:
            self.catch_up()
            unwritten = self.size == 0 and self._saved_generation == _NEVER  # nothing, and no file either
            return not unwritten and self._generation != self._saved_generation

    def save(self) -> None:
        """Write the file, atomically, when it is behind; then let the store forget its log.

        Of several processes only one may do so at a time.
        """
        with self._saving:
            with self._lock:  # and no longer: a disk is slow, and questions need not wait for it
                if not self.is_behind():
                    return
                generation, payload = self._generation, faiss.serialize_index(self._index)
            header = {
                "generation": [generation.number, generation.tag],
                "dimension": self._dimension,
                "sha256": hashlib.sha256(payload.data).hexdigest(),
            }
            _write_atomically(self._path, json.dumps(header).encode() + b"\n", payload)
            self._saved_generation = generation
            self._store.trim_log(generation)

    def matches(self) -> bool:
        """Whether it holds the vector of each passage of the store, and nothing else."""
        with self._lock:
            self.catch_up()
            whole = self._store.all_keys()
            if whole.generation != self._generation:
                return self.matches()  # something was written just now
            keys = faiss.vector_to_array(self._index.id_map)
            order = np.argsort(keys)
            if not np.array_equal(keys[order], whole.added):
                return False
            for first in range(0, keys.size, _BLOCK):
                some = keys[order[first : first + _BLOCK]]
                _, vectors = self._store.vectors(some, self._dimension)
                if not np.array_equal(self._index.reconstruct_batch(some), vectors):
                    return False
            return True

    def rebuild(self) -> None:
        """Make it from the store alone; the file is behind then, whatever is in it."""
        with self._lock:
            self._index, self._saved_generation = _empty(self._dimension), _NEVER
            self._apply(self._store.all_keys())

    def _apply(self, changes: Changes) -> None:
        if changes.removed.size:
            self._index.remove_ids(changes.removed)
        for first in range(0, changes.added.size, _BLOCK):
            keys, vectors = self._store.vectors(changes.added[first : first + _BLOCK], self._dimension)
            if keys.size:  # those removed since are in the next changes, and harmless there
                self._index.add_with_ids(vectors, keys)
        self._generation = changes.generation

    def _load(self) -> None:
        """Take the saved file if it can be trusted, else start empty at the beginning of time."""
        self._index = _empty(self._dimension)
        self._generation = self._saved_generation = _NEVER
        self.file_is_sound = True
        try:
            with self._path.open("rb") as file:
                header = json.loads(file.readline(1024))
                payload = np.frombuffer(file.read(), np.uint8)
            number, tag = header["generation"]
            dimension, checksum = header["dimension"], header["sha256"]
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError, TypeError, KeyError):
            self.file_is_sound = False
            return
        self.file_is_sound = checksum == hashlib.sha256(payload.data).hexdigest()
        if self.file_is_sound and dimension == self._dimension:  # another one was before a change of model
            self._index = faiss.deserialize_index(payload)
            self._generation = self._saved_generation = Generation(number, tag)


def _empty(dimension: int) -> faiss.IndexIDMap2:
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def _write_atomically(path: Path, header: bytes, payload: NDArray[np.uint8]) -> None:
    temporary = path.with_name(f"{path.name}.tmp")  # what a kill leaves, the next one overwrites
    try:
        with temporary.open("wb") as file:
            file.write(header)
            file.write(payload.data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreUnusable(
            f"{path} cannot be written ({error.strerror}); free some space or fix its permissions "
            "(nothing is lost: it is made again from the store)"
        ) from error
