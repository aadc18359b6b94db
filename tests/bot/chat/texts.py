"""The texts that the bot says in Discord, read off its source, and the catalogues that translate them.

`python -m tests.bot.chat.texts` brings the catalogues up to date: new texts come in untranslated, those that
are no longer said go out.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.chat.languages import TRANSLATED

CHAT = Path(__file__).resolve().parents[3] / "bot" / "chat"
WORDS = {"words", "_words"}
# A catalogue keeps a text in the singular and the plural as a pair.
Text = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One text in the source; `command` is that of a command's name or description."""

    text: Text | None
    command: bool
    where: str


def said() -> list[Said]:
    """Every text the bot says; `text` is None where the source does not spell it out."""
    sources = sorted(file for file in CHAT.rglob("*.py") if file.name != "languages.py")
    return [found for file in sources for found in said_in(file.read_text(encoding="utf-8"), file.name)]


def said_in(source: str, name: str) -> Iterator[Said]:
    """The texts of one file."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    for node in calls:
        where = f"{name}:{node.lineno}"
        if _name(node.func) == "locale_str":
            yield from (Said(text, True, where) for text in _literals(node.args[0]))
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "count" and _speaks(node.func.value):
            pair = [text for argument in node.args[:2] for text in _literals(argument)]
            yield Said((pair[0], pair[1]) if len(pair) == 2 and pair[0] and pair[1] else None, False, where)
        elif _speaks(node.func) and not _chooses_language(node):
            yield from (Said(text, False, where) for text in _literals(node.args[0]))


def misnamed() -> list[str]:
    """Words under another name than `words`, whose texts would go unseen."""
    return [
        f"{file.name}:{node.lineno}"
        for file in sorted(CHAT.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if _holds_words(node)
    ]


def _holds_words(node: ast.AST) -> bool:
    if isinstance(node, ast.arg):
        return _name(node.annotation) == "Words" and node.arg not in WORDS
    if isinstance(node, ast.AnnAssign):
        return _name(node.annotation) == "Words" and _name(node.target) not in WORDS
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        gives = _chooses_language(node.value) or _name(node.value.func) == "words_for"
        return gives and not all(_name(target) in WORDS for target in node.targets)
    return False


def _name(node: ast.AST | None) -> str:
    """The last name of `words`, `self.words`, `app_commands.locale_str`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _speaks(node: ast.AST) -> bool:
    """Whether an expression is some Words: `words`, `self.words`, `words(locale)`, `words_for(origin)`."""
    if isinstance(node, ast.Call):
        return _chooses_language(node) or _name(node.func) == "words_for"
    return _name(node) in WORDS


def _chooses_language(call: ast.Call) -> bool:
    """Whether this is `words(interaction.locale)`, which gives Words and says nothing."""
    return _name(call.func) == "words" and bool(call.args) and "locale" in ast.unparse(call.args[0]).lower()


def _literals(node: ast.expr) -> Iterator[str | None]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        yield None


def path(language: str) -> Path:
    """A language's catalogue in the source."""
    return CHAT / "locales" / language / "byline.po"


def catalogue(language: str) -> Catalog:
    """What stands in a language's catalogue."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Bring every catalogue's texts in line with the source, and print those without a translation."""
    listed = sorted({found.text for found in said() if found.text}, key=str)
    for language in TRANSLATED:
        old = catalogue(language)
        new = Catalog(locale=language, fuzzy=False)
        for text in listed:
            kept = old.get(text)
            new.add(text, kept.string if kept and kept.id == text else None)
        path(language).write_text(written(language, new), encoding="utf-8")
        untranslated = [message.id for message in new if message.id and not "".join(message.string or "")]
        print(f"{language}: {len(untranslated)} to translate", *untranslated, sep="\n  ")  # noqa: T201 (for people)


def written(language: str, texts: Catalog) -> str:
    """A catalogue's file with these texts, under the header that it has."""
    header = path(language).read_text(encoding="utf-8").partition("\n\n")[0]
    body = io.BytesIO()
    write_po(body, texts, width=0, omit_header=True, sort_output=True)
    return f"{header}\n\n{body.getvalue().decode().strip()}\n"


if __name__ == "__main__":
    update()
