"""Where a collection's articles were read: the sources it was given, and each article's places in them.

A place is a file and, where that holds several articles, a part of it; or a link. One article may have
several places, and goes with the last of them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .database import Database
from .sources.kinds import is_known
from .sources.record import id_by_place
from .sources.seen import Place, is_absent, is_within, place_file
from .sources.web.links import is_link
from .types import Article

if TYPE_CHECKING:
    from .sources.web.source import KeptPage
    from .sources.web.validators import Validators

_HELD = "articles.id = article_id"
_GIVEN = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)"
"""Places, handed over as JSON."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, a folder or a link that was given to be read, and is read again by every sync."""

    address: str
    articles: int
    added_at: str
    read_at: str | None
    """When it was last read to its end; ISO 8601, as `added_at`."""


class Ledger:
    """The sources and places of one collection, in its store."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._moved: list[tuple[Place, Place, str, str]] = []

    # --- sources ------------------------------------------------------------------------------

    def remember(self, address: str) -> None:
        """Note a source, unless one that is known reaches it; those that it reaches are one with it."""
        known = [row[0] for row in self._db.rows("SELECT address FROM sources")]
        if any(_reaches(other, address) for other in known):
            return
        with self._db.transaction() as db:
            db.executemany(
                "DELETE FROM sources WHERE address = ?",
                [(other,) for other in known if _reaches(address, other)],
            )
            db.execute("INSERT INTO sources (address, added_at) VALUES (?, ?)", (address, _now()))

    def was_read(self, addresses: Iterable[str]) -> None:
        """Note that sources were read to their end."""
        with self._db.transaction() as db:
            now = _now()
            db.executemany(
                "UPDATE sources SET read_at = ? WHERE address = ?", [(now, address) for address in addresses]
            )

    def sources(self) -> list[Source]:
        """All of them, in the order of their addresses."""
        rows = self._db.rows("SELECT address, added_at, read_at FROM sources ORDER BY address")
        return [Source(address, len(self.articles_of(address)), *rest) for address, *rest in rows]

    def forget(self, address: str) -> bool:
        """Read a source no more; its articles stay. False when it is none."""
        with self._db.transaction() as db:
            return db.execute("DELETE FROM sources WHERE address = ?", (address,)).rowcount > 0

    # --- places -------------------------------------------------------------------------------

    def known(self, root: str, path: str | None, part: str, digest: bytes) -> str | None:
        """The article that was made from these bytes, here or where they were before they were moved."""
        place = Place(place_file(root, path or ""), part)
        row = self._db.row(
            f"SELECT article_id, digest FROM places JOIN articles ON {_HELD} WHERE file = ? AND part = ?",
            place,
        )
        if row and row[1] == digest:
            return str(row[0])
        return None if row else self._moved_here(place, root, path or "", digest)

    def _moved_here(self, place: Place, root: str, path: str, digest: bytes) -> str | None:
        """The article of a file of the same bytes and kind that is not there any more."""
        rows = self._db.rows(
            f"SELECT file, part, article_id FROM places JOIN articles ON {_HELD}"
            " WHERE digest = ? AND part = ?",
            (digest, place.part),
        )
        taken = {before for before, *_ in self._moved}
        for file, part, article_id in rows:
            before = Place(file, part)
            alike = os.path.splitext(file)[1] == os.path.splitext(place.file)[1]  # noqa: PTH122 (a string)
            if alike and before not in taken and not is_link(file) and is_absent(file):
                self._moved.append((before, place, root, path))
                return str(article_id)
        return None

    def settle(self) -> None:
        """Write down which files were moved."""
        if not self._moved:
            return
        with self._db.transaction() as db:
            for before, place, root, path in self._moved:
                db.execute(
                    "UPDATE articles SET root = ?, path = ?"
                    " WHERE id = (SELECT article_id FROM places WHERE file = ? AND part = ?)",
                    (root, path, *before),
                )
                db.execute(
                    "UPDATE OR REPLACE places SET file = ?, part = ? WHERE file = ? AND part = ?",
                    (*place, *before),
                )
        self._moved.clear()

    def is_noted(self, article: Article) -> bool:
        """Whether the article is known to stand where it was read."""
        row = self._db.row("SELECT root, path FROM articles WHERE id = ?", (article.id,))
        place = place_of(article)
        if place is None or row is None:
            return row == (article.root, article.path)
        found = self._db.row("SELECT article_id, digest FROM places WHERE file = ? AND part = ?", place)
        return found == (article.id, article.raw_digest)

    def places_of(self, address: str) -> dict[Place, str]:
        """The places in a source, each with its article's id; those in a source within it are that one's."""
        if is_link(address):
            rows = self._db.rows(
                "SELECT file, part, article_id FROM places JOIN pages ON link = file WHERE source = ?",
                (address,),
            )
            return {Place(file, part): article_id for file, part, article_id in rows}
        inner = [
            other
            for (other,) in self._db.rows("SELECT address FROM sources WHERE address != ?", (address,))
            if is_within(other, address)
        ]
        rows = self._db.rows(
            f"SELECT file, part, article_id FROM places JOIN articles ON {_HELD}"
            " WHERE file = ?1 OR substr(file, 1, length(?2)) = ?2",
            (address, address.rstrip("/") + "/"),
        )
        return {
            Place(file, part): article_id
            for file, part, article_id in rows
            if not any(is_within(file, other) for other in inner)
        }

    def articles_of(self, address: str) -> set[str]:
        """The ids of the articles that a source holds."""
        return set(self.places_of(address).values())

    def only_in(self, places: Iterable[Place]) -> list[str]:
        """The ids of the articles that have no place but these."""
        rows = self._db.rows(
            "SELECT article_id FROM places GROUP BY article_id"
            f" HAVING count(*) = sum((file, part) IN ({_GIVEN}))"
            " ORDER BY min(file), min(part)",
            (json.dumps(list(places)),),
        )
        return [article_id for (article_id,) in rows]

    def drop(self, places: Iterable[Place]) -> list[str]:
        """Forget places; the files where their articles stand as well are to be read again.

        What the collection holds may have been read in a place that is gone.
        """
        gone = json.dumps(list(places))
        with self._db.transaction() as db:
            here = f"FROM places WHERE (file, part) IN ({_GIVEN})"
            shared = json.dumps([row[0] for row in db.execute(f"SELECT article_id {here}", (gone,))])
            db.execute(f"DELETE {here}", (gone,))
            db.execute("DELETE FROM pages WHERE link NOT IN (SELECT file FROM places)")
            where = "article_id IN (SELECT value FROM json_each(?))"
            db.execute(f"UPDATE places SET digest = x'' WHERE {where}", (shared,))
            files = db.execute(f"SELECT DISTINCT file FROM places WHERE {where} ORDER BY file", (shared,))
            return [file for (file,) in files]

    def brought_back(self, article: Article) -> str | None:
        """The file or page from which a source would read the article again, or None."""
        if article.path is None:
            return None
        if article.root is None:
            row = self._db.row("SELECT link FROM pages WHERE link = ?", (article.path,))
            return row[0] if row else None
        file = place_file(article.root, article.path)
        reached = any(_reaches(row[0], file) for row in self._db.rows("SELECT address FROM sources"))
        return file if reached and not is_absent(file) else None

    # --- pages --------------------------------------------------------------------------------

    def kept_pages(self) -> dict[str, KeptPage]:
        """The pages whose articles are there, by their links, with what to ask for them with."""
        from .sources.web.source import KeptPage  # noqa: PLC0415
        from .sources.web.validators import Validators  # noqa: PLC0415 (network libraries: for links only)

        rows = self._db.rows(
            "SELECT link, article_id, led_to, etag, last_modified FROM pages"
            f" JOIN places ON file = link JOIN articles ON {_HELD} WHERE digest != x''"
        )
        return {link: KeptPage(article_id, Validators(*said)) for link, article_id, *said in rows}

    def note_page(self, source: str, link: str, said: Validators | None) -> None:
        """Keep what a page's server said of it, if anything, and which source led to it."""
        values = (said.link, said.etag, said.last_modified) if said else (link, None, None)
        with self._db.transaction() as db:
            db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", (link, source, *values))


