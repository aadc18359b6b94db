"""How well articles are told from the pages around them: word F1 and the published day, page by page.

    python benchmarks/extraction.py

The pages are those of `tests/pages`, written for this project. Beside Byline's figures stand those of
trafilatura alone, which Byline uses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import trafilatura  # noqa: E402 (the tests' pages are only in the checkout)
from trafilatura.settings import Document  # noqa: E402

from index.dates import parse_published  # noqa: E402
from index.sources.record import Record, Unreadable  # noqa: E402
from index.sources.web.page import read_page  # noqa: E402
from tests.pages import FOLDER, Page, pages, word_f1  # noqa: E402


def main() -> None:
    """Print a line a page, then the means."""
    readers: dict[str, Callable[[bytes], Record]] = {"byline": read_page, "trafilatura": _alone}
    for name, read in readers.items():
        scores, right = zip(*(_measure(read, page) for page in pages()), strict=True)
        if name == "byline":
            for page, score, is_right in zip(pages(), scores, right, strict=True):
                print(f"{page.name:24} {score:.3f} {'' if is_right else 'date wrong'}")
        walls = sorted(FOLDER.glob("none-*.html"))
        named = sum(_is_refused(read, wall.read_bytes()) for wall in walls)
        print(
            f"{name:24} word F1 {mean(scores):.3f} (least {min(scores):.3f}), "
            f"dates {sum(right)} of {len(right)}, pages without an article named {named} of {len(walls)}"
        )


def _measure(read: Callable[[bytes], Record], page: Page) -> tuple[float, bool]:
    try:
        found = read(page.body)
    except Unreadable:
        return 0.0, False
    published = parse_published(found.published) if found.published else None
    return word_f1(found.text, page.expected.text), (published or "")[:10] == page.expected.published


def _is_refused(read: Callable[[bytes], Record], body: bytes) -> bool:
    try:
        read(body)
    except Unreadable:
        return True
    return False


def _alone(body: bytes) -> Record:
    found = trafilatura.bare_extraction(body, with_metadata=True, include_comments=False)
    if not isinstance(found, Document) or not found.text:
        raise Unreadable("no article text was found")
    return Record(found.text, found.title, published=found.date)


if __name__ == "__main__":
    main()
