"""The people, servers, channels and messages of the pretended Discord."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .permissions import EVERYONE, Permission

EPOCH_MS = 1_420_070_400_000
"""Discord counts from 2015."""
DM, GROUP, TEXT, THREAD = 1, 3, 0, 11
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
_count = itertools.count()


def new_id() -> int:
    """A fresh snowflake: the time in it is now, as discord.py reads it back."""
    return (int(time.time() * 1000) - EPOCH_MS) << 22 | (next(_count) & 0x3FFFFF)


@dataclass(eq=False, slots=True)
class User:
    """A person, or the bot."""

    name: str
    id: int = field(default_factory=new_id)
    locale: str = "en-US"
    bot: bool = False
    has_installed: bool = False
    """Whether they installed the bot for themselves."""

    @property
    def mention(self) -> str:
        """As it stands in a message."""
        return f"<@{self.id}>"


@dataclass(eq=False, slots=True)
class Role:
    """A role of a server."""

    name: str
    permissions: Permission
    id: int = field(default_factory=new_id)
    managed: bool = False


@dataclass(eq=False, slots=True)
class Member:
    """A user in a server."""

    user: User
    roles: list[Role] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody attaches."""

    filename: str
    data: bytes
    content_type: str = "text/plain; charset=utf-8"


@dataclass(eq=False, slots=True)
class Attachment:
    """A file on the CDN."""

    upload: Upload
    channel_id: int
    id: int = field(default_factory=new_id)


@dataclass(eq=False, slots=True)
class Channel:
    """Where messages stand: in a server, a thread, or between people."""

    kind: int
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    owner: User | None = None
    recipients: list[User] = field(default_factory=list)
    overwrites: dict[int, tuple[Permission, Permission]] = field(default_factory=dict)
    """Id of a role or user -> what is allowed and denied to them here."""
    messages: dict[int, Message] = field(default_factory=dict)
    id: int = field(default_factory=new_id)

    @property
    def is_thread(self) -> bool:
        """Whether it hangs on another channel."""
        return self.kind == THREAD

    @property
    def last(self) -> Message | None:
        """The newest message."""
        return next(reversed(self.messages.values()), None)


@dataclass(eq=False, slots=True)
class Message:
    """A message as it stands now; `versions` keeps what it said before."""

    channel: Channel
    author: User
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    mentions: list[User] = field(default_factory=list)
    """The users it pings."""
    mentions_everyone: bool = False
    reference: Message | None = None
    interaction: Any = None
    """The Exchange whose response or follow-up it is."""
    thread: Channel | None = None
    edited: bool = False
    deleted: bool = False
    versions: list[dict[str, Any]] = field(default_factory=list)
    """Content, embeds and components before each edit, oldest first."""
    id: int = field(default_factory=new_id)

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def embed(self) -> dict[str, Any]:
        """Its only embed."""
        assert len(self.embeds) == 1, f"{len(self.embeds)} embeds"
        return self.embeds[0]

    @property
    def text(self) -> str:
        """All that can be read in it, for `in`: content, embeds, text displays; not the buttons."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title"), embed.get("description")]
            for item in embed.get("fields") or ():
                parts += [item["name"], item["value"]]
            parts += [(embed.get("author") or {}).get("name"), (embed.get("footer") or {}).get("text")]
        parts += [part["content"] for part in walk(self.components) if part["type"] == 10]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Its buttons in order."""
        return [part for part in walk(self.components) if part["type"] == 2]

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons."""
        return [button.get("label") or "" for button in self.buttons]


@dataclass(eq=False, slots=True)
class Guild:
    """A server."""

    name: str
    owner: User
    everyone: Role
    locale: str = "en-US"
    id: int = field(default_factory=new_id)
    members: dict[int, Member] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    threads: list[Channel] = field(default_factory=list)
    unavailable: bool = False

    @property
    def channel(self) -> Channel:
        """Its first channel."""
        return self.channels[0]


class World:
    """All there is, and how it is found again."""

    def __init__(self, bot: User) -> None:
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[str, Attachment] = {}
        """Path below the CDN's address -> what lies there."""

    def add_user(self, user: User) -> User:
        """Let a person exist."""
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, locale: str, guild_id: int | None) -> Guild:
        """Make a server with one channel and its owner in it."""
        key = guild_id or new_id()
        guild = Guild(name, owner, Role("@everyone", EVERYONE, id=key), locale, id=key)
        guild.roles.append(guild.everyone)
        guild.members[owner.id] = Member(owner)
        self.guilds[key] = guild
        self.add_channel(Channel(TEXT, "general", guild))
        return guild

    def add_channel(self, channel: Channel) -> Channel:
        """Let a channel or thread exist."""
        self.channels[channel.id] = channel
        if channel.guild is not None:
            (channel.guild.threads if channel.is_thread else channel.guild.channels).append(channel)
        return channel

    def direct(self, user: User) -> Channel:
        """The direct messages of a person and the bot."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.recipients == [user, self.bot]:
                return channel
        return self.add_channel(Channel(DM, recipients=[user, self.bot]))

    def bot_guilds(self) -> list[Guild]:
        """The servers that the bot is in."""
        return [guild for guild in self.guilds.values() if self.bot.id in guild.members]

    def keep_file(self, upload: Upload, channel_id: int) -> Attachment:
        """Put a file on the CDN."""
        attachment = Attachment(upload, channel_id)
        self.files[f"attachments/{channel_id}/{attachment.id}/{upload.filename}"] = attachment
        return attachment


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, those inside others included."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("component", "accessory"):
            if component.get(key):
                yield from walk([component[key]])
