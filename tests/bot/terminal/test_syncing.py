"""`byline sync` and `byline sources`: everything that was ever given, read again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.pages import page
from tests.web_server import Web
from tests.web_server.web import reply

from ..conftest import HENNOCK, MARROW, TREVELL, Program

LONG = "The lamp at Gull Point will be open to the public from June, the council said on Wednesday, of house"


@pytest.fixture
def news(byline: Program) -> Program:
    """The program with a folder of three articles in the collection."""
    byline.write("news/film.txt", MARROW)
    byline.write("news/tower.txt", TREVELL)
    byline.write("news/sub/ferry.txt", HENNOCK)
    assert byline("index", "news").code == 0
    return byline


@pytest.fixture
def web(byline: Program) -> Iterator[tuple[str, Web]]:
    """A site in the operator's own network, which the config allows, and its address."""
    with Web() as running:
        where = f"localhost:{running.port()}"
        byline.write("config.yaml", f'web:\n  allow_private_hosts: ["{where}"]\n  pause_seconds: 0\n')
        yield f"http://{where}", running


def test_sync(news: Program) -> None:
    """What is new, changed and gone in what was given, without naming it again."""
    news.write("news/film.txt", "Bo Aker directed the film.")
    news.write("news/lamp.txt", "Nils lit the lamp.")
    (news.folder / "news" / "tower.txt").unlink()
    done = news("sync")
    assert (done.code, done.err) == (0, "")
    assert done.out == "articles: 1 added, 1 changed, 1 unchanged, 1 removed (2 passages written)\n"
    assert sorted(news.embedded()) == ["Bo Aker directed the film.", "Nils lit the lamp."]
    assert news("sync").out == "articles: 3 unchanged (0 passages written)\n"


def test_nothing_was_given(byline: Program) -> None:
    """A collection without sources says how it gets some; one that is not there is an error."""
    assert byline("sync").code == 1
    byline.write("film.txt", MARROW)
    byline("index", "film.txt")
    byline("sources", "remove", "film.txt")
    done = byline("sync")
    assert (done.code, done.out) == (0, "No sources yet; add some with: byline index PATH\n")


def test_a_missing_source(news: Program) -> None:
    """The others are read; nothing of it is removed before somebody says so."""
    news.write("film.txt", "Bo Aker directed the film.")
    news("index", "film.txt")
    shutil.rmtree(news.folder / "news")
    done = news("sync")
    assert (done.code, done.out) == (1, "articles: 1 unchanged (0 passages written)\n")
    assert done.err == (
        f"'{news.folder}/news': it is not there (3 of 3); they are kept. "
        "Bring them back, or run the same command with --yes to remove them\n"
    )
    done = news("sync", "--yes")
    assert (done.code, done.out) == (0, "articles: 1 unchanged, 3 removed (0 passages written)\n")
    done = news("sync")
    assert (done.code, done.err) == (
        1,
        f"'{news.folder}/news': it is not there; forget it with: byline sources remove {news.folder}/news\n",
    )


def test_sources(news: Program) -> None:
    """They are listed, and forgotten with or without their articles."""
    news.write("film.txt", "Bo Aker directed the film.")
    news("index", "film.txt")
    listed = news("sources", "list").out.splitlines()
    assert [line.split()[:2] for line in listed[2:]] == [
        [f"{news.folder}/film.txt", "1"],
        [f"{news.folder}/news", "3"],
    ]
    assert news("sources", "remove", "film.txt").out == "articles: 1 source forgotten\n"
    done = news("sources", "remove", news.folder / "news", "--articles")
    assert done.out == "articles: 1 source forgotten, 3 articles removed\n"
    assert news("sources", "list").out == "No sources yet; add some with: byline index PATH\n"
    assert news("articles", "list").out.count("Bo Aker") == 1
    done = news("sources", "remove", "nwes")
    assert (done.code, done.err) == (
        1,
        f"byline: '{news.folder}/nwes' is not a source of 'articles'; see: byline sources list\n",
    )


def test_what_holds_no_article_is_no_source(news: Program) -> None:
    """A mistaken file is named once, and not by every sync."""
    news.write("noise.txt", "\x00\x01" * 500)
    assert news("index", "noise.txt").code == 1
    assert "noise.txt" not in news("sources", "list").out
    assert (news("sync").code, news("sync").err) == (0, "")


def test_a_source_that_cannot_be_read_any_more(news: Program) -> None:
    """What was a file has become something else: named, and nothing is removed."""
    file = news.write("film.txt", "Bo Aker directed the film.")
    news("index", file)
    file.unlink()
    file.symlink_to(file)
    done = news("sync", "--yes")
    assert (done.code, done.out) == (1, "articles: 3 unchanged, 1 failed (0 passages written)\n")


def test_pages(byline: Program, web: tuple[str, Web]) -> None:
    """A page is asked for with its validators, and goes when its server says that it has gone."""
    site, running = web
    running.page("localhost/a", page("json-ld-graph"), headers={"ETag": '"one"'})
    assert byline("index", f"{site}/a").out == "articles: 1 added (1 passage written)\n"
    running.pages["localhost/a"] = reply(b"", 304)
    assert byline("sync").out == "articles: 1 unchanged (0 passages written)\n"
    assert running.seen[-1].headers["if-none-match"] == '"one"'
    running.pages["localhost/a"] = reply(b"", 500)
    done = byline("sync")
    assert (done.code, done.out) == (1, "articles: 1 failed (0 passages written)\n")
    running.pages["localhost/a"] = reply(b"", 410)
    assert byline("sync", "--keep-missing").code == 0
    assert byline("sync").out == "articles: 1 removed (0 passages written)\n"
    assert byline("articles", "list").out == "No articles yet; add some with: byline index PATH\n"


def test_pages_of_a_sitemap(byline: Program, web: tuple[str, Web]) -> None:
    """One of three gone is removed; the other two gone at once are kept until somebody is sure."""
    site, running = web

    def lists(names: str) -> None:
        listed = "".join(f"<url><loc>{site}/{name}</loc></url>" for name in names)
        kind = {"Content-Type": "application/xml"}
        running.page("localhost/map.xml", f"<urlset>{listed}</urlset>", headers=kind)

    for name in "abc":
        text = f"<h1>{name}</h1><p>{LONG} {name}.</p><p>{LONG} {name}.</p>"
        running.page(f"localhost/{name}", f"<html><body>{text}</body></html>")
    lists("abc")
    assert byline("index", f"{site}/map.xml").out == "articles: 3 added (3 passages written)\n"
    del running.pages["localhost/a"]
    done = byline("sync")
    assert (done.code, done.out) == (0, "articles: 2 unchanged, 1 removed (0 passages written)\n")
    lists("bc")
    del running.pages["localhost/b"], running.pages["localhost/c"]
    done = byline("sync")
    assert (done.code, done.out) == (1, "articles: nothing (0 passages written)\n")
    assert done.err.startswith(f"'{site}/map.xml': over half of its articles have vanished (2 of 2); ")
    done = byline("sources", "remove", f"{site}/map.xml", "--articles")
    assert done.out == "articles: 1 source forgotten, 2 articles removed\n"
