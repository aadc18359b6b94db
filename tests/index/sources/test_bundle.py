"""Archives (zip), read as files and as uploads are."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from index.settings import ArticleSettings
from index.sources.files import FileSource
from index.sources.uploads import read_upload
from index.types import Article, Skipped
from tests.writers import docx, epub, paragraph, pdf, zipped

UNPACKED = "it is damaged: the rest of it cannot be unpacked"


def items(folder: Path, raw: bytes, name: str = "a.zip", max_bytes: int = 100_000) -> list[Article | Skipped]:
    (folder / name).write_bytes(raw)
    found = FileSource([folder / name], ArticleSettings(max_bytes=max_bytes))
    return [item for item in found if isinstance(item, Article | Skipped)]


def read(folder: Path, raw: bytes, max_bytes: int = 100_000) -> list[str]:
    """The text of each article, and `name: reason` of what was skipped, names without their folder."""
    return [
        item.text if isinstance(item, Article) else f"{item.name.removeprefix(f'{folder}/')}: {item.reason}"
        for item in items(folder, raw, max_bytes=max_bytes)
    ]


def test_every_kind_is_read(tmp_path: Path) -> None:
    """All that is read from a folder is read from an archive, in its order."""
    raw = zipped(
        {
            "a.txt": "From text.",
            "deep/b.md": "From *Markdown*.",
            "c.pdf": pdf(["From a page."]),
            "d.docx": docx(paragraph("From Word.")),
            "e.epub": epub({"c.xhtml": "<p>From a book.</p>"}),
            "f.csv": "text\nFrom a row.\nFrom another.",
            "g.jsonl": '{"text": "From a line."}\n{"text": "From line two."}',
            "h.jsonl.gz": gzip.compress(b'{"text": "From a packed line."}'),
            "i.eml": "Subject: Mail\n\nFrom a mail.",
            "j.csv": docx(paragraph("From Word, in disguise.")),
        }
    )
    assert read(tmp_path, raw) == [
        "From text.",
        "From Markdown.",
        "From a page.",
        "From Word.",
        "From a book.",
        "From a row.",
        "From another.",
        "From a line.",
        "From line two.",
        "From a packed line.",
        "From a mail.",
        "From Word, in disguise.",
    ]
    assert [item.text for item in read_upload("a.zip", raw, 1 << 20) if isinstance(item, Article)] == read(
        tmp_path, raw
    )


def test_a_member_has_a_place_of_its_own(tmp_path: Path) -> None:
    """The archive's path and the member tell articles apart, and another version from another article."""
    one, two = items(tmp_path, zipped({"a.txt": "One.", "b/a.txt": "Two."}))
    (again,) = items(tmp_path, zipped({"a.txt": "One, newer."}))
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert isinstance(again, Article)
    assert (one.path, one.part, two.path, two.part) == ("a.zip", "a.txt", "a.zip", "b/a.txt")
    assert one.id == again.id != two.id


def test_lines_of_a_member_are_known_by_what_they_say(tmp_path: Path) -> None:
    """A line that moved to another member is the same article."""
    (one,) = items(tmp_path, zipped({"a.jsonl": '{"text": "One."}'}))
    (two,) = items(tmp_path, zipped({"b.jsonl": '{"text": "One."}'}))
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert one.id == two.id
    assert one.part == f"a.jsonl:{(one.raw_digest or b'').hex()}"


def test_other_kinds_are_passed_over(tmp_path: Path) -> None:
    """Pictures are counted, hidden files and what a Mac adds are left alone."""
    (tmp_path / "a.zip").write_bytes(
        zipped(
            {
                "a.txt": "One.",
                "b.png": "",
                "c/d.PNG": "",
                ".e.txt": "",
                ".git/f.txt": "",
                "__MACOSX/a.txt": "",
                "g": "",
            }
        )
    )
    source = FileSource([tmp_path], ArticleSettings())
    assert [item.text for item in source if isinstance(item, Article)] == ["One."]
    assert source.passed_over == {".png": 1, ".PNG": 1, "": 1}


