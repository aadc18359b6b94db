"""A folder of awkward files: kinds and encodings, odd names, links that lead out, damage and bombs.

`python -m tests.awkward FOLDER` writes it, with `--large` also what takes hundreds of megabytes. Each
function writes some files below a folder and tells what becomes of them: their text, or the reason.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import io
import json
import os
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.writers import docx, epub, paragraph, pdf, scan, zipped

Expected = dict[str, list[str]]
"""By a file's path below the folder: the articles' texts, and reasons behind a `!`, in order."""

MIB = 1 << 20
LAMPS = "The lamps on the pier were lit again on Friday after nine dark years, the harbor board said."
SECRET = "The secret word is heliotrope."
"""What stands in the file beside the folder, which nothing may read."""

DAMAGED = "!it is damaged: the rest of it cannot be unpacked"
BROKEN = "!it is damaged or incomplete"
BINARY = "!it looks like a binary file, not text"
BOMB = "!it unpacks to over 200 times its size"
NO_TEXT = "!it holds no text"
NOT_REGULAR = "!it is not a regular file"
LEADS_OUT = "!it is a link that leads out of the folder"
LINKED_FOLDER = "!it is a link to a folder; give that folder itself"
NO_ARTICLE = "!no article text was found in the page"
TOO_LARGE_PAGE = "!it is too large for a page"
TOO_LARGE_DOCUMENT = "!it is too large for a document"
OVER_LIMIT = "!it is over articles.max_bytes (20,971,520 bytes)"


def write_corpus(folder: Path, *, large: bool = False) -> Expected:
    """Write all of it into `folder`, and beside it a file that must not be read; what is to be expected."""
    folder.mkdir()
    (folder.parent / "secret.txt").write_text(SECRET)
    (folder.parent / "private").mkdir()
    (folder.parent / "private" / "secret.txt").write_text(SECRET)
    expected: Expected = {}
    parts: list[Callable[[Path], Expected]] = [
        kinds,
        encodings,
        names,
        links,
        damage,
        disguises,
        bombs,
        archives,
    ]
    for part in [*parts, large_files] if large else parts:
        below = folder / part.__name__
        below.mkdir()
        expected |= {f"{part.__name__}/{name}": outcome for name, outcome in part(below).items()}
    return expected


def _write(folder: Path, files: dict[str, tuple[bytes | str, str | list[str]]]) -> Expected:
    expected = {}
    for name, (content, outcome) in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        expected[name] = [outcome] if isinstance(outcome, str) else outcome
    return expected


def _page(body: str = f"<p>{LAMPS}</p>", head: str = "") -> str:
    head += "<title>Lamps</title>"
    return f"<!doctype html><html><head>{head}</head><body><article>{body}</article></body></html>"


def kinds(folder: Path) -> Expected:
    """Each kind as a program writes it."""
    mail = "From: Ada <ada@example.org>\nSubject: Lamps\nContent-Type: text/plain; charset=utf-8\n"
    return _write(
        folder,
        {
            "plain.txt": (f"Title: Lamps\nDate: 2021-10-06\n\n{LAMPS}", LAMPS),
            "text.text": (f" date 2021-10-06 {LAMPS}", LAMPS),
            "front-matter.md": (f"---\ntitle: Lamps\n---\n{LAMPS}", LAMPS),
            "heading.markdown": (f"# Lamps\n\n{LAMPS}", LAMPS),
            "page.html": (_page(), LAMPS),
            "page.htm": (_page(), LAMPS),
            "document.pdf": (pdf([LAMPS[: LAMPS.index(" dark")], LAMPS[LAMPS.index("dark") :]]), LAMPS),
            "unpacked.pdf": (pdf([LAMPS], packed=False), LAMPS),
            "word.docx": (docx(paragraph(LAMPS)), LAMPS),
            "book.epub": (epub({"a.xhtml": f"<p>{LAMPS}</p>"}), LAMPS),
            "mail.eml": (f"{mail}\n{LAMPS}", LAMPS),
            "packed-mail.eml": (
                f"{mail}Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(LAMPS.encode()).decode(),
                LAMPS,
            ),
            "page-mail.eml": (f"{mail.replace('plain', 'html')}\n<p>{LAMPS}</p>", LAMPS),
            "commas.csv": (f'title,text\nLamps,"{LAMPS}"\n', LAMPS),
            "semicolons.csv": (f"title;text\nLamps;{LAMPS}\n", LAMPS),
            "lines.jsonl": (json.dumps({"text": LAMPS}), LAMPS),
            "packed.jsonl.gz": (gzip.compress(json.dumps({"text": LAMPS}).encode()), LAMPS),
            "several.zip": (zipped({"a.txt": LAMPS, "b.csv": f'text\n"{LAMPS}"'}), [LAMPS, LAMPS]),
            "scan.pdf": (
                scan(),
                "!it holds pictures of text, but no text; let a text recognition (OCR) program add it",
            ),
        },
    )


def encodings(folder: Path) -> Expected:
    """Texts in what programs have written over the years."""
    western = "“It’s the best café in town,” she said – and the naïve crowd clapped."
    samples = {
        "utf-8": western,
        "utf-8-sig": western,
        "utf-16": western,
        "utf-32": western,
        "cp1252": western,
        "latin-1": "Señor Ibáñez no vino; la niña sí.",
        "cp1250": "Zażółć gęślą jaźń, powiedział burmistrz w poniedziałek.",
        "cp1251": "Мост через реку закроют в понедельник, сообщил мэр города.",
        "koi8-r": "Мост через реку закроют в понедельник, сообщил мэр города.",
        "cp1253": "Ο δήμαρχος είπε ότι η γέφυρα θα κλείσει τη Δευτέρα.",
        "shift_jis": "市長は月曜日に橋が閉鎖されると発表した。",
        "gb18030": "市长宣布大桥将于星期一关闭。",
        "euc_kr": "시장은 월요일에 다리가 폐쇄된다고 발표했다.",
    }
    files: dict[str, tuple[bytes | str, str | list[str]]] = {
        f"{encoding}.txt": (text.encode(encoding), text) for encoding, text in samples.items()
    }
    for encoding in ("utf-16", "cp1252"):
        files[f"{encoding}.csv"] = (f'text\n"{western}"\n'.encode(encoding), western)
    files["utf-16.jsonl"] = (json.dumps({"text": western}, ensure_ascii=False).encode("utf-16"), western)
    declared = _page(f"<p>{LAMPS} Café.</p>", '<meta charset="windows-1252">')
    files["declared.html"] = (declared.encode("cp1252"), f"{LAMPS} Café.")
    files["old-mac.txt"] = (f"{LAMPS}\r\r{LAMPS}".encode("ascii"), f"{LAMPS}\n\n{LAMPS}")
    files["unmarked-utf-16.txt"] = (western.encode("utf-16-le"), BINARY)
    return _write(folder, files)


def names(folder: Path) -> Expected:
    """Names that the system allows."""
    odd = [
        "line\nbreak.txt", "tab\there.txt", "escape\x1b[31m.txt", "override\u202etxt.txt", " blank .txt",
        "-rf.txt", "$(reboot).txt", "quote'\".txt", "CON.txt", "emoji 😀.txt", "UPPER.TXT", "dots...txt",
        "percent%2e%2e.txt", "x" * 251 + ".txt", "deep/" * 40 + "down.txt",
    ]  # fmt: skip
    expected = _write(folder, {name: (f"{LAMPS} {name!r}", f"{LAMPS} {name!r}") for name in odd})
    old = os.fsdecode(b"caf\xe9.txt")
    (folder / old).write_text(LAMPS)
    (folder / ".hidden.txt").write_text(SECRET)
    (folder / ".git").mkdir()
    (folder / ".git" / "inside.txt").write_text(SECRET)
    (folder / "folder.txt").mkdir()
    return {**expected, "caf\\udce9.txt": [LAMPS]}


def links(folder: Path) -> Expected:
    """Links in circles, to nowhere and out of the folder, and what is no file at all."""
    (folder / "inside.txt").write_text(LAMPS)
    (folder / "loop").symlink_to(folder)
    (folder / "up").symlink_to("..")
    (folder / "private").symlink_to("../../private")
    (folder / "root").symlink_to("/")
    for name, target in {
        "again.txt": "inside.txt",  # which is what it is called then
        "self.txt": "self.txt",
        "one.txt": "two.txt",
        "two.txt": "one.txt",
        "nowhere.txt": "gone.txt",
        "out.txt": "../../secret.txt",
        "absolute.txt": str(folder.parent.parent / "secret.txt"),
        "zero.txt": "/dev/zero",
        "passwd.txt": "/etc/passwd",
        "through.txt": "private/secret.txt",
    }.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.txt")
    out = {"out.txt", "absolute.txt", "passwd.txt", "through.txt"}
    irregular = {"self.txt", "one.txt", "two.txt", "nowhere.txt", "zero.txt", "pipe.txt"}
    return {
        "inside.txt": [LAMPS, LAMPS],
        **{name: [LINKED_FOLDER] for name in ("loop", "up", "private", "root")},
        **{name: [LEADS_OUT] for name in out},
        **{name: [NOT_REGULAR] for name in irregular},
    }


def damage(folder: Path) -> Expected:
    """Files that broke off, or were never whole."""
    document = pdf([LAMPS], [LAMPS])
    lines = "".join(json.dumps({"text": f"{LAMPS} {number**9}"}) + "\n" for number in range(3)).encode()
    packed = gzip.compress(lines)
    return _write(
        folder,
        {
            "empty.txt": (b"", NO_TEXT),
            "empty.pdf": (b"", NO_TEXT),
            "empty.docx": (b"", NO_TEXT),
            "empty.zip": (b"", NO_TEXT),
            "empty.eml": (b"", "!it has no header of a mail"),
            "empty.csv": (b"", "!its first row names no column `text`"),
            "empty.html": (b"", NO_ARTICLE),
            "spaces.txt": (b" \n\t\n", NO_TEXT),
            "head.pdf": (document[:9], BROKEN),
            "third.pdf": (document[: len(document) // 3], BROKEN),
            "tail.pdf": (document[:-20], BROKEN),
            "table.pdf": (document.replace(b"\n0000000", b"\n0000001"), f"{LAMPS} {LAMPS}"),
            "cut.docx": (docx(paragraph(LAMPS))[:-40], DAMAGED),
            "cut.epub": (epub({"a.xhtml": LAMPS})[:200], DAMAGED),
            "cut.zip": (zipped({"a.txt": LAMPS})[:-1], DAMAGED),
            "cut.jsonl": (lines[:-30], [f"{LAMPS} 0", f"{LAMPS} 1", "!it is not valid JSON"]),
            "cut.jsonl.gz": (packed[:-4], [f"{LAMPS} {number**9}" for number in range(3)] + [DAMAGED]),
            "cut.csv": (
                f'text\n"{LAMPS}"\n"{LAMPS}\n\n',
                [LAMPS, "!a quotation mark is opened here and never closed"],
            ),
            "cut.html": (_page()[:-20], LAMPS),
            "encrypted.zip": (_encrypted_zip(), "!it is encrypted; save a copy without a password"),
            "encrypted.pdf": (_encrypted_pdf(), "!it is encrypted; save a copy without a password"),
            "locked.epub": (_locked_book(), "!it is encrypted; save a copy without a password"),
        },
    )


def _encrypted_zip() -> bytes:
    raw = bytearray(zipped({"a.txt": LAMPS}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def _encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([LAMPS]))))
    writer.encrypt("secret", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _locked_book() -> bytes:
    reference = "<e><CipherReference URI='OEBPS/a.xhtml'/></e>"
    return epub({"a.xhtml": f"<p>{LAMPS}</p>"}, **{"META-INF/encryption.xml": reference})


def disguises(folder: Path) -> Expected:
    """Files that are not what they are called."""
    old_word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)
    return _write(
        folder,
        {
            "pdf.txt": (pdf([LAMPS]), LAMPS),
            "word.pdf": (docx(paragraph(LAMPS)), LAMPS),
            "book.zip": (epub({"a.xhtml": f"<p>{LAMPS}</p>"}), LAMPS),
            "page.txt": (_page(), LAMPS),
            "zip.txt": (zipped({"a.txt": LAMPS}), LAMPS),
            "unpacked.jsonl.gz": (json.dumps({"text": LAMPS}), LAMPS),
            "text.pdf": (LAMPS, "!it is not what its ending says"),
            "text.docx": (LAMPS, "!it is not what its ending says"),
            "text.zip": (LAMPS, "!it is not what its ending says"),
            "text.eml": (LAMPS, "!it has no header of a mail"),
            "picture.txt": (b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(5000), BINARY),
            "program.md": (b"\x7fELF" + bytes(200), BINARY),
            "noise.csv": (random.Random(2).randbytes(5000), BINARY),
            "noise.jsonl": (random.Random(3).randbytes(5000), BINARY),
            "old.docx": (
                old_word,
                "!it is a Word file of before 2007, or encrypted; save a copy as .docx without a password",
            ),
            "rich.txt": (
                b"{\\rtf1\\ansi " + LAMPS.encode(),
                "!it is rich text (RTF); save a copy as .docx or .txt",
            ),
        },
    )


def bombs(folder: Path) -> Expected:
    """Small files that want to be large, and large ones that want to be slow."""
    lol = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    doctype = f"<!DOCTYPE x [<!ENTITY l0 'lol'>{lol}]>"
    book = f"{doctype}<html><body><p>{LAMPS}</p></body></html>"
    package = f"{doctype}<package><metadata><title>&l11;</title></metadata></package>"
    aliases = "a: &a [x,x]\n" + "".join(
        f"{to}: &{to} [*{name},*{name},*{name},*{name},*{name},*{name},*{name},*{name},*{name}]\n"
        for name, to in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return _write(
        folder,
        {
            "zip.zip": (zipped({"a.txt": bytes(64 * MIB), "b.txt": LAMPS}), [BOMB, LAMPS]),
            "lines.jsonl.gz": (gzip.compress(b"x" * (64 * MIB)), BOMB),
            "zeros.jsonl.gz": (gzip.compress(bytes(64 * MIB)), BINARY),
            "word.docx": (docx(paragraph(LAMPS), **{"word/media/a.png": bytes(64 * MIB)}), BOMB),
            "book.epub": (epub({"a.xhtml": "<p>" + "x" * (3 * MIB)}), BOMB),
            "stream.pdf": (_pdf_bomb(), "!reading it takes too much time or memory"),
            "entities.epub": (epub({"a.xhtml": ""}, **{"OEBPS/a.xhtml": book}), f"]>\n\n{LAMPS}"),
            "entities-in-list.epub": (epub({"a.xhtml": ""}, **{"OEBPS/book.opf": package}), BROKEN),
            "aliases.md": (f"---\n{aliases}---\n{LAMPS}", LAMPS),
            "nested.md": (f"{'>' * 50_000} {LAMPS}", NO_TEXT),
            "nested.jsonl": (b"[" * 200_000, "!it is not valid JSON"),
            "nested.html": (_page("<div>" * 70_000), TOO_LARGE_PAGE),
            "tags.html": (_page(f"<p>{LAMPS}" + "<p>a <b>b</b>" * 100_000), TOO_LARGE_PAGE),
            "fields.csv": (
                b"text\n" + b'"\n",' * (5 * MIB) + b'\n"%s"' % LAMPS.encode(),
                [OVER_LIMIT, LAMPS],
            ),
            "header.eml": (
                b"From: a\nContent-Type: a/b; " + b";" * MIB + b"\n\nText.",
                "!its header is too long",
            ),
            "overlapping.zip": (_overlapping(), "!it is too large"),
            "many.zip": (
                zipped({f"{n}.txt": "" for n in range(10_001)}, stored=True),
                "!it holds over 10,000 files",
            ),
        },
    )


def _overlapping() -> bytes:
    """A zip file whose directory names one member many times."""
    raw = zipped({"a.txt": random.Random(6).randbytes(MIB) * 64})
    directory, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    names = [f"{chr(number)}.txt".encode() for number in range(ord("a"), ord("u"))]
    entries = b"".join(raw[directory:end].replace(b"a.txt", name) for name in names)
    counts = struct.pack("<HHIIH", len(names), len(names), len(entries), directory, 0)
    return raw[:directory] + entries + raw[end : end + 8] + counts


def _pdf_bomb() -> bytes:
    bomb = zlib.compress(zlib.compress(b"(word) Tj T* " * (1 << 23)))
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(bomb),
        bomb,
    )
    raw = pdf(contents=[b"x" * 4], packed=False)
    return raw.replace(b"<< /Length 4  >>\nstream\nxxxx\nendstream", stream)


def archives(folder: Path) -> Expected:
    """Archives whose members want to be elsewhere."""
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("real.txt", LAMPS)
    evil = [
        "../../up.txt",
        "/tmp/absolute.txt",
        "..\\..\\windows.txt",
        "C:\\drive.txt",
        "a\nb.txt",
        "a/../../b.txt",
    ]
    inner = zipped({"a.txt": LAMPS})
    return _write(
        folder,
        {
            "evil.zip": (zipped(dict.fromkeys(evil, LAMPS)), [LAMPS] * len(evil)),
            "link.zip": (buffer.getvalue(), [NOT_REGULAR, LAMPS]),
            "nested.zip": (
                zipped({"a.zip": inner, "b.txt": inner, "c.docx": docx(paragraph(LAMPS))}),
                ["!it is an archive within an archive"] * 2 + [LAMPS],
            ),
            "mixed.zip": (
                zipped({"a.png": "", ".b.txt": SECRET, "__MACOSX/c.txt": SECRET, "d.pdf": pdf([LAMPS])}),
                LAMPS,
            ),
        },
    )


def large_files(folder: Path) -> Expected:
    """What takes hundreds of megabytes, on disk or in memory; of what is read, the beginning is told."""
    for name, head in {"text.txt": "", "one-line.jsonl": '{"text": "', "quote.csv": 'text\n"'}.items():
        with (folder / name).open("w") as file:
            file.write(head)
            for _ in range(300):
                file.write(
                    f"{LAMPS}\n".ljust(64) * (MIB // 64) if name != "one-line.jsonl" else "word " * (MIB // 5)
                )
    with (folder / "one-line.jsonl").open("a") as file:
        file.write("\n" + json.dumps({"text": LAMPS}))
    for name, head in {"page.html": "<html>", "sparse.pdf": "%PDF-1.7", "mail.eml": "From: a"}.items():
        (folder / name).write_text(head)
        os.truncate(folder / name, 300 * MIB)
    most = 20 * MIB
    noise = base64.encodebytes(random.Random(4).randbytes(22 * MIB)).decode()
    fields = f'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n{LAMPS}\n--b\nContent-Type: image/png'
    return {
        "text.txt": [OVER_LIMIT],
        "one-line.jsonl": [OVER_LIMIT, LAMPS],
        "quote.csv": [OVER_LIMIT],
        "page.html": [OVER_LIMIT],
        "sparse.pdf": [TOO_LARGE_DOCUMENT],
        "mail.eml": [TOO_LARGE_DOCUMENT],
        **_write(
            folder,
            {
                "just-below.txt": (f"{LAMPS} 😀".ljust(most - 3), f"{LAMPS} 😀"),
                "words.md": (f"{LAMPS} " + "word " * (most // 5 - 30), f"{LAMPS} word…"),
                "wide.txt": (f"😀 {LAMPS} " + "word " * (most // 5 - 30), f"😀 {LAMPS} word…"),
                "old.txt": (
                    ("мост через реку закроют. " * (most // 25)).encode("cp1251"),
                    "мост через реку…",
                ),
                "value.jsonl": (
                    json.dumps({"text": f"{LAMPS} " + "word " * (most // 5 - 40)}),
                    f"{LAMPS} word…",
                ),
                "page-below.html": (_page(f"<p>{LAMPS}</p>" + f"<p>{'word ' * 100}</p>" * 7800), f"{LAMPS}…"),
                "markup.docx": (docx(paragraph(LAMPS) + _numbered_paragraphs(280_000)), f"{LAMPS}…"),
                "attached.eml": (
                    f"From: a\n{fields}\nContent-Transfer-Encoding: base64\n\n{noise}\n--b--\n",
                    LAMPS,
                ),
                "pages.pdf": (
                    pdf([LAMPS], *([f"{LAMPS} {n * k}" for k in range(40)] for n in range(999))),
                    f"{LAMPS}…",
                ),
            },
        ),
    }


def _numbered_paragraphs(count: int) -> str:
    return "".join(paragraph(f"{number**3}") for number in range(count))


def main() -> None:
    """Write the corpus where a person wants it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="a folder that does not exist; something is written beside it"
    )
    parser.add_argument("--large", action="store_true", help="also what takes hundreds of megabytes")
    arguments = parser.parse_args()
    expected = write_corpus(arguments.folder, large=arguments.large)
    sys.stdout.write(f"{len(expected)} files are in {arguments.folder}\n")


if __name__ == "__main__":
    main()
