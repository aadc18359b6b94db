"""HTML pages: the article's text without the page around it."""

from __future__ import annotations

from .record import Record, Unreadable


def read_html(raw: bytes) -> Record:
    """Extract the article from a saved page, with the title, authors, date and link it states."""
    # Heavy to import, and only HTML needs it.
    import trafilatura  # noqa: PLC0415
    from trafilatura.settings import Document  # noqa: PLC0415

    page = trafilatura.bare_extraction(raw, with_metadata=True, include_comments=False)
    if not isinstance(page, Document) or not page.text:
        raise Unreadable("no article text was found in the page")
    return Record(
        # One newline separates trafilatura's blocks; ours are separated by a blank line.
        text=page.text.replace("\n", "\n\n"),
        title=page.title,
        url=page.url,
        published=page.date,
        authors=tuple(page.author.split("; ")) if page.author else (),
    )
