"""Word files."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from index.sources.docx import read_docx
from index.sources.found import Limits
from index.sources.record import Record, Unreadable
from tests.writers import W, docx, paragraph, zipped

CORE = (
    "<dc:title>The pier</dc:title><dc:creator>Ada Quill; Tom Sele</dc:creator>"
    "<dcterms:created>2021-10-06T09:30:00Z</dcterms:created>"
    "<dc:identifier>https://example.org/pier</dc:identifier>"
)


def read(raw: bytes, limits: Limits | None = None) -> Record:
    return read_docx(io.BytesIO(raw), limits or Limits(10_000))


def reason(raw: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        read(raw, limits)
    return str(caught.value)


def test_paragraphs_and_what_the_file_states() -> None:
    """The text in order, and title, authors, time and link from the file's own properties."""
    assert read(docx(paragraph("The lamps were lit.") + paragraph("A crowd came."), CORE)) == Record(
        "The lamps were lit.\n\nA crowd came.",
        title="The pier",
        url="https://example.org/pier",
        published="2021-10-06T09:30:00+00:00",
        authors=("Ada Quill", "Tom Sele"),
    )


def test_a_file_that_states_nothing() -> None:
    """Nothing is made up where the file has no properties, or leaves them empty."""
    assert read(docx(paragraph("Text."))) == Record("Text.")
    assert read(docx(paragraph("Text."), "<dc:title/>")) == Record("Text.")


def test_a_file_that_the_library_wrote() -> None:
    """What python-docx writes, headings and a table in it, is read again."""
    from docx import Document

    document = Document()
    document.add_heading("The pier", 1)
    document.add_paragraph("The lamps were lit.")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (*table.rows[0].cells, *table.rows[1].cells), ("Lamp", "Lit", "North", "1911"), strict=True
    ):
        cell.text = text
    document.add_paragraph("A crowd came.")
    buffer = io.BytesIO()
    document.save(buffer)
    assert read(buffer.getvalue()).text == (
        "The pier\n\nThe lamps were lit.\n\nLamp | Lit\nNorth | 1911\n\nA crowd came."
    )


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:r><w:t>One</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>", "One two\nthree"),
        ("<w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink>", "A link"),
        (
            "<w:ins><w:r><w:t>New</w:t></w:r></w:ins><w:del><w:r><w:delText>Old</w:delText></w:r></w:del>",
            "New",
        ),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>Said</w:t></w:r>", "Said"),
        ("<w:sdt><w:sdtContent><w:r><w:t>Filled in</w:t></w:r></w:sdtContent></w:sdt>", "Filled in"),
        ("<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t></w:r>", "well-known"),
    ],
)
def test_what_stands_in_a_paragraph(inside: str, text: str) -> None:
    """Links, additions and form fields are text; what was struck out, and instructions, are not."""
    assert read(docx(f"<w:p>{inside}</w:p>")).text == text


def test_text_boxes_are_read_once() -> None:
    """A box is written twice, for two generations of programs, and follows the paragraph it hangs on."""
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    alternatives = f"<mc:AlternateContent>{both}</mc:AlternateContent>"
    body = f"<w:p><w:r><w:t>Around it.</w:t>{alternatives}</w:r></w:p>{paragraph('After it.')}"
    assert read(docx(body)).text == "Around it.\n\nIn the box.\n\nAfter it."


def test_tables_in_tables_and_paragraphs_in_wrappers() -> None:
    """Every cell is read once, whatever it lies in."""
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{paragraph('x')}{inner}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr></w:tbl>"
    wrapped = f"<w:sdt><w:sdtContent>{paragraph('Wrapped.')}</w:sdtContent></w:sdt>"
    assert read(docx(outer + wrapped)).text == "x a | b | y\n\nWrapped."


# --- what cannot be read ------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [100, 400, -30])
def test_truncated_files_are_named(cut: int) -> None:
    """Without its directory, which stands at the end, nothing can be unpacked."""
    assert reason(docx(paragraph("Text."))[:cut]) == "it is damaged: the rest of it cannot be unpacked"


@pytest.mark.parametrize(
    "raw",
    [
        zipped({"a.txt": "Text."}),
        zipped({"[Content_Types].xml": "<Types/>"}),
        zipped({"[Content_Types].xml": "no markup"}),
        docx("<w:p>"),
        docx(paragraph("Text.")).replace(b"word/document.xml", b"word/documint.xml"),
    ],
)
def test_a_file_without_its_parts_is_named(raw: bytes) -> None:
    """Whatever is missing or is no markup, the reason is the file's."""
    assert reason(raw) == "it is damaged or incomplete"


def test_damaged_bytes_are_named() -> None:
    """A part whose checksum is off."""
    raw = bytearray(docx(paragraph("Text " * 500)))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        place = archive.getinfo("word/document.xml").header_offset
    raw[place + 60] ^= 0xFF
    assert reason(bytes(raw)) == "it is damaged or incomplete"


def with_entities(entities: str) -> bytes:
    """A Word file whose text is “Before &x; after”."""
    document = (
        f"<?xml version='1.0'?><!DOCTYPE d [{entities}]><w:document xmlns:w='{W}'><w:body><w:p><w:r>"
        "<w:t>Before &x; after</w:t></w:r></w:p></w:body></w:document>"
    )
    with zipfile.ZipFile(io.BytesIO(docx(""))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, "word/document.xml": document})


def test_entities_are_not_expanded() -> None:
    """Neither a file of this machine nor a billion words come in by way of an entity."""
    assert read(with_entities("<!ENTITY x SYSTEM 'file:///etc/passwd'>")).text == "Before "
    bomb = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    assert (
        reason(with_entities(f"<!ENTITY l0 'l'>{bomb}<!ENTITY x '&l11;'>")) == "it is damaged or incomplete"
    )


def test_too_much_markup_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit counts markup in whatever member it hides, before anything is read into memory."""
    monkeypatch.setattr("index.sources.docx.MAX_MARKUP_BYTES", 1 << 20)
    much = b"<x>" + random.Random(5).randbytes(1 << 19).hex().encode()
    too_large = "it is too large for a document"
    limits = Limits(10_000, document=2 << 20)
    assert reason(docx("", **{"word/media/picture.png": much}), limits) == too_large
    text = docx(paragraph("Text."), **{"word/media/picture.png": b"\x89PNG" + much})
    assert read(text, limits).text == "Text."
    assert reason(text, Limits(10_000, document=1 << 20)) == too_large


def test_a_bomb_is_named() -> None:
    """A member that unpacks to far more than it takes is not unpacked."""
    assert (
        reason(docx("", **{"word/media/a.bin": bytes(64 << 20)})) == "it unpacks to over 200 times its size"
    )
