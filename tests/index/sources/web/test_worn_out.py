"""Servers that want to wear their visitors out: endless, slow, packed, broken."""

from __future__ import annotations

import gzip
import os
import resource
import threading
import time
from dataclasses import replace

import pytest

from index.sources.web.fetch import Fetched
from tests.web_server import Web, tricks
from tests.web_server.web import PUBLIC

from .conftest import Body, Make, Refusal


@pytest.mark.parametrize("trick", [tricks.slow_head, tricks.slow_body, tricks.silent, tricks.endless_hints])
def test_the_deadline_is_for_everything(web: Web, refusal: Refusal, trick: tricks.Behaviour) -> None:
    """However slowly a byte follows the last, or however many: it ends in time."""
    web.pages["news.example/a"] = trick
    started = time.monotonic()
    assert refusal("http://news.example/a", timeout_seconds=0.5) == "it did not come within 0.5 seconds"
    assert time.monotonic() - started < 2


def test_the_deadline_is_for_robots_txt_too(web: Web, refusal: Refusal) -> None:
    """A site that keeps one waiting there is not waited for again."""
    web.pages["news.example/robots.txt"] = tricks.slow_head
    assert refusal("http://news.example/a", timeout_seconds=0.3) == "it did not come within 0.3 seconds"
    assert web.paths("news.example") == []


def test_the_deadline_is_for_the_resolver(web: Web, refusal: Refusal) -> None:
    """The system's resolver knows none, so it is asked aside."""
    release = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        release.wait(10)
        return [PUBLIC]

    web.network = replace(web.network, resolve=slow)
    assert refusal("http://news.example/a", timeout_seconds=0.2) == "it did not come within 0.2 seconds"
    release.set()


@pytest.mark.parametrize("trick", [tricks.endless_body, tricks.endless_chunks, tricks.gzip_bomb])
def test_no_more_than_the_limit(web: Web, refusal: Refusal, trick: tricks.Behaviour) -> None:
    """An endless body and a bomb end at the limit, and memory stays where it was."""
    web.pages["news.example/a"] = trick
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (
        refusal("http://news.example/a", max_bytes=1_000_000) == "it is over web.max_bytes (1,000,000 bytes)"
    )
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kB


def test_a_body_of_just_the_limit(web: Web, body: Body, refusal: Refusal) -> None:
    """The limit itself is allowed, packed or not."""
    web.page("news.example/a", "x" * 1000)
    web.pages["news.example/b"] = tricks.packed(gzip.compress(b"x" * 1000), "gzip")
    for path in ("a", "b"):
        assert len(body(f"http://news.example/{path}", max_bytes=1000)) == 1000
        assert refusal(f"http://news.example/{path}", max_bytes=999) == "it is over web.max_bytes (999 bytes)"


BROKE_OFF = "its server broke off or does not speak HTTP"


@pytest.mark.parametrize(
    ("trick", "reason"),
    [
        (tricks.endless_head, BROKE_OFF),
        (tricks.breaks_off, BROKE_OFF),
        (tricks.garbage, BROKE_OFF),
        (lambda *_: None, BROKE_OFF),
        (tricks.many_members, "it is packed in too many pieces"),
        (tricks.packed(b"not gzip at all", "gzip"), "it is damaged: it cannot be unpacked"),
        (tricks.packed(gzip.compress(os.urandom(900))[:500], "gzip"), "it broke off before its end"),
        (tricks.packed(b"", "gzip"), "it broke off before its end"),
        (tricks.packed(b"\xff\xff", "deflate"), "it is damaged: it cannot be unpacked"),
        (tricks.packed(b"x", "br"), "it is packed in a way that was not asked for ('br')"),
        (tricks.packed(b"x", "gzip, gzip"), "it is packed in a way that was not asked for ('gzip, gzip')"),
    ],
)
def test_broken_answers(web: Web, refusal: Refusal, trick: tricks.Behaviour | bytes, reason: str) -> None:
    """None of them is taken for a page, not even for half of one."""
    web.pages["news.example/a"] = trick
    assert refusal("http://news.example/a") == reason


def test_an_answer_within_an_answer(web: Web, fetcher: Make) -> None:
    """Nothing is left on a connection for the next request: each has its own."""
    web.pages["news.example/a"] = tricks.injected
    web.page("news.example/b", "<p>honest</p>")
    getting = fetcher()
    for path, wanted in (("a", b"<p>first</p>"), ("b", b"<p>honest</p>")):
        found = getting.get(f"http://news.example/{path}")
        assert isinstance(found, Fetched)
        assert found.body == wanted


def test_nobody_there(web: Web, refusal: Refusal) -> None:
    """A host whose addresses all refuse."""
    web.names["news.example"] = [["93.184.215.99"]]
    assert refusal("http://news.example/a") == "its server cannot be reached"


def test_no_tls_where_tls_should_be(web: Web, refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that speaks plain HTTP on 443."""
    monkeypatch.setattr(web, "port", lambda secure=False: web._plain.getsockname()[1])
    assert refusal("https://news.example/a") == "its server offers no secure connection"
