"""The store's schema, and how a file of an older Byline becomes one of today's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from .errors import SchemaTooNew

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    # 0 → 1: Byline 0.1.0
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
        # AUTOINCREMENT: a deleted row's key must never name another row, or an old vector would
        # answer for a new passage.
        """CREATE TABLE articles (
            key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, content_hash BLOB NOT NULL,
            title TEXT, url TEXT, published TEXT, authors TEXT NOT NULL, text TEXT NOT NULL,
            root TEXT, path TEXT, added_at TEXT NOT NULL)""",
        """CREATE TABLE passages (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            article_key INTEGER NOT NULL REFERENCES articles(key),
            start INTEGER NOT NULL, end INTEGER NOT NULL,
            vector_hash BLOB NOT NULL REFERENCES vectors(hash))""",
        "CREATE INDEX passages_article ON passages(article_key)",
        "CREATE INDEX passages_vector ON passages(vector_hash)",
        # float16, unit length; keyed by what was embedded, so that no text is embedded twice.
        "CREATE TABLE vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID",
        """CREATE VIEW passage_texts AS SELECT passages.key AS key, title,
            substr(text, start + 1, end - start) AS text
            FROM passages JOIN articles ON articles.key = article_key""",
        """CREATE VIRTUAL TABLE full_text USING fts5(title, text, content='passage_texts',
            content_rowid='key', tokenize='porter unicode61 remove_diacritics 2')""",
        # A number alone does not name a moment: a store restored from a backup counts the same
        # numbers again, through another history. The tag is what a saved index is known by.
        "CREATE TABLE generations (number INTEGER PRIMARY KEY, tag TEXT NOT NULL)",
        "INSERT INTO generations VALUES (0, lower(hex(randomblob(16))))",
        """CREATE TABLE log (
            generation INTEGER NOT NULL, passage_key INTEGER NOT NULL, added INTEGER NOT NULL)""",
        "CREATE INDEX log_generation ON log(generation)",
    ),
    # 1 → 2: stories (stories.py). What was stored before is sketched with the next that is added.
    (
        # By the article's id, so that a sketch outlives what only replaces the article's passages. A
        # story goes by the least key among its articles; an article that is alone has none.
        """CREATE TABLE sketches (
            key INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, signature BLOB NOT NULL,
            story INTEGER)""",
        "CREATE INDEX sketches_story ON sketches(story) WHERE story IS NOT NULL",
        """CREATE TABLE bands (
            band INTEGER NOT NULL, sketch INTEGER NOT NULL, PRIMARY KEY (band, sketch)) WITHOUT ROWID""",
    ),
    # 2 → 3: feeds. Times are unix seconds.
    (
        """CREATE TABLE feeds (
            key INTEGER PRIMARY KEY AUTOINCREMENT, link TEXT NOT NULL UNIQUE, title TEXT, added_by TEXT,
            added_at REAL NOT NULL, validated TEXT, etag TEXT, last_modified TEXT, pulled_at REAL,
            failures INTEGER NOT NULL DEFAULT 0, problem TEXT, next_pull_at REAL NOT NULL DEFAULT 0,
            is_off INTEGER NOT NULL DEFAULT 0)""",
        # An article's id and not its key: the entry outlives it, so that it is not brought back. No
        # version: it was about to be stored when the program was killed.
        """CREATE TABLE feed_entries (
            feed_key INTEGER NOT NULL REFERENCES feeds(key) ON DELETE CASCADE, id BLOB NOT NULL,
            version TEXT, article_id TEXT, is_origin INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (feed_key, id)) WITHOUT ROWID""",
        "CREATE INDEX feed_entries_article ON feed_entries(article_id)",
    ),
    # 3 → 4: what was read where, so that it is known what is unchanged, was moved, or is gone.
    (
        "CREATE TABLE sources (address TEXT PRIMARY KEY, added_at TEXT NOT NULL, read_at TEXT) WITHOUT ROWID",
        """CREATE TABLE places (
            file TEXT NOT NULL, part TEXT NOT NULL, digest BLOB NOT NULL, article_id TEXT NOT NULL,
            PRIMARY KEY (file, part)) WITHOUT ROWID""",
        "CREATE INDEX places_article ON places(article_id)",
        "CREATE INDEX places_digest ON places(digest)",
        """CREATE TABLE pages (
            link TEXT PRIMARY KEY, source TEXT NOT NULL, led_to TEXT NOT NULL,
            etag TEXT, last_modified TEXT) WITHOUT ROWID""",
        # Which part of its file an article is, was not kept: no part is called so, and the next
        # reading of the file puts right what it is.
        """INSERT OR IGNORE INTO places SELECT rtrim(root, '/') || '/' || path, '?' || id, x'', id
            FROM articles WHERE root IS NOT NULL AND path IS NOT NULL""",
    ),
)
"""Statements that bring a store from each schema version to the next; creation starts at 0."""


# What PRAGMA secure_delete does for tables; older SQLite merges removed words away later.
_SECURE_FULL_TEXT = "INSERT INTO full_text (full_text, rank) VALUES ('secure-delete', 1)"


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a store to today's schema in one transaction; SchemaTooNew when it is ahead of this program."""
    when_new = (_SECURE_FULL_TEXT,) if sqlite3.sqlite_version_info >= (3, 42) else ()
    advance(db, path, MIGRATIONS, when_new)


def advance(
    db: sqlite3.Connection,
    path: Path,
    migrations: Sequence[Sequence[str]],
    when_new: Sequence[str] = (),
) -> None:
    """Run the migrations a file has not had yet, and `when_new` after all of them in a new file.

    One transaction holds them all; SchemaTooNew when the file has had more than there are.
    """
    if _version(db) == len(migrations):
        return  # without a lock, so that a file can be opened while another process writes
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _version(db)
        if version > len(migrations):
            raise SchemaTooNew(
                f"{path} was written by a newer Byline (schema {version}, this one knows "
                f"{len(migrations)}); upgrade with: pip install --upgrade byline-bot"
            )
        for statements in (*migrations[version:], when_new if version == 0 else ()):
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version
