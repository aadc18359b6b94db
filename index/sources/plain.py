"""Plain text and Markdown."""

from __future__ import annotations

import re

import yaml
from markdown_it import MarkdownIt

from .record import Record, Unreadable, record_from

_DATE_PREFIX = re.compile(r"\s*date[ \t:]+(\d{4}-\d{2}-\d{2})\s+", re.IGNORECASE)
_HEADER_LINE = re.compile(
    r"(?P<key>title|date|published|url|link|author|authors|id):[ \t]*(?P<value>\S.*)", re.IGNORECASE
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)

# Parsing can take hundreds of times the memory of its text, and time that grows with the square of a
# paragraph: beyond these many characters, which no article has, markup is read as it stands.
_LONGEST_MARKDOWN = 500_000
_LONGEST_PARAGRAPH = 20_000
_LONGEST_FRONT_MATTER = 100_000

_INLINE = MarkdownIt("commonmark")
_BLOCKS = MarkdownIt("commonmark").disable("inline")


def read_plain(text: str) -> Record:
    """Plain text, with or without a header.

    A header is ` date 2021-10-06 ` before the first sentence, or lines such as `Title: …` and
    `Date: …` up to the first blank line.
    """
    head, _, rest = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    lines = [_HEADER_LINE.fullmatch(line.strip()) for line in head.splitlines()]
    fields = {line["key"].lower(): line["value"] for line in lines if line}
    # One such line could open an ordinary text ("Title: a history"); a header has nothing else.
    if not all(lines) or not rest.strip() or not fields:
        prefix = _DATE_PREFIX.match(text)
        return Record(text[prefix.end() :], published=prefix[1]) if prefix else Record(text)
    return record_from({"text": rest, **fields})


def read_markdown(text: str) -> Record:
    """Markdown with optional YAML front matter; the first heading is the title where none is given."""
    text = text.replace("\r\n", "\n")
    fields: dict[str, object] = {}
    matter = _FRONT_MATTER.match(text)
    if matter:
        fields = _front_matter(matter[1])
        text = text[matter.end() :]
    heading, body = _markdown_text(text)
    if fields.get("title"):
        body = f"{heading}\n\n{body}" if heading and heading != fields["title"] else body
    else:
        fields["title"] = heading
    return record_from({**fields, "text": body})


def _front_matter(source: str) -> dict[str, object]:
    if len(source) > _LONGEST_FRONT_MATTER:
        raise Unreadable("its front matter is too long")
    try:
        # Dates stay strings: `published` has its own parser, which knows more notations.
        fields = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506 (BaseLoader builds strings only)
    except (yaml.YAMLError, RecursionError):
        raise Unreadable("its front matter is not valid YAML") from None
    if not isinstance(fields, dict):
        raise Unreadable("its front matter is not a list of `key: value` lines")
    return fields


def _markdown_text(source: str) -> tuple[str | None, str]:
    title: str | None = None
    blocks: list[str] = []
    links: dict[str, object] = {}
    markup, rest = _parsed_part(source)
    tokens = _BLOCKS.parse(markup, links)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("fence", "code_block"):
            blocks.append(token.content)
        if token.type != "inline":
            continue
        text = _paragraph_text(token.content, links)
        if before is not None and before.tag == "h1" and title is None:
            title = text
        else:
            blocks.append(text)
    return title, "\n\n".join([*blocks, rest] if rest else blocks)


def _parsed_part(source: str) -> tuple[str, str]:
    if len(source) <= _LONGEST_MARKDOWN:
        return source, ""
    border = source.rfind("\n\n", 0, _LONGEST_MARKDOWN)
    return source[: max(border, 0)], source[max(border, 0) :]


def _paragraph_text(source: str, links: dict[str, object]) -> str:
    """A paragraph without its markup; one at a time, so that only its own tokens are in memory."""
    if len(source) > _LONGEST_PARAGRAPH:
        return source
    (paragraph,) = _INLINE.parseInline(source, links)
    return "".join(_inline_text(child.type, child.content) for child in paragraph.children or [])


def _inline_text(kind: str, content: str) -> str:
    if kind in ("softbreak", "hardbreak"):
        return "\n"
    return content if kind in ("text", "code_inline") else ""
