"""E-books."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest

from index.sources.epub import read_epub
from index.sources.found import Limits
from index.sources.record import Record, Unreadable
from tests.writers import epub

CHAPTERS = {
    "one.xhtml": "<h1>One</h1><p>The lamps were lit.</p>",
    "two.xhtml": "<p>A crowd came&nbsp;early.</p>",
}
STATED = (
    "<dc:title>The pier</dc:title><dc:creator>Ada Quill</dc:creator><dc:creator>Tom Sele</dc:creator>"
    "<dc:date>2021-10-06</dc:date><dc:identifier>urn:isbn:1</dc:identifier>"
    "<dc:source>https://example.org/pier</dc:source>"
)


def read(raw: bytes, most: int = 10_000) -> Record:
    return read_epub(io.BytesIO(raw), Limits(most))


def reason(raw: bytes, most: int = 10_000) -> str:
    with pytest.raises(Unreadable) as caught:
        read(raw, most)
    return str(caught.value)


def words(record: Record) -> list[str]:
    return record.text.split()


def test_chapters_and_what_the_book_states() -> None:
    """Chapters come in reading order; title, authors, date and link are the book's own."""
    book = read(epub(CHAPTERS, STATED))
    assert words(book) == ["One", "The", "lamps", "were", "lit.", "A", "crowd", "came", "early."]
    assert (book.title, book.url, book.published, book.authors) == (
        "The pier",
        "https://example.org/pier",
        "2021-10-06",
        ("Ada Quill", "Tom Sele"),
    )


def test_the_day_of_publication_is_taken() -> None:
    """Of several dates it is the one of publication, never the one of the file."""
    dates = '<dc:date opf:event="modification">2022-01-01</dc:date>'
    assert read(epub(CHAPTERS, dates)).published is None
    dates += '<dc:date opf:event="creation">2020-01-01</dc:date>'
    dates += '<dc:date opf:event="publication">2021-10-06</dc:date>'
    assert read(epub(CHAPTERS, dates)).published == "2021-10-06"


def test_chapters_lie_where_the_book_says() -> None:
    """Names are relative to the list, percent-encoded, and may go up; they never leave the file."""
    raw = epub({"text/a%20b.xhtml": "", "../up.xhtml": ""}, **{
        "OEBPS/text/a b.xhtml": "<p>Below.</p>", "up.xhtml": "<p>Above.</p>",
    })  # fmt: skip
    assert words(read(raw)) == ["Below.", "Above."]
    assert (
        reason(epub({"../../../../etc/passwd": ""}).replace(b"OEBPS/../", b"OEBPS/.-/"))
        == "it is damaged or incomplete"
    )


def test_what_a_shop_has_locked_is_named() -> None:
    """A book whose chapters are encrypted is named; one whose fonts are is read."""

    def locked(name: str) -> bytes:
        reference = f"<CipherData><CipherReference URI='{name}'/></CipherData>"
        return epub(
            CHAPTERS,
            **{
                "META-INF/encryption.xml": "<encryption><EncryptedData>"
                f"{reference}</EncryptedData></encryption>"
            },
        )

    assert reason(locked("OEBPS/one.xhtml")) == "it is encrypted; save a copy without a password"
    assert words(read(locked("OEBPS/fonts/a.otf")))[:2] == ["One", "The"]


@pytest.mark.parametrize(
    "raw",
    [
        epub({}),
        epub(CHAPTERS, **{"META-INF/container.xml": "<container/>"}),
        epub(CHAPTERS, **{"META-INF/container.xml": "<container>"}),
        epub(CHAPTERS, **{"OEBPS/book.opf": ""}),
        epub(CHAPTERS).replace(b"OEBPS/two.xhtml", b"OEBPS/tow.xhtml"),
    ],
)
def test_a_book_without_its_parts_is_named(raw: bytes) -> None:
    """No list, no chapters, or a chapter that is not there."""
    assert reason(raw) == "it is damaged or incomplete"


def with_entities(entities: str) -> tuple[bytes, bytes]:
    """A book with `&x;` in a chapter, and one with it as the title."""
    head = f"<!DOCTYPE d [{entities}]>"
    chapter = f"{head}<html><body><p>Before &x; after.</p></body></html>"
    package = (
        f"{head}<package xmlns='http://www.idpf.org/2007/opf'><metadata><title>&x;</title></metadata><manifest>"
        "<item id='c' href='one.xhtml' media-type='application/xhtml+xml'/></manifest>"
        "<spine><itemref idref='c'/></spine></package>"
    )
    return epub(CHAPTERS, **{"OEBPS/one.xhtml": chapter}), epub(CHAPTERS, **{"OEBPS/book.opf": package})


def test_entities_are_not_expanded() -> None:
    """Neither a file of this machine nor a billion words come in by way of an entity."""
    chapter, package = with_entities("<!ENTITY x SYSTEM 'file:///etc/passwd'>")
    assert "Before &x; after." in read(chapter).text
    assert read(package).title == "&x;"
    bomb = "".join(f"<!ENTITY {to} '{f'&{name};' * 10}'>" for name, to in pairwise("abcdefghijklx"))
    chapter, package = with_entities(f"<!ENTITY a 'lol'>{bomb}")
    assert "Before &x; after." in read(chapter).text
    assert reason(package) == "it is damaged or incomplete"


def test_too_much_text_is_named() -> None:
    """The limit of an article holds for all chapters together; of one chapter there is a limit too."""
    page = "<p>" + "words " * 200 + "</p>"
    assert reason(epub({f"{number}.xhtml": page for number in range(9)})) == "it is too long for one article"
    huge = "".join(f"<p>{number} {number * 7919}</p>" for number in range(250_000))
    assert reason(epub({"a.xhtml": huge})) == "it is too large for a document"
