"""Who may do what in a channel: Discord's own arithmetic over roles and overwrites."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import Channel, User


class Permission(IntFlag):
    """The permissions that matter to this bot."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING = Permission((1 << 53) - 1)
IN_PRIVATE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
)
"""What both sides of a direct message may do."""
EVERYONE = (
    IN_PRIVATE
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What a new server lets everyone do."""


def permissions_in(channel: Channel, user: User) -> Permission:
    """What a user may do in a channel; nothing where they are no member."""
    guild = channel.guild
    if guild is None:
        return IN_PRIVATE if user in channel.recipients else Permission(0)
    member = guild.members.get(user.id)
    if member is None:
        return Permission(0)
    if guild.owner is user:
        return EVERYTHING
    held = guild.everyone.permissions
    for role in member.roles:
        held |= role.permissions
    if held & Permission.ADMINISTRATOR:
        return EVERYTHING
    overwrites = (channel.parent or channel).overwrites if channel.is_thread else channel.overwrites
    for target in (guild.id, *(role.id for role in member.roles), user.id):
        allow, deny = overwrites.get(target, (Permission(0), Permission(0)))
        held = (held & ~deny) | allow
    return held if held & Permission.VIEW_CHANNEL else Permission(0)
