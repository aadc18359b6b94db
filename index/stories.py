"""The stories in a store: which articles are one, kept in step as articles come, change and go.

Two articles are joined when they are alike, and a story is all that hangs together by that: the same
articles make the same stories in whatever order they came. The functions run inside the store's
transactions.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from .likeness import Signature, Wording, bands, may_be_alike, signature
from .types import Article

_STORED = np.dtype("<u4")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What an article's likes are found by."""

    article_id: str
    signature: Signature


def sketched(article: Article) -> Sketch:
    """The sketch of an article; it takes milliseconds, so take it before the transaction."""
    return Sketch(article.id, signature(article.text))


def join(db: sqlite3.Connection, new: Sketch) -> None:
    """Put an article that was just stored with those it is alike to; what it was before is forgotten."""
    leave(db, new.article_id)
    values = new.signature.astype(_STORED).tobytes()
    key = db.execute(
        "INSERT INTO sketches (article_id, signature) VALUES (?, ?)", (new.article_id, values)
    ).lastrowid
    db.executemany("INSERT INTO bands VALUES (?, ?)", [(band, key) for band in bands(new.signature)])
    _link(db, new)


def leave(db: sqlite3.Connection, article_id: str) -> None:
    """Forget an article that goes or changes; what is left of its story is put together anew."""
    row = db.execute(
        "SELECT key, signature, story FROM sketches WHERE article_id = ?", (article_id,)
    ).fetchone()
    if row is None:
        return
    key, values, story = row
    gone = [(band, key) for band in bands(_signature(values))]
    db.executemany("DELETE FROM bands WHERE band = ? AND sketch = ?", gone)
    db.execute("DELETE FROM sketches WHERE key = ?", (key,))
    left = db.execute("SELECT article_id, signature FROM sketches WHERE story = ?", (story,)).fetchall()
    db.execute("UPDATE sketches SET story = NULL WHERE story = ?", (story,))
    if len(left) > 1:
        for other_id, other_values in left:
            _link(db, Sketch(other_id, _signature(other_values)))


def unsketched(db: sqlite3.Connection) -> list[str]:
    """The ids of the articles that were stored before there were stories."""
    rows = db.execute(
        "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM sketches) ORDER BY key"
    )
    return [article_id for (article_id,) in rows]


def labels(db: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, int]:
    """The story of each of the articles that is not alone; two of one story have the same number."""
    rows = db.execute(
        "SELECT article_id, story FROM sketches"
        " WHERE story IS NOT NULL AND article_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(article_ids)),),
    )
    return dict(rows.fetchall())


def members(db: sqlite3.Connection, stories: Collection[int], most: int) -> dict[int, list[str]]:
    """The ids of the first `most` articles of each story, by date, undated ones last."""
    rows = db.execute(
        "SELECT story, id FROM sketches JOIN articles ON id = article_id"
        " WHERE story IN (SELECT value FROM json_each(?)) ORDER BY published IS NULL, published, id",
        (json.dumps(list(stories)),),
    )
    found: dict[int, list[str]] = defaultdict(list)
    for story, article_id in rows:
        if len(found[story]) < most:
            found[story].append(article_id)
    return found


def _link(db: sqlite3.Connection, own: Sketch) -> None:
    """Make one story of those of all articles that this one is alike to."""
    near = _near(db, own.signature)
    joined = {story for article_id, _, story in near if article_id == own.article_id}
    wording = _wording(db, own.article_id)
    for article_id, values, story in near:
        if story in joined or not may_be_alike(own.signature, _signature(values)):
            continue
        if wording.is_alike(_wording(db, article_id)):
            joined.add(story)
    if len(joined) > 1:
        db.execute(
            "WITH joined AS (SELECT value FROM json_each(?2))"
            " UPDATE sketches SET story = ?1 WHERE story IN joined OR key IN joined",
            (min(joined), json.dumps(list(joined))),
        )


def _near(db: sqlite3.Connection, own: Signature) -> list[tuple[str, bytes, int]]:
    """Of every article that shares a band, its id, signature and story; its own key if it is alone."""
    return db.execute(
        "SELECT article_id, signature, ifnull(story, sketches.key)"
        " FROM sketches JOIN articles ON id = article_id WHERE sketches.key IN"
        " (SELECT sketch FROM bands WHERE band IN (SELECT value FROM json_each(?)))",
        (json.dumps(bands(own)),),
    ).fetchall()


def _wording(db: sqlite3.Connection, article_id: str) -> Wording:
    title, text = db.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    return Wording(title, text)


def _signature(stored: bytes) -> Signature:
    return np.frombuffer(stored, _STORED)
