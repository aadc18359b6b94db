"""Where each server's things lie: a folder of its own with its articles and its memory."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import structlog

from index.collection import LocalCollection
from index.errors import StoreUnusable

from ...app import SAMPLES, App
from .mark import BEGUN, MARK, clear_mark, due, is_due, set_mark
from .memory import Memory
from .shelf import FORGOTTEN, Shelf
from .titles import Title, Titles

__all__ = ["ARTICLES", "MEMORY", "Places", "Title", "are_samples"]

ARTICLES = "articles"
MEMORY = "memory.sqlite3"
_GOING = ".forgotten-"
_DAY_SECONDS = 86_400

_log = structlog.get_logger("byline")


class Places:
    """Where each server's things lie: its articles, its memory; opened when needed, closed when not.

    All of it blocks, and is for worker threads. Collections may be used by several at once; `memory`,
    and all that forgets, belong on one and the same thread.
    """

    def __init__(self, app: App) -> None:
        settings = app.settings.discord
        self._app = app
        self._base = app.settings.data / "discord"
        self._servers = self._base / "servers"
        self._shared = settings.shared_collection or app.collection_name
        self._most = settings.max_open_collections
        self._forget_after_seconds = settings.forget_after_days * _DAY_SECONDS
        self._shelf = Shelf(self._opened, self._most)
        self._titles = Titles()
        self._lock = threading.RLock()
        self._memories: OrderedDict[int | None, Memory] = OrderedDict()
        self._times_forgotten: Counter[int | None] = Counter()
        self._samples_are_read = False

    def folder(self, server: int | None) -> Path:
        """A server's folder; for None that of direct messages and of people who brought the bot along."""
        if server is None:
            return self._base / "direct"
        if server <= 0:
            raise ValueError(f"{server} is no server's id")
        return self._servers / str(server)

    # --- articles -----------------------------------------------------------------------------

    @contextmanager
    def collections(self, server: int | None) -> Iterator[list[LocalCollection]]:
        """What a question asked there is answered from: the shared collection, then the server's own.

        The samples stand in while neither has had an article. As in the terminal they do not where there
        are other collections: UnknownCollection when the shared one is none of them.
        """
        with ExitStack() as stack:
            found = self._entered(stack, self._asked(server))
            if self._samples_stand_in(found):
                samples = stack.enter_context(self._shelf.making(self._samples))
                self._read_samples(samples)
                found = [samples]
            elif not found:
                self._app.existing(self._shared).close()  # raises, naming those there are
            yield found

    @contextmanager
    def own(self, server: int) -> Iterator[LocalCollection]:
        """The server's own collection, made when it is missing, to add to and remove from.

        Adding raises Forgotten when the server is forgotten meanwhile.
        """
        with self._lock:
            self._go_on(server)
        with self._shelf.making(self._own(server)) as collection:
            yield collection

    @contextmanager
    def kept(self, server: int | None) -> Iterator[LocalCollection | None]:
        """The server's own collection, or for None the shared one; None when it is not there, or is to go."""
        if server is None:
            folders = self._asked(None)
        else:
            folders = [] if due(self.folder(server)) is not None else [self._own(server)]
        with ExitStack() as stack:
            found = self._entered(stack, folders)
            yield found[0] if found else None

    def titles(self, server: int | None) -> Sequence[Title]:
        """The articles a question asked there can be narrowed to: the server's own, then the shared ones."""
        with ExitStack() as stack:
            found = self._entered(stack, self._asked(server))
            if self._samples_stand_in(found):
                found = self._entered(stack, [self._samples])
            return [title for collection in reversed(found) for title in self._titles.of(collection)]

    # --- memory -------------------------------------------------------------------------------

    def memory(self, server: int | None) -> Memory:
        """What is remembered there; get it anew for each piece of work, the longest unused is closed."""
        with self._lock:
            if server not in self._memories:
                if server is not None:
                    self._go_on(server)
                self._memories[server] = Memory(self.folder(server) / MEMORY)
            self._memories.move_to_end(server)
            while len(self._memories) > self._most:
                self._memories.popitem(last=False)[1].close()
            return self._memories[server]

    # --- forgetting ---------------------------------------------------------------------------

    def servers(self) -> set[int]:
        """The servers that have a folder."""
        return {int(path.name) for path in self._servers.glob("*") if path.name.isdecimal()}

    def mark(self, server: int, now: float) -> None:
        """Have a server forgotten some days from now; one that was marked before keeps its day."""
        folder = self.folder(server)
        with self._lock:
            if folder.is_dir() and due(folder) is None:
                set_mark(folder, now + self._forget_after_seconds)

    def unmark(self, server: int) -> None:
        """Keep a server after all."""
        with self._lock:
            clear_mark(self.folder(server))

    def sweep(self, now: float) -> list[int]:
        """Forget the servers whose day has come, and what a killed program left; which servers these are."""
        gone = []
        with self._lock:
            for server in sorted(self.servers()):
                try:
                    if self._swept(server, now):
                        gone.append(server)
                except (OSError, StoreUnusable) as error:  # the next sweep tries again
                    _log.error("a server cannot be forgotten", server=server, error=str(error))
            for path in self._servers.glob(f"{_GOING}*"):
                shutil.rmtree(path, ignore_errors=True)
        return gone

    def forget(self, server: int) -> None:
        """Delete all that belongs to a server, at once.

        Articles that are being read or added to at this moment are not seen by anybody new, and their
        files go with the last who uses them. What a kill interrupts, the next start goes on with.
        """
        folder, going = self.folder(server), self._going(server)
        with self._lock:
            # Also of a server of which nothing is kept yet: what is under way is about to.
            self._times_forgotten[server] += 1
            if not folder.is_dir():
                return
            if server in self._memories:
                self._memories.pop(server).close()
            set_mark(folder, BEGUN)
            self._retire(server)
            going.mkdir()
            for path in sorted(folder.iterdir(), key=lambda path: path.name == MARK):  # the mark goes last
                if path.name != ARTICLES:
                    path.rename(going / path.name)
            with suppress(OSError):  # its articles are in use
                folder.rmdir()
        shutil.rmtree(going, ignore_errors=True)

    def times_forgotten(self, server: int | None) -> int:
        """How often a server was forgotten since the start: more than before means that all is gone."""
        return self._times_forgotten[server]

    def close(self) -> None:
        """Close everything; what is still in use is closed by its last user."""
        with self._lock:
            while self._memories:
                self._memories.popitem()[1].close()
        self._shelf.close()

    # --- how it is done -----------------------------------------------------------------------

    @property
    def _samples(self) -> Path:
        return self._app.collections_folder / SAMPLES

    def _own(self, server: int) -> Path:
        return self.folder(server) / ARTICLES

    def _asked(self, server: int | None) -> list[Path]:
        shared = self._app.collections_folder / self._shared
        folders = [shared] if shared.parent == self._app.collections_folder else []
        if server is not None and due(self.folder(server)) != BEGUN:
            folders.append(self._own(server))
        return folders

    def _opened(self, folder: Path) -> LocalCollection:
        with self._lock, suppress(OSError):  # the collection says better what is wrong
            folder.mkdir(parents=True, exist_ok=True)  # while nobody takes an empty server's folder away
        return self._app.open(folder)

    def _entered(self, stack: ExitStack, folders: Sequence[Path]) -> list[LocalCollection]:
        found = [stack.enter_context(self._shelf.reading(folder)) for folder in folders]
        return [collection for collection in found if collection is not None]

    def _samples_stand_in(self, found: Sequence[LocalCollection]) -> bool:
        if any(collection.ever_had_articles for collection in found):
            return False
        others = set(self._app.collection_names()) - {SAMPLES, self._shared}
        return not others or self._shared == SAMPLES

    def _read_samples(self, samples: LocalCollection) -> None:
        if not self._samples_are_read:
            self._app.index(samples, self._app.samples_source(), lambda *_: None)
            self._samples_are_read = True

    def _swept(self, server: int, now: float) -> bool:
        """Forget a server if its day has come; whether it had."""
        has_come = is_due(self.folder(server), now)
        if has_come:
            self.forget(server)
        self._go_on(server)
        with suppress(OSError):  # not empty, as it should be
            self.folder(server).rmdir()
        return has_come

    def _go_on(self, server: int) -> None:
        """Finish what a program that was killed had begun to forget."""
        if due(self.folder(server)) == BEGUN:
            self.forget(server)
        elif (self._own(server) / FORGOTTEN).exists():
            self._retire(server)

    def _retire(self, server: int) -> None:
        folder = self._own(server)

        def take_away() -> None:
            going = self._going(server)
            with self._lock:  # nobody makes a memory beside it just now
                folder.rename(going)
                with suppress(OSError):  # something is remembered there
                    folder.parent.rmdir()
            shutil.rmtree(going, ignore_errors=True)

        self._shelf.retire(folder, take_away)

    def _going(self, server: int) -> Path:
        """A new name for what is on its way out: one rename, and it is gone."""
        return self._servers / f"{_GOING}{server}-{secrets.token_hex(8)}"


def are_samples(collections: Sequence[LocalCollection]) -> bool:
    """Whether what a question is answered from is Byline's own articles alone."""
    return [collection.name for collection in collections] == [SAMPLES]
