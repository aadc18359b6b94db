"""Text of strangers -> text that Discord shows as it stands, within a length.

Discord reads its markup from the raw characters, and mentions even through a backslash. A backslash
takes the meaning from all but mentions; these get a zero-width space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from index.sentences import sentence_spans

ELLIPSIS = "…"
ZERO_WIDTH_SPACE = "\u200b"

# Controls, what no reader can see, and what would turn the line around. Joiners stay: emoji and
# several scripts are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile(
    r"""
    (?P<mention> @(?=everyone|here|[!&]?\d) )
  | (?P<number> ^\d{1,9} (?=\.(?:\s|$)) )      # 1. of a list
  | (?P<other>
        [\\*_~|`\[\]<]
      | ^[#>+-]                                # headings, block quotes, lists, small print
      | :(?=//|[^\s:]+:)                        # links, :emoji:
      | (?<=discord)\. | (?<=discordapp)\. | (?<=dsc)\. | (?<=www)\.
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])|" + ZERO_WIDTH_SPACE)

# What is never cut in two: an escape, <t:0:D> and its like, a flag, a letter with what is put on it,
# an emoji with what it is joined to. At most 16, or a stack of accents could not be cut at all.
_TOKEN = re.compile(
    r"\\\S|<[^<>\s]{1,64}>|[\U0001f1e6-\U0001f1ff]{2}"
    r"|.(?:\u200d[^\s\\<]|[\u0300-\u036f\u200b\u20e3\ufe0f\U0001f3fb-\U0001f3ff]){0,16}",
    re.DOTALL,
)
_LONGEST_TOKEN = 66
_LONG_WORD = 30
_LOOSE_ENDS = {" ", "\n", ",", ";", ":", "–", "—", "-", "\\"}


def units(text: str) -> int:
    """The length of `text` as Discord counts at most: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def one_line(text: str) -> str:
    """`text` without characters nobody can see, each run of white space one space."""
    return " ".join(_LONE_SURROGATE.sub("\ufffd", _UNSEEN.sub("", text)).split())


def escape(text: str, *, lines: bool = False) -> str:
    """`text` so that Discord shows it as it stands: no markup, mention, link, invite or emoji code.

    It comes on one line, or, if `lines` is set, with its line breaks, of which at most two follow
    each other.
    """
    if not lines:
        return _SPECIAL.sub(_defused, one_line(text))
    escaped = "\n".join(escape(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", escaped).strip("\n")


def _defused(match: re.Match[str]) -> str:
    if match["mention"]:
        return match["mention"] + ZERO_WIDTH_SPACE
    if match["number"]:
        return match["number"] + "\\"
    return "\\" + match["other"]


def unescape(text: str) -> str:
    """What a reader sees of escaped text."""
    return _ESCAPED.sub(lambda match: match[1] or "", text)


def bold(escaped: str) -> str:
    """Escaped text in bold."""
    return f"**{escaped}**" if escaped else ""


def small(escaped: str) -> str:
    """A line of escaped text in small print."""
    return f"-# {escaped}"


def cut(text: str, limit: int) -> str:
    """At most `limit` units of escaped text: whole sentences if they fill half of it, else whole words.

    An ellipsis stands for what was cut.
    """
    if units(text) <= limit:
        return text
    if limit < 1:
        return ""
    window = text[: limit + _LONGEST_TOKEN]
    kept = _fitting(_TOKEN.findall(window), limit - 1)
    head = "".join(kept)
    sentence = max((place for place, _ in _borders(window) if place < len(head)), default=0)
    if 2 * sentence >= len(head) > 0:
        return f"{head[:sentence]} {ELLIPSIS}"
    if not text[len(head)].isspace():
        kept = _whole_words(kept)
    while kept and kept[-1] in _LOOSE_ENDS:
        kept.pop()
    return "".join(kept) + ELLIPSIS


def cut_front(text: str, limit: int) -> str:
    """At most `limit` units of the end of escaped text, cut as `cut` does."""
    if units(text) <= limit:
        return text
    if limit < 1:
        return ""
    tokens = _TOKEN.findall(text)[::-1]
    kept = _fitting(tokens, limit - 1)
    tail = "".join(reversed(kept))
    window = text[-len(tail) - _LONGEST_TOKEN :]
    first = len(window) - len(tail)
    sentence = min((place - first for _, place in _borders(window) if place > first), default=len(tail))
    if 2 * sentence <= len(tail) > 0:
        return f"{ELLIPSIS} {tail[sentence:]}"
    if not tokens[len(kept)].isspace():
        kept = _whole_words(kept)
    return ELLIPSIS + "".join(reversed(kept)).lstrip()


def _borders(text: str) -> Iterator[tuple[int, int]]:
    """Where a sentence ends and the next begins, with white space between."""
    for (_, end), (start, _) in pairwise(sentence_spans(text)):
        if end < start:
            yield end, start


def beginning(text: str, limit: int, *, lines: bool = False) -> str:
    """`cut(escape(text), limit)`, at a cost that does not grow with the text."""
    part = text[: 2 * limit]
    escaped = escape(part, lines=lines)
    if len(part) < len(text) and units(escaped) <= limit:  # more than half of it was white space
        escaped = escape(text, lines=lines)
    return cut(escaped, limit)


def ending(text: str, limit: int, *, lines: bool = False) -> str:
    """`cut_front(escape(text), limit)`, at a cost that does not grow with the text."""
    part = text[max(0, len(text) - 2 * limit) :]
    escaped = escape(part, lines=lines)
    if len(part) < len(text) and units(escaped) <= limit:
        escaped = escape(text, lines=lines)
    return cut_front(escaped, limit)


def _fitting(tokens: Iterable[str], limit: int) -> list[str]:
    """As many tokens from the first on as have `limit` units together."""
    kept, used = [], 0
    for token in tokens:
        used += units(token)
        if used > limit:
            break
        kept.append(token)
    return kept


def _whole_words(tokens: list[str]) -> list[str]:
    """The tokens up to the last white space, unless what follows is most of them and no common word."""
    last = max((place for place, token in enumerate(tokens) if token.isspace()), default=0)
    return tokens[:last] if last > min(len(tokens) // 2, len(tokens) - _LONG_WORD) and last else tokens
