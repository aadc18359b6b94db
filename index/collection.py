"""A collection in a folder of its own: the store, its vector index, and retrieval over both."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from .chunk import chunk_article, embedding_text
from .damage import Damage
from .digests import content_hash, vector_hash
from .errors import EncoderMismatch, Forgotten, InvalidName, StoreUnusable
from .feeds import Feeds
from .hits import story_of
from .ledger import Ledger
from .lock import FileLock, Holder, Writer
from .rechunk import rechunk_article
from .retrieve import retrieve
from .rows import NewPassage, StoredArticle
from .settings import ChunkingSettings, RetrievalSettings, StoreSettings
from .store import Store
from .types import (
    Added,
    Article,
    ArticleSummary,
    Encoder,
    Outcome,
    Passage,
    Query,
    Retrieved,
)
from .upkeep import Upkeep
from .vectors import VectorIndex
from .verify import forget_hashes, replace_vectors

STORE_FILE = "store.sqlite3"
VECTOR_FILE = "vectors.faiss"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}")
# Passages embedded in one go: enough to batch by length, few enough that whoever stops it, or looks how
# far it is, waits a second or two.
_WINDOW = 64


def checked_name(name: str) -> str:
    """The name, if it can be a collection's; InvalidName if not."""
    if not _NAME.fullmatch(name):
        raise InvalidName(f"{name!r} cannot name a collection; use small letters, digits, '-' and '_'")
    return name


