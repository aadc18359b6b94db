"""What Discord demands of buttons, selects, layouts and modals beyond its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .errors import Problem
from .openapi import units
from .world import walk

ROW, BUTTON, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 2, 4, 10, 18
SELECTS = {3, 5, 6, 7, 8}
MAX_ROWS, MAX_PARTS, MAX_TEXT, MAX_MODAL_PARTS = 5, 40, 4000, 5
_LINK, _PREMIUM = 5, 6
Components = Sequence[Mapping[str, Any]]
Path = tuple[str, ...]


def component_problems(components: Components, *, is_v2: bool) -> list[Problem]:
    """What is wrong with a message's components."""
    path = ("components",)
    problems = list(_layout(components, path) if is_v2 else _rows(components, path))
    problems += _custom_ids(components, path)
    for part in walk(list(components)):  # type: ignore[arg-type]
        if part["type"] == ROW:
            problems += _row(part, path)
        elif part["type"] == BUTTON:
            problems += _button(part, path)
    return problems


def modal_problems(modal: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a modal."""
    path = ("data", "components")
    components: Components = modal["components"]
    problems = list(_custom_ids(components, path))
    if len(components) > MAX_MODAL_PARTS:
        problems.append(_too_long(path, MAX_MODAL_PARTS))
    for part in walk(list(components)):  # type: ignore[arg-type]
        if part["type"] == TEXT_INPUT:
            problems += _text_input(part, path)
        elif part["type"] == ROW and not part["components"][0].get("label"):
            problems.append(Problem(path, "BASE_TYPE_REQUIRED", "a text input in a row needs a label"))
    return problems


def _rows(components: Components, path: Path) -> Iterator[Problem]:
    if len(components) > MAX_ROWS:
        yield _too_long(path, MAX_ROWS)
    for number, part in enumerate(components):
        if part["type"] != ROW:
            yield Problem(
                (*path, str(number), "type"),
                "UNION_TYPE_CHOICES",
                f"component {part['type']} needs the components v2 flag",
            )


def _layout(components: Components, path: Path) -> Iterator[Problem]:
    parts = list(walk(list(components)))  # type: ignore[arg-type]
    if len(parts) > MAX_PARTS:
        yield _too_long(path, MAX_PARTS)
    if sum(units(part["content"]) for part in parts if part["type"] == TEXT_DISPLAY) > MAX_TEXT:
        yield Problem(
            path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"over {MAX_TEXT} characters in all texts"
        )


def _row(row: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kinds = [part["type"] for part in row["components"]]
    if SELECTS & set(kinds) and len(kinds) > 1:
        yield Problem(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "a select stands alone in its row")


def _button(button: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if button["style"] == _PREMIUM:
        return
    if not (button.get("label") or "").strip() and not button.get("emoji"):
        yield Problem(path, "COMPONENT_BUTTON_LABEL_OR_EMOJI_REQUIRED", "a button needs a label or emoji")
    if (button["style"] == _LINK) != bool(button.get("url")):
        yield Problem(path, "BUTTON_COMPONENT_INVALID_URL", "a url and the link style go together")
    if (button["style"] == _LINK) == bool(button.get("custom_id")):
        yield Problem(path, "BUTTON_COMPONENT_CUSTOM_ID", "all but links need a custom id")


def _text_input(part: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    least, most = part.get("min_length") or 0, part.get("max_length") or 4000
    if least > most:
        yield Problem(path, "TEXT_INPUT_LENGTHS", f"min_length {least} over max_length {most}")
    value = part.get("value")
    if value and not least <= units(value) <= most:
        yield Problem(path, "TEXT_INPUT_VALUE", f"the given value's length is not within {least}–{most}")


def _custom_ids(components: Components, path: Path) -> Iterator[Problem]:
    seen = set()
    for part in walk(list(components)):  # type: ignore[arg-type]
        key = part.get("custom_id")
        if key in seen:
            yield Problem(path, "COMPONENT_CUSTOM_ID_DUPLICATED", f"{key!r} stands twice")
        if key:
            seen.add(key)


def _too_long(path: Path, most: int) -> Problem:
    return Problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
