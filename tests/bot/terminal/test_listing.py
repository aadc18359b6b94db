"""`byline articles …` and `byline collections …`."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from ..conftest import DIRECTOR, HENNOCK, MARROW, TREVELL, Program

HOSTILE = "[bold red]x[/] [link=https://evil.example]y[/link] :smile: [/bold]"


def ids(byline: Program) -> dict[str, str]:
    """The articles' ids by their titles."""
    return {row["title"]: row["id"] for row in json.loads(byline("articles", "list", "--json").out)}


# --- articles list --------------------------------------------------------------------------------


def test_list(news: Program) -> None:
    """Newest first, undated last; link or place, title or first sentence."""
    done = news("articles", "list")
    assert (done.code, done.err) == (0, "")
    lines = [re.split(r"   +", line.rstrip()) for line in done.out.splitlines()]
    assert lines[0] == ["id", "published", "title", "from"]
    assert [line[1:] for line in lines[2:]] == [
        ["2024-03-01", "The tower", "tower.txt"],
        ["2024-02-01", "The film", "film.txt"],
        ["–", "The ferry to Hennock Island was sold for 3 million crowns.", "ferry.txt"],
    ]
    assert [line[0] for line in lines[2:]] == list(ids(news).values())


def test_list_as_json(news: Program) -> None:
    """Everything but the text and where on this machine the articles lie."""
    done = news("articles", "list", "--json")
    rows = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{16}", row.pop("id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row.pop("added_at"))
    ferry = "The ferry to Hennock Island was sold for 3 million crowns."
    assert rows == [
        {"title": "The tower", "url": None, "published": "2024-03-01", "path": "tower.txt", "passages": 1},
        {"title": "The film", "url": None, "published": "2024-02-01", "path": "film.txt", "passages": 1},
        {"title": ferry, "url": None, "published": None, "path": "ferry.txt", "passages": 1},
    ]
    assert str(news.folder) not in done.out


def test_list_of_nothing(byline: Program) -> None:
    """It says what to do, or is an empty list; and makes nothing."""
    done = byline("articles", "list")
    assert (done.code, done.out, done.err) == (0, "No articles yet; add some with: byline index PATH\n", "")
    assert json.loads(byline("articles", "list", "--json").out) == []
    assert byline.data.exists() is False


def test_a_pipe_gets_one_line_an_article(byline: Program) -> None:
    """However long title and link are."""
    link = "https://example.org/" + "path/" * 60
    byline.write("news/long.txt", f"Title: {'long ' * 17}\nLink: {link}\n\n{MARROW}")
    byline("index", "news")
    lines = byline("articles", "list").out.splitlines()
    assert len(lines) == 3
    assert lines[2].rstrip().endswith(f"   {link}")
    assert ("long " * 17).strip() in lines[2]


# --- articles show --------------------------------------------------------------------------------


def test_show(byline: Program) -> None:
    """Title, day and link on a line, authors, the place on this machine, and the text as it is stored."""
    byline.write(
        "news/film.md",
        "---\ntitle: The film\nauthors: [Ada Lund, Bo Aker]\nurl: https://example.org/f?utm_source=x\n"
        f"published: 2024-02-01 10:00\n---\n{MARROW}\n\n“Why not?” she said.\n",
    )
    byline("index", "news")
    done = byline("articles", "show", ids(byline)["The film"])
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "The film · 1 February 2024 · https://example.org/f",
        "by Ada Lund, Bo Aker",
        str(byline.folder / "news" / "film.md"),
        "",
        MARROW,
        "",
        "“Why not?” she said.",
    ]


def test_show_an_article_that_is_elsewhere_too(byline: Program) -> None:
    """Where else its story is stands below it, the earliest first, each with its day and link."""
    for name, day in [("post", "2024-02-02"), ("agency", "2024-02-01"), ("late", "2024-02-03")]:
        byline.write(
            f"news/{name}.md",
            f"---\ntitle: The film\nurl: https://example.org/{name}\npublished: {day}\n---\n{MARROW}\n",
        )
    byline("index", "news")
    rows = json.loads(byline("articles", "list", "--json").out)
    (late,) = [row["id"] for row in rows if row["published"] == "2024-02-03"]
    assert byline("articles", "show", late).out.splitlines() == [
        "The film · 3 February 2024 · https://example.org/late",
        str(byline.folder / "news" / "late.md"),
        "also in: The film · 1 February 2024 · https://example.org/agency",
        "also in: The film · 2 February 2024 · https://example.org/post",
        "",
        MARROW,
    ]


def test_show_an_article_with_nothing_but_text(byline: Program) -> None:
    """Its first sentence stands for the title; long lines are whole."""
    text = f"{TREVELL} {'It was long. ' * 40}".strip()
    byline.write("news/tower.txt", text)
    byline("index", "news")
    (article_id,) = ids(byline).values()
    assert byline("articles", "show", article_id).out.splitlines() == [
        "Oda Trevell restored the clock tower in Quillby.",
        str(byline.folder / "news" / "tower.txt"),
        "",
        text,
    ]


