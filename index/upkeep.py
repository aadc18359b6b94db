"""A collection's files looked after: compacted, checked and mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from .damage import Damage, damage
from .errors import EncoderError, EncoderMismatch
from .lock import FileLock
from .store import Store
from .vectors import VectorIndex
from .verify import Finding, check_file, check_full_text, check_orphans, check_truth, counted


class Upkeep:
    """Compacts and verifies the files in one folder; `renew` embeds what was damaged again."""

    def __init__(
        self,
        vector_file: Path,
        store: Store,
        writing: FileLock,
        renew: Callable[[Damage], None],
    ) -> None:
        self._vector_file = vector_file
        self._store = store
        self._writing = writing
        self._renew = renew

    def compact(self) -> int:
        """Write the files anew without what was removed; how many bytes smaller they are now.

        Readers go on meanwhile, and a kill leaves the files as they were. StoreUnusable when the disk
        has no room for a second copy of the store.
        """
        with self._writing.held():
            before = self._size_bytes()
            index = self._index()
            if index is not None:
                index.save()
            self._store.compact()
            return before - self._size_bytes()

    def verify(self, *, mend: bool) -> list[Finding]:
        """Hold store, full text and vectors against each other; mend what can be mended from the articles."""
        database = self._store.database
        with self._writing.held():
            findings = list(check_file(database, mend=mend))
            if any(finding.done is None for finding in findings):
                return findings  # nothing that is read from it can be trusted
            found = damage(self._store, self._dimension)
            findings += check_truth(self._store, found)
            findings += check_orphans(database, mend=mend)
        findings += self._check_passages(found, mend=mend)
        with self._writing.held():
            findings += check_full_text(database, mend=mend)
            findings += self._check_vectors(mend=mend)
        return findings

    def _check_passages(self, found: Damage, *, mend: bool) -> Iterator[Finding]:
        what = []
        if found.uncut:
            what.append(f"the passages of {counted(len(found.uncut), 'article')} do not fit")
        if found.vectors:
            what.append(f"{counted(len(found.vectors), 'vector')} missing or damaged")
        done = advice = None
        if what and mend:
            try:
                self._renew(found)
                # Of passages that fit again a vector may still be damaged.
                self._renew(damage(self._store, self._dimension))
                done = "embedded again"
            except (EncoderMismatch, EncoderError) as error:  # there is no such model here
                advice = str(error)
        yield from (Finding(one, done, advice) for one in what)

    def _check_vectors(self, *, mend: bool) -> Iterator[Finding]:
        """The vector file: that it may be behind is as it should be."""
        index = self._index()
        if index is None or (index.file_is_sound and index.matches()):
            return
        if mend:
            index.rebuild()
            index.save()
        yield Finding("the vector file does not fit the articles", "built again" if mend else None)

    def _index(self) -> VectorIndex | None:
        """An index of what is in the file, or None when there was never anything to put there."""
        dimension = self._dimension
        return None if dimension is None else VectorIndex(self._vector_file, self._store, dimension)

    @property
    def _dimension(self) -> int | None:
        dimension = self._store.meta().get("dimension")
        return dimension if isinstance(dimension, int) else None

    def _size_bytes(self) -> int:
        return sum(file.stat().st_size for file in self._vector_file.parent.iterdir())
