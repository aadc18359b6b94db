"""`byline feeds …`: what is said, what is kept, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App, Options
from index.collection import LocalCollection
from index.pulling import Pull
from tests.encoders import HashedWords
from tests.readers import write_calibration
from tests.web_server import Web

from ..chat.run.test_process import PROGRAM, ROOT
from ..conftest import MARROW, Program

NONE_YET = "No feeds yet; add one with: byline feeds add LINK\n"


def feed(site: str, *topics: str) -> str:
    """A feed of entries, newest first."""
    items = "".join(f"<item><title>The {topic}</title><link>{site}/{topic}</link></item>" for topic in topics)
    return f"<rss version='2.0'><channel><title>Bay Post</title>{items}</channel></rss>"


def text_of(topic: str) -> str:
    sentence = f"Nils restored the {topic} at Gull Point, which will be open to the public from June."
    return f"<html><body><div class=article><p>{sentence}</p><p>{sentence}</p></div></body></html>"


@pytest.fixture
def web(byline: Program) -> Iterator[tuple[str, Web]]:
    """A site in the operator's own network, which the config allows, with a feed of two entries."""
    with Web() as running:
        where = f"localhost:{running.port()}"
        byline.write("config.yaml", f'web:\n  allow_private_hosts: ["{where}"]\n  pause_seconds: 0\n')
        site = f"http://{where}"
        for topic in ("lamp", "ferry", "tower"):
            running.page(f"localhost/{topic}", text_of(topic))
        running.page("localhost/feed", feed(site, "lamp", "ferry"))
        yield site, running


def test_a_feed_is_added_and_pulled(byline: Program, web: tuple[str, Web]) -> None:
    """Its title is said at once; its articles come with the pull, and answer."""
    site, running = web
    added = byline("feeds", "add", f"{site}/feed")
    assert (added.code, added.err) == (0, "")
    assert added.out == "articles: Bay Post added; 2 entries to be read with: byline feeds pull\n"
    pulled = byline("feeds", "pull")
    assert (pulled.code, pulled.out, pulled.err) == (0, "articles: 2 added (2 passages written)\n", "")
    assert "restored the lamp" in byline("ask", "Who restored the lamp?").out
    assert byline("feeds", "pull").out == "articles: nothing (0 passages written)\n"
    assert running.paths("localhost") == ["/feed", "/feed", "/ferry", "/lamp", "/feed"]


def test_a_page_leads_to_its_feed(byline: Program, web: tuple[str, Web]) -> None:
    """Which is said; the same feed again is there already."""
    site, running = web
    named = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    running.page("localhost/", f"<html><head>{named}</head><body>The Bay Post</body></html>")
    led = f"(the feed that {site}/ names: {site}/feed)"
    assert byline("feeds", "add", site).out == (
        f"articles: Bay Post added {led}; 2 entries to be read with: byline feeds pull\n"
    )
    again = byline("feeds", "add", f"{site}/")
    assert (again.code, again.out) == (0, f"articles: Bay Post is there already {led}\n")


def test_links_that_lead_to_no_feed(byline: Program, web: tuple[str, Web]) -> None:
    """Each is named with its reason and not kept, the good ones are; exit code 1."""
    site, _ = web
    bad = [f"{site}/lamp", f"{site}/none", "http://10.0.0.1/feed", "file:///etc/passwd"]
    done = byline("feeds", "add", *bad, f"{site}/feed")
    assert done.code == 1
    assert done.err.splitlines() == [
        f"'{site}/lamp' was not added: it is no feed, and names none",
        f"'{site}/none' was not added: it is not there (404)",
        "'http://10.0.0.1/feed' was not added: its host has a private address, and those are not visited",
        "'file:///etc/passwd' was not added: only http and https links are read, not file",
    ]
    assert [row["link"] for row in json.loads(byline("feeds", "list", "--json").out)] == [f"{site}/feed"]


