"""Registered commands, global and of one server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .command_rules import command_problems, kind_of
from .core import Answer, Call, Created, Json, answers
from .errors import Problem, Refusal, invalid_form, missing_access
from .world import new_id

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
_ONE = "/{command_id}"


def _scope(call: Call) -> int | None:
    """The server whose commands are meant; None: the global ones."""
    bot = call.core.world.bot
    if call.number("application_id") != bot.id:
        raise Refusal(403, 20012, "You are not authorized", violation="another application's commands")
    if "guild_id" not in call.ids:
        return None
    guild = call.core.world.guilds.get(call.number("guild_id"))
    if guild is None or bot.id not in guild.members:
        raise missing_access()
    return guild.id


def _registered(call: Call) -> list[Json]:
    return call.core.commands.setdefault(_scope(call), [])


def _one(call: Call) -> Json:
    for command in _registered(call):
        if command["id"] == call.ids["command_id"]:
            return command
    raise Refusal(404, 10063, "Unknown application command")


def _stored(call: Call, entry: Mapping[str, Any], known: list[Json]) -> Json:
    """A command as it is kept; one that is registered again keeps its id."""
    same = [one for one in known if (one["type"], one["name"]) == (kind_of(entry), entry["name"])]
    permissions = entry.get("default_member_permissions")
    scope = _scope(call)
    if scope is not None and (entry.get("contexts") or entry.get("integration_types")):
        raise invalid_form(Problem(("contexts",), "BASE_TYPE_CHOICES", "only global commands have contexts"))
    # The older way to say that a command is for servers only.
    only_guilds = [0] if entry.get("dm_permission") is False else None
    return {
        "id": same[0]["id"] if same else str(new_id()),
        "application_id": call.ids["application_id"],
        "version": str(new_id()),
        "type": kind_of(entry),
        "name": entry["name"],
        "name_localizations": entry.get("name_localizations"),
        "description": entry.get("description") or "",
        "description_localizations": entry.get("description_localizations"),
        "options": entry.get("options") or [],
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": only_guilds is None,
        "contexts": entry.get("contexts") or only_guilds,
        "integration_types": entry.get("integration_types") or [0],
        "nsfw": False,
        **({} if scope is None else {"guild_id": str(scope)}),
    }


def _shown(call: Call, command: Json) -> Json:
    """A command as it is listed: its translations only when they are asked for."""
    if call.query.get("with_localizations", "").lower() in {"1", "true"}:
        return command
    return {key: value for key, value in command.items() if not key.endswith("_localizations")}


def _checked(entries: list[Json]) -> None:
    if problems := command_problems(entries):
        raise invalid_form(*problems)


@answers(f"GET {_GLOBAL}", f"GET {_GUILD}")
def listed(call: Call) -> Answer:
    """All commands of a scope."""
    return [_shown(call, command) for command in _registered(call)]


@answers(f"PUT {_GLOBAL}", f"PUT {_GUILD}")
def replaced(call: Call) -> Answer:
    """The commands of a scope are these from now on."""
    entries = call.body or []
    _checked(entries)
    known = _registered(call)
    known[:] = [_stored(call, entry, known) for entry in entries]
    return known


@answers(f"POST {_GLOBAL}", f"POST {_GUILD}")
def added(call: Call) -> Answer:
    """One command more, or a new version of it."""
    known = _registered(call)
    command = _stored(call, call.body, known)
    others = [one for one in known if one["id"] != command["id"]]
    _checked([*others, command])
    is_new = len(others) == len(known)
    known[:] = [*others, command]
    return Created(command) if is_new else command


@answers(f"GET {_GLOBAL}{_ONE}", f"GET {_GUILD}{_ONE}")
def shown(call: Call) -> Answer:
    """One command."""
    return _one(call)


@answers(f"PATCH {_GLOBAL}{_ONE}", f"PATCH {_GUILD}{_ONE}")
def changed(call: Call) -> Answer:
    """A command is changed in the named keys."""
    command = _one(call)
    draft = command | call.body
    _checked([one if one is not command else draft for one in _registered(call)])
    command |= call.body
    return command


@answers(f"DELETE {_GLOBAL}{_ONE}", f"DELETE {_GUILD}{_ONE}")
def removed(call: Call) -> Answer:
    """A command goes."""
    _registered(call).remove(_one(call))
