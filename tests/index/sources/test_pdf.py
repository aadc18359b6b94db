"""PDF files."""

from __future__ import annotations

import io
import random
import zlib
from pathlib import Path

import pytest

from index.sources import pdftext
from index.sources.found import Limits
from index.sources.pdf import read_pdf
from index.sources.record import Record, Unreadable
from tests.writers import pdf, scan

STORY = [
    "Lamps on the pier lit again",
    "The lamps on the pier were lit again on Friday after nine dark years, the har-",
    "bor board said. It had asked for bids in March, when the well-known keeper left",
    "his post.",
    "A second line of lamps follows in June.",
]
TEXT = (
    "Lamps on the pier lit again\n\n"
    "The lamps on the pier were lit again on Friday after nine dark years, the harbor board said. It had "
    "asked for bids in March, when the well-known keeper left his post.\n\n"
    "A second line of lamps follows in June."
)
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">The pier’s lamps</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ada Quill</rdf:li><rdf:li>Tom Sele</rdf:li></rdf:Seq></dc:creator>
<prism:publicationDate>2021-10-08</prism:publicationDate><prism:url>https://example.org/lamps</prism:url>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def read(raw: bytes, most: int = 10_000) -> Record:
    return read_pdf(io.BytesIO(raw), Limits(most))


def reason(raw: bytes, most: int = 10_000) -> str:
    with pytest.raises(Unreadable) as caught:
        read(raw, most)
    return str(caught.value)


def test_lines_become_paragraphs() -> None:
    """A page's lines are one text again, its heading apart, without the hyphens that parted words."""
    assert read(pdf(STORY)) == Record(TEXT)


def test_a_file_on_disk_is_read_the_same(tmp_path: Path) -> None:
    """The other program reads an open file itself, from wherever in it this one has stopped."""
    (tmp_path / "a.pdf").write_bytes(pdf(STORY))
    with (tmp_path / "a.pdf").open("rb") as stream:
        stream.read(50)
        assert read_pdf(stream, Limits(10_000)) == Record(TEXT)


def test_what_the_file_states() -> None:
    """Title, authors and time come from the information dictionary."""
    info = "/Title (The pier) /Author (Ada Quill; Tom Sele) /CreationDate (D:20211006093000+02'00')"
    assert read(pdf(STORY, info=info)) == Record(
        TEXT, title="The pier", published="2021-10-06T09:30:00+02:00", authors=("Ada Quill", "Tom Sele")
    )


def test_what_a_publisher_states_outranks_it() -> None:
    """The XMP packet has the day it was published, and its link."""
    info = "/Title (pier_final_2) /Author (intern) /CreationDate (D:20211006)"
    assert read(pdf(STORY, info=info, xmp=XMP)) == Record(
        TEXT,
        title="The pier’s lamps",
        url="https://example.org/lamps",
        published="2021-10-08",
        authors=("Ada Quill", "Tom Sele"),
    )


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Microsoft Word - Annual report", "Annual report"),
        ("Microsoft Word - report.docx", None),
        ("untitled", None),
        ("pier_3.indd", None),
        ("  ", None),
        ("The pier", "The pier"),
    ],
)
def test_titles_that_programs_make_up(stated: str, title: str | None) -> None:
    """A file's name is no title."""
    assert read(pdf(STORY, info=f"/Title ({stated})")).title == title


@pytest.mark.parametrize(
    ("stamp", "published"),
    [
        ("D:20211006", "2021-10-06"),
        ("D:202110060930", "2021-10-06T09:30:00"),
        ("D:20211006093000Z", "2021-10-06T09:30:00+00:00"),
        ("D:20211006093000-05'30'", "2021-10-06T09:30:00-05:30"),
        ("Wednesday", None),
    ],
)
def test_times(stamp: str, published: str | None) -> None:
    """PDF's own notation of a time becomes ISO 8601."""
    assert read(pdf(STORY, info=f"/CreationDate ({stamp})")).published == published