def test_the_list(byline: Program, web: tuple[str, Web]) -> None:
    """How each stands: never read, fine, failed."""
    site, running = web
    assert byline("feeds", "list").out == NONE_YET
    assert json.loads(byline("feeds", "list", "--json").out) == []
    byline("feeds", "add", f"{site}/feed")
    lines = byline("feeds", "list").out.splitlines()
    assert lines[0].split() == ["feed", "articles", "last", "read", "state"]
    assert lines[2].split() == ["Bay", "Post", "0", "never", "not", "read", "yet"]
    assert lines[3] == f"{site}/feed"
    byline("feeds", "pull")
    assert byline("feeds", "list").out.splitlines()[2].endswith("  fine")
    running.page("localhost/feed", "", 500)
    byline("feeds", "pull")
    assert "failed 1 time: its server has a fault (500); next try 20" in byline("feeds", "list").out
    (row,) = json.loads(byline("feeds", "list", "--json").out)
    assert (row["title"], row["articles"], row["failures"], row["is_off"]) == ("Bay Post", 2, 1, False)


def test_a_feed_that_fails_waits_unless_it_is_named(byline: Program, web: tuple[str, Web]) -> None:
    """The first pull names the failure, the next leaves it alone and says so, one by name asks."""
    site, running = web
    byline("feeds", "add", f"{site}/feed")
    running.page("localhost/feed", "", 503)
    failed = byline("feeds", "pull")
    assert (failed.code, failed.out) == (1, "articles: 1 failed (0 passages written)\n")
    assert failed.err == f"skipped '{site}/feed': its server has a fault (503)\n"
    waiting = byline("feeds", "pull")
    assert (waiting.code, waiting.out) == (0, "articles: nothing (0 passages written)\n")
    assert waiting.err.startswith(
        "left alone 'Bay Post': failed 1 time: its server has a fault (503); next try 20"
    )
    assert running.paths("localhost") == ["/feed", "/feed"]
    running.page("localhost/feed", feed(site, "lamp"))
    named = byline("feeds", "pull", f"{site}/feed")
    assert (named.code, named.out, named.err) == (0, "articles: 1 added (1 passage written)\n", "")


def test_a_feed_that_is_gone(byline: Program, web: tuple[str, Web]) -> None:
    """It is switched off, and said so each time."""
    site, running = web
    byline("feeds", "add", f"{site}/feed")
    running.page("localhost/feed", "", 410)
    gone = "it is gone for good (410), and is not asked for any more"
    assert byline("feeds", "pull").err == f"skipped '{site}/feed': {gone}\n"
    assert byline("feeds", "pull").err == f"left alone 'Bay Post': switched off: {gone}\n"


def test_a_feed_is_removed(byline: Program, web: tuple[str, Web]) -> None:
    """Its articles stay."""
    site, _ = web
    byline("feeds", "add", f"{site}/feed")
    byline("feeds", "pull")
    assert byline("feeds", "remove", f"{site}/feed").out == "articles: Bay Post removed\n"
    assert byline("feeds", "list").out == NONE_YET
    assert len(json.loads(byline("articles", "list", "--json").out)) == 2


def test_a_feed_is_removed_with_its_articles(byline: Program, web: tuple[str, Web]) -> None:
    """By its title, with those that came by it and no others."""
    site, _ = web
    byline("index", byline.write("film.txt", MARROW), f"{site}/lamp")
    byline("feeds", "add", f"{site}/feed")
    assert byline("feeds", "pull").out == "articles: 1 added, 1 changed (2 passages written)\n"
    done = byline("feeds", "remove", "Bay Post", "--articles")
    assert done.out == "articles: Bay Post removed, with 1 article\n"
    titles = [row["title"] for row in json.loads(byline("articles", "list", "--json").out)]
    assert sorted(titles) == [MARROW, "The lamp"]


