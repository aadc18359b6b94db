"""Markup in which all is text: chapters of books, mails; no page around it."""

from __future__ import annotations

import re

_BREAKS = {"br", "tr", "li", "dt", "dd", "option"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "details", "div", "dl", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main",
    "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
_CELLS = {"td", "th"}
_NOT_TEXT = {
    "head",
    "iframe",
    "noscript",
    "object",
    "rp",
    "rt",
    "script",
    "style",
    "svg",
    "template",
    "title",
}
_SPACE = re.compile(r"[ \t\r\n\f]+")
# lxml refuses to decide between this and the string's own encoding.
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


def text_of_markup(source: str) -> str:
    """The text of HTML or XHTML, a blank line between its blocks."""
    from lxml import etree, html  # noqa: PLC0415 (only markup needs it)

    try:
        parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
        root = html.document_fromstring(_DECLARATION.sub("", source), parser=parser)
    except etree.LxmlError:
        return ""  # nothing in it
    parts: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start" and tag in _NOT_TEXT:
            walk.skip_subtree()
        parts.append(_border(tag, event))
        within = "" if tag in _NOT_TEXT else element.text
        parts.append(_SPACE.sub(" ", (within if event == "start" else element.tail) or ""))
    return "".join(parts)


def _border(tag: object, event: str) -> str:
    if tag in _BLOCKS:
        return "\n\n"
    if tag in _BREAKS:
        return "\n" if event == "start" else ""
    return " " if tag in _CELLS else ""