def place_of(article: Article) -> Place | None:
    """Where an article was read; None when that cannot be read again."""
    if article.raw_digest is None or article.path is None:
        return None
    file = place_file(article.root, article.path) if article.root else article.path
    return Place(file, article.part)


def put_place(db: sqlite3.Connection, article: Article) -> str | None:
    """Note, within a transaction, where an article stands.

    Gives the id of the article that stood there before, when it stands nowhere else. What has no place
    may say something else than the files it stands in, which are then to be read again.
    """
    place = place_of(article)
    if place is None:
        db.execute("UPDATE places SET digest = x'' WHERE article_id = ?", (article.id,))
        return None
    row = db.execute("SELECT article_id FROM places WHERE file = ? AND part = ?", place).fetchone()
    db.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)", (*place, article.raw_digest, article.id))
    if row is None or row[0] == article.id:
        return None
    elsewhere = db.execute("SELECT 1 FROM places WHERE article_id = ?", row).fetchone()
    return None if elsewhere else str(row[0])


def make_way(db: sqlite3.Connection, article: Article) -> None:
    """Rename, within a transaction, the article that had this one's id before its file was moved.

    Both were told from others by nothing but their place; the other takes the id of where it is now.
    """
    place = place_of(article)
    if place is None or article.id != id_by_place(*place):
        return
    places = [
        Place(*row) for row in db.execute("SELECT file, part FROM places WHERE article_id = ?", (article.id,))
    ]
    moved = next((other for other in places if other != place and not is_absent(other.file)), None)
    if moved is None or place in places:
        return
    new = id_by_place(*moved)
    if db.execute("SELECT 1 FROM articles WHERE id = ?", (new,)).fetchone() is None:
        db.execute("UPDATE articles SET id = ? WHERE id = ?", (new, article.id))
        db.execute("UPDATE sketches SET article_id = ? WHERE article_id = ?", (new, article.id))
        db.execute("UPDATE places SET article_id = ? WHERE article_id = ?", (new, article.id))


def remove_places(db: sqlite3.Connection, article_id: str) -> None:
    """Forget, within a transaction, where an article stood, and what its servers said of its pages."""
    db.execute(
        "DELETE FROM pages WHERE link IN (SELECT file FROM places WHERE article_id = ?1)"
        " AND link NOT IN (SELECT file FROM places WHERE article_id != ?1)",
        (article_id,),
    )
    db.execute("DELETE FROM places WHERE article_id = ?", (article_id,))


def _reaches(address: str, other: str) -> bool:
    """Whether reading one source reads the other as well."""
    if address == other:
        return True
    if is_link(address) or not is_within(other, address):
        return False
    inner = other[len(address.rstrip("/")) + 1 :].split("/")
    hidden = any(part.startswith(".") for part in inner)
    return not hidden and (os.path.isdir(other) or is_known(other))  # noqa: PTH112 (a string)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
