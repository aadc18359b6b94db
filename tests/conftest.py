"""What several test modules share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.collection import LocalCollection
from index.types import Article
from tests.encoders import HashedWords

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of real articles and evaluation data beside the checkout, where there is one."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, the folder of real articles beside the checkout")
    return SHARED


@pytest.fixture
def encoder() -> HashedWords:
    return HashedWords()


@pytest.fixture
def collection(tmp_path: Path, encoder: HashedWords) -> LocalCollection:
    return LocalCollection(tmp_path / "news", encoder)


@pytest.fixture
def article() -> Callable[..., Article]:
    """Makes an article from a text; keyword arguments override its fields."""

    def make(text: str, **fields: object) -> Article:
        values = {"id": f"id-{abs(hash(text))}", "text": text, **fields}
        return Article(**values)  # type: ignore[arg-type]

    return make
