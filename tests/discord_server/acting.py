"""What Discord's own client lets a person do: only what is offered, filled in as it must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .command_rules import CHAT, GROUP, SUBCOMMAND
from .core import Core
from .errors import NotOffered
from .exchange import Exchange
from .openapi import units
from .payloads import attachment_payload
from .permissions import Permission, permissions_in
from .world import DM, Channel, Upload, User

Json = dict[str, Any]
STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11
_PYTHON = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float), ATTACHMENT: Upload}
IN_GUILD, IN_BOT_DM, IN_PRIVATE = 0, 1, 2


def context_of(channel: Channel, bot: User) -> int:
    """Where a person is, as commands name their contexts."""
    if channel.guild is not None:
        return IN_GUILD
    return IN_BOT_DM if channel.kind == DM and bot in channel.recipients else IN_PRIVATE


def owners_of(channel: Channel, user: User, bot: User) -> dict[str, str]:
    """Who installed the bot for this place: the server (0), the person (1), or both."""
    owners = {}
    if channel.guild is not None and bot.id in channel.guild.members:
        owners["0"] = str(channel.guild.id)
    elif context_of(channel, bot) == IN_BOT_DM:
        owners["0"] = "0"
    if user.has_installed:
        owners["1"] = str(user.id)
    return owners


def offered(core: Core, user: User, channel: Channel, name: str, kind: int) -> Json:
    """The command of that name, if this person sees it there."""
    guild = channel.guild
    scopes = [core.commands.get(guild.id, []) if guild else [], core.commands.get(None, [])]
    found = [one for scope in scopes for one in scope if (one["type"], one["name"]) == (kind, name)]
    if not found:
        known = [one["name"] for scope in scopes for one in scope]
        raise NotOffered(f"no command {name!r} of type {kind}; there are {known}")
    command = found[0]
    owners = owners_of(channel, user, core.world.bot)
    if not owners.keys() & {str(kind) for kind in command["integration_types"]}:
        raise NotOffered(f"{name} is not installed here: {command['integration_types']}, installed {owners}")
    context = context_of(channel, core.world.bot)
    if command["contexts"] is not None and context not in command["contexts"]:
        raise NotOffered(f"{name} is not offered in context {context}, only in {command['contexts']}")
    if guild is not None:
        _permitted(core, user, channel, command)
    return command


def _permitted(core: Core, user: User, channel: Channel, command: Json) -> None:
    assert channel.guild is not None
    held, needed = permissions_in(channel, user), command["default_member_permissions"]
    if not held & Permission.USE_APPLICATION_COMMANDS:
        raise NotOffered(f"{user.name} may use no commands in {channel.name}")
    if needed is None or (channel.guild.id, user.id, command["name"]) in core.granted:
        return
    lacking = int(needed) & ~int(held) or not int(needed)
    if lacking and not held & Permission.ADMINISTRATOR:
        raise NotOffered(f"{command['name']} is shown only to members with {Permission(int(needed))!r}")


def slash_data(
    core: Core, command: Json, path: list[str], values: Mapping[str, Any], focus: str | None, channel: Channel
) -> Json:
    """The `data` of a slash command or, with `focus`, of its autocomplete."""
    resolved: Json = {}
    options = _filled(core, command.get("options") or [], path, values, focus, (channel, resolved))
    data: Json = {"id": command["id"], "name": command["name"], "type": CHAT, "options": options}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data | ({"resolved": resolved} if resolved else {})


def _filled(
    core: Core,
    options: list[Json],
    path: list[str],
    values: Mapping[str, Any],
    focus: str | None,
    where: tuple[Channel, Json],
) -> list[Json]:
    if path:
        inner = [one for one in options if one["type"] in {SUBCOMMAND, GROUP} and one["name"] == path[0]]
        if not inner:
            raise NotOffered(f"no sub-command {path[0]!r} among {[one['name'] for one in options]}")
        below = _filled(core, inner[0].get("options") or [], path[1:], values, focus, where)
        return [{"type": inner[0]["type"], "name": path[0], "options": below}]
    if any(one["type"] in {SUBCOMMAND, GROUP} for one in options):
        raise NotOffered(f"a sub-command is needed: {[one['name'] for one in options]}")
    known = {one["name"]: one for one in options}
    if unknown := values.keys() - known.keys():
        raise NotOffered(f"no options {sorted(unknown)} among {sorted(known)}")
    if focus is None and (
        missing := [n for n, one in known.items() if one.get("required") and n not in values]
    ):
        raise NotOffered(f"required options are missing: {missing}")
    filled = []
    for name, value in values.items():
        is_focus = name == focus
        if is_focus and not known[name].get("autocomplete"):
            raise NotOffered(f"option {name!r} has no autocomplete")
        filled.append(_option(core, known[name], value, where, is_focus=is_focus))
    return filled


def _option(core: Core, option: Json, value: Any, where: tuple[Channel, Json], *, is_focus: bool) -> Json:
    kind, name = option["type"], option["name"]
    if not isinstance(value, _PYTHON[kind]) or (isinstance(value, bool) and kind != BOOLEAN):
        raise NotOffered(f"option {name!r} takes no {type(value).__name__}")
    entry: Json = {"type": kind, "name": name, "value": value}
    if is_focus:
        return entry | {"focused": True}
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise NotOffered(f"{value!r} is no choice of {name!r}")
    if kind == STRING:
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        if not least <= units(value) <= most:
            raise NotOffered(f"option {name!r} takes {least} to {most} characters, not {units(value)}")
    if kind == ATTACHMENT:
        channel, resolved = where
        attachment = core.world.keep_file(value, channel.id)
        entry["value"] = str(attachment.id)
        resolved.setdefault("attachments", {})[str(attachment.id)] = attachment_payload(
            attachment, core.cdn_url
        ) | {"ephemeral": True}
    return entry


def unanswered(exchanges: Iterable[Exchange], limit: float) -> list[Exchange]:
    """The interactions that were sent to a bot that lived, and never acknowledged."""
    found = []
    for exchange in exchanges:
        session = exchange.session
        if exchange.acknowledged_after is not None or exchange.expired or session is None:
            continue
        lost = session.lost_at
        if lost is None or lost - exchange.started > limit:
            found.append(exchange)
    return found
