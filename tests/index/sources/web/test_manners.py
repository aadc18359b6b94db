"""Good manners: `robots.txt`, one request at a time, `Retry-After`."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from index.sources.web.fetch import FetchError
from tests.web_server import Connection, Seen, Web, reply, tricks

from .conftest import Body, Make, Refusal


def test_robots_txt_is_respected(web: Web, fetcher: Make) -> None:
    """It is asked once, before the first page; what it does not allow is not asked for."""
    rules = "User-agent: *\nDisallow: /private\nAllow: /private/press\n"
    web.page("news.example/robots.txt", rules, headers={"Content-Type": "text/plain"})
    web.page("news.example/a", "x")
    web.page("news.example/private/press", "x")
    getting = fetcher()
    getting.get("http://news.example/a")
    getting.get("http://news.example/private/press")
    with pytest.raises(FetchError) as caught:
        getting.get("http://news.example/private/b")
    assert str(caught.value) == "its site's robots.txt does not allow it"
    assert [seen.path for seen in web.seen] == ["/robots.txt", "/a", "/private/press"]


def test_robots_txt_is_respected_on_redirects(web: Web, refusal: Refusal) -> None:
    """Each site's own."""
    web.page("other.example/robots.txt", "User-agent: Byline\nDisallow: /")
    web.pages["news.example/a"] = tricks.redirect("http://other.example/b")
    web.page("other.example/b", "x")
    assert refusal("http://news.example/a") == "its site's robots.txt does not allow it"
    assert web.paths("other.example") == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_all(web: Web, body: Body, status: int) -> None:
    """RFC 9309: unavailable means no rules."""
    web.page("news.example/robots.txt", "User-agent: *\nDisallow: /", status)
    web.page("news.example/a", "x")
    assert body("http://news.example/a") == b"x"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_had_allows_nothing(web: Web, fetcher: Make, status: int) -> None:
    """RFC 9309: unreachable means that all is forbidden; it is not asked for again at once."""
    web.page("news.example/robots.txt", "", status)
    web.page("news.example/a", "x")
    getting = fetcher()
    for _ in range(2):
        with pytest.raises(FetchError) as caught:
            getting.get("http://news.example/a")
        assert str(caught.value) == f"its site's robots.txt answers {status}, so nothing there is read"
    assert [seen.path for seen in web.seen] == ["/robots.txt"]


def test_an_endless_robots_txt(web: Web, body: Body) -> None:
    """What its first 500 KiB say holds; the rest is not read."""
    head = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /private\n"
    web.pages["news.example/robots.txt"] = lambda connection, _: (
        connection.send(head), connection.repeat(b"# more\n" * 1000)
    )  # fmt: skip
    web.page("news.example/a", "x")
    assert body("http://news.example/a") == b"x"


def test_one_at_a_time(web: Web, fetcher: Make) -> None:
    """Ten threads ask a host, and it serves one after the other; another host is served meanwhile."""
    running: Counter[str] = Counter()
    at_once: set[int] = set()

    def slowly(connection: Connection, seen: Seen) -> None:
        running[seen.host] += 1
        at_once.add(running[seen.host])
        time.sleep(0.02)
        running[seen.host] -= 1  # before the answer: whoever has that may come again
        connection.send(reply(b"x"))

    getting = fetcher()
    for host in ("news.example", "other.example"):
        for number in range(5):
            web.pages[f"{host}/{number}"] = slowly
    links = [f"http://{host}/{n}" for n in range(5) for host in ("news.example", "other.example")]
    threads = [threading.Thread(target=getting.get, args=(link,)) for link in links]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert at_once == {1}
    assert len(web.paths("news.example")) == len(web.paths("other.example")) == 5


def test_a_server_that_asks_to_be_left_alone(web: Web, fetcher: Make) -> None:
    """`Retry-After` holds for all of its pages."""
    web.page("news.example/a", "", 429, {"Retry-After": "120"})
    web.page("news.example/b", "x")
    getting = fetcher()
    with pytest.raises(FetchError) as caught:
        getting.get("http://news.example/a")
    assert caught.value.retry_after_seconds == 120
    with pytest.raises(FetchError) as caught:
        getting.get("http://news.example/b")
    assert str(caught.value) == "its server asked not to be visited for 120 seconds"
    assert web.paths("news.example") == ["/a"]
