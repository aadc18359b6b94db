"""The stories in a store: which articles are one, kept in step as articles come, change and go.

Two articles are joined when they are alike, and a story is all that hangs together by that: the same
articles make the same stories in whatever order they came. Only where an article has more than 50 that
look like it and are not, such as the pages of one template, is it compared with the 50 nearest alone: an
edition that is less near than those may be missed then, in one order and not in another. The functions
run inside the store's transactions.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from .likeness import HASHES, LEAST_EQUAL, Signature, Wording, bands, equal_components, signature
from .types import Article

_STORED = np.dtype("<u4")
SIGNATURE_BYTES = HASHES * _STORED.itemsize
# Each takes a third of a millisecond, while others wait to write. An edition is nearer than most pages
# of a template are: it shares their words and its own.
_MOST_UNLIKE = 50


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
    # A damaged store may have some of them: the numbers of sketches are used again.
    db.executemany(
        "INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, key) for band in bands(new.signature)]
    )
    _link(db, new)


def leave(db: sqlite3.Connection, article_id: str) -> None:
    """Forget an article that goes or changes; what is left of its story is put together anew."""
    row = db.execute(
        "SELECT key, signature, story FROM sketches WHERE article_id = ?", (article_id,)
    ).fetchone()
    if row is None:
        return
    key, values, story = row
    if _is_whole(values):
        gone = [(band, key) for band in bands(_signature(values))]
        db.executemany("DELETE FROM bands WHERE band = ? AND sketch = ?", gone)
    else:  # it is damaged, and all bands are looked through
        db.execute("DELETE FROM bands WHERE sketch = ?", (key,))
    db.execute("DELETE FROM sketches WHERE key = ?", (key,))
    if story is not None:
        _put_together(db, story, values)


def _put_together(db: sqlite3.Connection, story: int, gone: bytes) -> None:
    """Find what still hangs together of a story without the article that had the signature `gone`.

    All of it does once those do that it can have been alike to: whatever hung together through it did
    so through two of them. Of an article at the story's end that is one, and nothing is compared.
    """
    left = db.execute("SELECT key, article_id, signature FROM sketches WHERE story = ?", (story,)).fetchall()
    db.execute("UPDATE sketches SET story = NULL WHERE story = ?", (story,))
    near = {key for key, _, values in left if _may_be_alike(gone, values)}
    left.sort(key=lambda row: row[0] not in near)  # what decides comes first
    for _, article_id, values in left:
        if len(_stories_of(db, near)) <= 1:
            break
        if _is_whole(values):
            _link(db, Sketch(article_id, _signature(values)))
    if len(left) > 1 and len(_stories_of(db, near)) <= 1:
        _unite(db, _stories_of(db, [key for key, *_ in left]))


def unsketched(db: sqlite3.Connection) -> list[str]:
    """The ids of the articles that were stored before there were stories, or lost their sketch since."""
    # To look for them takes long in a large collection, and there are hardly ever any.
    (articles, sketches) = db.execute(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM sketches)"
    ).fetchone()
    if articles == sketches:
        return []
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
    """Make one story of those of the articles that this one is alike to."""
    wording = _wording(db, own.article_id)
    if wording is None:
        return
    near = _near(db, own.signature)
    joined = {story for article_id, story in near if article_id == own.article_id}
    unlike = 0
    for article_id, story in near:
        if story in joined:
            continue
        other = _wording(db, article_id)
        if other is not None and wording.is_alike(other):
            joined.add(story)
            continue
        unlike += 1
        if unlike == _MOST_UNLIKE:
            break
    if len(joined) > 1:
        _unite(db, joined)


def _unite(db: sqlite3.Connection, stories: Collection[int]) -> None:
    """Make one of stories, and of the sketches that are alone, given by their keys."""
    db.execute(
        "WITH joined AS (SELECT value FROM json_each(?2)) UPDATE sketches SET story = ?1"
        " WHERE (story IN joined OR key IN joined) AND story IS NOT ?1",  # most have it already
        (min(stories), json.dumps(list(stories))),
    )


def _stories_of(db: sqlite3.Connection, keys: Collection[int]) -> set[int]:
    """The stories of sketches; the own key of each that is alone."""
    rows = db.execute(
        "SELECT DISTINCT ifnull(story, key) FROM sketches WHERE key IN (SELECT value FROM json_each(?))",
        (json.dumps(list(keys)),),
    )
    return {story for (story,) in rows}


def _near(db: sqlite3.Connection, own: Signature) -> list[tuple[str, int]]:
    """Of every article that shares a band and may be alike, its id and its story, the nearest first.

    The story of one that is alone is its sketch's key.
    """
    rows = db.execute(
        "SELECT article_id, ifnull(story, sketches.key), signature"
        " FROM sketches JOIN articles ON id = article_id WHERE length(signature) = ? AND sketches.key IN"
        " (SELECT sketch FROM bands WHERE band IN (SELECT value FROM json_each(?)))",
        (SIGNATURE_BYTES, json.dumps(bands(own))),
    ).fetchall()
    signatures = _signature(b"".join(values for *_, values in rows)).reshape(-1, HASHES)
    equal = equal_components(own, signatures).tolist()
    found = [(-count, *row[:2]) for count, row in zip(equal, rows, strict=True) if count >= LEAST_EQUAL]
    return [(article_id, story) for _, article_id, story in sorted(found)]


def _is_whole(stored: bytes) -> bool:
    return len(stored) == SIGNATURE_BYTES


def _may_be_alike(one: bytes, other: bytes) -> bool:
    """Of a damaged signature nothing can be ruled out."""
    if not (_is_whole(one) and _is_whole(other)):
        return True
    return int(equal_components(_signature(one), _signature(other))) >= LEAST_EQUAL


def _wording(db: sqlite3.Connection, article_id: str) -> Wording | None:
    """None when the article is not there, which only damage makes so."""
    row = db.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    return Wording(*row) if row else None


def _signature(stored: bytes) -> Signature:
    return np.frombuffer(stored, _STORED)
