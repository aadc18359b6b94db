"""Buttons, selects and forms as a person uses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .components import LABEL, ROW, SELECTS, TEXT_INPUT
from .errors import NotOffered
from .exchange import Modal
from .openapi import units
from .payloads import partial_channel
from .world import Channel, Message, User, walk

Json = dict[str, Any]
STRING_SELECT, CHANNEL_SELECT = 3, 8


def button_of(message: Message, which: str) -> Json:
    """The button with that label, or whose custom id begins so."""
    if message.deleted:
        raise NotOffered("the message was deleted")
    for button in message.buttons:
        if button.get("label") == which or (button.get("custom_id") or "").startswith(which):
            if button.get("disabled"):
                raise NotOffered(f"the button {which!r} is disabled")
            if not button.get("custom_id"):
                raise NotOffered(f"the button {which!r} is a link")
            return button
    shown = [(button.get("label"), button.get("custom_id")) for button in message.buttons]
    raise NotOffered(f"no button {which!r} among {shown}")


def modal_data(modal: Modal, values: tuple[str, ...], named: Mapping[str, str]) -> Json:
    """The `data` of a filled-in form: values in order, or by label or custom id."""
    given = dict(zip((one["custom_id"] for one in modal.inputs), values, strict=False))
    for name, value in named.items():
        keys = [one["custom_id"] for one in modal.inputs if name in {one["custom_id"], one["label"]}]
        if not keys:
            raise NotOffered(f"no field {name!r} among {[one['label'] for one in modal.inputs]}")
        given[keys[0]] = value
    return {
        "custom_id": modal.payload["custom_id"],
        "components": [_submitted(part, given) for part in modal.payload["components"]],
    }


def _submitted(part: Json, given: Mapping[str, str]) -> Json:
    if part["type"] == ROW:
        return {"type": ROW, "id": 1, "components": [_submitted(one, given) for one in part["components"]]}
    if part["type"] == LABEL:
        return {"type": LABEL, "id": 1, "component": _submitted(part["component"], given)}
    if part["type"] != TEXT_INPUT:
        raise NotImplementedError(f"modal component {part['type']}")
    value = given.get(part["custom_id"], part.get("value") or "")
    least, most = part.get("min_length") or 0, part.get("max_length") or 4000
    if part.get("required", True) and not value:
        raise NotOffered("a required field is empty")
    if value and not least <= units(value) <= most:
        raise NotOffered(f"the field takes {least} to {most} characters, not {units(value)}")
    return {"type": TEXT_INPUT, "id": 2, "custom_id": part["custom_id"], "value": value}


def control_of(message: Message, which: str) -> Json:
    """The select whose custom id begins so."""
    if message.deleted:
        raise NotOffered("the message was deleted")
    for part in walk(message.components):
        if part["type"] in SELECTS and part["custom_id"].startswith(which) and not part.get("disabled"):
            return part
    raise NotOffered(f"no select {which!r} to use in {[part['type'] for part in walk(message.components)]}")


def select_data(part: Json, chosen: tuple[str | Channel, ...], user: User) -> Json:
    """The `data` of a select in which these were chosen."""
    least, most = part.get("min_values"), part.get("max_values")
    if not (1 if least is None else least) <= len(chosen) <= (most or 1):
        raise NotOffered(f"the select takes {least} to {most}, not {len(chosen)}")
    data: Json = {"custom_id": part["custom_id"], "component_type": part["type"], "id": 1}
    if part["type"] == STRING_SELECT:
        known = [option["value"] for option in part["options"]]
        if unknown := [one for one in chosen if one not in known]:
            raise NotOffered(f"{unknown} is not among {known}")
        return data | {"values": list(chosen)}
    if part["type"] != CHANNEL_SELECT:
        raise NotImplementedError(f"select {part['type']}")
    channels = [one for one in chosen if isinstance(one, Channel)]
    kinds = part.get("channel_types")
    if kinds and (wrong := [one.name for one in channels if one.kind not in kinds]):
        raise NotOffered(f"{wrong} are not of the kinds {kinds}")
    found = {str(one.id): partial_channel(one, user) for one in channels}
    return data | {"values": list(found), "resolved": {"channels": found}}
