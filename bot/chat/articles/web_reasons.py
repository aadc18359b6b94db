"""Why nothing came of a link, in a person's language: what `index.sources.web` says of it in English."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.sources.web import reasons as of

from ..languages import Words
from ..show.text import escape
from .allowance import FULL
from .quotas import Excess

_PAGE_IS_NONE = "no article text was found in the page: "


def web_reason_in(words: Words, reason: str) -> str | None:
    """A reason in these words, or None where it is none of the web's."""
    return _fixed(words).get(reason) or _wall(words, reason) or _with_values(words, reason)


def _fixed(words: Words) -> dict[str, str]:
    invalid = words("it is not a valid link")
    broken = words("its server broke off, or sent something that cannot be unpacked")
    return {
        of.NO_FEED: words("it is no feed"),
        of.NAMES_NO_FEED: words("it is no feed, and names none"),
        of.TOO_LARGE_FEED: words("it is too large for a feed"),
        of.IS_FEED: words("it is a feed, not an article; /articles feed add follows it"),
        of.IS_SITEMAP: words("it is a list of pages, not an article"),
        of.UNASKED: words("its server shows no page"),
        of.SWITCHED_OFF: words("it is gone for good, and is not asked for any more"),
        FULL[Excess.ARTICLES]: words("this server keeps as many articles as it may"),
        FULL[Excess.TEXT]: words("this server keeps as much text as it may"),
        "it is too long for a link": words("it is too long for a link"),
        "it holds spaces or invisible characters": words("it holds spaces or invisible characters"),
        "it is not a valid link": invalid,
        "it carries a user name or a password": words("it carries a user name or a password"),
        "it names no host": invalid,
        "its host is not a valid name": invalid,
        "its host is not a valid address": invalid,
        "its host has no valid address": invalid,
        "its host is an address written as another number": words(
            "its host is an address written as another number"
        ),
        "its host is not known": words("its host is not known"),
        "its server cannot be reached": words("its server cannot be reached"),
        "its server offers no secure connection": words("its server offers no secure connection"),
        "its server broke off or does not speak HTTP": broken,
        "it is damaged: it cannot be unpacked": broken,
        "it broke off before its end": broken,
        "it leads to a socket of this machine": words("it leads into a private network, where I do not go"),
        "its site's robots.txt does not allow it": words("its site does not want robots to read it"),
    }


def _wall(words: Words, reason: str) -> str | None:
    """What a page is instead of an article."""
    if not reason.startswith(_PAGE_IS_NONE):
        return None
    walls = {
        "it is for subscribers": words("the page is for subscribers"),
        "it asks for a login": words("the page asks for a login"),
        "it asks to accept cookies": words("the page asks to accept cookies"),
        "it needs JavaScript": words("the page needs JavaScript"),
        "it wants to see a person": words("the page wants to see a person"),
        "it says that access is denied": words("the page says that access is denied"),
        "it says that there is no such page": words("the page says that there is no such page"),
    }
    return walls.get(reason.removeprefix(_PAGE_IS_NONE))


_SHAPES: tuple[tuple[str, Callable[[Words, re.Match[str]], str]], ...] = (
    (
        r"its host has .*, and those are not visited",
        lambda words, _: words("it leads into a private network, where I do not go"),
    ),
    (
        r"its site's robots\.txt (answers|leads) .*, so nothing there is read",
        lambda words, _: words("its site does not say at the moment what robots may read"),
    ),
    (
        r"only http and https links are read.*",
        lambda words, _: words("I read links that begin with http:// or https:// only"),
    ),
    (r"its certificate is not valid.*", lambda words, _: words("its certificate is not valid")),
    (
        r"it is packed in .*",
        lambda words, _: words("its server broke off, or sent something that cannot be unpacked"),
    ),
    (r"it is over web\.max_bytes .*", lambda words, _: words("it is too large for a web page")),
    (
        r"its port (\d+) is none of .*",
        lambda words, found: words("its port {port} is none that web sites use", port=found[1]),
    ),
    (
        r"it did not come within ([\d.e+]+) seconds",
        lambda words, found: words(
            "it did not come within {seconds} seconds", seconds=words.number(float(found[1]))
        ),
    ),
    (
        r"its server asked not to be visited for ([\d,]+) seconds",
        lambda words, found: words(
            "its server asked not to be visited for {seconds} seconds",
            seconds=words.number(int(found[1].replace(",", ""))),
        ),
    ),
    (
        r"it is redirected more than (\d+) times",
        lambda words, found: words("it is redirected more than {times} times", times=found[1]),
    ),
    (
        r"it is no page but (.*)",
        lambda words, found: words("it is no page but {kind}", kind=escape(found[1])),
    ),
    (r".* \((\d{3})\)", lambda words, found: _said(words, int(found[1]))),
)
"""Reasons that name a number or a word of their own, by what they look like."""


def _with_values(words: Words, reason: str) -> str | None:
    shapes = ((re.fullmatch(shape, reason), say) for shape, say in _SHAPES)
    return next((say(words, found) for found, say in shapes if found), None)


def _said(words: Words, status: int) -> str:
    """What a server's answer means, when it shows no page."""
    said = {
        401: words("it asks for a login (401)"),
        402: words("it asks for payment (402)"),
        403: words("its server refuses to show it (403)"),
        404: words("it is not there (404)"),
        410: words("it is gone for good (410)"),
        429: words("its server wants fewer visits (429)"),
        451: words("it is withheld for legal reasons (451)"),
    }
    fault = words("its server has a fault ({status})", status=status)
    none = words("its server shows no page ({status})", status=status)
    return said.get(status) or (fault if status >= 500 else none)
