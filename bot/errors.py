"""Everything `bot` raises on purpose, under the one root of `index.errors`.

BylineError
├── ConfigError       the config file cannot be used as written
├── QuestionError     the question cannot be asked as written
├── DatasetError      the evaluation data cannot be read
└── ReaderError       the reader, or its calibration, cannot be loaded
"""

from index.errors import BylineError


class ConfigError(BylineError):
    """The config file cannot be used as written."""


class QuestionError(BylineError):
    """The question cannot be asked as written."""


class DatasetError(BylineError):
    """The evaluation data cannot be read."""


class ReaderError(BylineError):
    """The reader, or its calibration, cannot be loaded."""