class LocalCollection:
    """Articles in one folder, searched by meaning and by words; safe to use from several threads.

    Opening costs no model: the encoder is loaded by the first `add` of something new or the first
    `retrieve`, and checked against the manifest then (EncoderMismatch).

    One writes at a time, in any thread or process; the others wait, and readers never do. What is
    locked is a single commit, so that a removal comes between two articles of a long `add`, and
    nothing is locked between two steps of an iterator. Batches are embedded under a lock of their
    own: of two that add at once, the second finds what the first has stored.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        chunking: ChunkingSettings | None = None,
        retrieval: RetrievalSettings | None = None,
        storing: StoreSettings | None = None,
        writer: Writer | None = None,
    ) -> None:
        checked_name(folder.name)
        self._folder = folder
        self._encoder = encoder
        self._chunking = chunking or ChunkingSettings()
        self._retrieval = retrieval or RetrievalSettings()
        self._storing = storing or StoreSettings()
        self._writer = writer or Writer()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(
                f"{folder} cannot be made ({error.strerror}); choose another folder with --data"
            ) from error
        self._told: int | None = None
        self._writing = self._lock("writing")
        self._embedding = self._lock("embedding")
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
    def feeds(self) -> Feeds:
        """The feeds whose articles come here."""
        return self._store.feeds

    @property
    def version(self) -> str:
        """Differs whenever an article came, changed or went meanwhile, by whichever process."""
        generation = self._store.generation()
        return f"{generation.number} {generation.tag}"

    def close(self) -> None:
        """Save the vector file if it is behind, and close the store."""
        try:
            if self._vectors is not None and not self._abandoned:
                self._save(self._vectors)
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
            digest = content_hash(article)
            known = self._store.known(article.id)
            if known == digest:
                if not self.ledger.is_noted(article):
                    elsewhere.append(article)
                if len(elsewhere) >= _WINDOW:
                    self._note(elsewhere)
                yield Added(article.id, Outcome.UNCHANGED, 0)
                continue
            passages = self._chunk(article)
            pending[article.id] = article, digest, passages
            if sum(len(passages) for _, _, passages in pending.values()) >= _WINDOW:
                yield from self._flush(pending)
        yield from self._flush(pending)
        self._note(elsewhere)

    def _note(self, elsewhere: list[Article]) -> None:
        """Note where unchanged articles were read this time."""
        if elsewhere:
            with self._writing.held():
                self._store.note(elsewhere)
            elsewhere.clear()

    def remove(self, article_id: str) -> bool:
        """Forget an article; False when there was none.

        No question that is asked from then on, in whichever process, finds it.
        """
        with self._writing.held():
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
        stopped; `beside` is kept for it, and deleted at the end. A second run waits for the first.
        """
        with self._lock("reindexing").held(), self._grown(beside / self._settings_digest()) as new:
            whole = False
            while not whole:  # again when articles came or went meanwhile
                ids = {summary.id for summary in self.articles()}
                for stale in {summary.id for summary in new.articles()} - ids:
                    new.remove(stale)
                articles = (self.article(article_id) for article_id in sorted(ids))
                yield from new.add(article for article in articles if article is not None)
                with self._writing.held():
                    whole = self._store.take_over(new._store)
            new.abandon()
            shutil.rmtree(beside)

    def _grown(self, folder: Path) -> LocalCollection:
        return LocalCollection(
            folder, self._encoder, self._chunking, self._retrieval, self._storing, self._writer
        )

    @property
    def upkeep(self) -> Upkeep:
        """What looks after its files."""
        return Upkeep(self._folder / VECTOR_FILE, self._store, self._writing, self._renew)

    def _renew(self, damage: Damage) -> None:
        """Cut and embed again what does not fit its articles."""
        self._check_manifest()
        with self._embedding.held():
            encoded = self._encoded(damage.vectors)
            with self._writing.held():
                replace_vectors(self._store.database, encoded)
                forget_hashes(self._store.database, damage.uncut)
        articles = (self.article(article_id) for article_id in damage.uncut)
        for _ in self.add(article for article in articles if article is not None):
            pass

    def _settings_digest(self) -> str:
        return hashlib.sha256(json.dumps(self._manifest()).encode()).hexdigest()[:16]

    def _chunk(self, article: Article) -> list[Passage]:
        self._check_manifest(adding=True)
        how = self._encoder.token_starts, self._max_tokens, self._chunking.overlap_sentences
        old = self._store.article(article.id)
        # One whose passages were found damaged has lost its hash, and they are no guide.
        if old is None or not self._store.known(article.id):
            return chunk_article(article, *how)
        return rechunk_article(old, self._store.spans(article.id), article, *how)

    @property
    def _max_tokens(self) -> int:
        return min(self._chunking.max_tokens, self._encoder.max_tokens)

    def _flush(self, pending: dict[str, tuple[Article, bytes, list[Passage]]]) -> Iterator[Added]:
        """Embed what is new of all pending articles in one batch, then commit them one by one."""
        if not pending:
            return
        with self._embedding.held():
            self._store.find_older_stories(self._writing.held)
            stored = self._store.content_hashes(pending)
            new = {key: value for key, value in pending.items() if stored.get(key) != value[1]}
            vectors = self._embedded([(article, passages) for article, _, passages in new.values()])
            done = [
                self._put(*new[key], vectors) if key in new else Added(key, Outcome.UNCHANGED, 0)
                for key in pending
            ]
        pending.clear()
        yield from done
        self._save_sometimes()

    def _embedded(self, articles: Sequence[tuple[Article, list[Passage]]]) -> dict[bytes, bytes]:
        """The vectors of all passages, by hash; of those that are known nothing is computed."""
        texts = {
            vector_hash(text): text
            for article, passages in articles
            for text in (embedding_text(article.title, passage.text) for passage in passages)
        }
        vectors = self._store.cached_vectors(texts)
        return vectors | self._encoded({key: text for key, text in texts.items() if key not in vectors})

    def _encoded(self, texts: Mapping[bytes, str]) -> dict[bytes, bytes]:
        if not texts:
            return {}
        encoded = self._encoder.encode_passages(list(texts.values())).astype(np.float16)
        return {key: row.tobytes() for key, row in zip(texts, encoded, strict=True)}

    def _put(
        self, article: Article, content_hash: bytes, passages: list[Passage], vectors: dict[bytes, bytes]
    ) -> Added:
        hashes = [vector_hash(embedding_text(article.title, passage.text)) for passage in passages]
        new = [NewPassage(passage, key, vectors[key]) for passage, key in zip(passages, hashes, strict=True)]
        with self._writing.held():
            self._check_manifest()  # it may have been embedded again while this was
            replaces = self._store.put(article, content_hash, new)
        return Added(article.id, Outcome.CHANGED if replaces else Outcome.ADDED, len(passages))

    def _save_sometimes(self) -> None:
        index = self._index()  # so that `close` has something to save
        if not self._abandoned and time.monotonic() - self._saved_at >= self._storing.save_every_seconds:
            self._save(index)
            self._saved_at = time.monotonic()

    def _save(self, index: VectorIndex) -> None:
        """Save the vectors if they are behind; whoever writes just now does so too, and is not waited for."""
        if index.is_behind():
            with self._writing.at_once() as mine:
                if mine:
                    index.save()

    def _lock(self, purpose: str) -> FileLock:
        def waiting(holder: Holder | None) -> None:
            process = holder.process if holder else 0
            if process != self._told:  # once, however often it has to be waited for
                self._told = process
                who = holder or "another process"
                self._writer.waiting(f"waiting for {who}, which is writing to {self.name!r}")

        return FileLock(self._folder / f"{purpose}.lock", self._writer.command, waiting)

    # --- asking -----------------------------------------------------------------------------

    def retrieve(self, query: Query, limit: int) -> Retrieved:
        """The `limit` best passages: dense and BM25 candidates fused, near-copies grouped."""
        self._check_manifest()
        return retrieve(self._store, self._index(), query, limit, self._retrieval)

    def passage(self, passage_id: str) -> tuple[Passage, Article] | None:
        """The passage as it stands now, or None when it is gone."""
        if not passage_id.isdecimal() or len(passage_id) > 18:  # no key is longer
            return None
        found = self._store.hydrate([int(passage_id)]).get(int(passage_id))
        return (found.passage, found.article) if found else None

    def article(self, article_id: str) -> Article | None:
        """The article as it stands now, or None when it is gone."""
        return self._store.article(article_id)

    def story(self, article_id: str) -> tuple[Article, ...]:
        """The other articles of its story, the earliest first; of a long list only the beginning."""
        return story_of(self._store, [article_id]).get(article_id, ())

    def articles(self) -> Iterator[ArticleSummary]:
        """Every article, newest first, undated ones last."""
        return self._store.summaries()

    def everything(self) -> Iterator[StoredArticle]:
        """Every article with its text, as of one moment, in the order they were stored."""
        return self._store.everything()

    def standing(self, articles: Iterable[Article]) -> frozenset[str]:
        """The ids of those that are stored at this moment, and say what they said."""
        hashes = {article.id: content_hash(article) for article in articles}
        stored = self._store.content_hashes(hashes)
        return frozenset(key for key, value in hashes.items() if stored.get(key) == value)

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
            with self._writing.held():
                meta = self._store.meta()  # another process may have been first
                if not meta:
                    self._store.set_meta(wanted)
        for name, value in wanted.items():
            if meta.get(name, value) != value:
                raise EncoderMismatch(
                    f"collection {self.name!r} was built with {name} {meta[name]}, the config says {value}; "
                    f"run: byline reindex --collection {self.name}, or set the config back"
                )
