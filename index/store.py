"""The record of truth: articles, passages, full text and vectors in one SQLite file.

All that belongs to an article is committed in one transaction. Passage keys are never reused. Each
write transaction gets the next generation number, and a log tells which keys it added and removed,
so that a vector index of an older generation catches up at the cost of what changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from . import history, stories
from .database import Database
from .digests import content_hash
from .encode import normalised
from .errors import StoreUnusable
from .feeds import Feeds
from .history import Changes, Generation, Keys, current_generation, keys_of, next_generation
from .ledger import Ledger, make_way, put_place, remove_places
from .rows import (
    ARTICLE,
    NewPassage,
    StoredArticle,
    StoredPassage,
    article_of,
    passages_of,
    put_article,
    remove_article,
)
from .schema import migrate
from .sentences import display_title
from .types import Article, ArticleSummary, Passage, Query, Vectors

_PASSAGES = "passages JOIN articles ON articles.key = article_key"
# Articles whose stories are found in one transaction: others that write wait a second at most.
_SKETCHED_AT_ONCE = 200


class Store:
    """The articles of one collection; safe to use from several threads and processes.

    A missing file is created. StoreUnusable says when the disk will not have it, SchemaTooNew when
    a newer Byline wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._db = Database(path, migrate)
        self.feeds = Feeds(self._db)
        self.ledger = Ledger(self._db)
        """Where its articles were read."""

    @property
    def database(self) -> Database:
        """The file itself, for those who look after it."""
        return self._db

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- what the collection is ---------------------------------------------------------------

    def meta(self) -> Mapping[str, str | int]:
        """The manifest, by name."""
        return dict(self._db.rows("SELECT name, value FROM meta"))

    def set_meta(self, values: Mapping[str, str | int]) -> None:
        """Write manifest entries."""
        with self._db.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))

    def ever_had_articles(self) -> bool:
        """Whether an article was ever stored, even if none is left."""
        row = self._db.row("SELECT seq FROM sqlite_sequence WHERE name = 'articles'")
        return bool(row and row[0])

    def counts(self) -> tuple[int, int]:
        """The number of articles and of passages."""
        ((articles, passages),) = self._db.rows(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        )
        return articles, passages

    # --- writing ------------------------------------------------------------------------------

    def put(self, article: Article, digest: bytes, passages: Sequence[NewPassage]) -> bool:
        """Store an article with its passages in one transaction; whether it replaces something.

        That is what it was before, or another article that stood in its only place.
        """
        sketch = stories.sketched(article)
        with self._db.transaction() as db:
            generation = next_generation(db)
            make_way(db, article)
            replaces = remove_article(db, article.id, generation)
            put_article(db, article, digest, passages, generation)
            ousted = put_place(db, article)
            if ousted is not None:
                replaces = remove_article(db, ousted, generation) or replaces
                stories.leave(db, ousted)
            stories.join(db, sketch)
        return replaces

    def note(self, articles: Sequence[Article]) -> None:
        """Note where unchanged articles were read; what stood in their places and nowhere else goes."""
        with self._db.transaction() as db:
            for article in articles:
                db.execute(
                    "UPDATE articles SET root = ?, path = ? WHERE id = ?",
                    (article.root, article.path, article.id),
                )
                ousted = put_place(db, article)
                if ousted is not None:
                    remove_article(db, ousted, next_generation(db))
                    stories.leave(db, ousted)

    def find_older_stories(self, held: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        """Find the stories of what was stored before there were stories; `held` is had for some at a time."""
        with self._db.snapshot() as db:
            ids = stories.unsketched(db)
        for start in range(0, len(ids), _SKETCHED_AT_ONCE):
            with held(), self._db.transaction() as db:
                for article in map(self.article, ids[start : start + _SKETCHED_AT_ONCE]):
                    if article is not None:  # another process may have removed it
                        stories.join(db, stories.sketched(article))

    def remove(self, article_id: str) -> bool:
        """Delete an article with all that came from it; False when there was none."""
        if self.known(article_id) is None:
            return False
        with self._db.transaction() as db:
            removed = remove_article(db, article_id, next_generation(db))
            stories.leave(db, article_id)
            remove_places(db, article_id)
        return removed

    def take_over(self, other: Store) -> bool:
        """Replace every article's passages and the manifest by another store's, in one transaction.

        False, and nothing is changed, when the two do not hold the same articles. The history goes
        on, so that open indexes of this store, in any process, follow. StoreUnusable when an article
        here is not what was stored, and so can be in no other store.
        """
        with self._db.transaction() as db:
            inventory = "SELECT id, content_hash FROM articles ORDER BY id"
            own, others = dict(db.execute(inventory).fetchall()), dict(other._db.rows(inventory))
            if own != others:
                self._check_unaltered([key for key, value in own.items() if others.get(key) != value])
                return False
            generation = next_generation(db)
            # In the order of old, and with all that is known of each here, such as when it was added.
            for (key,) in db.execute("SELECT key FROM articles ORDER BY key").fetchall():
                one = f"SELECT content_hash, {ARTICLE} FROM articles WHERE key = ?"
                digest, *row = db.execute(one, (key,)).fetchone()
                article = article_of(row)
                remove_article(db, article.id, generation)
                put_article(db, article, digest, other._passages_of(article), generation)
            db.execute("DELETE FROM meta")
            db.executemany("INSERT INTO meta VALUES (?, ?)", list(other.meta().items()))
        return True

    def compact(self) -> None:
        """Merge the full text and write the file anew, without what was removed."""
        with self._db.transaction() as db:
            db.execute("INSERT INTO full_text (full_text) VALUES ('optimize')")
        self._db.scrub()

    def trim_log(self, generation: Generation) -> None:
        """Forget the log up to `generation`: a saved vector file holds it now."""
        with self._db.transaction() as db:
            history.trim(db, generation)

    # --- reading ------------------------------------------------------------------------------

    def known(self, article_id: str) -> bytes | None:
        """The content hash of an article, or None."""
        row = self._db.row("SELECT content_hash FROM articles WHERE id = ?", (article_id,))
        return row[0] if row else None

    def article(self, article_id: str) -> Article | None:
        """The article of that id, or None."""
        row = self._db.row(f"SELECT {ARTICLE} FROM articles WHERE id = ?", (article_id,))
        return article_of(row) if row else None

    def everything(self) -> Iterator[StoredArticle]:
        """Every article as it stood when the first is read, in the order they were stored.

        One whose row is damaged comes without its article, and the rest goes on.
        """
        with self._db.snapshot() as db:
            for (key,) in db.execute("SELECT key FROM articles ORDER BY key").fetchall():
                one = f"SELECT content_hash, {ARTICLE} FROM articles WHERE key = ?"
                try:
                    digest, *row = db.execute(one, (key,)).fetchone()
                    yield StoredArticle(key, article_of(row), digest)
                except (sqlite3.DatabaseError, ValueError, TypeError):
                    yield StoredArticle(key, None, b"")

    def content_hashes(self, article_ids: Iterable[str]) -> dict[str, bytes]:
        """The content hashes of those of the articles that there are, at one moment."""
        wanted = json.dumps(list(article_ids))
        return dict(
            self._db.rows(
                "SELECT id, content_hash FROM articles WHERE id IN (SELECT value FROM json_each(?))",
                (wanted,),
            )
        )

    def spans(self, article_id: str) -> list[tuple[int, int]]:
        """The start and end of each of an article's passages, in order."""
        rows = self._db.rows(
            f"SELECT start, end FROM {_PASSAGES} WHERE articles.id = ? ORDER BY passages.key", (article_id,)
        )
        return [(start, end) for start, end in rows]

    def summaries(self) -> Iterator[ArticleSummary]:
        """Every article without its text, newest first, undated ones last."""
        rows = self._db.rows(
            "SELECT id, title, substr(text, 1, 400), url, published, root, path, added_at,"
            " (SELECT count(*) FROM passages WHERE article_key = articles.key)"
            " FROM articles ORDER BY published IS NULL, published DESC, key"
        )
        for article_id, title, opening, *rest in rows:
            yield ArticleSummary(article_id, display_title(title, opening), *rest)

    def stories(self, article_ids: Iterable[str]) -> dict[str, int]:
        """The story of each of the articles that is not alone; two of one story have the same number."""
        with self._db.snapshot() as db:
            return stories.labels(db, article_ids)

    def articles_of(self, story_numbers: Collection[int], most: int) -> dict[int, tuple[Article, ...]]:
        """The first `most` articles of each story, the earliest first, undated ones last."""
        with self._db.snapshot() as db:
            return {
                story: tuple(article for article in map(self.article, ids) if article is not None)
                for story, ids in stories.members(db, story_numbers, most).items()
            }

    def hydrate(self, keys: Iterable[int]) -> dict[int, StoredPassage]:
        """Read passages with their articles, at one moment; a key that is gone is left out."""
        with self._db.snapshot() as db:
            rows = db.execute(
                "SELECT key, start, end, article_key FROM passages"
                " WHERE key IN (SELECT value FROM json_each(?))",
                (json.dumps([int(key) for key in keys]),),
            ).fetchall()
            # Each article once, however many of its passages were found: it may be long.
            article_keys = json.dumps(list({article_key for *_, article_key in rows}))
            articles = {
                key: article_of(columns)
                for key, *columns in db.execute(
                    f"SELECT key, {ARTICLE} FROM articles WHERE key IN (SELECT value FROM json_each(?))",
                    (article_keys,),
                )
            }
        found = {}
        for key, start, end, article_key in rows:
            article = articles[article_key]
            found[key] = StoredPassage(key, Passage(article.id, start, end, article.text[start:end]), article)
        return found

    def bm25(self, match: str, query: Query, title_weight: float, limit: int) -> list[tuple[int, float]]:
        """The best (key, score) pairs for an FTS5 expression, best first."""
        where, parameters = _filter(query)
        within = f" AND rowid IN (SELECT passages.key FROM {_PASSAGES} {where})" if where else ""
        rows = self._db.rows(
            # bm25() is a distance, lower is better; negated so that higher is.
            "SELECT rowid, -bm25(full_text, ?, 1.0) AS score FROM full_text"
            f" WHERE full_text MATCH ?{within} ORDER BY score DESC, rowid LIMIT ?",
            (title_weight, match, *parameters, limit),
        )
        return [(key, score) for key, score in rows]

    def keys_matching(self, query: Query) -> Keys | None:
        """The passage keys its filters let through; None when it has no filters."""
        where, parameters = _filter(query)
        if not where:
            return None
        rows = self._db.rows(f"SELECT passages.key FROM {_PASSAGES} {where}", parameters)
        return keys_of(key for (key,) in rows)

    def undated(self) -> int:
        """The number of articles without a date."""
        ((count,),) = self._db.rows("SELECT count(*) FROM articles WHERE published IS NULL")
        return int(count)

    def cached_vectors(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """The stored embeddings among these hashes."""
        rows = ((key, self._db.row("SELECT vector FROM vectors WHERE hash = ?", (key,))) for key in hashes)
        return {key: row[0] for key, row in rows if row}

    def _check_unaltered(self, article_ids: Iterable[str]) -> None:
        for article_id in article_ids:
            article, stored = self.article(article_id), self.known(article_id)
            if article is not None and stored != content_hash(article):
                raise StoreUnusable(f"article {article_id} is not what was stored; run: byline verify")

    def _passages_of(self, article: Article) -> list[NewPassage]:
        with self._db.snapshot() as db:
            return passages_of(db, article)

    # --- for the vector index -----------------------------------------------------------------

    def generation(self) -> Generation:
        """The moment the store is at."""
        with self._db.snapshot() as db:
            return current_generation(db)

    def changes_since(self, generation: Generation) -> Changes | None:
        """What was added and removed after `generation`; None when it is trimmed, or not of this history."""
        with self._db.snapshot() as db:
            return history.changes_since(db, generation)

    def all_keys(self) -> Changes:
        """Every passage as if it had just been added, for an index that starts empty."""
        with self._db.snapshot() as db:
            now = current_generation(db)
            keys = [key for (key,) in db.execute("SELECT key FROM passages ORDER BY key")]
        return Changes(now, keys_of(keys), keys_of(()))

    def vectors(self, keys: Keys, dimension: int) -> tuple[Keys, Vectors]:
        """The unit vectors of those of `keys` that still exist, as float32; a damaged one is left out."""
        rows = self._db.rows(
            "SELECT passages.key, vector FROM passages JOIN vectors ON hash = vector_hash"
            " WHERE passages.key IN (SELECT value FROM json_each(?)) AND length(vector) = ?"
            " ORDER BY passages.key",
            (json.dumps(keys.tolist()), 2 * dimension),
        )
        if not rows:
            return keys_of(()), np.empty((0, 0), np.float32)
        stacked = np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(len(rows), -1)
        return keys_of(key for key, _ in rows), normalised(stacked)


def _filter(query: Query) -> tuple[str, tuple[str, ...]]:
    """The WHERE clause of a query's filters and its parameters; empty without filters."""
    clauses = {
        "substr(published, 1, 10) >= ?": query.since,
        "substr(published, 1, 10) <= ?": query.until,
        "articles.id = ?": query.article_id,
    }
    used = {clause: value for clause, value in clauses.items() if value is not None}
    return ("WHERE " + " AND ".join(used) if used else ""), tuple(used.values())
