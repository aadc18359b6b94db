"""`robots.txt` as RFC 9309 has it."""

from __future__ import annotations

import time

import pytest

from index.sources.web.robots import robot_name, rules_from

FORBIDDEN = "its site's robots.txt does not allow it"


def allowed(text: str, path: str, agent: str = "Byline") -> bool:
    """Whether a robots.txt allows a path."""
    return rules_from(200, text.encode(), agent).refusal(f"https://news.example{path}") is None


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: byline\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Byline\nAllow: /", "/a", True),
        ("User-agent: Byline\nUser-agent: other\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /ü", "/%C3%BC/a", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("<!doctype html><html><body>Not a robots.txt</body></html>", "/a", True),
    ],
)
def test_what_is_allowed(text: str, path: str, wanted: bool) -> None:
    """The group of one's own name first, the longest rule first, with both wildcards."""
    assert allowed(text, path) is wanted


def test_wildcards_cannot_be_made_slow() -> None:
    """A rule of a thousand stars against a long path."""
    started = time.monotonic()
    assert allowed("User-agent: *\nDisallow: /" + "*a" * 1000 + "b", "/" + "a" * 3000)
    assert time.monotonic() - started < 0.5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Crawl-delay: 5", 5),
        ("Crawl-delay: 86400", 30),
        ("Crawl-delay: -1", 0),
        ("Crawl-delay: x", 0),
        ("", 0),
    ],
)
def test_the_pause_that_a_site_asks_for(text: str, seconds: float) -> None:
    """As far as anybody would wait."""
    assert rules_from(200, f"User-agent: *\nDisallow: /x\n{text}".encode(), "Byline").delay_seconds == seconds


def test_only_the_beginning_is_read() -> None:
    """500 KiB, as the RFC asks for."""
    text = "User-agent: *\nDisallow: /a\n" + "#" * 500 * 1024 + "\nDisallow: /b\n"
    assert (allowed(text, "/a"), allowed(text, "/b")) == (False, True)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [("Byline (reads)", "Byline"), ("Lamp/2.0 (x)", "Lamp"), ("Lamp", "Lamp")],
)
def test_the_name_a_program_goes_by(user_agent: str, name: str) -> None:
    """Without version and comment."""
    assert robot_name(user_agent) == name
