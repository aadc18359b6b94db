"""What the bot remembers of a server, in one SQLite file: answers, feedback, settings, who added what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from index.database import Database
from index.errors import StoreUnusable
from index.schema import advance

from .kept import (
    Contribution,
    Judged,
    KeptAnswer,
    Offer,
    Pending,
    Place,
    ServerSettings,
    Verdict,
    from_bytes,
    from_document,
    kept,
    place_of,
    to_bytes,
    to_document,
)

__all__ = [
    "PENDING_SECONDS",
    "Contribution",
    "Judged",
    "KeptAnswer",
    "Memory",
    "Offer",
    "Pending",
    "Place",
    "ServerSettings",
    "Verdict",
    "kept",
    "place_of",
]

PENDING_SECONDS = 15 * 60
"""As long as Discord takes an answer to an interaction; its token is not kept beyond."""
_DAY_SECONDS = 24 * 60 * 60

# Text is stored as bytes: what strangers send need not be valid Unicode.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    # 0 → 1: the first with a Discord bot
    (
        """CREATE TABLE answers (
            key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, asker INTEGER NOT NULL,
            asked_at REAL NOT NULL, message INTEGER, document BLOB NOT NULL)""",
        "CREATE INDEX answers_asker ON answers(asker)",
        "CREATE INDEX answers_asked_at ON answers(asked_at)",
        "CREATE INDEX answers_message ON answers(message)",
        """CREATE TABLE feedback (
            answer_key INTEGER NOT NULL REFERENCES answers(key), user INTEGER NOT NULL,
            verdict TEXT NOT NULL, correction BLOB, at REAL NOT NULL,
            PRIMARY KEY (answer_key, user)) WITHOUT ROWID""",
        "CREATE INDEX feedback_user ON feedback(user)",
        # One row at most: without it the defaults hold.
        """CREATE TABLE settings (
            key INTEGER PRIMARY KEY CHECK (key = 1), channels TEXT NOT NULL, private INTEGER NOT NULL,
            threads INTEGER NOT NULL)""",
        """CREATE TABLE contributions (
            article_id BLOB PRIMARY KEY, user INTEGER NOT NULL, added_at REAL NOT NULL,
            name BLOB NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE pending (
            interaction INTEGER PRIMARY KEY, application INTEGER NOT NULL, token BLOB NOT NULL,
            locale BLOB NOT NULL, private INTEGER NOT NULL, since_at REAL NOT NULL)""",
        "CREATE TABLE pointed (thread INTEGER PRIMARY KEY)",
    ),
)
"""Statements that bring a memory from each schema version to the next; creation starts at 0."""


class Memory:
    """One server's memory; safe to use from several threads and processes.

    Each change is one transaction: it is there as a whole or not at all, whenever the program is killed.
    A missing file is created, with its folder. StoreUnusable says when the disk will not have it,
    SchemaTooNew when a newer Byline wrote it.
    """

    def __init__(self, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(
                f"{file.parent} cannot be made ({error.strerror}); choose another folder with --data"
            ) from error
        self._db = Database(file, partial(advance, migrations=MIGRATIONS))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- answers ------------------------------------------------------------------------------

    def keep(self, answer: KeptAnswer) -> None:
        """Remember an answer; one of the same id is replaced, its feedback stays."""
        values = (to_bytes(answer.id), answer.asker, answer.asked_at, answer.message, to_document(answer))
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO answers (id, asker, asked_at, message, document) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET asker = excluded.asker, asked_at = excluded.asked_at,"
                " message = excluded.message, document = excluded.document",
                values,
            )

    def answer(self, answer_id: str) -> KeptAnswer | None:
        """The answer of that id, or None when it is not kept, or no longer."""
        row = self._db.row("SELECT document, message FROM answers WHERE id = ?", (to_bytes(answer_id),))
        return from_document(*row) if row else None

    def answer_to(self, message: int) -> KeptAnswer | None:
        """The answer that a message shows, or None; of several the latest."""
        row = self._db.row(
            "SELECT document, message FROM answers WHERE message = ? ORDER BY key DESC", (message,)
        )
        return from_document(*row) if row else None

    def set_message(self, answer_id: str, message: int) -> None:
        """Note which message shows an answer; nothing happens when it is no longer kept."""
        with self._db.transaction() as db:
            db.execute("UPDATE answers SET message = ? WHERE id = ?", (message, to_bytes(answer_id)))

    # --- feedback -----------------------------------------------------------------------------

    def judge(self, answer_id: str, user: int, verdict: Verdict, correction: str | None, now: float) -> bool:
        """Note a person's verdict on an answer, in place of an earlier one; False when it is not kept."""
        with self._db.transaction() as db:
            row = db.execute("SELECT key FROM answers WHERE id = ?", (to_bytes(answer_id),)).fetchone()
            if row is None:
                return False
            said = None if correction is None else to_bytes(correction)
            db.execute(
                "INSERT OR REPLACE INTO feedback (answer_key, user, verdict, correction, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (*row, user, str(verdict), said, now),
            )
        return True

    def feedback(self) -> Iterator[Judged]:
        """Every verdict with its answer, in the order the answers were given."""
        rows = self._db.rows(
            "SELECT document, message, user, verdict, correction, at FROM feedback"
            " JOIN answers ON key = answer_key ORDER BY asked_at, key, at, user"
        )
        for document, message, user, verdict, correction, at in rows:
            said = None if correction is None else from_bytes(correction)
            yield Judged(from_document(document, message), user, Verdict(verdict), said, at)

    # --- settings -----------------------------------------------------------------------------

    def settings(self) -> ServerSettings:
        """What was chosen last, or the defaults."""
        row = self._db.row("SELECT channels, private, threads FROM settings")
        if row is None:
            return ServerSettings()
        channels, private, threads = row
        return ServerSettings(frozenset(json.loads(channels)), bool(private), bool(threads))

    def change(self, settings: ServerSettings) -> None:
        """Choose these settings from now on."""
        channels = json.dumps(sorted(settings.channels))
        with self._db.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO settings (key, channels, private, threads) VALUES (1, ?, ?, ?)",
                (channels, settings.private, settings.threads),
            )

    # --- who added what -----------------------------------------------------------------------

    def contributed(self, contribution: Contribution) -> None:
        """Note who added an article, in place of who did before."""
        article_id, name = to_bytes(contribution.article_id), to_bytes(contribution.name)
        with self._db.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO contributions (article_id, user, added_at, name) VALUES (?, ?, ?, ?)",
                (article_id, contribution.user, contribution.added_at, name),
            )

    def contributions(self) -> dict[str, Contribution]:
        """Who added what, by the article's id."""
        rows = self._db.rows("SELECT article_id, user, added_at, name FROM contributions ORDER BY added_at")
        found = (
            Contribution(from_bytes(article_id), user, added_at, from_bytes(name))
            for article_id, user, added_at, name in rows
        )
        return {contribution.article_id: contribution for contribution in found}

    def withdrawn(self, article_id: str) -> None:
        """Forget who added an article, because it was removed."""
        with self._db.transaction() as db:
            db.execute("DELETE FROM contributions WHERE article_id = ?", (to_bytes(article_id),))

    # --- what is under way --------------------------------------------------------------------

    def add_pending(self, pending: Pending) -> None:
        """Note an interaction before its answer is worked on."""
        values = (
            pending.interaction,
            pending.application,
            to_bytes(pending.token),
            to_bytes(pending.locale),
            pending.private,
            pending.since_at,
        )
        with self._db.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO pending (interaction, application, token, locale, private, since_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )

    def done_pending(self, interaction: int) -> None:
        """Forget an interaction: it was answered, or cannot be any more."""
        with self._db.transaction() as db:
            db.execute("DELETE FROM pending WHERE interaction = ?", (interaction,))

    def take_pending(self, now: float) -> list[Pending]:
        """The interactions that can still be answered, oldest first; none is kept after this."""
        with self._db.transaction() as db:
            rows = db.execute(
                "SELECT interaction, application, token, locale, private, since_at FROM pending"
                " WHERE since_at >= ? ORDER BY since_at, interaction",
                (now - PENDING_SECONDS,),
            ).fetchall()
            db.execute("DELETE FROM pending")
        return [
            Pending(interaction, application, from_bytes(token), from_bytes(locale), bool(private), since_at)
            for interaction, application, token, locale, private, since_at in rows
        ]

    def point_once(self, thread: int) -> bool:
        """Whether this is the first time it is asked of a thread."""
        with self._db.transaction() as db:
            return db.execute("INSERT OR IGNORE INTO pointed (thread) VALUES (?)", (thread,)).rowcount == 1

    # --- forgetting ---------------------------------------------------------------------------

    def forget_user(self, user: int) -> int:
        """Remove what a person asked, with all verdicts on it, and their verdicts on other answers.

        Returns how many answers and verdicts were theirs; nothing of them is left in the file. Who added
        which article stays: it is of the article.
        """
        with self._db.transaction() as db:
            verdicts = db.execute("DELETE FROM feedback WHERE user = ?", (user,)).rowcount
            db.execute(
                "DELETE FROM feedback WHERE answer_key IN (SELECT key FROM answers WHERE asker = ?)", (user,)
            )
            answers = db.execute("DELETE FROM answers WHERE asker = ?", (user,)).rowcount
        self._db.scrub()
        return answers + verdicts

    def expire(self, now: float, days: float) -> int:
        """Remove answers older than `days`, with their feedback, and interactions too old to be answered.

        Returns how many answers went; nothing of them is left in the file.
        """
        before = now - days * _DAY_SECONDS
        with self._db.transaction() as db:
            db.execute("DELETE FROM pending WHERE since_at < ?", (now - PENDING_SECONDS,))
            db.execute(
                "DELETE FROM feedback WHERE answer_key IN (SELECT key FROM answers WHERE asked_at < ?)",
                (before,),
            )
            answers = db.execute("DELETE FROM answers WHERE asked_at < ?", (before,)).rowcount
        if answers:
            self._db.scrub()
        return answers
