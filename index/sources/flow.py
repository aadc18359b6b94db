"""Lines as they were printed on pages, made into paragraphs again. Pure functions over text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_PAGE_NUMBER = re.compile(
    r"""\W* (?:page|seite|página|p\.) \s* \d{1,4} (?:\s* (?:of|von|sur|de|/) \s* \d{1,4})? \W*
    | [–—-] \s* \d{1,4} \s* [–—-] | \d{1,4} \s? / \s? \d{1,4}""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)")
_MOST_NUMBERS = 4
_WORD = re.compile(r"[\w\u00ad-]+")
# A word, or with nothing in the group a number, and the hyphen that goes on from it.
_PARTED = re.compile(r"(?:([\w-]*[^\W\d])|\w)[-\u00ad\u2010]$")
_LONGEST_WORD = 60
_BULLETS = "•●▪■◦‣"
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
# So many lines at the top and the bottom of a page may be its running head and foot.
_MARGIN_LINES = 2
_LONGEST_MARGIN = 200
_FEWEST_REPEATED = 3
# A line that ends a sentence and is shorter than this part of the widest ends a paragraph; one that ends
# no sentence is a heading when it is shorter still and something new begins below it.
_SHORT, _VERY_SHORT = 0.85, 0.6


def paragraphs(pages: Sequence[str]) -> str:
    """The text of printed pages without running heads and page numbers, its line ends and hyphens undone."""
    lines = [line for page in _without_margins([_lines(page) for page in pages]) for line in page]
    width = _width(lines)
    words = Counter(word for line in lines for word in _WORD.findall(line))
    parts: list[str] = []
    for position, line in enumerate(lines):
        following = lines[position + 1] if position + 1 < len(lines) else ""
        if not line or not following or _ends_paragraph(line, following, width):
            parts.append(f"{line}\n\n" if line else "")
        else:
            parts.append(_joined(line, following, words))
    return "".join(parts).strip()


def _lines(page: str) -> list[str]:
    lines = [" ".join(line.split()) for line in page.splitlines()]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _without_margins(pages: Sequence[list[str]]) -> Iterator[list[str]]:
    """Drop page numbers, and the lines at page borders that stand on at least half of the pages."""
    seen = Counter(
        key
        for number, page in enumerate(pages)
        for key in {key for line in _margins(page) for key in _keys(line, number)}
    )
    enough = max(_FEWEST_REPEATED, len(pages) / 2)
    for number, page in enumerate(pages):
        is_margin = [_is_margin(line, number, seen, enough) for line in page]
        first, last = 0, len(page)
        while first < min(_MARGIN_LINES, last) and is_margin[first]:
            first += 1
        while last > max(len(page) - _MARGIN_LINES, first) and is_margin[last - 1]:
            last -= 1
        yield page[first:last]


def _margins(page: list[str]) -> list[str]:
    return page[:_MARGIN_LINES] + page[_MARGIN_LINES:][-_MARGIN_LINES:]


def _keys(line: str, page: int) -> Iterator[tuple[str, int]]:
    """What a line shares with those of other pages: itself, or all of it but a number that counts on."""
    yield line, 0
    for found in list(_NUMBER.finditer(line))[:_MOST_NUMBERS]:
        yield f"{line[: found.start()]}#{line[found.end() :]}", int(found[0]) - page


def _is_margin(line: str, page: int, seen: Counter[tuple[str, int]], enough: float) -> bool:
    if len(line) > _LONGEST_MARGIN:
        return False
    if any(seen[key] >= enough for key in _keys(line, page)):
        return True
    return _PAGE_NUMBER.fullmatch(line) is not None or line == str(page + 1)


def _width(lines: Sequence[str]) -> int:
    """How long a full line is: nine lines in ten are no longer."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _ends_paragraph(line: str, following: str, width: int) -> bool:
    if following[0] in _BULLETS:
        return True
    if _PARTED.search(line[-_LONGEST_WORD:]):
        return False
    if _ends_sentence(line):
        return len(line) < width * _SHORT or _is_heading(following, width)
    return len(line) < width * _VERY_SHORT and not following[0].islower()


def _is_heading(line: str, width: int) -> bool:
    return len(line) < width * _VERY_SHORT and not line[0].islower() and not _ends_sentence(line)


def _ends_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line[-_LONGEST_WORD:]) is not None


def _joined(line: str, following: str, words: Counter[str]) -> str:
    """A line as it goes on in the next; a parted word is one again, with the hyphen it has elsewhere."""
    parted = _PARTED.search(line[-_LONGEST_WORD:])
    if parted is None:
        return f"{line} "
    rest = _WORD.match(following)
    if rest is None or not following[0].islower() or not parted[1]:
        return line
    hyphened = f"{parted[1]}-{rest[0]}"
    keeps_hyphen = line.endswith("-") and words[hyphened] > words[parted[1] + rest[0]]
    return line if keeps_hyphen else line[:-1]
