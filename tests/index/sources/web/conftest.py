"""What the tests of the web share: the small internet, and a fetcher that lives in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from index.settings import WebSettings
from index.sources.web.fetch import Fetched, Fetcher, FetchError
from tests.web_server import Web

Make = Callable[..., Fetcher]
Body = Callable[..., bytes]
Refusal = Callable[..., str]


@pytest.fixture
def web() -> Iterator[Web]:
    """The small internet, empty."""
    with Web() as running:
        yield running


@pytest.fixture
def fetcher(web: Web) -> Callable[..., Fetcher]:
    """Makes a fetcher without pauses; keyword arguments are settings."""

    def make(**settings: object) -> Fetcher:
        values: dict[str, object] = {"pause_seconds": 0, "timeout_seconds": 5, **settings}
        return Fetcher(WebSettings.model_validate(values), web.network)

    return make


@pytest.fixture
def body(fetcher: Callable[..., Fetcher]) -> Callable[..., bytes]:
    """Fetches a link and returns its body."""

    def get(link: str, **settings: object) -> bytes:
        found = fetcher(**settings).get(link)
        assert isinstance(found, Fetched)
        return found.body

    return get


@pytest.fixture
def refusal(fetcher: Callable[..., Fetcher]) -> Callable[..., str]:
    """Fetches a link that nothing must come of, and returns the reason."""

    def get(link: str, **settings: object) -> str:
        with pytest.raises(FetchError) as caught:
            fetcher(**settings).get(link)
        return str(caught.value)

    return get
