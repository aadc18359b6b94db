"""The feeds of a collection: which there are, how their last pull went, and what was read of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .database import Database
from .sources.web.validators import Validators

_FEEDS = (
    "SELECT link, title, added_by, added_at, pulled_at, failures, problem, next_pull_at, is_off,"
    " (SELECT count(*) FROM articles WHERE id IN"
    " (SELECT article_id FROM feed_entries WHERE feed_key = feeds.key))"
    " FROM feeds WHERE ?1 IS NULL OR link = ?1 ORDER BY key"
)

# Not what was there before the feed, nor what another feed lists, nor what a source holds.
_BROUGHT = (
    "SELECT DISTINCT article_id FROM feed_entries AS one JOIN feeds ON key = feed_key"
    " WHERE feeds.link = ? AND is_origin AND EXISTS (SELECT 1 FROM articles WHERE id = article_id)"
    " AND NOT EXISTS (SELECT 1 FROM feed_entries AS other WHERE other.feed_key != one.feed_key"
    " AND other.article_id = one.article_id)"
    " AND NOT EXISTS (SELECT 1 FROM places JOIN pages ON pages.link = file"
    " JOIN sources ON address = source WHERE places.article_id = one.article_id)"
    " ORDER BY article_id"
)


@dataclass(frozen=True, slots=True)
class KeptFeed:
    """A feed as it stands; all times are unix seconds."""

    link: str
    title: str | None
    added_by: str | None
    """Who added it, where somebody other than the operator can; opaque."""
    added_at: float
    pulled_at: float | None
    """When it was last asked for with success."""
    failures: int
    """How often in a row it could not be read."""
    problem: str | None
    """What was wrong the last time, as a clause (`its server …`)."""
    next_pull_at: float
    """Before that it is only pulled by name."""
    is_off: bool
    """Gone for good, and only pulled by name."""
    articles: int
    """Those of its articles that are there."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.link

    def is_due(self, now: float) -> bool:
        """Whether it may be asked for without being named."""
        return not self.is_off and self.next_pull_at <= now


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """What a pull must know of those before it."""

    validators: Validators | None
    versions: Mapping[bytes, str]
    """Of each entry that needs no more reading, by its digest."""
    withdrawn: frozenset[bytes]
    """Entries whose article was removed since: they are not brought back."""

    def has(self, entry_id: str, version: str) -> bool:
        """Whether an entry need not be read in this version."""
        digest = _digest(entry_id)
        return digest in self.withdrawn or self.versions.get(digest) == version


@dataclass(frozen=True, slots=True)
class Came:
    """What a pull that reached its feed leaves for the next one."""

    title: str | None
    """None: as it was."""
    validators: Validators | None
    """Only where nothing of the feed is left to be read."""
    problem: str | None = None
    """Why the rest was not read."""


