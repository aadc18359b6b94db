"""An article's rows in a store: written, read and removed as a whole.

The functions run inside the store's transactions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .history import note_passage
from .types import Article, Passage

ARTICLE = "articles.id, text, title, url, published, authors, root, path, added_at"
"""The columns that `article_of` takes."""


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage with its embedding, ready to be stored."""

    passage: Passage
    vector_hash: bytes
    vector: bytes
    """float16 components of the unit vector."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store holds it, with its article."""

    key: int
    passage: Passage
    article: Article


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the store holds it."""

    key: int
    article: Article | None
    """None when its row cannot be read."""
    content_hash: bytes
    """Of the article as it was stored; empty when it is to be stored anew."""


def article_of(row: Sequence[Any]) -> Article:
    """An article from its columns."""
    article_id, text, title, url, published, authors, root, path, added_at = row
    authors = tuple(json.loads(authors))
    return Article(article_id, text, title, url, published, authors, root, path, added_at=added_at)


def passages_of(db: sqlite3.Connection, article: Article) -> list[NewPassage]:
    """An article's passages with their embeddings, as they could be stored again."""
    rows = db.execute(
        "SELECT start, end, vector_hash, vector FROM passages JOIN vectors ON hash = vector_hash"
        " WHERE article_key = (SELECT key FROM articles WHERE id = ?) ORDER BY passages.key",
        (article.id,),
    )
    return [
        NewPassage(Passage(article.id, start, end, article.text[start:end]), vector_hash, vector)
        for start, end, vector_hash, vector in rows
    ]


def put_article(
    db: sqlite3.Connection,
    article: Article,
    content_hash: bytes,
    passages: Sequence[NewPassage],
    generation: int,
) -> None:
    """Write an article with its passages, their words and vectors."""
    columns = {
        "id": article.id,
        "content_hash": content_hash,
        "title": article.title,
        "url": article.url,
        "published": article.published,
        "authors": json.dumps(article.authors),
        "text": article.text,
        "root": article.root,
        "path": article.path,
        "added_at": article.added_at or datetime.now(UTC).isoformat(timespec="seconds"),
    }
    article_key = _insert(db, "articles", columns)
    for new in passages:
        db.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?)", (new.vector_hash, new.vector))
        place = {"start": new.passage.start, "end": new.passage.end}
        key = _insert(db, "passages", {"article_key": article_key, **place, "vector_hash": new.vector_hash})
        _insert(db, "full_text", {"rowid": key, "title": article.title, "text": new.passage.text})
        note_passage(db, generation, key, added=True)


def remove_article(db: sqlite3.Connection, article_id: str, generation: int) -> bool:
    """Delete an article with all that was written with it; False when there was none."""
    row = db.execute("SELECT key, title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        return False
    article_key, title, text = row
    passages = db.execute(
        "SELECT key, start, end, vector_hash FROM passages WHERE article_key = ?", (article_key,)
    ).fetchall()
    for key, start, end, _ in passages:
        # An external-content index must be told the very words it should forget.
        old = {"full_text": "delete", "rowid": key, "title": title, "text": text[start:end]}
        _insert(db, "full_text", old)
        note_passage(db, generation, key, added=False)
    db.execute("DELETE FROM passages WHERE article_key = ?", (article_key,))
    db.execute("DELETE FROM articles WHERE key = ?", (article_key,))
    for vector_hash in {vector_hash for *_, vector_hash in passages}:
        db.execute(
            "DELETE FROM vectors WHERE hash = ?1"
            " AND NOT EXISTS (SELECT 1 FROM passages WHERE vector_hash = ?1)",
            (vector_hash,),
        )
    return True


def _insert(db: sqlite3.Connection, table: str, columns: Mapping[str, object]) -> int:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    done = db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
    return done.lastrowid or 0
