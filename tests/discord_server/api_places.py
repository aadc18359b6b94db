"""The bot itself, users and servers."""

from __future__ import annotations

from .core import Answer, Call, Json, answers
from .errors import missing_access, unknown
from .gateway import Intent
from .payloads import channel_payload, guild_payload, member_payload, user_payload
from .world import Guild

_FLAGS = {Intent.GUILD_PRESENCES: 1 << 13, Intent.GUILD_MEMBERS: 1 << 15, Intent.MESSAGE_CONTENT: 1 << 19}
"""Granted intents as the application's flags say it, for a bot in fewer than 100 servers."""


@answers("GET /gateway/bot")
def gateway(call: Call) -> Answer:
    """Where to connect, and with how many shards."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": call.core.gateway_url, "shards": call.core.shards, "session_start_limit": limit}


@answers("GET /users/@me")
def me(call: Call) -> Answer:
    """The bot's own user."""
    more = {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None, "premium_type": 0}
    return user_payload(call.core.world.bot) | more


@answers("GET /users/{user_id}")
def user(call: Call) -> Answer:
    """A user."""
    found = call.core.world.users.get(call.number("user_id"))
    if found is None:
        raise unknown("user")
    return user_payload(found)


@answers("GET /oauth2/applications/@me", "GET /applications/@me")
def application(call: Call) -> Answer:
    """The bot's application."""
    core = call.core
    granted = core.gateway.granted
    flags = sum(flag for intent, flag in _FLAGS.items() if granted & intent)
    owner = next((one for one in core.world.users.values() if not one.bot), core.world.bot)
    payload: Json = {
        "id": str(core.world.bot.id),
        "name": core.world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user_payload(core.world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "max_participants": None,
        "owner": user_payload(owner),
        "team": None,
        "integration_types_config": {"0": {}, "1": {}},
        "approximate_guild_count": len(core.world.bot_guilds()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_status": 1,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }
    return payload


def _guild(call: Call) -> Guild:
    guild = call.core.world.guilds.get(call.number("guild_id"))
    if guild is None or guild.unavailable:
        raise unknown("guild")
    if call.core.world.bot.id not in guild.members:
        raise missing_access()
    return guild


@answers("GET /guilds/{guild_id}")
def guild(call: Call) -> Answer:
    """A server that the bot is in."""
    return guild_payload(_guild(call), for_gateway=False)


@answers("GET /guilds/{guild_id}/channels")
def channels(call: Call) -> Answer:
    """The channels of a server."""
    return [channel_payload(channel) for channel in _guild(call).channels]


@answers("GET /guilds/{guild_id}/members/{user_id}")
def member(call: Call) -> Answer:
    """A member of a server."""
    found = _guild(call).members.get(call.number("user_id"))
    if found is None:
        raise unknown("user")
    return member_payload(found)


@answers("GET /users/@me/guilds")
def guilds(call: Call) -> Answer:
    """The servers that the bot is in."""
    after, limit = int(call.query.get("after") or 0), int(call.query.get("limit") or 200)
    mine = sorted(call.core.world.bot_guilds(), key=lambda guild: guild.id)
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(guild.everyone.permissions)),
            "features": [],
        }
        for guild in mine
        if guild.id > after
    ][:limit]


@answers("DELETE /users/@me/guilds/{guild_id}")
def leave(call: Call) -> Answer:
    """The bot leaves a server."""
    guild = _guild(call)
    del guild.members[call.core.world.bot.id]
    call.core.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild=guild, needs=Intent.GUILDS)