def test_feeds_that_are_not_there(byline: Program, web: tuple[str, Web]) -> None:
    """One line that says where to look."""
    site, _ = web
    byline("feeds", "add", f"{site}/feed")
    for command in ("remove", "pull"):
        done = byline("feeds", command, "http://else.example/")
        assert (done.code, done.out) == (1, "")
        assert done.err == (
            "byline: there is no feed 'http://else.example/' in collection 'articles'; "
            "see: byline feeds list\n"
        )


def test_no_feeds_to_pull(byline: Program) -> None:
    """It is said how to add one; that is no failure."""
    byline("index", byline.write("film.txt", MARROW))
    done = byline("feeds", "pull")
    assert (done.code, done.out, done.err) == (0, NONE_YET, "")


def test_a_pull_that_is_stopped(
    byline: Program, web: tuple[str, Web], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after the first article: it is safe, and the next pull brings the rest."""
    site, _ = web
    byline("feeds", "add", f"{site}/feed")
    real = Pull._entries

    def interrupted(self: Pull, *values: object) -> Iterator[object]:
        entries = real(self, *values)  # type: ignore[arg-type]
        yield next(entries)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Pull, "_entries", interrupted)
        stopped = byline("feeds", "pull")
    assert (stopped.code, stopped.out) == (130, "")
    assert stopped.err == "stopped; 1 articles are safe, run the same command to go on with the rest\n"
    assert byline("feeds", "pull").out == "articles: 1 added (1 passage written)\n"


def test_feeds_belong_to_their_collection(byline: Program, web: tuple[str, Web]) -> None:
    """Another collection has none of them."""
    site, _ = web
    byline("feeds", "add", f"{site}/feed", "--collection", "bay")
    app = App(Options(data=byline.data, collection="bay"), {}, byline.folder)
    with closing(app.existing()) as collection:
        assert [one.link for one in collection.feeds.all()] == [f"{site}/feed"]
    assert byline("feeds", "list").out == NONE_YET


@pytest.mark.slow
@pytest.mark.parametrize("topic", ["lamp", "ferry", "tower"])
def test_a_kill_loses_nothing_that_was_stored(tmp_path: Path, topic: str) -> None:
    """SIGKILL while an entry is fetched: those before it are there, and the next pull brings the rest."""
    with Web() as web:
        where = f"localhost:{web.port()}"
        site, settings = f"http://{where}", {"allow_private_hosts": [where], "pause_seconds": 0}
        config = tmp_path / "config.yaml"
        config.write_text(json.dumps({"data": str(tmp_path / "data"), "web": settings}), encoding="utf-8")
        web.page("localhost/feed", feed(site, "tower", "lamp", "ferry"))
        for one in ("lamp", "ferry", "tower"):
            web.page(f"localhost/{one}", text_of(one))
        assert program(tmp_path, "feeds", "add", f"{site}/feed").wait() == 0
        reached, page = threading.Event(), web.pages[f"localhost/{topic}"]
        web.pages[f"localhost/{topic}"] = lambda connection, _: reached.set() or connection.closing.wait(10)
        running = program(tmp_path, "feeds", "pull")
        assert reached.wait(60)
        running.kill()
        running.wait()
        web.pages[f"localhost/{topic}"] = page
        web.seen.clear()
        assert program(tmp_path, "feeds", "pull").wait() == 0
        left = {"ferry": ["/ferry", "/lamp", "/tower"], "lamp": ["/lamp", "/tower"], "tower": ["/tower"]}
        assert web.paths("localhost") == ["/feed", *left[topic]]
    with LocalCollection(tmp_path / "data" / "collections" / "articles", HashedWords()) as collection:
        assert sorted(one.title for one in collection.articles()) == ["The ferry", "The lamp", "The tower"]
        assert len(collection.feeds.brought(f"{site}/feed")) == 3


def program(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """`byline` as a process of its own, with tiny models."""
    calibration = write_calibration(folder / "calibration.json", "bundled bundled-32")
    command = [sys.executable, "-c", PROGRAM, str(calibration), *arguments]
    return subprocess.Popen([*command, "--config", str(folder / "config.yaml")], cwd=ROOT)
