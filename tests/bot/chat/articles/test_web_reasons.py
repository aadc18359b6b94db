"""Why nothing came of a link, in each language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import index.sources.web
from bot.chat.articles.allowance import FULL
from bot.chat.articles.reasons import reason_in
from bot.chat.articles.web_reasons import web_reason_in
from bot.chat.languages import words
from index.settings import WebSettings
from index.sources.web import reasons as of
from index.sources.web.address import Kind
from index.sources.web.robots import closed, rules_from
from index.sources.web.walls import _SAYS

FOLDER = Path(index.sources.web.__file__).parent
RAISED = {"Refused", "Damaged", "Unreadable", "FetchError"}
OF_SITEMAPS = "it is listed by a site that it does not belong to"


class Echo:
    """Marks what went through it."""

    locale = "en"

    def __call__(self, text: str, **values: object) -> str:
        return f"<{text.format(**values)}>"

    def number(self, value: float) -> str:
        return f"{value:g}"


def raised() -> Iterator[str]:
    """Every reason that the web's modules say in place, with `7` for each value in it."""
    for file in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in RAISED and node.args:
                match node.args[0]:
                    case ast.Constant(str(text)):
                        yield text
                    case ast.JoinedStr(values):
                        yield "".join(one.value if isinstance(one, ast.Constant) else "7" for one in values)  # type: ignore[misc]


def reasons() -> set[str]:
    """Every text that says why nothing came of a link, or of a feed."""
    settings, agent = WebSettings(), "Byline"
    found = {text for name, text in vars(of).items() if name.isupper() and isinstance(text, str)}
    found |= {of.said_of(status) for status in (*of._SAID, 400, 418, 500, 503)}
    found |= {of.reason_of(error, settings) for error in (of.TooLarge(), of.LeftAlone(7200))}
    found |= {of.reason_of(error(), settings) for error in of.PASSING[1:]}
    found |= {f"its host has {kind.value}, and those are not visited" for kind in Kind}
    found |= {f"no article text was found in the page: {wall}" for wall in _SAYS}
    found |= {
        str(closed(agent, "leads to another site, but 7").closed),
        str(rules_from(503, b"", agent).closed),
    }
    found |= {str(rules_from(200, b"User-agent: *\nDisallow: /", agent).refusal("http://a.example/"))}
    return (found | set(raised()) | set(FULL.values())) - {OF_SITEMAPS}


def test_every_reason_has_words_of_its_own() -> None:
    """What `index.sources.web` says of a link is known to the bot."""
    echo: Any = Echo()
    assert len(reasons()) == 61
    unknown = [text for text in reasons() if not reason_in(echo, text).startswith("<")]
    assert sorted(unknown) == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("it is not there (404)", "it is not there (404)"),
        ("its server shows no page (418)", "its server shows no page (418)"),
        ("its port 22 is none of 80, 443, 8080, 8443", "its port 22 is none that web sites use"),
        ("it did not come within 30 seconds", "it did not come within 30 seconds"),
        (
            "its server asked not to be visited for 7,200 seconds",
            "its server asked not to be visited for 7,200 seconds",
        ),
        ("it is no page but image/*png*", "it is no page but image/\\*png\\*"),
        (
            "only http and https links are read, not file",
            "I read links that begin with http:// or https:// only",
        ),
        (
            "no article text was found in the page: it asks for a login",
            "the page asks for a login",
        ),
    ],
)
def test_a_reason_as_people_read_it(reason: str, said: str) -> None:
    """Without what only the operator can use, and with the numbers."""
    assert web_reason_in(words("en"), reason) == said


def test_nobody_is_told_what_lies_inside() -> None:
    """Whatever kind of address it was, the words are the same."""
    english = words("en")
    told = {reason_in(english, f"its host has {kind.value}, and those are not visited") for kind in Kind}
    assert told == {"it leads into a private network, where I do not go"}


def test_what_is_none_of_the_webs() -> None:
    """Is left to others."""
    assert web_reason_in(words("de"), "it holds no text") is None
    assert reason_in(words("de"), "**new**") == r"\*\*new\*\*"
