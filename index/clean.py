"""Raw text from strangers in, clean text out.

Everything downstream relies on what `clean_text` promises: valid Unicode without control characters,
bidirectional overrides or odd spaces, paragraphs separated by one blank line.
"""

from __future__ import annotations

import re

import ftfy

CLEANING_VERSION = 1
"""Part of what an index depends on: raise it when the same raw text would come out different."""

# Quotes stay curly: the answer must be the article's own characters.
_FTFY = ftfy.TextFixerConfig(uncurl_quotes=False, explain=False)

# C0 and C1 controls but newline, byte-order marks, zero-width characters and soft hyphens, and the
# bidirectional controls that would make a quote read differently from what it says.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_NEWLINE = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(raw: str) -> str:
    """Repair encoding accidents and remove what no reader can see."""
    text = ftfy.fix_text(_LINE_ENDS.sub("\n", raw), _FTFY)
    text = _SPACES.sub(" ", _UNWANTED.sub("", text))
    text = _AROUND_NEWLINE.sub("\n", text)
    return _BLANK_LINES.sub("\n\n", text).strip()


def clean_line(raw: str) -> str:
    """Clean `raw` and put it on one line."""
    return " ".join(clean_text(raw).split())


def shorten(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` characters at a word border, with an ellipsis where cut."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"
