"""What stands around an article on its page, and is no part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...dates import parse_published
from .stated import Tree

# Words of class names and ids. The extractor knows many more; these are what it was seen to keep.
_AROUND = re.compile(
    r"comments?|thread|discussion|responses|disqus|reactions?|kommentare|leserbriefe|commentaires|comentarios|"
    r"newsletter|subscription|subscribe|signup|recirc|recirculation|related|recommended|recommendations|"
    r"promo|promoted|outbrain|taboola|sponsored|poll|bio|trending|despiece|anzeige|advertisement|advert|"
    r"barrier|today|clock|ticker"
)
_HOLDERS = ("div", "section", "aside", "ul", "ol", "p", "span", "time", "form")
_LEADS = re.compile(
    r"standfirst|dek|deck|chapo|chapeau|intro|lead|lede|ingress|vorspann|preamble|entradilla|sommario|"
    r"subtitle|sub|subhead|subheadline|summary|strapline"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+")
_FURNITURE = re.compile(
    r"(read (more|also|next)|see also|more on this|related|advertisement|sponsored|share this|sign up|"
    r"comments are|lesen sie (auch|mehr)|mehr zum thema|anzeige|(à )?lire aussi|publicité|"
    r"te puede interesar|lee también|publicidad|leggi anche|copyright)\b|©",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"(first )?(published|posted|updated|released|submitted|changed|by|words|text|photographs?|news provided|"
    r"publié|par|von|veröffentlicht|aktualisiert|publicado|por)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 14
_TEASER_WORDS = 80
_MOST_HEAD_BLOCKS = 6


def remove_furniture(tree: Tree) -> None:
    """Take what is marked as something else than the article out of a page."""
    for element in list(tree.iter(*_HOLDERS)):
        removable = _is_called(element, _AROUND) and element.getparent() is not None
        if removable and not element.xpath(".//h1 | .//*[@itemprop='articleBody']"):
            element.drop_tree()
    for element in tree.xpath("//article[not(.//h1)][.//h2//a or .//h3//a or .//h4//a or .//a//h3]"):
        if len(element.text_content().split()) < _TEASER_WORDS and element.getparent() is not None:
            element.drop_tree()


def lead_of(tree: Tree) -> str | None:
    """The paragraph between headline and text that sums the article up."""
    near = "(//h1)[1]/following::*[self::p or self::div or self::h2 or self::h3][position() < 30]"
    for element in tree.xpath(near):
        if _is_called(element, _LEADS) and not element.xpath(".//p[2]"):
            text = " ".join(element.text_content().split())
            if 30 <= len(text) <= 700:
                return text
    return None


def article_blocks(blocks: list[str], title: str | None) -> Iterator[str]:
    """The blocks of an article's text without headline, dateline, advertisements and repetitions."""
    seen = set()
    for block in _without_head(blocks, title):
        short = len(block.split()) <= _FEW_WORDS * 2
        repeated = block in seen and len(block) > 40
        if not repeated and not (short and _FURNITURE.match(block)):
            yield block
        seen.add(block)


def _without_head(blocks: list[str], title: str | None) -> list[str]:
    """Without the headline and the few words around it, which say when, where and by whom."""
    for number, block in enumerate(blocks[:_MOST_HEAD_BLOCKS]):
        if title and block.casefold() == title.casefold():
            if all(_is_short(before) for before in blocks[:number]):
                blocks = blocks[number + 1 :]
            break
        if not _is_short(block):
            break
    while blocks and _says_when_or_who(blocks[0]):
        blocks = blocks[1:]
    while blocks and _says_when_or_who(blocks[-1]):
        blocks = blocks[:-1]
    return blocks


def _is_short(block: str) -> bool:
    return len(block.split()) <= _FEW_WORDS


def _says_when_or_who(block: str) -> bool:
    """Whether a short line is a date or a byline rather than a sentence."""
    if not _is_short(block) or block.endswith((".", "”", "!", "?")):
        return False
    return _ABOUT_ITSELF.match(block) is not None or parse_published(block) is not None


def _is_called(element: Tree, words: re.Pattern[str]) -> bool:
    """Whether an element's classes and id, split into words, hold one of these."""
    written = f"{element.get('class') or ''} {element.get('id') or ''}"
    return any(map(words.fullmatch, _WORD.findall(_CAMEL.sub(" ", written[:300]).lower())))
