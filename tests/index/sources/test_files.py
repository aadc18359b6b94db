"""Files and folders of articles."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path

import pytest

from index.errors import SourceError
from index.settings import ArticleSettings
from index.sources.files import FileSource
from index.sources.kinds import UNKNOWN_KIND
from index.sources.seen import Place
from index.types import Article, Skipped, Unchanged
from tests.writers import docx, epub, paragraph, pdf, zipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    return folder


def source(*paths: Path, max_bytes: int = 10_000) -> FileSource:
    return FileSource(paths, ArticleSettings(max_bytes=max_bytes))


def read(*paths: Path, max_bytes: int = 10_000) -> list[str]:
    """The text of each article, and `name: reason` of what was skipped, names without their folder."""
    return [
        item.text if isinstance(item, Article) else f"{item.name.rpartition('/')[2]}: {item.reason}"
        for item in source(*paths, max_bytes=max_bytes)
        if not isinstance(item, Unchanged)
    ]


def articles(*paths: Path) -> list[Article]:
    return [item for item in source(*paths) if isinstance(item, Article)]


# --- what is read -------------------------------------------------------------------------------


def test_every_kind_is_read(folder: Path) -> None:
    """Each kind gives articles, whatever the ending's case."""
    lamps = "The lamps on the pier were lit again on Friday after nine dark years, the harbor board said."
    (folder / "a.txt").write_text("From text.")
    (folder / "b.TEXT").write_text("From text too.")
    (folder / "c.md").write_text("From *Markdown*.")
    (folder / "d.Markdown").write_text("From Markdown too.")
    (folder / "e.html").write_text(f"<html><body><article><p>{lamps}</p></article></body></html>")
    (folder / "f.HTM").write_text(f"<html><body><article><p>Second. {lamps}</p></article></body></html>")
    (folder / "g.jsonl").write_text('{"text": "From a line."}\n')
    (folder / "h.JSONL.gz").write_bytes(gzip.compress(b'{"text": "From a packed line."}\n'))
    (folder / "i.PDF").write_bytes(pdf(["From a page."]))
    (folder / "j.docx").write_bytes(docx(paragraph("From Word.")))
    (folder / "k.epub").write_bytes(epub({"c.xhtml": "<p>From a book.</p>"}))
    (folder / "l.eml").write_text("Subject: Mail\n\nFrom a mail.")
    (folder / "m.csv").write_text("text\nFrom a row.\n")
    assert read(folder) == [
        "From text.",
        "From text too.",
        "From Markdown.",
        "From Markdown too.",
        lamps,
        f"Second. {lamps}",
        "From a line.",
        "From a packed line.",
        "From a page.",
        "From Word.",
        "From a book.",
        "From a mail.",
        "From a row.",
    ]


def test_folders_are_walked_in_name_order(folder: Path) -> None:
    """A folder's own files come first, by name, then its subfolders; hidden ones are left alone."""
    for name in ("b.txt", "a.txt", "2/c.txt", "10/d.txt", "10/deep/e.txt", ".hidden.txt", ".git/f.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Text of {name}.")
    found = source(folder)
    assert [item.path for item in found if isinstance(item, Article)] == [
        "a.txt",
        "b.txt",
        "10/d.txt",
        "10/deep/e.txt",
        "2/c.txt",
    ]
    assert found.passed_over == {}


def test_unknown_kinds_are_counted(folder: Path) -> None:
    """Files of other kinds in a folder are passed over, counted by ending."""
    for name in ("a.png", "b.png", "c.xlsx", "README", "notes.txt"):
        (folder / name).write_text("Some words.")
    found = source(folder)
    assert len(list(found)) == 1
    assert found.passed_over == {".png": 2, ".xlsx": 1, "": 1}


def test_an_unknown_kind_given_by_name_is_named(folder: Path) -> None:
    """A person who names such a file is told what can be read."""
    file = folder / "a.xyz"
    file.write_text("Some words.")
    assert list(source(file)) == [Skipped(str(file), UNKNOWN_KIND)]


def test_a_file_given_by_name_is_read(folder: Path) -> None:
    """A single file's folder is its root, even when its name is hidden."""
    (folder / ".draft.txt").write_text("A draft.")
    (found,) = source(folder / ".draft.txt")
    assert isinstance(found, Article)
    assert (found.text, found.root, found.path) == ("A draft.", str(folder), ".draft.txt")


