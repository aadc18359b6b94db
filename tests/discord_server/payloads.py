"""Things of the world as the JSON that Discord sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .permissions import permissions_in
from .world import DM, EPOCH_MS, GROUP, Attachment, Channel, Guild, Member, Message, Role, User

Json = dict[str, Any]
_UNSET = (
    *("icon", "banner", "splash", "discovery_splash", "description", "home_header", "vanity_url_code"),
    *("afk_channel_id", "system_channel_id", "rules_channel_id", "public_updates_channel_id"),
    *("safety_alerts_channel_id", "widget_channel_id", "application_id"),
    *("latest_onboarding_question_id", "incidents_data"),
)
_ZERO = (
    *("verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level"),
    *("nsfw_level", "premium_tier", "premium_subscription_count", "system_channel_flags"),
)


def when(snowflake: int) -> str:
    """The time in an id, as Discord writes it."""
    return datetime.fromtimestamp(((snowflake >> 22) + EPOCH_MS) / 1000, UTC).isoformat()


def user_payload(user: User) -> Json:
    """A user."""
    return {
        "id": str(user.id),
        "username": user.name if user.bot else user.name.lower(),
        "global_name": None if user.bot else user.name,
        "avatar": None,
        "discriminator": "0000" if user.bot else "0",
        "public_flags": 0,
        "flags": 0,
        "bot": user.bot,
        "primary_guild": None,
    }


def member_payload(member: Member, *, with_user: bool = True) -> Json:
    """A member of a server; messages carry it without its user."""
    payload: Json = {
        "roles": [str(role.id) for role in member.roles],
        "joined_at": when(member.user.id),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "nick": None,
        "avatar": None,
        "banner": None,
        "pending": False,
        "flags": 0,
    }
    return {**payload, "user": user_payload(member.user)} if with_user else payload


def role_payload(role: Role, position: int) -> Json:
    """A role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(int(role.permissions)),
        "managed": role.managed,
        "mentionable": False,
        "flags": 0,
    }


def channel_payload(channel: Channel) -> Json:
    """A channel, thread or private channel."""
    last = str(channel.last.id) if channel.last else None
    payload: Json = {"id": str(channel.id), "type": channel.kind, "flags": 0, "last_message_id": last}
    if channel.guild is None:
        payload["recipients"] = [user_payload(user) for user in channel.recipients if not user.bot]
        return payload | ({"name": None, "icon": None} if channel.kind == GROUP else {})
    payload |= {"name": channel.name, "guild_id": str(channel.guild.id), "rate_limit_per_user": 0}
    if channel.is_thread:
        return payload | _thread(channel)
    return payload | {
        "position": channel.guild.channels.index(channel),
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": [
            {
                "id": str(target),
                "type": int(target in channel.guild.members),
                "allow": str(int(allow)),
                "deny": str(int(deny)),
            }
            for target, (allow, deny) in channel.overwrites.items()
        ],
    }


def _thread(channel: Channel) -> Json:
    assert channel.parent is not None
    assert channel.owner is not None
    return {
        "parent_id": str(channel.parent.id),
        "owner_id": str(channel.owner.id),
        "message_count": len(channel.messages),
        "total_message_sent": len(channel.messages),
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": when(channel.id),
            "locked": False,
            "create_timestamp": when(channel.id),
        },
    }


def guild_payload(guild: Guild, *, for_gateway: bool, whole: bool = False) -> Json:
    """A server; the gateway's carries its channels, and its members only to those who may see them."""
    payload: Json = {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "preferred_locale": guild.locale,
        "roles": [role_payload(role, number) for number, role in enumerate(guild.roles)],
        **dict.fromkeys(_UNSET),
        **dict.fromkeys(_ZERO, 0),
        "afk_timeout": 300,
        "features": [],
        "emojis": [],
        "stickers": [],
        "nsfw": False,
        "region": "deprecated",
        "owner": False,
        "widget_enabled": False,
        "premium_progress_bar_enabled": False,
        "max_members": 500_000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
    }
    return payload | (_live(guild, whole=whole) if for_gateway else {})


def _live(guild: Guild, *, whole: bool) -> Json:
    members = [member for member in guild.members.values() if whole or member.user.bot]
    return {
        "joined_at": when(guild.id),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_payload(member) for member in members],
        "channels": [channel_payload(channel) for channel in guild.channels],
        "threads": [channel_payload(thread) for thread in guild.threads],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment_payload(attachment: Attachment, cdn: str) -> Json:
    """A file with its link."""
    name = attachment.upload.filename
    link = f"{cdn}/attachments/{attachment.channel_id}/{attachment.id}/{name}"
    return {
        "id": str(attachment.id),
        "filename": name,
        "size": len(attachment.upload.data),
        "url": link,
        "proxy_url": link,
        "content_type": attachment.upload.content_type,
    }


def message_payload(message: Message, cdn: str, *, with_reference: bool = True) -> Json:
    """A message, whole, as REST answers it."""
    payload: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": 19 if message.reference and message.interaction is None else 0,
        "content": message.content,
        "embeds": [_embed_payload(embed) for embed in message.embeds],
        "components": _numbered(message.components),
        "attachments": [attachment_payload(one, cdn) for one in message.attachments],
        "author": user_payload(message.author),
        "mentions": [user_payload(user) for user in message.mentions],
        "mention_roles": [],
        "mention_everyone": message.mentions_everyone,
        "pinned": False,
        "tts": False,
        "timestamp": when(message.id),
        "edited_timestamp": when(message.id) if message.edited else None,
        "flags": message.flags,
    }
    if message.interaction is not None:
        own = str(message.author.id)
        payload |= {"application_id": own, "webhook_id": own, **message.interaction.message_metadata()}
    if message.thread is not None:
        payload["thread"] = channel_payload(message.thread)
    if message.reference is not None:
        payload["message_reference"] = {
            "type": 0,
            "channel_id": str(message.reference.channel.id),
            "message_id": str(message.reference.id),
        }
        if with_reference:
            payload["referenced_message"] = (
                None
                if message.reference.deleted
                else message_payload(message.reference, cdn, with_reference=False)
            )
    return payload


def _embed_payload(embed: Mapping[str, Any]) -> Json:
    """An embed as it comes back: with its type, without what is null."""
    kept = {key: value for key, value in embed.items() if value is not None}
    return {**kept, "type": "rich"}


def _numbered(components: list[Json]) -> list[Json]:
    """Components as they come back, each with a number of its own."""
    count = iter(range(1, 1000))

    def number(component: Json) -> Json:
        kept = {key: value for key, value in component.items() if value is not None}
        kept["id"] = component.get("id") or next(count)
        if "components" in kept:
            kept["components"] = [number(part) for part in kept["components"]]
        if "accessory" in kept:
            kept["accessory"] = number(kept["accessory"])
        return kept

    return [number(component) for component in components]


def seen_by(payload: Json, message: Message, bot: User, *, may_read: bool) -> Json:
    """A message as the gateway sends it: empty where the bot may not read it."""
    payload = dict(payload)
    referenced = message.reference
    if referenced is not None and payload.get("referenced_message"):
        payload["referenced_message"] = seen_by(
            payload["referenced_message"], referenced, bot, may_read=may_read
        )
    about_bot = message.author is bot or bot in message.mentions
    if may_read or about_bot or message.channel.kind == DM:
        return payload
    return payload | {"content": "", "embeds": [], "components": [], "attachments": []}


def partial_channel(channel: Channel, user: User) -> Json:
    """A channel as an interaction carries it: with what the user may do there."""
    return channel_payload(channel) | {"permissions": str(int(permissions_in(channel, user)))}
