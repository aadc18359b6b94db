"""From a record to an article, and what identifies it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.record import Record, Unreadable, canonical_link, record_from, to_article
from index.types import Article

ROOT = Path("/news")


def read(record: Record, path: str = "mill.txt", *, own_file: bool = True, root: Path = ROOT) -> Article:
    return to_article(record, root, path, own_file=own_file)


def test_all_known_fields_are_taken() -> None:
    """Each known field has its place; unknown ones are left out."""
    fields = {
        "text": "The mill closed.",
        "title": "Mill",
        "url": "https://example.org/mill",
        "published": "2021-10-06",
        "authors": ["Ada Quill", "Tom Sele"],
        "id": 42,
        "views": 7,
    }
    assert record_from(fields) == Record(
        "The mill closed.", "Mill", "https://example.org/mill", "2021-10-06", ("Ada Quill", "Tom Sele"), "42"
    )


@pytest.mark.parametrize(
    ("fields", "record"),
    [
        ({"date": "2021-10-06"}, Record("T", published="2021-10-06")),
        ({"published": "2021-10-07", "date": "2021-10-06"}, Record("T", published="2021-10-07")),
        ({"published": None, "date": "2021-10-06"}, Record("T", published="2021-10-06")),
        ({"author": "Ada Quill"}, Record("T", authors=("Ada Quill",))),
        ({"authors": ["Ada", None, {"name": "Tom"}, 7]}, Record("T", authors=("Ada", "7"))),
        ({"authors": {"name": "Ada"}}, Record("T")),
        ({"title": ["a"], "url": {}, "id": None}, Record("T")),
        ({"title": 1984, "id": 0}, Record("T", title="1984", id="0")),
    ],
)
def test_fields_of_other_shapes(fields: dict[str, object], record: Record) -> None:
    """Numbers become text, lists and objects in the place of a text are left out, other names are known."""
    assert record_from({"text": "T", **fields}) == record


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "it has no field `text`"),
        ({"text": None}, "it has no field `text`"),
        ({"text": ["T"]}, "its field `text` is not a string"),
        ({"text": 7}, "its field `text` is not a string"),
    ],
)
def test_a_record_without_text_is_named(fields: dict[str, object], reason: str) -> None:
    """Without a text there is no article."""
    with pytest.raises(Unreadable) as caught:
        record_from(fields)
    assert str(caught.value) == reason


def test_an_article_is_clean() -> None:
    """Text, title and names are cleaned, the date is ISO, the link canonical."""
    record = Record(
        " The\tmill closed.\r\n\r\n\r\nIt was old. ",
        title=" Mill\n closes ",
        url="https://Example.org/mill?utm_source=feed#top",
        published="6 October 2021",
        authors=(" Ada  Quill", "\u200b"),
    )
    assert read(record) == Article(
        id=read(record).id,
        text="The mill closed.\n\nIt was old.",
        title="Mill closes",
        url="https://example.org/mill",
        published="2021-10-06",
        authors=("Ada Quill",),
        root="/news",
        path="mill.txt",
    )


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "…—!", "🦉"])
def test_a_record_without_words_is_named(text: str) -> None:
    """Punctuation and white space make no article."""
    with pytest.raises(Unreadable) as caught:
        read(Record(text))
    assert str(caught.value) == "it holds no text"


@pytest.mark.parametrize("title", ["", " ", "\u200b", None])
def test_a_blank_title_is_none(title: str | None) -> None:
    """A title without characters is no title."""
    assert read(Record("T", title=title)).title is None


def test_an_unreadable_date_is_none() -> None:
    """A date that names no day is left out, the article stays."""
    assert read(Record("T", published="last week")).published is None


# --- identity -----------------------------------------------------------------------------------

LINK = "https://example.org/mill"


def test_ids_never_change() -> None:
    """The id of each kind of identity is what Byline 0.1.0 gave it: collections on disk depend on it."""
    # `printf 'url:https://example.org/mill' | sha256sum | cut -c1-16`, and so on
    assert read(Record("T", url=LINK)).id == "d5ae6eb41f027d5f"
    assert read(Record("T", id="m-1")).id == "3eefdc0e676fe704"
    assert read(Record("T")).id == "7b2dfefa3b15cdb1"
    assert read(Record("T"), own_file=False).id == "61a4389d70cafa11"


def test_the_link_outranks_the_id_and_the_path() -> None:
    """Articles of the same link are one, whatever their ids, texts and paths."""
    first = read(Record("One", url=LINK, id="a"), "a.txt")
    assert read(Record("Two", url=LINK, id="b"), "b.txt").id == first.id
    assert read(Record("One", url=LINK + "2", id="a"), "a.txt").id != first.id


def test_the_id_outranks_the_path() -> None:
    """Without a link, articles of the same id are one, wherever they lie."""
    first = read(Record("One", id="a"), "a.txt")
    assert read(Record("Two", id="a"), "b.txt").id == first.id
    assert read(Record("One", id="b"), "a.txt").id != first.id


def test_the_path_identifies_a_file() -> None:
    """Without link and id, a file is known by where it lies, whichever of its folders was given."""
    first = read(Record("One"), "2021/a.txt")
    assert read(Record("Two"), "2021/a.txt").id == first.id
    assert read(Record("One"), "a.txt", root=ROOT / "2021").id == first.id
    assert read(Record("One"), "2021/b.txt").id != first.id


def test_the_text_identifies_a_line() -> None:
    """A line of a file with neither link nor id is known by its cleaned text, because lines move."""
    first = read(Record("One  text."), "a.jsonl", own_file=False)
    assert read(Record("One text. ", title="New"), "b.jsonl", own_file=False).id == first.id
    assert read(Record("Another text."), "a.jsonl", own_file=False).id != first.id


def test_kinds_of_identity_do_not_mix() -> None:
    """An id that reads like a link or a path is still only an id."""
    assert read(Record("T", id=LINK)).id != read(Record("T", url=LINK)).id
    assert read(Record("T", id="/news/mill.txt")).id != read(Record("T")).id


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/mill#comments",
        "https://example.org/mill?utm_source=feed&UTM_Campaign=x",
        "https://example.org/mill?fbclid=1&gclid=2&mc_cid=3&mc_eid=4",
        "https://EXAMPLE.org/mill",
        "HTTPS://example.org/mill",
        "  https://example.org/mill\n",
    ],
)
def test_tracking_does_not_change_identity(link: str) -> None:
    """Fragments, tracking parameters and the host's case make no other article."""
    assert read(Record("T", url=link)) == read(Record("T", url=LINK))


