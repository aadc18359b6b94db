"""Files and folders of articles."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from index.errors import SourceError
from index.settings import ArticleSettings
from index.sources.files import FileSource
from index.types import Article, Skipped


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
    ]


# --- what is read -------------------------------------------------------------------------------


def test_every_kind_is_read(folder: Path) -> None:
    """Text, Markdown, HTML, JSON Lines and packed JSON Lines give articles, whatever the ending's case."""
    paragraph = "The lamps on the pier were lit again on Friday after nine dark years, the harbor board said."
    (folder / "a.txt").write_text("From text.")
    (folder / "b.TEXT").write_text("From text too.")
    (folder / "c.md").write_text("From *Markdown*.")
    (folder / "d.Markdown").write_text("From Markdown too.")
    (folder / "e.html").write_text(f"<html><body><article><p>{paragraph}</p></article></body></html>")
    (folder / "f.HTM").write_text(f"<html><body><article><p>Second. {paragraph}</p></article></body></html>")
    (folder / "g.jsonl").write_text('{"text": "From a line."}\n')
    (folder / "h.JSONL.gz").write_bytes(gzip.compress(b'{"text": "From a packed line."}\n'))
    assert read(folder) == [
        "From text.",
        "From text too.",
        "From Markdown.",
        "From Markdown too.",
        paragraph,
        f"Second. {paragraph}",
        "From a line.",
        "From a packed line.",
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
    for name in ("a.pdf", "b.pdf", "c.docx", "README", "notes.txt"):
        (folder / name).write_text("Some words.")
    found = source(folder)
    assert len(list(found)) == 1
    assert found.passed_over == {".pdf": 2, ".docx": 1, "": 1}


def test_an_unknown_kind_given_by_name_is_named(folder: Path) -> None:
    """A person who names such a file is told what can be read."""
    file = folder / "a.pdf"
    file.write_text("Some words.")
    assert list(source(file)) == [
        Skipped(
            str(file),
            "its kind is not known; Byline reads .txt .text .md .markdown .html .htm .jsonl .jsonl.gz",
        )
    ]


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
    ids = {item.id for path in (folder, folder / "sub", folder / "sub" / "a.txt") for item in source(path)}
    assert len(ids) == 1


def test_lines_that_moved_are_the_same_articles(folder: Path) -> None:
    """A JSON line has the same id on another line of another file."""
    (folder / "a.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    (folder / "b.jsonl").write_text('{"text": "Two."}\n')
    one, two, two_again = source(folder)
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert isinstance(two_again, Article)
    assert two.id == two_again.id != one.id


def test_progress_counts_bytes(folder: Path) -> None:
    """The bytes done grow to the total as files are read, and within a file of lines."""
    (folder / "a.txt").write_text("x" * 10)
    (folder / "b.jsonl").write_text('{"text": "One."}\n' * 3000)
    found = source(folder, max_bytes=100_000)
    assert (found.done_bytes, found.total_bytes) == (0, 51_010)
    seen = [found.done_bytes for _ in found]
    assert (seen[0], seen[1], seen[1500], seen[-1]) == (0, 27, 25_510, 51_010)
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
    """A wrong checksum, damage in the middle, and a file that was never packed are all named."""
    packed = bytearray(gzip.compress(lines("One.", "Two.")))
    packed[-6] ^= 1
    (folder / "checksum.jsonl.gz").write_bytes(packed)
    (folder / "middle.jsonl.gz").write_bytes(packed[:10] + b"\xff" * 20)
    (folder / "plain.jsonl.gz").write_bytes(lines("One."))
    (folder / "whole.txt").write_text("Some words.")
    reason = "it is damaged: the rest of it cannot be unpacked"
    assert read(folder) == [
        "One.",
        "Two.",
        f"checksum.jsonl.gz: {reason}",
        f"middle.jsonl.gz: {reason}",
        f"plain.jsonl.gz: {reason}",
        "Some words.",
    ]


def test_a_file_that_vanishes_is_named(folder: Path) -> None:
    """A file that goes between listing and reading is skipped with its reason."""
    (folder / "a.txt").write_text("Some words.")
    (folder / "b.txt").write_text("More words.")
    found = source(folder)
    (folder / "a.txt").unlink()
    assert [item if isinstance(item, Skipped) else item.text for item in found] == [
        Skipped(f"{folder}/a.txt", "it is not a regular file"),
        "More words.",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_file_is_named(folder: Path) -> None:
    """A file without permission is skipped with the system's reason."""
    (folder / "a.txt").write_text("Some words.")
    (folder / "a.txt").chmod(0)
    assert read(folder) == ["a.txt: it cannot be read (Permission denied)"]


# --- links --------------------------------------------------------------------------------------


def test_a_link_out_of_the_folder_is_named(folder: Path) -> None:
    """A link to a file elsewhere is not followed, and neither is one to a folder elsewhere."""
    outside = folder.parent / "private"
    outside.mkdir()
    (outside / "secret.txt").write_text("A secret.")
    (folder / "a.txt").symlink_to(outside / "secret.txt")
    (folder / "b.txt").symlink_to("../private/secret.txt")
    (folder / "c").symlink_to(outside)
    assert read(folder) == [
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
