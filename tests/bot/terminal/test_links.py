"""`byline index https://…`: links beside files, in one run and one summary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pages import page
from tests.web_server import Web

from ..conftest import MARROW, Program


@pytest.fixture
def web(byline: Program) -> Iterator[tuple[str, Web]]:
    """A site in the operator's own network, which the config allows, and its address."""
    with Web() as running:
        where = f"localhost:{running.port()}"
        byline.write("config.yaml", f'web:\n  allow_private_hosts: ["{where}"]\n  pause_seconds: 0\n')
        yield f"http://{where}", running


def test_links_and_files(byline: Program, web: tuple[str, Web]) -> None:
    """Both are added; a second run finds nothing changed."""
    site, running = web
    running.page("localhost/a", page("json-ld-graph"))
    byline.write("film.txt", MARROW)
    done = byline("index", "film.txt", f"{site}/a")
    assert (done.code, done.out, done.err) == (0, "articles: 2 added (2 passages written)\n", "")
    assert byline("index", f"{site}/a").out == "articles: 1 unchanged (0 passages written)\n"
    shown = byline("ask", "How many people queued before dawn at Westbank station?", "--json").out
    assert f'"url": "{site}/a"' in shown


def test_links_that_cannot_be_read(byline: Program, web: tuple[str, Web]) -> None:
    """Named with their reason; exit code 1."""
    site, running = web
    running.page("localhost/wall", page("none-login"))
    links = [f"{site}/wall", f"{site}/none", "http://127.0.0.1/x", "http://169.254.169.254/latest/"]
    done = byline("index", *links)
    assert (done.code, done.out) == (1, "articles: 4 failed (0 passages written)\n")
    assert done.err.splitlines() == [
        f"skipped '{site}/wall': no article text was found in the page: it asks for a login",
        f"skipped '{site}/none': it is not there (404)",
        "skipped 'http://127.0.0.1/x': its host has a loopback address, and those are not visited",
        "skipped 'http://169.254.169.254/latest/': its host has the address of a cloud's metadata, and those "
        "are not visited",
    ]


def test_other_schemes(byline: Program) -> None:
    """They are refused as links, before anything is read."""
    byline.write("film.txt", MARROW)
    done = byline("index", "film.txt", "file:///etc/passwd")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "byline: 'file:///etc/passwd' cannot be read: only http and https links are read, not file\n"
    )
    assert byline("collections", "list").out == "No collections yet; make one with: byline index PATH\n"
