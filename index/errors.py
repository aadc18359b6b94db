"""Everything `index` raises on purpose.

BylineError                  one line that says what to do; front ends print it and nothing else
├── SourceError              a path or link given by a person cannot be read at all
├── BackupError              an export cannot be written, or a file is none
├── EncoderError             the embedding model cannot be loaded
└── CollectionError          a collection cannot be used as asked
    ├── InvalidName          the name cannot be a folder's
    ├── UnknownCollection    there is none of that name
    ├── EncoderMismatch      it was embedded with another model or chunking
    ├── SchemaTooNew         a newer Byline wrote it
    ├── Forgotten            it is being deleted
    └── StoreUnusable        the disk is full, read-only or damaged
"""


class BylineError(Exception):
    """Base of all errors meant for a person: `str(error)` is one line that says what to do."""


class SourceError(BylineError):
    """A path or link given by a person cannot be read at all."""


class BackupError(BylineError):
    """An export cannot be written, or a file is none."""


class EncoderError(BylineError):
    """The embedding model cannot be loaded."""


class CollectionError(BylineError):
    """A collection cannot be used as asked."""


class InvalidName(CollectionError):
    """The name cannot be a collection's."""


class UnknownCollection(CollectionError):
    """There is no collection of that name."""


class EncoderMismatch(CollectionError):
    """The collection was embedded with another model or chunking than the one configured."""


class SchemaTooNew(CollectionError):
    """A newer version of Byline wrote the collection."""


class Forgotten(CollectionError):
    """The collection is being deleted while somebody adds to it."""


class StoreUnusable(CollectionError):
    """The collection's files cannot be read or written."""