def test_several_paths_are_read_in_turn(folder: Path) -> None:
    """Files and folders come in the order given."""
    for name in ("a.txt", "b.txt", "sub/c.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"Text of {name}.")
    assert read(folder / "sub", folder / "b.txt") == ["Text of sub/c.txt.", "Text of b.txt."]


def test_a_missing_path_is_an_error(folder: Path) -> None:
    """A misspelled path is an error that says so, before anything is read."""
    with pytest.raises(SourceError) as caught:
        source(folder / "nwes")
    assert str(caught.value) == f"{folder}/nwes does not exist; check the spelling"


def test_a_special_file_is_an_error(folder: Path) -> None:
    """A pipe given by name is refused rather than waited on."""
    os.mkfifo(folder / "pipe")
    with pytest.raises(SourceError) as caught:
        source(folder / "pipe")
    assert str(caught.value) == f"{folder}/pipe is neither a file nor a folder; give one that holds articles"


def test_identity_follows_the_file(folder: Path) -> None:
    """An article file has the same id whichever folder above it was given."""
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("Some words.")
    paths = (folder, folder / "sub", folder / "sub" / "a.txt")
    ids = {article.id for path in paths for article in articles(path)}
    assert len(ids) == 1


def test_lines_that_moved_are_the_same_articles(folder: Path) -> None:
    """A JSON line has the same id on another line of another file."""
    (folder / "a.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    (folder / "b.jsonl").write_text('{"text": "Two."}\n')
    one, two, two_again = articles(folder)
    assert two.id == two_again.id != one.id


def test_progress_counts_bytes(folder: Path) -> None:
    """The bytes done grow to the total as files are read, and within a file of lines."""
    (folder / "a.txt").write_text("x" * 10)
    (folder / "b.jsonl").write_text('{"text": "One."}\n' * 3000)
    found = source(folder, max_bytes=100_000)
    assert (found.done_bytes, found.total_bytes) == (0, 51_010)
    seen = [found.done_bytes for _ in found]
    assert (seen[0], seen[1], seen[1500], seen[-1]) == (10, 27, 25_510, 51_010)
    assert found.done_bytes == 51_010


# --- encodings ----------------------------------------------------------------------------------

SAMPLE = "“It’s the best café in town,” she said – and the naïve crowd clapped."
TYPED = '"It\'s the best café in town," she said - and the naïve crowd clapped.'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_common_encodings_are_read(folder: Path, encoding: str) -> None:
    """UTF-8 and UTF-16 with their marks, and Windows-1252 with its quotes, come out letter for letter."""
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    (folder / "a.txt").write_bytes(mark + SAMPLE.encode(encoding))
    assert read(folder) == [SAMPLE]


@pytest.mark.parametrize(
    "text",
    [
        TYPED,
        "Le café est fermé.",
        "Señor Ibáñez no vino; la niña sí.",
        "Die Brücke über den Fluß wird geschlossen.",
        "£5 was paid.",
    ],
)
def test_latin_1_is_read(folder: Path, text: str) -> None:
    """Latin-1 with a few accents is not taken for one of the encodings that resemble it."""
    (folder / "a.txt").write_bytes(text.encode("latin-1"))
    assert read(folder) == [text]


# --- what is skipped ----------------------------------------------------------------------------


def test_each_bad_file_is_named_and_the_rest_read(folder: Path) -> None:
    """A binary, an empty, a too large and a broken file each have their reason; the good one is read."""
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "empty.md").write_bytes(b"")
    (folder / "empty.html").write_bytes(b"")
    (folder / "good.txt").write_text("Some words.")
    (folder / "large.txt").write_text("word " * 2001)
    (folder / "matter.md").write_text("---\n[\n---\nText.\n")
    assert read(folder) == [
        "binary.txt: it looks like a binary file, not text",
        "empty.html: no article text was found in the page",
        "empty.md: it holds no text",
        "empty.txt: it holds no text",
        "Some words.",
        "large.txt: it is over articles.max_bytes (10,000 bytes)",
        "matter.md: its front matter is not valid YAML",
    ]


def test_a_file_of_just_the_limit_is_read(folder: Path) -> None:
    """The limit itself is allowed."""
    (folder / "a.txt").write_text("12345678")
    assert read(folder, max_bytes=8) == ["12345678"]
    assert read(folder, max_bytes=7) == ["a.txt: it is over articles.max_bytes (7 bytes)"]


def test_the_limit_holds_for_lines_not_for_their_file(folder: Path) -> None:
    """A file of lines may be larger than the limit, none of its lines may."""
    (folder / "a.jsonl").write_text('{"text": "One."}\n{"text": "Two, at length."}\n{"text": "Three."}\n')
    assert read(folder, max_bytes=20) == [
        "One.",
        "a.jsonl, line 2: it is over articles.max_bytes (20 bytes)",
        "Three.",
    ]


def test_a_bad_line_is_named_with_its_number(folder: Path) -> None:
    """A line's file and number stand in its name, for bad JSON and for lines without words."""
    (folder / "a.jsonl").write_text('{"text": "One."}\n\n{"text": \n{"text": "  "}\n{"text": "Two."}\n')
    assert list(source(folder))[1:3] == [
        Skipped(f"{folder}/a.jsonl, line 3", "it is not valid JSON"),
        Skipped(f"{folder}/a.jsonl, line 4", "it holds no text"),
    ]
    assert [item.text for item in source(folder) if isinstance(item, Article)] == ["One.", "Two."]


def lines(*texts: str) -> bytes:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def test_a_truncated_archive_keeps_what_was_readable(folder: Path) -> None:
    """What stands before the damage is kept, the rest is named."""
    packed = gzip.compress(lines("One.", "Two.")) + gzip.compress(lines("Three."))
    (folder / "a.jsonl.gz").write_bytes(packed[:-20])
    damaged = "a.jsonl.gz: it is damaged: the rest of it cannot be unpacked"
    assert read(folder) == ["One.", "Two.", damaged]
    (folder / "a.jsonl.gz").write_bytes(packed[:-4])  # only the length is missing
    assert read(folder) == ["One.", "Two.", "Three.", damaged]


def test_a_damaged_archive_is_named(folder: Path) -> None:
    """A wrong checksum, damage in the middle, and a file that is hardly begun are all named."""
    packed = bytearray(gzip.compress(lines("One.", "Two.")))
    packed[-6] ^= 1
    (folder / "checksum.jsonl.gz").write_bytes(packed)
    (folder / "middle.jsonl.gz").write_bytes(packed[:10] + b"\xff" * 20)
    (folder / "cut.jsonl.gz").write_bytes(packed[:3])
    (folder / "whole.txt").write_text("Some words.")
    reason = "it is damaged: the rest of it cannot be unpacked"
    assert read(folder) == [
        "One.",
        "Two.",
        f"checksum.jsonl.gz: {reason}",
        f"cut.jsonl.gz: {reason}",
        f"middle.jsonl.gz: {reason}",
        "Some words.",
    ]


def test_a_file_that_vanishes_is_no_failure(folder: Path) -> None:
    """A file that goes between listing and reading is as one that went before, and is told so afterwards."""
    (folder / "a.txt").write_text("Some words.")
    (folder / "b.txt").write_text("More words.")
    found = source(folder)
    (folder / "a.txt").unlink()
    assert [item if isinstance(item, Skipped) else item.text for item in found] == ["More words."]
    assert [found.seen.is_gone(Place(f"{folder}/{name}", "")) for name in ("a.txt", "b.txt")] == [True, False]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_file_is_named(folder: Path) -> None:
    """A file without permission is skipped with the system's reason."""
    (folder / "a.txt").write_text("Some words.")
    (folder / "a.txt").chmod(0)
    assert read(folder) == ["a.txt: it cannot be read (Permission denied)"]


# --- links --------------------------------------------------------------------------------------


def test_a_link_out_of_the_folder_is_named(folder: Path) -> None:
    """A link to a file elsewhere is not followed, and neither is one to a folder."""
    outside = folder.parent / "private"
    outside.mkdir()
    (outside / "secret.txt").write_text("A secret.")
    (folder / "a.txt").symlink_to(outside / "secret.txt")
    (folder / "b.txt").symlink_to("../private/secret.txt")
    (folder / "c").symlink_to(outside)
    assert read(folder) == [
        "c: it is a link to a folder; give that folder itself",
        "a.txt: it is a link that leads out of the folder",
        "b.txt: it is a link that leads out of the folder",
    ]


def test_a_link_within_the_folder_is_the_same_article(folder: Path) -> None:
    """A link to a neighbor is read as that neighbor, so that it is stored once."""
    (folder / "a.txt").write_text("Some words.")
    (folder / "b.txt").symlink_to("a.txt")
    first, second = source(folder)
    assert first == second


def test_a_folder_reached_by_a_link_is_read(tmp_path: Path, folder: Path) -> None:
    """A person may give a link to a folder; its files are inside it."""
    (folder / "a.txt").write_text("Some words.")
    (tmp_path / "link").symlink_to(folder)
    assert list(source(tmp_path / "link")) == list(source(folder))
    assert read(tmp_path / "link") == ["Some words."]


def test_links_in_circles_are_harmless(folder: Path) -> None:
    """A folder that links to itself, a link to itself and a link to nothing end no reading."""
    (folder / "circle").symlink_to(folder)
    (folder / "self.txt").symlink_to("self.txt")
    (folder / "one.txt").symlink_to("two.txt")
    (folder / "two.txt").symlink_to("one.txt")
    (folder / "nothing.txt").symlink_to("gone.txt")
    (folder / "words.txt").write_text("Some words.")
    assert read(folder) == [
        "circle: it is a link to a folder; give that folder itself",
        "nothing.txt: it is not a regular file",
        "one.txt: it is not a regular file",
        "self.txt: it is not a regular file",
        "two.txt: it is not a regular file",
        "Some words.",
    ]


def test_a_pipe_in_a_folder_is_named(folder: Path) -> None:
    """A pipe named like an article is not waited on."""
    os.mkfifo(folder / "a.txt")
    assert read(folder) == ["a.txt: it is not a regular file"]


def test_a_file_name_that_is_no_utf_8_is_read(folder: Path) -> None:
    """A name in an old encoding, which Linux allows, gives a path that can be stored."""
    name = os.fsencode(folder) + b"/caf\xe9.txt"
    Path(os.fsdecode(name)).write_text("Some words.")
    (found,) = source(folder)
    assert isinstance(found, Article)
    assert found.path == "caf\\udce9.txt"


def test_a_name_is_shown_on_one_line(folder: Path) -> None:
    """A line end in a file's name, or what steers a terminal, is not shown as it stands."""
    (folder / "a\nb\x1b[31m.txt").write_text("")
    (found,) = source(folder)
    assert found == Skipped(f"{folder}/a b\ufffd[31m.txt", "it holds no text")


# --- content before name ------------------------------------------------------------------------

LAMPS = "The lamps on the pier were lit again on Friday after nine dark years, the harbor board said."


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", pdf(["A page."]), "A page."),
        ("a.docx", b"\xef\xbb\xbf\n" + pdf(["A page."]), "A page."),
        ("a.pdf", b"HTTP/1.1 200 OK\r\n\r\n" + pdf(["A page."]), "A page."),
        ("a.pdf", docx(paragraph("From Word.")), "From Word."),
        ("a.zip", epub({"c.xhtml": "<p>A book.</p>"}), "A book."),
        (
            "a.txt",
            f"<!DOCTYPE html><html><body><article><p>{LAMPS}</p></article></body></html>".encode(),
            LAMPS,
        ),
        ("a.jsonl", gzip.compress(b'{"text": "Packed."}'), "Packed."),
        ("a.jsonl.gz", b'{"text": "Not packed."}', "Not packed."),
        ("a.jsonl", '{"text": "Zażółć."}'.encode("utf-16"), "Zażółć."),
        ("a.csv", "text\nZażółć.".encode("utf-16"), "Zażółć."),
        ("a.pdf", b"Some words.", "a.pdf: it is not what its ending says"),
        ("a.pdf", b"", "a.pdf: it holds no text"),
        ("a.epub", b"PK\x03\x04", "a.epub: it is damaged: the rest of it cannot be unpacked"),
        ("a.txt", b"{\\rtf1 Some words.}", "a.txt: it is rich text (RTF); save a copy as .docx or .txt"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "a.docx: it is a Word file of before 2007, or encrypted; save a copy as .docx without a password",
        ),
        ("a.txt", gzip.compress(b"Some words."), f"a.txt: {UNKNOWN_KIND}"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.txt: it looks like a binary file, not text"),
        ("a.csv", b"\x7fELF" + bytes(60), "a.csv: it looks like a binary file, not text"),
        ("a.jsonl", b"\x7fELF" + bytes(60), "a.jsonl: it looks like a binary file, not text"),
        ("a.jsonl.gz", gzip.compress(bytes(60)), "a.jsonl.gz: it looks like a binary file, not text"),
    ],
)
def test_the_content_says_what_it_is(folder: Path, name: str, content: bytes, expected: str) -> None:
    """A file is read as what it is, whatever it is called, and named when it is nothing that is read."""
    (folder / name).write_bytes(content)
    assert read(folder) == [expected]