@pytest.mark.parametrize(
    ("raw", "link"),
    [
        ("https://example.org/mill?id=7&utm_source=feed&page=2", "https://example.org/mill?id=7&page=2"),
        ("https://example.org/Mill", "https://example.org/Mill"),
        ("https://example.org:8080/mill?empty=", "https://example.org:8080/mill?empty="),
        ("http://example.org", "http://example.org"),
        ("https://example.org/?q=caf%C3%A9", "https://example.org/?q=caf%C3%A9"),
    ],
)
def test_what_a_link_keeps(raw: str, link: str) -> None:
    """The path's case, the port and parameters that choose the article stay."""
    assert canonical_link(raw) == link


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "javascript:alert(1)",
        "JavaScript://example.org/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:ada@example.org",
        "/news/mill",
        "example.org/mill",
        "https://",
        "https:///mill",
        "https://[::1",
        "https://example.org/a mill",
        "https://example.org/<script>",
        "https://example.org/\ud800",
        "https://example.org/?q=\ud800",
    ],
)
def test_what_is_no_link_is_dropped(raw: str | None) -> None:
    """Only http and https links of a host, without characters that no link may hold, are kept."""
    assert canonical_link(raw) is None


@given(st.text().map(lambda text: "https://example.org/" + text))
def test_any_link_can_be_stored(raw: str) -> None:
    """A link that is kept is one word of valid Unicode, and is its own canonical form."""
    link = canonical_link(raw)
    if link is not None:
        assert link.encode("utf-8").decode("utf-8").split() == [link]
        assert canonical_link(link) == link


def test_a_file_name_that_is_no_utf_8_can_be_stored() -> None:
    """Names with other bytes, which Linux allows, are spelled out, and still tell files apart."""
    first, second = read(Record("T"), "caf\udce9.txt"), read(Record("T"), "caf\udce8.txt")
    assert (first.path, second.path) == ("caf\\udce9.txt", "caf\\udce8.txt")
    assert first.id != second.id
    assert read(Record("T"), "a.txt", root=Path("/n\udce9ws")).root == "/n\\udce9ws"