def test_running_heads_and_page_numbers_are_left_out() -> None:
    """What stands on every page is no text, and a sentence goes on over the page."""
    pages = [
        ["The Harbor Courier", f"{words} and the wide grey sea beneath it went", f"Page {number} of 3"]
        for number, words in enumerate(("The lamp", "on and on", "until it ended"), 1)
    ]
    assert read(pdf(*pages)).text == (
        "The lamp and the wide grey sea beneath it went on and on and the wide grey sea beneath it went "
        "until it ended and the wide grey sea beneath it went"
    )


# --- what cannot be read ------------------------------------------------------------------------


def test_a_scan_is_named() -> None:
    """A page that is a picture has no text to read."""
    assert (
        reason(scan())
        == "it holds pictures of text, but no text; let a text recognition (OCR) program add it"
    )


@pytest.mark.parametrize("drawing", [b"", b"q Q", b"0 0 m 612 792 l S", b"BT /F1 11 Tf (  ) Tj ET"])
def test_an_empty_page_is_no_scan(drawing: bytes) -> None:
    """Where there is no picture either, text recognition would find nothing."""
    assert reason(pdf(contents=[drawing])) == "it holds no text"


def encrypted(password: str, algorithm: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(STORY))))
    writer.encrypt(password, "owner", algorithm=algorithm)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_an_encrypted_file_is_named(algorithm: str) -> None:
    """One that opens only with a password is named; one that every program opens is read."""
    assert reason(encrypted("secret", algorithm)) == "it is encrypted; save a copy without a password"
    assert read(encrypted("", algorithm)).text == TEXT


def test_truncated_files_are_named() -> None:
    """A PDF cut off anywhere is named, and none makes the reader fail in another way."""
    whole = pdf(STORY, STORY)
    cuts = [random.Random(5).randrange(10, len(whole) - 40) for _ in range(6)]
    assert {reason(whole[:cut]) for cut in cuts} == {"it is damaged or incomplete"}


@pytest.mark.parametrize(
    "raw",
    [b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nstartxref\n9\n%%EOF", b"%PDF-" + bytes(999) + b"%%EOF"],
)
def test_what_only_begins_like_one_is_named(raw: bytes) -> None:
    """There must be pages in it."""
    assert reason(raw) == "it is damaged or incomplete"


def test_too_much_text_is_named() -> None:
    """The limit of an article holds for the text, however small the file."""
    pages = [[f"Line {number} of many, all of them told." for number in range(40)]] * 10
    assert reason(pdf(*pages), 10_000) == "it is too long for one article"


def test_a_page_that_unpacks_to_gigabytes_is_named() -> None:
    """A bomb within a bomb is held back by the limits of the process that reads it."""
    bomb = zlib.compress(zlib.compress(b"(word) Tj T* " * (1 << 23)))
    raw = pdf(contents=[b"x" * 4], packed=False)
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(bomb),
        bomb,
    )
    assert len(bomb) < 1 << 20
    raw = raw.replace(b"<< /Length 4  >>\nstream\nxxxx\nendstream", stream)
    assert reason(raw) == "reading it takes too much time or memory"


def test_forms_that_draw_forms_are_not_drawn_for_ever() -> None:
    """Forms that each draw the next one ten times would take years; what is empty by then is named so."""
    forms = []
    for number in range(12):
        drawing = b"/X Do " * 10 if number < 11 else b""
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length %d "
            b"/Resources << /XObject << /X %d 0 R >> /Font << /F1 3 0 R >> >> >>\nstream\n%s\nendstream"
            % (len(drawing), 9 + number, drawing)
        )
    raw = pdf(contents=[b"/X Do"], objects=forms).replace(b"<< /Font", b"<< /XObject << /X 8 0 R >> /Font", 1)
    assert (
        reason(raw) == "it holds pictures of text, but no text; let a text recognition (OCR) program add it"
    )


def test_one_that_takes_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The program that reads is ended when it has had its time."""
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pdftext, "__file__", str(sleeper))
    monkeypatch.setattr(pdftext, "CPU_SECONDS", 0.1)
    assert reason(pdf(STORY)) == "reading it takes too much time or memory"


def test_one_that_ends_the_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A crash is the file's fault, not ours."""
    crasher = tmp_path / "crasher.py"
    crasher.write_text("import os; os.abort()")
    monkeypatch.setattr(pdftext, "__file__", str(crasher))
    assert reason(pdf(STORY)) == "reading it takes too much time or memory"
