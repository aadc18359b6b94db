"""Why something was left out, in a person's language: the reasons that `index.sources` gives in English."""

from __future__ import annotations

from index.sources import reasons as of
from index.sources.kinds import KINDS, UNKNOWN_KIND

from ..languages import Words
from ..show.text import escape
from .web_reasons import web_reason_in


def reason_in(words: Words, reason: str) -> str:
    """A reason in these words; one that has no translation as it stands."""
    reasons = {
        UNKNOWN_KIND: words("its kind is not known; I read {kinds}", kinds=escape(" ".join(KINDS))),
        of.DAMAGED: words("it is damaged: the rest of it cannot be unpacked"),
        of.TOO_LARGE: words("it is too large when it is unpacked"),
        of.TOO_LARGE_PAGE: words("it is too large for a web page; I read such up to 4 MiB"),
        of.TOO_LONG: words("it is too long for one article; I read such up to 2 MiB"),
        "its front matter is too long": words("its front matter is too long"),
        "its front matter is not valid YAML": words("its front matter is not valid YAML"),
        "its front matter is not a list of `key: value` lines": words(
            "its front matter is not a list of “key: value” lines"
        ),
        "it has no field `text`": words("it has no field “text”"),
        "its field `text` is not a string": words("its field “text” is not a string"),
        of.NO_TEXT: words("it holds no text"),
        "it is not valid JSON": words("it is not valid JSON"),
        "it is not a JSON object": words("it is not a JSON object"),
        of.UNTOLD_ENCODING: words("its encoding cannot be told"),
        of.BINARY: words("it looks like a binary file, not text"),
        "no article text was found in the page": words("no article text was found in the page"),
        of.BROKEN: words("it is damaged or incomplete"),
        of.NOT_AS_NAMED: words("it is not what its ending says"),
        of.ENCRYPTED: words("it is encrypted; save a copy without a password"),
        of.SCANNED: words(
            "it holds pictures of text, but no text; let a text recognition (OCR) program add it"
        ),
        of.OLD_WORD: words(
            "it is a Word file of before 2007, or encrypted; save a copy as .docx without a password"
        ),
        of.RICH_TEXT: words("it is rich text (RTF); save a copy as .docx or .txt"),
        of.TOO_MUCH_WORK: words("reading it takes too much time or memory"),
        of.NO_COLUMN: words("its first row names no column “text”"),
        of.UNCLOSED: words("a quotation mark is opened here and never closed"),
        of.NO_MAIL: words("it has no header of a mail"),
        of.LONG_HEADER: words("its header is too long"),
        of.TOO_LARGE_DOCUMENT: words("it is too large for a document"),
        of.NESTED: words("it is an archive within an archive"),
        of.TWICE: words("another file in the archive has the same name"),
        of.BOMB: words("it unpacks to over 200 times its size"),
        of.TOO_MANY_MEMBERS: words("it holds over 10,000 files"),
        of.ODD_PACKING: words("it is packed in a way that is not read"),
        of.NOT_REGULAR: words("it is not a regular file"),
    }
    return reasons.get(reason) or web_reason_in(words, reason) or escape(reason)