def test_a_bomb_is_named(folder: Path) -> None:
    """Packed lines that unpack without end are given up."""
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "One."}\n' + b"x" * (64 << 20)))
    assert read(folder) == ["One.", "a.jsonl.gz: it unpacks to over 200 times its size"]


def test_large_documents_are_named(folder: Path) -> None:
    """A mail, a page and a document have limits of their own, seen before they are read."""
    for name, size in (("a.eml", 33 << 20), ("b.html", 5 << 20), ("c.pdf", 101 << 20)):
        (folder / name).write_bytes(b"%PDF-1.7" if name == "c.pdf" else b"From: a\n\n")
        os.truncate(folder / name, size)
    assert read(folder, max_bytes=50 << 20) == [
        "a.eml: it is too large for a document",
        "b.html: it is too large for a page",
        "c.pdf: it is too large for a document",
    ]


# --- what is known already ------------------------------------------------------------------------


class Store:
    """Remembers what was read, as a collection does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str | None, str, bytes], str] = {}
        self.asked = 0

    def known(self, root: str, path: str | None, part: str, digest: bytes) -> str | None:
        self.asked += 1
        return self.kept.get((root, path, part, digest))

    def read(self, folder: Path) -> list[str]:
        """What a source gives that asks here: `=` before what is unchanged."""
        given = []
        for item in FileSource([folder], ArticleSettings(), self.known):
            if isinstance(item, Unchanged):
                given.append(f"={item.article_id}")
            elif isinstance(item, Article):
                assert item.root is not None
                assert item.raw_digest is not None
                self.kept[item.root, item.path, item.part, item.raw_digest] = item.text
                given.append(item.text)
            else:
                given.append(item.reason)
        return given


def test_what_is_known_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is parsed or cleaned: files, lines, rows, members are known by their bytes."""
    (folder / "a.txt").write_text("Text.")
    (folder / "b.jsonl").write_bytes(lines("Line one.", "Line two."))
    (folder / "c.csv").write_text("text\nRow one.\nRow two.\n")
    (folder / "d.zip").write_bytes(zipped({"a.txt": "Member.", "b.jsonl": lines("Line of a member.")}))
    (folder / "e.pdf").write_bytes(pdf(["A page."]))
    texts = [
        "Text.",
        "Line one.",
        "Line two.",
        "Row one.",
        "Row two.",
        "Member.",
        "Line of a member.",
        "A page.",
    ]
    store = Store()
    assert store.read(folder) == texts
    monkeypatch.setattr("index.sources.files.to_article", None)
    assert store.read(folder) == [f"={text}" for text in texts]


