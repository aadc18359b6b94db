"""The parts of a store held against each other, and mended from its articles."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .damage import Damage
from .database import Database
from .errors import StoreUnusable
from .history import next_generation
from .likeness import BANDS
from .store import Store
from .stories import SIGNATURE_BYTES

_MOST_NAMED = 3
_MANIFEST = frozenset({"encoder", "fingerprint", "dimension", "max_tokens", "overlap_sentences"})

RESCUE = (
    "save what can be read with `byline export FILE`, delete the collection and run `byline import FILE`, "
    "or restore its folder from a backup"
)
"""What helps where nothing can be mended."""

SKETCHED_LATER = "made again with the next article that is added"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    what: str
    done: str | None = None
    """How it was mended; None when it was not."""
    advice: str | None = None
    """What a person can do about what cannot be mended."""


def check_file(database: Database, *, mend: bool) -> Iterator[Finding]:
    """What SQLite itself finds wrong with the file; only its indexes can be built again."""
    try:
        found = _integrity(database)
        if found and mend:
            with database.transaction() as db:
                db.execute("REINDEX")
            if not _integrity(database):
                yield Finding(f"the database's indexes are damaged ({found})", "built again")
                return
    except StoreUnusable as error:
        found = str(error.__cause__)
    if found:
        yield Finding(f"the database is damaged ({found})", advice=RESCUE)


def check_truth(store: Store, found: Damage) -> Iterator[Finding]:
    """What is wrong with the articles themselves; only who has them elsewhere can help."""
    missing = sorted(_MANIFEST - store.meta().keys())
    if missing and store.counts()[1]:
        what = f"it is not known what it was embedded with ({', '.join(missing)})"
        yield Finding(what, advice="run: byline reindex")
    if found.unreadable:
        yield Finding(f"{_named(found.unreadable)} unreadable", advice=RESCUE)
    if found.altered:
        advice = "remove what is wrong and index its source again"
        yield Finding(f"{_named(found.altered)} altered since stored", advice=advice)


def check_orphans(database: Database, *, mend: bool) -> Iterator[Finding]:
    """Passages, places and sketches without an article, vectors without a passage: they are good for nothing.

    A page without an article is as it should be: it tells that its source would bring that back.
    """
    lost = "FROM passages WHERE article_key NOT IN (SELECT key FROM articles)"
    unused = "FROM vectors WHERE hash NOT IN (SELECT vector_hash FROM passages)"
    if count := _count(database, lost):
        if mend:
            with database.transaction() as db:
                # Indexes that are open drop them too.
                db.execute(f"INSERT INTO log SELECT {next_generation(db)}, key, 0 {lost}")
                db.execute(f"DELETE {lost}")
        yield Finding(f"{counted(count, 'passage')} of no article", "dropped" if mend else None)
    if count := _count(database, unused):
        if mend:
            with database.transaction() as db:
                db.execute(f"DELETE {unused}")
        yield Finding(f"{counted(count, 'vector')} of no passage", "dropped" if mend else None)
    no_article = "article_id NOT IN (SELECT id FROM articles)"
    if count := _count(database, f"FROM places WHERE {no_article}"):
        if mend:
            with database.transaction() as db:
                db.execute(f"DELETE FROM places WHERE {no_article}")
        yield Finding(f"{counted(count, 'place')} of no article", "dropped" if mend else None)
    yield from _check_sketches(database, no_article, mend=mend)


def _check_sketches(database: Database, no_article: str, *, mend: bool) -> Iterator[Finding]:
    """What stories are found by; a story that a wrong one was in is found anew with it."""
    whole = f"SELECT sketch FROM bands GROUP BY sketch HAVING count(*) = {BANDS}"
    damaged = f"NOT {no_article} AND (length(signature) != {SIGNATURE_BYTES} OR key NOT IN ({whole}))"
    loose = "FROM bands WHERE sketch NOT IN (SELECT key FROM sketches)"
    findings = [
        (_count(database, f"FROM sketches WHERE {no_article}"), "sketch", "of no article", "dropped"),
        (_count(database, f"FROM sketches WHERE {damaged}"), "sketch", "damaged", SKETCHED_LATER),
        (_count(database, loose), "band", "of no sketch", "dropped"),
    ]
    if mend and any(count for count, *_ in findings):
        with database.transaction() as db:
            # Read before any is deleted: SQLite may look for the second half when the first is gone.
            wrong = f"FROM sketches WHERE {no_article} OR {damaged}"
            keys = db.execute(f"SELECT key {wrong}").fetchall()
            mates = db.execute(f"SELECT key FROM sketches WHERE story IN (SELECT story {wrong})").fetchall()
            db.executemany("DELETE FROM sketches WHERE key = ?", keys + mates)
            db.execute(f"DELETE {loose}")
    for count, noun, what, done in findings:
        if count:
            yield Finding(f"{counted(count, noun)} {what}", done if mend else None)


def check_full_text(database: Database, *, mend: bool) -> Iterator[Finding]:
    """Whether the full text has the words of the passages and no others."""
    try:
        with database.transaction() as db:
            db.execute("INSERT INTO full_text (full_text, rank) VALUES ('integrity-check', 1)")
    except StoreUnusable as error:
        if not _is_corruption(error.__cause__):
            raise
        if mend:
            with database.transaction() as db:
                db.execute("INSERT INTO full_text (full_text) VALUES ('rebuild')")
        yield Finding("the full text does not fit the articles", "built again" if mend else None)


def forget_hashes(database: Database, article_ids: Iterable[str]) -> None:
    """Have articles count as changed, so that adding them cuts and embeds them anew."""
    with database.transaction() as db:
        db.execute(
            "UPDATE articles SET content_hash = x'' WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )


def replace_vectors(database: Database, vectors: Mapping[bytes, bytes]) -> None:
    """Put vectors where some are missing or damaged; indexes that are open take them over."""
    with database.transaction() as db:
        generation = next_generation(db)
        for key, vector in vectors.items():
            db.execute(
                "INSERT INTO vectors VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET vector = ?2",
                (key, vector),
            )
            for is_added in (0, 1):
                db.execute(
                    "INSERT INTO log SELECT ?, key, ? FROM passages WHERE vector_hash = ?",
                    (generation, is_added, key),
                )


def _integrity(database: Database) -> str:
    """The first things that are wrong, or nothing."""
    rows = [str(row) for (row,) in database.rows("PRAGMA integrity_check(3)")]
    return "" if rows == ["ok"] else "; ".join(rows)


def _is_corruption(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT


def _count(database: Database, clause: str) -> int:
    ((count,),) = database.rows(f"SELECT count(*) {clause}")
    return int(count)


def _named(articles: Sequence[str]) -> str:
    """Such as `2 articles (a, b)`; no more of them by name than anybody reads."""
    names = ", ".join([*articles[:_MOST_NAMED], *(["…"] if len(articles) > _MOST_NAMED else [])])
    return f"{counted(len(articles), 'article')} ({names})"


def counted(count: int, noun: str) -> str:
    """`1 passage`, `2 passages`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "es" if noun.endswith("ch") else "s")