def test_progress_counts_members(tmp_path: Path) -> None:
    """The bytes done grow with the members, and with the lines of one, up to the file's size."""
    noise = [json.dumps({"text": f"{number * 7919:x} {number**5:x}"}) for number in range(2000)]
    raw = zipped({"a.txt": "One.", "b.jsonl": "\n".join(noise), "c.txt": "Two."}, stored=True)
    (tmp_path / "a.zip").write_bytes(raw)
    (tmp_path / "z.txt").write_bytes(b"x" * 10)
    source = FileSource([tmp_path], ArticleSettings())
    seen = [source.done_bytes for _ in source]
    assert source.total_bytes == source.done_bytes == len(raw) + 10
    assert seen == sorted(seen)
    assert (seen[0], seen[1], seen[-2], seen[-1]) == (
        4,
        4 + len(noise[0]) + 1,
        8 + len("\n".join(noise)),
        len(raw) + 10,
    )


# --- names that lead elsewhere --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../up.txt", "/etc/up.txt", "C:\\up.txt", "a\nb.txt", "\x1b[31mred.txt", "..\\up.txt"]
)
def test_a_name_is_a_label(tmp_path: Path, name: str) -> None:
    """Whatever a member is called, it is read in its place and nothing is written."""
    before = sorted(tmp_path.parent.rglob("*"))
    assert read(tmp_path, zipped({name: "Some words."})) == ["Some words."]
    assert sorted(tmp_path.parent.rglob("*")) == sorted([*before, tmp_path / "a.zip"])


def test_a_name_is_shown_on_one_line(tmp_path: Path) -> None:
    """What a member's name would do to a terminal it does not do in a reason."""
    assert read(tmp_path, zipped({"a\nb\x1b[31m\u202e.txt": ""})) == ["a.zip/a b�[31m�.txt: it holds no text"]


def test_a_link_in_an_archive_is_named(tmp_path: Path) -> None:
    """A member that says it is a link is not followed, and not taken for a text."""
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert read(tmp_path, buffer.getvalue()) == ["a.zip/a.txt: it is not a regular file"]


# --- bounds and damage --------------------------------------------------------------------------


def test_an_archive_in_an_archive_is_named(tmp_path: Path) -> None:
    """Archives are not nested, whatever they are called; documents that are zip files are read."""
    inner = zipped({"a.txt": "Deep."})
    assert read(tmp_path, zipped({"inner.zip": inner, "inner.txt": inner, "a.txt": "One."})) == [
        "a.zip/inner.zip: it is an archive within an archive",
        "a.zip/inner.txt: it is an archive within an archive",
        "One.",
    ]


def test_a_bomb_is_named(tmp_path: Path) -> None:
    """A member that unpacks to a gigabyte is not unpacked, whatever it is; the next one is read."""
    assert read(tmp_path, zipped({"a.txt": bytes(5 << 20), "b.jsonl": bytes(5 << 20), "c.txt": "One."})) == [
        "a.zip/a.txt: it unpacks to over 200 times its size",
        "a.zip/b.jsonl: it unpacks to over 200 times its size",
        "One.",
    ]
    packed = gzip.compress(bytes(64 << 20))
    assert read(tmp_path, zipped({"b.jsonl.gz": packed})) == [
        "a.zip/b.jsonl.gz: it looks like a binary file, not text",
    ]
    packed = gzip.compress(b"x" * (64 << 20))
    assert read(tmp_path, zipped({"b.jsonl.gz": packed, "c.txt": "One."})) == [
        "a.zip/b.jsonl.gz: it unpacks to over 200 times its size",
        "One.",
    ]


def test_members_that_lie_about_their_size_are_named(tmp_path: Path) -> None:
    """A member gives no more than its directory says, and then its checksum is off."""
    raw = bytearray(zipped({"a.txt": "word " * 1000}))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        raw[raw.index(mark) + place : raw.index(mark) + place + 4] = struct.pack("<I", 10)
    assert read(tmp_path, bytes(raw)) == [f"a.zip/a.txt: {UNPACKED}"]


