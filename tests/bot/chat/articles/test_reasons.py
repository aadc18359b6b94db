"""Why something was left out, in each language."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import index.sources
from bot.chat.articles.reasons import reason_in
from bot.chat.languages import words
from index.sources import reasons as of
from index.sources.kinds import UNKNOWN_KIND
from index.sources.reasons import TOO_LARGE

FOLDER = Path(index.sources.__file__).parent
MODULES = ("plain", "record", "jsonl", "html")
"""Those that say some reasons in place."""
OF_FOLDERS = {"LEADS_OUT", "LINKED_FOLDER"}
"""What an upload cannot be."""


def reasons() -> set[str]:
    """Every text that says why an upload is not read."""
    found = {text for name, text in vars(of).items() if name.isupper() and name not in OF_FOLDERS}
    for module in MODULES:
        tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Unreadable":
                found |= texts(node.args[0])
    return found | {UNKNOWN_KIND}


def texts(argument: ast.expr) -> set[str]:
    match argument:
        case ast.Constant(str(text)):
            return {text}
        case ast.IfExp(_, this, that):
            return texts(this) | texts(that)
        case ast.Name(name):
            return {getattr(of, name)}
    raise AssertionError(ast.dump(argument))


def test_every_reason_has_words_of_its_own() -> None:
    """What `index.sources` says when it reads an upload is known to the bot."""
    assert len(reasons()) == 34
    echo: Any = Echo()
    assert [text for text in reasons() if not reason_in(echo, text).startswith("<")] == []


class Echo:
    """Marks what went through it."""

    def __call__(self, text: str, **values: object) -> str:
        return f"<{text}>"


def test_a_reason_as_people_read_it() -> None:
    """English says what to do in the bot's own voice; what is unknown is shown as it stands, escaped."""
    english = words("en")
    assert reason_in(english, TOO_LARGE) == "it is too large when it is unpacked"
    assert reason_in(english, "it holds no text") == "it holds no text"
    assert reason_in(english, "**new**") == r"\*\*new\*\*"