def test_what_changed_is_read(folder: Path) -> None:
    """A changed file, line or member is read, and those around it are not; a moved line is not either."""
    (folder / "a.txt").write_text("Text.")
    (folder / "b.jsonl").write_bytes(lines("Line one.", "Line two."))
    (folder / "d.zip").write_bytes(zipped({"a.txt": "Member.", "b.txt": "Another."}))
    store = Store()
    store.read(folder)
    (folder / "a.txt").write_text("New text.")
    (folder / "b.jsonl").write_bytes(lines("Line two.", "Line three.", "Line one."))
    (folder / "d.zip").write_bytes(zipped({"b.txt": "Another.", "a.txt": "New member."}))
    assert store.read(folder) == [
        "New text.", "=Line two.", "Line three.", "=Line one.", "=Another.", "New member.",
    ]  # fmt: skip


def test_the_same_bytes_elsewhere_are_read(folder: Path) -> None:
    """A copy is an article of its own; and what could not be read is tried, and named, again."""
    (folder / "a.txt").write_text("Text.")
    (folder / "b.jsonl").write_text("{\n")
    store = Store()
    assert store.read(folder) == ["Text.", "it is not valid JSON"]
    (folder / "c.txt").write_text("Text.")
    assert store.read(folder) == ["=Text.", "it is not valid JSON", "Text."]


def test_thousands_of_known_lines_take_no_time(folder: Path) -> None:
    """What is unchanged costs a hash and a question."""
    (folder / "a.jsonl").write_bytes(lines(*(f"{number} {'words ' * 500}" for number in range(4884))))
    source = FileSource([folder], ArticleSettings(), lambda root, path, part, digest: part)
    start = time.perf_counter()
    assert len({item.article_id for item in source if isinstance(item, Unchanged)}) == 4884
    assert time.perf_counter() - start < 1
