"""The composition root: settings in, collections and an `Answerer` out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.collection import STORE_FILE, LocalCollection, checked_name
from index.encode import BUNDLED, SentenceEncoder
from index.errors import InvalidName, UnknownCollection
from index.lock import Writer
from index.sources.files import FileSource
from index.sync import take_in
from index.types import Added, Article, Skipped, Unchanged

from .reader.bundled import SHIPPED_CALIBRATION
from .reader.model import ExtractiveReader
from .settings import NO_CALIBRATION, Settings, find_config, load_settings
from .shipped import shipped

if TYPE_CHECKING:
    from index.sources.web.fetch import Fetcher
    from index.sources.web.source import KeptPage, WebSource

    from .answerer import Answerer
    from .reader.calibrate import Calibration, Identity

SAMPLES = "samples"

Source = TypeVar("Source", bound=Iterable[Article | Skipped | Unchanged])


@dataclass(frozen=True, slots=True)
class Options:
    """What a person said on the command line that every command understands."""

    config: Path | None = None
    data: Path | None = None
    collection: str | None = None


class App:
    """Everything a front end needs, made from the settings on first use."""

    def __init__(
        self,
        options: Options,
        environment: Mapping[str, str],
        folder: Path,
        writer: Writer | None = None,
    ) -> None:
        self.config = find_config(options.config, environment, folder)
        self.settings: Settings = load_settings(self.config, options.data, environment, folder)
        self.collection_name = options.collection or self.settings.collection
        self.writer = writer or Writer()
        self.encoder = SentenceEncoder(self.settings.encoder)
        self.reader = ExtractiveReader(self.settings.reader)

    @property
    def collections_folder(self) -> Path:
        """Each subfolder is a collection."""
        return self.settings.data / "collections"

    def collection_names(self) -> list[str]:
        """The collections there are, in name order."""
        return sorted(path.parent.name for path in self.collections_folder.glob(f"*/{STORE_FILE}"))

    def open(self, folder: Path) -> LocalCollection:
        """Open the collection in `folder`, making it when it is missing."""
        settings = self.settings
        return LocalCollection(
            folder, self.encoder, settings.chunking, settings.retrieval, settings.store, self.writer
        )

    def chosen(self) -> LocalCollection:
        """Open the chosen collection, making it when it is missing."""
        if self.collection_name == SAMPLES:
            raise InvalidName(f"{SAMPLES!r} holds Byline's own articles; choose another name for yours")
        return self.open(self.collections_folder / checked_name(self.collection_name))

    def existing(self, name: str | None = None) -> LocalCollection:
        """Open a collection that must exist; UnknownCollection names those there are."""
        name = name or self.collection_name
        if name not in self.collection_names():
            known = ", ".join(self.collection_names()) or "none yet"
            raise UnknownCollection(
                f"there is no collection {name!r} (there are: {known}); make it with: "
                f"byline index PATH --collection {name}"
            )
        return self.open(self.collections_folder / name)

    @contextmanager
    def asked(self) -> Iterator[tuple[LocalCollection, bool]]:
        """The collection that questions go to, and whether it is the samples.

        The samples stand in while the chosen collection has never had an article, unless another
        one has: then a name that is not there is an error.
        """
        checked_name(self.collection_name)
        own = [name for name in self.collection_names() if name != SAMPLES]
        if own and self.collection_name != SAMPLES:
            with closing(self.existing()) as chosen:
                if chosen.ever_had_articles or len(own) > 1:
                    yield chosen, False
                    return
        with closing(self.open(self.collections_folder / SAMPLES)) as samples:
            yield samples, True

    def samples_source(self) -> FileSource:
        """The sample articles that ship with Byline."""
        return FileSource([shipped("articles")], self.settings.articles)

    def web_source(self, links: Sequence[str], kept: Mapping[str, KeptPage] | None = None) -> WebSource:
        """What some links lead to, of which `kept` was read before; nothing is fetched yet."""
        # Network libraries are for those who name a link.
        from index.sources.web.source import WebSource  # noqa: PLC0415

        return WebSource(links, self.fetcher(), kept)

    def fetcher(self) -> Fetcher:
        """Fetches links, as the settings allow; one for all that a program does at a time."""
        from index.sources.web.fetch import Fetcher  # noqa: PLC0415

        return Fetcher(self.settings.web)

    def index(
        self,
        collection: LocalCollection,
        source: Source,
        progress: Callable[[Added | Skipped, Source], None],
    ) -> None:
        """Store what a source reads, telling `progress` of each article and how far the source has come."""
        take_in(collection, source, lambda item: progress(item, source))

    def answerer(self, *, at_any_confidence: bool = False, calibrated: bool = True) -> Answerer:
        """The answerer of these settings.

        For evaluation, which sets its own bar, it answers `at_any_confidence`; to fit a calibration it
        must not be `calibrated` already.
        """
        from .answerer import Answerer  # noqa: PLC0415 (only needed once there is a question)

        return Answerer(
            self.encoder,
            self.reader,
            self.settings.answering,
            self.calibration if calibrated else None,
            at_any_confidence=at_any_confidence,
        )

    def load(self) -> None:
        """Load the models now rather than with the first question."""
        self.encoder.load()
        self.reader.load()

    @cached_property
    def calibration(self) -> Calibration | None:
        """The configured calibration; None when it belongs to other models, or `none` is configured."""
        from .candidates import FEATURES  # noqa: PLC0415
        from .reader.calibrate import load_calibration  # noqa: PLC0415

        chosen = self.settings.reader.calibration
        if chosen == NO_CALIBRATION:
            return None
        file = SHIPPED_CALIBRATION if chosen == BUNDLED else Path(chosen)
        calibration = load_calibration(file, FEATURES)
        return calibration if calibration.identity == self.identity() else None

    @property
    def calibration_note(self) -> str | None:
        """What a person must know when answers carry no confidence without their having asked for that."""
        if self.settings.reader.calibration == NO_CALIBRATION or self.calibration is not None:
            return None
        return (
            "No confidence: the calibration is of another encoder, reader or chunking. "
            "Fit one with: byline eval DATASET --calibrate FILE"
        )

    def identity(self) -> Identity:
        """What a calibration made with these settings belongs to."""
        from .reader.calibrate import Identity  # noqa: PLC0415

        return Identity(
            encoder=f"{self.encoder.name} {self.encoder.fingerprint}",
            reader=f"{self.reader.name} {self.reader.fingerprint}",
            chunking=self.settings.chunking.model_dump_json(),
        )

    def delete_collection(self, name: str) -> None:
        """Delete a collection and all that came from its articles, even one that cannot be opened."""
        if name not in self.collection_names():
            self.existing(name)  # raises, naming those there are
        shutil.rmtree(self.collections_folder / name)
        shutil.rmtree(self._beside(name), ignore_errors=True)  # what an interrupted reindex left

    def reindex(self, name: str, done: Callable[[Added], None]) -> None:
        """Embed a collection again with the configured encoder and chunking, telling `done` of each article.

        It answers meanwhile; an interrupted run goes on where it stopped.
        """
        with closing(self.existing(name)) as collection:
            for added in collection.reindex(self._beside(name)):
                done(added)

    def _beside(self, name: str) -> Path:
        """Where the new index of a collection grows."""
        return self.settings.data / "reindex" / name
