"""Small writers of the files that programs make: PDF, Word, EPUB, zip, mail. Only what the tests need.

They write what the formats' descriptions ask for and no more, so that a test can say what is in a file, and
break it where it wants.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

DAY = (2021, 10, 6, 9, 30, 0)


def zipped(
    members: Mapping[str, bytes | str] | Sequence[tuple[str, bytes | str]], *, stored: bool = False
) -> bytes:
    """A zip file of these members, in this order."""
    buffer = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(zipfile.ZipInfo(name, DAY), content, archive.compression)
    return buffer.getvalue()


# --- PDF ----------------------------------------------------------------------------------------


def pdf(
    *pages: Sequence[str],
    info: str = "",
    xmp: str = "",
    contents: Sequence[bytes] | None = None,
    packed: bool = True,
    trailer: str = "",
    objects: Sequence[bytes] = (),
) -> bytes:
    """A PDF with a page for each list of lines; `info` and `xmp` state what it is, as the format writes it.

    `contents` stands in for the pages' drawing; `objects` are added after all others.
    """
    drawn = [_drawing(lines) for lines in pages] if contents is None else list(contents)
    first_page = 5
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(drawn)))
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R{' /Metadata 4 0 R' if xmp else ''} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(drawn)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        _stream(xmp.encode(), b"/Type /Metadata /Subtype /XML"),
    ]
    for number, drawing in enumerate(drawn):
        bodies.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Contents {first_page + 2 * number + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        bodies.append(
            _stream(zlib.compress(drawing), b"/Filter /FlateDecode") if packed else _stream(drawing, b"")
        )
    bodies.append(f"<< {info} >>".encode("latin-1"))
    return _file([*bodies, *objects], f"/Info {len(bodies)} 0 R {trailer}")


def scan() -> bytes:
    """A PDF whose page is a picture."""
    return pdf(contents=[b"q 612 0 0 792 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"])


def _drawing(lines: Sequence[str]) -> bytes:
    text = "".join(f"({_literal(line)}) Tj T*\n" for line in lines)
    return f"BT /F1 11 Tf 14 TL 72 720 Td\n{text}ET".encode("cp1252")


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _stream(content: bytes, entries: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def _file(bodies: Sequence[bytes], trailer: str) -> bytes:
    whole = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(whole)
    whole += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}".encode()
    whole += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {trailer} >>\n".encode("latin-1")
    return bytes(whole + f"startxref\n{start}\n%%EOF\n".encode())


# --- Word ---------------------------------------------------------------------------------------

_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def paragraph(text: str) -> str:
    """A paragraph as Word writes it."""
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def docx(body: str, core: str = "", **more: bytes | str) -> bytes:
    """A Word file with this markup as its body, and what it states of itself."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_CONTENT}"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{_CORE_TYPE}"/></Types>'
    )
    relations = f'<Relationship Id="r1" Type="{_RELATION}" Target="word/document.xml"/>'
    members: dict[str, bytes | str] = {"[Content_Types].xml": types}
    if core:
        relations += f'<Relationship Id="r2" Type="{_CORE_RELATION}" Target="docProps/core.xml"/>'
        members["docProps/core.xml"] = (
            "<cp:coreProperties "
            'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
            f"{core}</cp:coreProperties>"
        )
    members["_rels/.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>'
    )
    members["word/document.xml"] = (
        f'<?xml version="1.0"?><w:document xmlns:w="{W}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    return zipped({**members, **more})


# --- EPUB ---------------------------------------------------------------------------------------


def epub(chapters: Mapping[str, str], stated: str = "", **more: bytes | str) -> bytes:
    """A book with these chapters, each the inside of a body, and what it states of itself."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    members: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>"
        ),
        "OEBPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" '
            'version="3.0">'
            f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{stated}</metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
        ),
    }
    for name, body in chapters.items():
        members[f"OEBPS/{name}"] = (
            '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Not text</title></head>'
            f"<body>{body}</body></html>"
        )
    return zipped({**members, **more})
