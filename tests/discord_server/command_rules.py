"""What Discord demands of registered commands beyond its OpenAPI description."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from .errors import Problem
from .openapi import description, units

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
_NAME = re.compile(r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
_MOST = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
_MAX_TEXT, _MAX_CHOICE = 8000, 100
Entry = Mapping[str, Any]
Path = tuple[str, ...]


def command_problems(commands: Sequence[Entry]) -> list[Problem]:
    """What is wrong with a set of commands that is registered together."""
    problems = []
    for number, command in enumerate(commands):
        problems += _command(command, (str(number),))
    for (kind, name), times in Counter((kind_of(one), one["name"]) for one in commands).items():
        if times > 1:
            problems.append(Problem((), "APPLICATION_COMMANDS_DUPLICATE_NAME", f"{name} ({kind}) twice"))
    for kind, times in Counter(map(kind_of, commands)).items():
        if times > _MOST[kind]:
            problems.append(Problem((), "BASE_TYPE_MAX_LENGTH", f"{times} commands of type {kind}"))
    return problems


def kind_of(command: Entry) -> int:
    """The type of a command: a slash command unless it says otherwise."""
    return int(command.get("type") or CHAT)


def _command(command: Entry, path: Path) -> Iterator[Problem]:
    yield from _locales(command, path)
    if kind_of(command) != CHAT:
        if command.get("description"):
            yield Problem((*path, "description"), "BASE_TYPE_BAD_LENGTH", "a menu has no description")
        if command.get("options"):
            yield Problem((*path, "options"), "BASE_TYPE_BAD_LENGTH", "a menu has no options")
        return
    yield from _named(command, path)
    yield from _options(command.get("options") or [], path, depth=0)
    if _text(command) > _MAX_TEXT:
        yield Problem(path, "APPLICATION_COMMAND_TOO_LARGE", f"over {_MAX_TEXT} characters in one command")


def _named(entry: Entry, path: Path) -> Iterator[Problem]:
    names = {"name": entry["name"], **(entry.get("name_localizations") or {})}
    for locale, name in names.items():
        if not _NAME.fullmatch(name) or name != name.lower():
            yield Problem(
                (*path, locale), "APPLICATION_COMMAND_INVALID_NAME", f"Command name is invalid: {name!r}"
            )
    if not (entry.get("description") or "").strip():
        yield Problem((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")


def _locales(entry: Entry, path: Path) -> Iterator[Problem]:
    for key in ("name_localizations", "description_localizations"):
        for locale in entry.get(key) or {}:
            if description().problems({"$ref": "#/components/schemas/AvailableLocalesEnum"}, locale, ()):
                yield Problem((*path, key, locale), "ENUM_TYPE_COERCE", f"{locale!r} is no locale of Discord")


def _options(options: Sequence[Entry], path: Path, depth: int) -> Iterator[Problem]:
    path = (*path, "options")
    kinds = [option["type"] for option in options]
    nested = [kind in {SUBCOMMAND, GROUP} for kind in kinds]
    if any(nested) and not all(nested):
        yield Problem(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "sub-commands and options mixed")
    if GROUP in kinds and depth:
        yield Problem(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "a group in a group")
    for before, after in pairwise(options):
        if after.get("required") and not before.get("required"):
            yield Problem(
                path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", f"{after['name']} is required but late"
            )
    if len({option["name"] for option in options}) < len(options):
        yield Problem(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", "two options share a name")
    for number, option in enumerate(options):
        inner = (*path, str(number))
        yield from _named(option, inner)
        yield from _locales(option, inner)
        if option.get("autocomplete") and option.get("choices"):
            yield Problem(inner, "APPLICATION_COMMAND_OPTIONS_CHOICES", "choices and autocomplete")
        yield from choice_problems(option.get("choices") or [], (*inner, "choices"))
        if option["type"] in {SUBCOMMAND, GROUP}:
            yield from _options(option.get("options") or [], inner, depth + 1)


def choice_problems(choices: Sequence[Entry], path: Path) -> list[Problem]:
    """What is wrong with the choices of an option or an autocomplete; the description allows 6,000."""
    too_long = [str(choice["value"]) for choice in choices if units(str(choice["value"])) > _MAX_CHOICE]
    text = f"Must be {_MAX_CHOICE} or fewer in length."
    return [Problem((*path, value[:20]), "BASE_TYPE_MAX_LENGTH", text) for value in too_long]


def _text(entry: Entry) -> int:
    """Characters of names, descriptions and values, the longest translation of each."""
    total = 0
    for key in ("name", "description"):
        texts = [entry.get(key) or "", *(entry.get(f"{key}_localizations") or {}).values()]
        total += max(map(units, texts))
    total += units(str(entry.get("value", "")))
    return total + sum(map(_text, [*(entry.get("options") or ()), *(entry.get("choices") or ())]))
