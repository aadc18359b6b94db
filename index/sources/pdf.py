"""PDF files, read in a process of their own (`pdftext.py`)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from io import BufferedIOBase, UnsupportedOperation
from typing import Any

from . import pdftext
from .flow import paragraphs
from .found import Limits
from .reasons import BROKEN, ENCRYPTED, NO_TEXT, SCANNED, TOO_MUCH_WORK
from .record import Record, Unreadable, canonical_link, names_in

# Beyond its time on the processor, for a machine that does other things as well.
_PATIENCE = 5
_STAMP = re.compile(r"D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")
# Titles that programs make up when nobody gives one.
_MADE_UP = re.compile(
    r"untitled.*|unbenannt.*|document\d*|slide \d+|.+\.(?:docx?|pdf|indd|qxd|qxp|tex|dvi|rtf|odt|pptx?)",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"Microsoft (?:Office )?Word - ", re.IGNORECASE)


def read_pdf(stream: BufferedIOBase, limits: Limits) -> Record:
    """A PDF's text in paragraphs, with the title, authors, date and link that it states."""
    found = _run(stream, limits)
    problem = found.get("problem")
    if problem:
        known = {"encrypted": ENCRYPTED, "damaged": BROKEN, "too long": limits.too_long}
        raise Unreadable(known.get(problem, TOO_MUCH_WORK))
    text = paragraphs(found["pages"])
    if not any(character.isalnum() for character in text):
        raise Unreadable(SCANNED if found["pictured"] else NO_TEXT)
    return Record(
        text,
        title=_title(found.get("title")),
        url=next(filter(canonical_link, found.get("links", ())), None),
        published=found.get("published") or _day(found.get("created", "")),
        authors=tuple(found.get("authors") or names_in(found.get("author", ""))),
    )


def _run(stream: BufferedIOBase, limits: Limits) -> dict[str, Any]:
    """What `pdftext.py` finds; a program that was ended found too much."""
    # -P: the folder of the script holds modules named like Python's own.
    command = [sys.executable, "-P", pdftext.__file__, str(limits.article)]
    try:
        file: Any = stream.fileno()
        given = {"stdin": file}
    except UnsupportedOperation:  # it is in memory
        given = {"input": stream.read()}
    try:
        done = subprocess.run(  # noqa: S603 (our own program; the file is its input)
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=pdftext.CPU_SECONDS * _PATIENCE,
            check=True,
            **given,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise Unreadable(TOO_MUCH_WORK) from None
    return found


def _title(stated: str | None) -> str | None:
    title = _PROGRAM.sub("", (stated or "").strip(), count=1)
    return None if not title or _MADE_UP.fullmatch(title) else title


def _day(stamp: str) -> str | None:
    """A time in a PDF's own notation, `D:20211006093000+02'00'`, in ISO 8601."""
    found = _STAMP.match(stamp.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, zulu, ahead, minutes = found.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    offset = "+00:00" if zulu else f"{ahead}:{minutes or '00'}" if ahead else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset}"