class Feeds:
    """The feeds in one collection's database; each method is one transaction.

    StoreUnusable says when the disk will not have it.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[KeptFeed]:
        """Every feed, in the order they were added."""
        return [_feed(*row) for row in self._db.rows(_FEEDS, (None,))]

    def find(self, link: str) -> KeptFeed | None:
        """The feed at a link, or None."""
        row = self._db.row(_FEEDS, (link,))
        return _feed(*row) if row else None

    def add(self, link: str, title: str | None, now: float, added_by: str | None = None) -> bool:
        """Keep a feed, to be pulled from now on; False when it is there already."""
        with self._db.transaction() as db:
            added = db.execute(
                "INSERT OR IGNORE INTO feeds (link, title, added_by, added_at) VALUES (?, ?, ?, ?)",
                (link, title, added_by, now),
            )
            return added.rowcount == 1

    def remove(self, link: str) -> bool:
        """Forget a feed, and leave its articles; False when there was none."""
        with self._db.transaction() as db:
            return db.execute("DELETE FROM feeds WHERE link = ?", (link,)).rowcount == 1

    def remove_with_articles(self, link: str, remove: Callable[[str], bool]) -> list[str]:
        """Forget a feed with the articles that came by it alone, by `remove`; the ids of those.

        The feed goes after them, so that a program that is killed in between can do the rest. What a
        pull stores meanwhile goes as well.
        """
        gone = [article_id for article_id in self.brought(link) if remove(article_id)]
        with self._db.transaction() as db:
            late = [article_id for (article_id,) in db.execute(_BROUGHT, (link,))]
            db.execute("DELETE FROM feeds WHERE link = ?", (link,))
        return gone + [article_id for article_id in late if remove(article_id)]

    def brought(self, link: str) -> list[str]:
        """The ids of the articles that came by this feed alone, and that no source holds."""
        return [article_id for (article_id,) in self._db.rows(_BROUGHT, (link,))]

    def origins(self) -> dict[str, str]:
        """The names of the feeds that articles came by, by the articles' ids."""
        rows = self._db.rows(
            "SELECT article_id, coalesce(title, link) FROM feed_entries JOIN feeds ON key = feed_key"
            " WHERE is_origin ORDER BY key DESC"
        )
        return dict(rows)

    # --- while a feed is pulled -----------------------------------------------------------------

    def before(self, link: str) -> ReadBefore | None:
        """What is known of a feed's entries; None when there is no such feed."""
        with self._db.snapshot() as db:
            kept = db.execute(
                "SELECT validated, etag, last_modified FROM feeds WHERE link = ?", (link,)
            ).fetchone()
            rows = db.execute(
                "SELECT id, version, article_id IS NOT NULL AND NOT EXISTS"
                " (SELECT 1 FROM articles WHERE articles.id = article_id)"
                " FROM feed_entries JOIN feeds ON key = feed_key WHERE link = ? AND version IS NOT NULL",
                (link,),
            ).fetchall()
        if kept is None:
            return None
        return ReadBefore(
            Validators(*kept) if kept[0] else None,
            {digest: version for digest, version, _ in rows},
            frozenset(digest for digest, _, is_withdrawn in rows if is_withdrawn),
        )

    def reading(self, link: str, entry_id: str, article_id: str) -> bool:
        """Note, before an entry's article is stored, whether it is the feed that brings it.

        A program that is killed between the two reads the entry again, and the note still holds. False
        where the article is not to be stored: it came by some feed and was removed since, or the feed
        itself is gone.
        """
        with self._db.transaction() as db:
            (is_withdrawn,) = db.execute(
                "SELECT NOT EXISTS (SELECT 1 FROM articles WHERE id = ?1) AND EXISTS"
                " (SELECT 1 FROM feed_entries WHERE article_id = ?1 AND version IS NOT NULL)",
                (article_id,),
            ).fetchone()
            # One entry a feed is enough to know a removed article by, whatever the feed calls it next.
            noted = db.execute(
                "INSERT INTO feed_entries (feed_key, id, article_id, is_origin)"
                " SELECT key, ?1, ?2, NOT EXISTS (SELECT 1 FROM articles WHERE id = ?2)"
                " FROM feeds WHERE link = ?3 AND NOT (?4 AND EXISTS"
                " (SELECT 1 FROM feed_entries WHERE feed_key = key AND article_id = ?2))"
                " ON CONFLICT DO UPDATE SET article_id = excluded.article_id,"
                " version = CASE WHEN article_id = excluded.article_id THEN version END,"
                " is_origin = excluded.is_origin OR (is_origin AND article_id = excluded.article_id)",
                (_digest(entry_id), article_id, link, is_withdrawn),
            )
            return noted.rowcount == 1 and not is_withdrawn

    def was_read(self, link: str, entry_id: str, version: str) -> None:
        """Note that an entry need not be read again in this version."""
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO feed_entries (feed_key, id, version) SELECT key, ?, ? FROM feeds WHERE link = ?"
                " ON CONFLICT DO UPDATE SET version = excluded.version",
                (_digest(entry_id), version, link),
            )

    def pulled(self, link: str, now: float, came: Came) -> None:
        """Note a pull that reached the feed."""
        validators = came.validators
        kept = (validators.link, validators.etag, validators.last_modified) if validators else (None,) * 3
        with self._db.transaction() as db:
            db.execute(
                "UPDATE feeds SET title = coalesce(?, title), validated = ?, etag = ?, last_modified = ?,"
                " pulled_at = ?, problem = ?, failures = 0, next_pull_at = 0, is_off = 0 WHERE link = ?",
                (came.title, *kept, now, came.problem, link),
            )

    def trim(self, link: str, listed: Iterable[str]) -> None:
        """Forget entries that a feed no longer lists and that never had an article."""
        kept = {_digest(entry_id) for entry_id in listed}
        with self._db.transaction() as db:
            rows = db.execute(
                "SELECT feed_key, id FROM feed_entries JOIN feeds ON key = feed_key WHERE link = ?"
                " AND (article_id IS NULL OR version IS NULL)"
                " AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = article_id)",
                (link,),
            ).fetchall()
            db.executemany(
                "DELETE FROM feed_entries WHERE feed_key = ? AND id = ?",
                [(feed_key, digest) for feed_key, digest in rows if digest not in kept],
            )

    def failed(self, link: str, problem: str, next_pull_at: float, *, is_off: bool = False) -> None:
        """Note a pull that did not reach the feed."""
        with self._db.transaction() as db:
            db.execute(
                "UPDATE feeds SET failures = failures + 1, problem = ?, next_pull_at = ?, is_off = ?"
                " WHERE link = ?",
                (problem, next_pull_at, is_off, link),
            )

    def moved(self, link: str, moved_to: str) -> bool:
        """Ask for a feed elsewhere from now on; False where another feed is there already."""
        with self._db.transaction() as db:
            moved = db.execute("UPDATE OR IGNORE feeds SET link = ? WHERE link = ?", (moved_to, link))
            return moved.rowcount == 1


def _feed(*columns: Any) -> KeptFeed:
    *before, is_off, articles = columns
    values = [*before, bool(is_off), articles]
    return KeptFeed(*values)


def _digest(entry_id: str) -> bytes:
    """What an entry is known by; not its id, which most often is a link to an article that may be removed."""
    return hashlib.blake2b(entry_id.encode("utf-8", "replace"), digest_size=16).digest()
