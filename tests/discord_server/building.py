"""How a test builds and changes the world."""

from __future__ import annotations

from .core import Core
from .gateway import Intent
from .payloads import channel_payload, member_payload, role_payload, user_payload
from .permissions import Permission
from .world import GROUP, TEXT, THREAD, Channel, Guild, Member, Message, Role, User


class Building:
    """The part of FakeDiscord that makes people, servers and channels."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def user(self, name: str, *, locale: str = "en-US", has_installed: bool = False) -> User:
        """Make a person."""
        return self.core.world.add_user(User(name, locale=locale, has_installed=has_installed))

    def guild(
        self,
        name: str,
        *members: User,
        managers: tuple[User, ...] = (),
        locale: str = "en-US",
        has_bot: bool = True,
        guild_id: int | None = None,
    ) -> Guild:
        """Make a server; `managers` have Manage Server, its owner is somebody else."""
        guild = self.core.world.add_guild(name, self.user(f"Owner of {name}"), locale, guild_id)
        for user in members:
            guild.members[user.id] = Member(user)
        if managers:
            role = Role("Managers", Permission.MANAGE_GUILD)
            guild.roles.append(role)
            for user in managers:
                guild.members[user.id] = Member(user, [role])
        if has_bot:
            self.invite(guild)
        return guild

    def invite(self, guild: Guild, permissions: Permission = Permission(0)) -> None:  # noqa: B008
        """Add the bot to a server, with a role of its own."""
        bot = self.core.world.bot
        role = Role(bot.name, permissions, managed=True)
        guild.roles.append(role)
        guild.members[bot.id] = Member(bot, [role])
        self.core.gateway.announce(guild, joined=True)

    def kick(self, guild: Guild, user: User | None = None) -> None:
        """Remove the bot, or a member, from a server."""
        bot, gateway = self.core.world.bot, self.core.gateway
        member = guild.members.pop((user or bot).id)
        if user is None:
            guild.roles = [role for role in guild.roles if not role.managed]
            gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild=guild, needs=Intent.GUILDS)
        else:
            payload = {"guild_id": str(guild.id), "user": user_payload(member.user)}
            gateway.dispatch("GUILD_MEMBER_REMOVE", payload, guild=guild, needs=Intent.GUILD_MEMBERS)

    def outage(self, guild: Guild) -> None:
        """Make a server unavailable: it is not a removed one."""
        guild.unavailable = True
        payload = {"id": str(guild.id), "unavailable": True}
        self.core.gateway.dispatch("GUILD_DELETE", payload, guild=guild, needs=Intent.GUILDS)

    def recover(self, guild: Guild) -> None:
        """End a server's outage."""
        guild.unavailable = False
        self.core.gateway.announce(guild)

    def join(self, guild: Guild, user: User, *roles: Role) -> None:
        """Let a person become a member."""
        member = guild.members[user.id] = Member(user, list(roles))
        payload = member_payload(member) | {"guild_id": str(guild.id)}
        self.core.gateway.dispatch("GUILD_MEMBER_ADD", payload, guild=guild, needs=Intent.GUILD_MEMBERS)

    def role(self, guild: Guild, name: str, permissions: Permission) -> Role:
        """Make a role."""
        role = Role(name, permissions)
        guild.roles.append(role)
        payload = {"guild_id": str(guild.id), "role": role_payload(role, len(guild.roles))}
        self.core.gateway.dispatch("GUILD_ROLE_CREATE", payload, guild=guild, needs=Intent.GUILDS)
        return role

    def grant(self, guild: Guild, user: User, command: str) -> None:
        """Show a command to a person whom its default permissions would not show it.

        Administrators can do that in the server's settings, so the bot must check again.
        """
        self.core.granted.add((guild.id, user.id, command))

    def channel(self, guild: Guild, name: str) -> Channel:
        """Make a text channel."""
        channel = self.core.world.add_channel(Channel(TEXT, name, guild))
        self.core.gateway.dispatch(
            "CHANNEL_CREATE", channel_payload(channel), guild=guild, needs=Intent.GUILDS
        )
        return channel

    def thread(self, message: Message, name: str, owner: User) -> Channel:
        """Let a person open a thread at a message."""
        parent = message.channel
        thread = Channel(THREAD, name, parent.guild, parent=parent, owner=owner, id=message.id)
        self.core.world.add_channel(thread)
        message.thread = thread
        payload = channel_payload(thread) | {"newly_created": True}
        self.core.gateway.dispatch("THREAD_CREATE", payload, guild=parent.guild, needs=Intent.GUILDS)
        return thread

    def dm(self, user: User) -> Channel:
        """The direct messages of a person with the bot."""
        return self.core.world.direct(user)

    def private(self, *users: User) -> Channel:
        """A group of people without the bot, who can use it only where they installed it."""
        return self.core.world.add_channel(Channel(GROUP, recipients=list(users)))

    def forbid(
        self,
        channel: Channel,
        denied: Permission = Permission.SEND_MESSAGES,
    ) -> None:
        """Take permissions from the bot in a channel (50013); in direct messages the person blocks it."""
        bot, guild = self.core.world.bot, channel.guild
        if guild is None:
            self.core.blocked.add(channel.id)
            return
        place = channel.parent or channel
        allow, before = place.overwrites.get(bot.id, (Permission(0), Permission(0)))
        place.overwrites[bot.id] = (allow & ~denied, before | denied)
        self.core.gateway.dispatch("CHANNEL_UPDATE", channel_payload(place), guild=guild, needs=Intent.GUILDS)

    def allow(self, channel: Channel) -> None:
        """Give the bot back what was taken from it in a channel."""
        self.core.blocked.discard(channel.id)
        place = channel.parent or channel
        if place.overwrites.pop(self.core.world.bot.id, None) and place.guild is not None:
            payload = channel_payload(place)
            self.core.gateway.dispatch("CHANNEL_UPDATE", payload, guild=place.guild, needs=Intent.GUILDS)