def test_show_and_ask_print_what_an_article_says(byline: Program) -> None:
    """Markup of this terminal library stays text, and escapes are gone since it was read."""
    byline.write(
        "news/[red]evil.txt",
        f"Title: {HOSTILE}\x1b[31m\nAuthor: [red]Ada[/] :smile:\n\n"
        "Zoltan [red]Kiss[/] \x1b[31mwon\x1b[0m the \x9bcup\x07.\u202e\n",
    )
    byline("index", "news")
    (article_id,) = ids(byline).values()
    done = byline("articles", "show", article_id)
    text = "Zoltan [red]Kiss[/] won the ›cup."
    assert done.out.splitlines() == [
        HOSTILE,
        "by [red]Ada[/] :smile:",
        str(byline.folder / "news" / "[red]evil.txt"),
        "",
        text,
    ]
    asked = byline("ask", "Who won the cup?", "--explain")
    assert asked.out.splitlines()[:2] == [f"{text} · 88% sure", f"  {HOSTILE}"]
    assert HOSTILE in asked.out.splitlines()[5]
    for out in (
        done.out,
        asked.out,
        byline("articles", "list").out,
        byline("articles", "list", "--json").out,
    ):
        assert "\x1b" not in out
        assert "\x9b" not in out


def test_show_one_that_is_not_there(news: Program) -> None:
    """It says where to look."""
    done = news("articles", "show", "nope")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "byline: there is no article 'nope' in collection 'articles'; see: byline articles list\n"
    )


# --- articles remove ------------------------------------------------------------------------------


def test_remove(news: Program) -> None:
    """Nothing of a removed article is found, listed or cited again; its file is named while it is there."""
    film = ids(news)["The film"]
    done = news("articles", "remove", film)
    assert (done.code, done.out) == (0, "articles: 1 removed\n")
    file = news.folder / "news" / "film.txt"
    assert done.err == f"{file} is still there; delete it, or the next sync reads it again\n"
    answer = json.loads(news("ask", "Who directed the film?", "--json").out)
    assert answer["answer"] is None
    assert sorted(closest["quote"] for closest in answer["closest"]) == sorted([TREVELL, HENNOCK])
    assert film not in ids(news).values()
    assert news("articles", "show", film).code == 1


def test_remove_several(news: Program) -> None:
    """The first that was not there is named, after the others were removed."""
    film, tower = ids(news)["The film"], ids(news)["The tower"]
    shutil.rmtree(news.folder / "news")
    done = news("articles", "remove", film, "nope", "neither", tower)
    assert (done.code, done.out) == (1, "articles: 2 removed\n")
    assert done.err == (
        "byline: there is no article 'nope' in collection 'articles'; see: byline articles list\n"
    )
    assert list(ids(news)) == ["The ferry to Hennock Island was sold for 3 million crowns."]


def test_a_removed_article_can_be_added_again(news: Program) -> None:
    """It is new then."""
    film = ids(news)["The film"]
    news("articles", "remove", film)
    assert news("index", "news").out == "articles: 1 added, 2 unchanged (1 passage written)\n"
    assert ids(news)["The film"] == film
    assert news("ask", "Who directed the film?").out.startswith(DIRECTOR)


# --- collections ----------------------------------------------------------------------------------


def test_list_collections(news: Program) -> None:
    """In name order with their sizes."""
    news("index", "news/film.txt", "--collection", "a-film")
    done = news("collections", "list")
    lines = [line.split() for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert lines[0] == ["collection", "articles", "passages", "MiB"]
    assert [line[:3] for line in lines[2:]] == [["a-film", "1", "1"], ["articles", "3", "3"]]
    assert [re.fullmatch(r"0\.\d", line[3]) is not None for line in lines[2:]] == [True, True]


def test_list_no_collections(byline: Program) -> None:
    """It says how to make one."""
    done = byline("collections", "list")
    assert (done.code, done.err) == (0, "")
    assert done.out == "No collections yet; make one with: byline index PATH\n"


def test_delete_asks_back(news: Program) -> None:
    """Anything but yes leaves it as it is: exit code 130."""
    question = "Delete collection 'articles' and its index? [y/N]: "
    for answer in ("n\n", "\n", ""):
        done = news("collections", "delete", "articles", stdin=answer)
        assert (done.code, done.out.rstrip("\n"), done.err) == (
            130,
            question.rstrip("\n"),
            "byline: stopped\n",
        )
        assert len(ids(news)) == 3
    done = news("collections", "delete", "articles", stdin="y\n")
    assert (done.code, done.out, done.err) == (0, f"{question}articles: deleted\n", "")
    assert ids(news) == {}


def test_delete_without_asking_back(news: Program) -> None:
    """`--yes` is for scripts; the folder is gone, and the others are as before."""
    news("index", "news/film.txt", "--collection", "film")
    done = news("collections", "delete", "articles", "--yes")
    assert (done.code, done.out, done.err) == (0, "articles: deleted\n", "")
    assert [path.name for path in (news.data / "collections").iterdir()] == ["film"]
    assert news("ask", "Who directed the film?", "--collection", "film").out.startswith(DIRECTOR)


@pytest.mark.parametrize("name", ["nope", "../collections/articles", "Articles"])
def test_delete_one_that_is_not_there(news: Program, name: str) -> None:
    """It does not even ask."""
    done = news("collections", "delete", name)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"byline: there is no collection {name!r} (there are: articles); make it with: "
        f"byline index PATH --collection {name}\n"
    )
    assert len(ids(news)) == 3