def test_so_many_members_are_named(tmp_path: Path) -> None:
    """Neither 10,001 members nor a directory of many megabytes are listed."""
    many = zipped({f"{number}.txt": "" for number in range(10_001)}, stored=True)
    assert read(tmp_path, many) == ["a.zip: it holds over 10,000 files"]
    directory = b"".join(
        b"PK\x01\x02" + bytes(24) + struct.pack("<H", 60_000) + bytes(60_016) for _ in range(150)
    )
    end = b"PK\x05\x06" + bytes(4) + struct.pack("<HHIIH", 150, 150, len(directory), 4, 0)
    assert read(tmp_path, b"PK\x03\x04" + directory + end) == ["a.zip: it holds over 10,000 files"]


def test_the_sum_of_an_upload_is_limited() -> None:
    """An upload that unpacks to more than may be is left out as a whole."""
    raw = zipped({"a.txt": "word " * 100, "b.txt": "word " * 100})
    assert list(read_upload("a.zip", raw, 999)) == [Skipped("a.zip", "it is too large")]
    assert len(list(read_upload("a.zip", raw, 1000))) == 2


def test_the_limit_of_an_article_holds_for_members(tmp_path: Path) -> None:
    """A member, or a line of one, over the limit is named."""
    raw = zipped({"a.txt": "w" * 21, "b.jsonl": '{"text": "Two, at length."}', "c.txt": "One."})
    assert read(tmp_path, raw, 20) == [
        "a.zip/a.txt: it is over articles.max_bytes (20 bytes)",
        "a.zip/b.jsonl, line 1: it is over articles.max_bytes (20 bytes)",
        "One.",
    ]


def test_two_members_of_one_name(tmp_path: Path) -> None:
    """The first is read; the second could not be told from it."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        raw = zipped([("a.txt", "One."), ("a.txt", "Two.")])
    assert read(tmp_path, raw) == ["One.", "a.zip/a.txt: another file in the archive has the same name"]


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    """A member with a password, and one packed in an unusual way; the rest is read."""
    raw = bytearray(zipped({"a.txt": "One.", "b.txt": "Two.", "c.txt": "Three."}, stored=True))
    first = raw.index(b"PK\x01\x02")
    raw[first + 8] |= 1
    second = raw.index(b"PK\x01\x02", first + 1)
    raw[second + 10] = 12  # bzip2
    assert read(tmp_path, bytes(raw)) == [
        "a.zip/a.txt: it is encrypted; save a copy without a password",
        "a.zip/b.txt: it is packed in a way that is not read",
        "Three.",
    ]


@pytest.mark.parametrize("cut", [4, 30, 60, -1])
def test_truncated_archives_are_named(tmp_path: Path, cut: int) -> None:
    """Without its directory, which stands at the end, nothing can be unpacked."""
    assert read(tmp_path, zipped({"a.txt": "One."})[:cut]) == [f"a.zip: {UNPACKED}"]


def test_damage_in_a_member_keeps_the_lines_before_it(tmp_path: Path) -> None:
    """A wrong checksum is named after the lines it belongs to, and the other members are read."""
    texts = [f"{number * 7919:x} {number**5:x}" for number in range(1000)]
    raw = bytearray(
        zipped({"a.jsonl": "\n".join(json.dumps({"text": text}) for text in texts), "b.txt": "Three."})
    )
    raw[raw.index(b"PK\x01\x02") + 16] ^= 1
    *kept, named, last = read(tmp_path, bytes(raw))
    assert kept == texts[: len(kept)]
    assert 500 < len(kept) < 1000
    assert (named, last) == (f"a.zip/a.jsonl: {UNPACKED}", "Three.")


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    """No articles, and nothing to complain of."""
    assert read(tmp_path, zipped({})) == []


def test_other_programs_archives_are_no_bundles(tmp_path: Path) -> None:
    """Spreadsheets and OpenDocument files are zip files too; their parts are no articles."""
    sheet = zipped({"[Content_Types].xml": "<Types/>", "xl/a.txt": "Text."})
    document = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "a.txt": "Text."})
    for raw in (sheet, document):
        (line,) = read(tmp_path, raw)
        assert line.startswith("a.zip: its kind is not known; Byline reads .txt ")
