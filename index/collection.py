"""A collection in a folder of its own: the store, its vector index, and retrieval over both."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from .chunk import chunk_article, embedding_text
from .errors import EncoderMismatch, Forgotten, InvalidName, StoreUnusable
from .fuse import duplicate_groups, fused, proximity, rarity, recency
from .ledger import Ledger
from .rechunk import rechunk_article
from .sentences import sentence_spans
from .settings import ChunkingSettings, RetrievalSettings, StoreSettings
from .store import NewPassage, Store, StoredPassage
from .types import (
    Added,
    Article,
    ArticleSummary,
    Encoder,
    Hit,
    Outcome,
    Passage,
    Query,
    Retrieved,
)
from .vectors import VectorIndex
from .words import match_expression, stems

STORE_FILE = "store.sqlite3"
VECTOR_FILE = "vectors.faiss"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}")
# Passages embedded in one go: enough to batch by length, few enough that whoever stops it, or looks how
# far it is, waits a second or two.
_WINDOW = 64
# How many of the fused passages are read for proximity and near-copies: that is what retrieving
# costs, and hardly a passage further down would come up.
_SHORTLIST = 60


class LocalCollection:
    """Articles in one folder, searched by meaning and by words; safe to use from several threads.

    Opening costs no model: the encoder is loaded by the first `add` of something new or the first
    `retrieve`, and checked against the manifest then (EncoderMismatch).
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        chunking: ChunkingSettings | None = None,
        retrieval: RetrievalSettings | None = None,
        storing: StoreSettings | None = None,
    ) -> None:
        if not _NAME.fullmatch(folder.name):
            raise InvalidName(
                f"{folder.name!r} cannot name a collection; use small letters, digits, '-' and '_'"
            )
        self._folder = folder
        self._encoder = encoder
        self._chunking = chunking or ChunkingSettings()
        self._retrieval = retrieval or RetrievalSettings()
        self._storing = storing or StoreSettings()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(
                f"{folder} cannot be made ({error.strerror}); choose another folder with --data"
            ) from error
        self._store = Store(folder / STORE_FILE)
        self._vectors: VectorIndex | None = None
        self._making_vectors = threading.Lock()
        self._abandoned = False
        self._saved_at = time.monotonic()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def ever_had_articles(self) -> bool:
        """Whether an article was ever stored here, even if none is left."""
        return self._store.ever_had_articles()

    @property
    def ledger(self) -> Ledger:
        """Where its articles were read."""
        return self._store.ledger

    def counts(self) -> tuple[int, int]:
        """The number of articles and of passages."""
        return self._store.counts()

    @property
    def version(self) -> str:
        """Differs whenever an article came, changed or went meanwhile, by whichever process."""
        generation = self._store.generation()
        return f"{generation.number} {generation.tag}"

    def close(self) -> None:
        """Save the vector file if it is behind, and close the store."""
        try:
            if self._vectors is not None and not self._abandoned:
                self._vectors.save()
        finally:
            self._store.close()

    def abandon(self) -> None:
        """Its folder is about to go: adding stops with Forgotten, and closing writes nothing more."""
        self._abandoned = True

    def __enter__(self) -> LocalCollection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self) -> None:
        """Hold the settings against what the collection was built with; EncoderMismatch when they differ."""
        self._check_manifest()

    # --- adding and removing ----------------------------------------------------------------

    def add(self, articles: Iterable[Article]) -> Iterator[Added]:
        """Store articles, yielding each once it is safe; an unchanged one loads no model."""
        pending: dict[str, tuple[Article, bytes, list[Passage]]] = {}
        elsewhere: list[Article] = []
        for article in articles:
            if self._abandoned:
                raise Forgotten(f"collection {self.name!r} is being deleted; there is nothing to add to")
            if article.id in pending:  # the same article twice: compare with the first one stored
                yield from self._flush(pending)
            content_hash = _content_hash(article)
            known = self._store.known(article.id)
            if known == content_hash:
                if not self.ledger.is_noted(article):
                    elsewhere.append(article)
                if len(elsewhere) >= _WINDOW:
                    self.ledger.note(elsewhere)
                    elsewhere.clear()
                yield Added(article.id, Outcome.UNCHANGED, 0)
                continue
            passages = self._chunk(article)
            pending[article.id] = article, content_hash, passages
            if sum(len(passages) for _, _, passages in pending.values()) >= _WINDOW:
                yield from self._flush(pending)
        yield from self._flush(pending)
        self.ledger.note(elsewhere)

    def remove(self, article_id: str) -> bool:
        """Forget an article; False when there was none."""
        return self._store.remove(article_id)

    def delete(self) -> None:
        """Forget everything: the folder goes."""
        self._store.close()
        self._vectors = None
        shutil.rmtree(self._folder)

    def reindex(self, beside: Path) -> Iterator[Added]:
        """Embed every article again with this encoder and chunking, in a collection that grows in `beside`.

        This one answers from its old passages meanwhile, for those who still have the old encoder,
        and takes the new ones over at once when all are there. An interrupted run goes on where it
        stopped; `beside` is kept for it, and deleted at the end.
        """
        with LocalCollection(
            beside / self._settings_digest(), self._encoder, self._chunking, self._retrieval, self._storing
        ) as new:
            whole = False
            while not whole:  # again when articles came or went meanwhile
                ids = {summary.id for summary in self.articles()}
                for stale in {summary.id for summary in new.articles()} - ids:
                    new.remove(stale)
                articles = (self.article(article_id) for article_id in sorted(ids))
                yield from new.add(article for article in articles if article is not None)
                whole = self._store.take_over(new._store)
        shutil.rmtree(beside)

    def _settings_digest(self) -> str:
        return hashlib.sha256(json.dumps(self._manifest()).encode()).hexdigest()[:16]

    def _chunk(self, article: Article) -> list[Passage]:
        self._check_manifest(adding=True)
        how = self._encoder.token_starts, self._max_tokens, self._chunking.overlap_sentences
        old = self._store.article(article.id)
        if old is None:
            return chunk_article(article, *how)
        return rechunk_article(old, self._store.spans(article.id), article, *how)

    @property
    def _max_tokens(self) -> int:
        return min(self._chunking.max_tokens, self._encoder.max_tokens)

    def _flush(self, pending: dict[str, tuple[Article, bytes, list[Passage]]]) -> Iterator[Added]:
        """Embed what is new of all pending articles in one batch, then commit them one by one."""
        if not pending:
            return
        texts = {
            _vector_hash(text): text
            for article, _, passages in pending.values()
            for text in (embedding_text(article.title, passage.text) for passage in passages)
        }
        vectors = self._store.cached_vectors(texts)
        missing = [key for key in texts if key not in vectors]
        if missing:
            encoded = self._encoder.encode_passages([texts[key] for key in missing]).astype(np.float16)
            vectors |= {key: row.tobytes() for key, row in zip(missing, encoded, strict=True)}
        for article, content_hash, passages in pending.values():
            hashes = [_vector_hash(embedding_text(article.title, passage.text)) for passage in passages]
            new = [
                NewPassage(passage, key, vectors[key]) for passage, key in zip(passages, hashes, strict=True)
            ]
            replaces = self._store.put(article, content_hash, new)
            yield Added(article.id, Outcome.CHANGED if replaces else Outcome.ADDED, len(passages))
        pending.clear()
        self._save_sometimes()

    def _save_sometimes(self) -> None:
        index = self._index()  # so that `close` has something to save
        if not self._abandoned and time.monotonic() - self._saved_at >= self._storing.save_every_seconds:
            index.save()
            self._saved_at = time.monotonic()

    # --- asking -----------------------------------------------------------------------------

    def retrieve(self, query: Query, limit: int) -> Retrieved:
        """The `limit` best passages: dense and BM25 candidates fused, near-copies grouped."""
        self._check_manifest()
        settings = self._retrieval
        most = max(settings.candidates, limit)
        dense = dict(self._index().search(query.vector, most, self._store.keys_matching(query)))
        match = match_expression(query.text)
        bm25 = dict(self._store.bm25(match, query, settings.title_weight, most)) if match else {}
        scores = fused([(settings.dense_weight, dense), (settings.bm25_weight, bm25)])
        # A key that was removed meanwhile is not found, and so never shown.
        stored = self._store.hydrate(scores)
        for key, found in stored.items():
            scores[key] += settings.recency_weight * recency(found.article.published, query.asked_on)
        best = sorted(stored.values(), key=lambda found: (-scores[found.key], found.key))
        best = best[: max(limit, _SHORTLIST)]
        for found, near in zip(best, _proximities(query.text, best), strict=True):
            scores[found.key] += settings.proximity_weight * near
        best.sort(key=lambda found: (-scores[found.key], found.key))
        hits = self._grouped(best, scores, dense, bm25, limit)
        filtered = query.since is not None or query.until is not None
        return Retrieved(tuple(hits), self._store.undated() if filtered else 0)

    def _grouped(
        self,
        ordered: list[StoredPassage],
        scores: dict[int, float],
        dense: dict[int, float],
        bm25: dict[int, float],
        limit: int,
    ) -> Iterator[Hit]:
        dense_rank = {key: rank for rank, key in enumerate(dense, 1)}
        bm25_rank = {key: rank for rank, key in enumerate(bm25, 1)}
        groups = duplicate_groups(
            [found.passage.text for found in ordered], self._retrieval.duplicate_similarity, limit
        )
        for rank, group in enumerate(groups, 1):
            best, *copies = (ordered[position] for position in group)
            others = {copy.article.id: copy.article for copy in copies if copy.article.id != best.article.id}
            yield Hit(
                passage_id=str(best.key),
                passage=best.passage,
                article=best.article,
                rank=rank,
                score=scores[best.key],
                dense_rank=dense_rank.get(best.key),
                dense_score=dense.get(best.key),
                bm25_rank=bm25_rank.get(best.key),
                also_in=tuple(others.values()),
            )

    def passage(self, passage_id: str) -> tuple[Passage, Article] | None:
        """The passage as it stands now, or None when it is gone."""
        if not passage_id.isdecimal() or len(passage_id) > 18:  # no key is longer
            return None
        found = self._store.hydrate([int(passage_id)]).get(int(passage_id))
        return (found.passage, found.article) if found else None

    def article(self, article_id: str) -> Article | None:
        """The article as it stands now, or None when it is gone."""
        return self._store.article(article_id)

    def articles(self) -> Iterator[ArticleSummary]:
        """Every article, newest first, undated ones last."""
        return self._store.summaries()

    # --- the manifest -----------------------------------------------------------------------

    def _index(self) -> VectorIndex:
        with self._making_vectors:  # a second index would save over the first one's file
            if self._vectors is None:
                self._vectors = VectorIndex(self._folder / VECTOR_FILE, self._store, self._encoder.dimension)
            return self._vectors

    def _manifest(self) -> dict[str, str | int]:
        """What vectors and passages depend on."""
        return {
            "encoder": self._encoder.name,
            "fingerprint": self._encoder.fingerprint,
            "dimension": self._encoder.dimension,
            "max_tokens": self._max_tokens,
            "overlap_sentences": self._chunking.overlap_sentences,
        }

    def _check_manifest(self, *, adding: bool = False) -> None:
        """Note the manifest with the first article, and hold the settings to it at every use ever after."""
        wanted, meta = self._manifest(), self._store.meta()
        if adding and not meta:
            self._store.set_meta(wanted)
        for name, value in wanted.items():
            if meta.get(name, value) != value:
                raise EncoderMismatch(
                    f"collection {self.name!r} was built with {name} {meta[name]}, the config says {value}; "
                    f"run: byline reindex --collection {self.name}, or set the config back"
                )


def _proximities(question: str, stored: Sequence[StoredPassage]) -> list[float]:
    """How near to each other the question's words stand in each passage."""
    texts = [found.passage.text for found in stored]
    sentences = [[stems(text[start:end]) for start, end in sentence_spans(text)] for text in texts]
    weights = rarity(stems(question), [frozenset().union(*parts) for parts in sentences])
    return [proximity(weights, parts) for parts in sentences]


def _content_hash(article: Article) -> bytes:
    fields = [article.text, article.title, article.url, article.published, *article.authors]
    return hashlib.blake2b(json.dumps(fields).encode(), digest_size=16).digest()


def _vector_hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
