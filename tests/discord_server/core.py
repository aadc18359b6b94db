"""What the parts of the server share: the world, who is told of it, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import Problem, Refusal, Violation, missing_access, unknown
from .exchange import Exchange
from .gateway import Gateway, Intent
from .openapi import Operation
from .payloads import member_payload, message_payload, seen_by
from .permissions import permissions_in
from .world import Channel, Message, Upload, User, World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Created:
    """Answered with 201."""

    payload: Json


Answer = Json | list[Json] | Created | None
"""None is answered with 204."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is known and well formed."""

    core: Core
    operation: Operation
    ids: dict[str, str]
    """The path's parameters."""
    query: dict[str, str]
    body: Any
    uploads: list[Upload]

    def number(self, name: str) -> int:
        """An id of the path."""
        return int(self.ids[name])

    def channel(self) -> Channel:
        """The channel of the path, if the bot can see it."""
        channel = self.core.world.channels.get(self.number("channel_id"))
        if channel is None:
            raise unknown("channel")
        if not permissions_in(channel, self.core.world.bot):
            raise missing_access()
        return channel

    def message(self) -> Message:
        """The message of the path."""
        message = self.channel().messages.get(self.number("message_id"))
        if message is None:
            raise unknown("message")
        return message


Handler = Callable[[Call], Answer]
HANDLERS: dict[str, Handler] = {}
"""`POST /channels/{channel_id}/messages` -> what answers it."""


def answers(*names: str) -> Callable[[Handler], Handler]:
    """Register a function as what answers a route."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Request:
    """One that came in, for tests that ask what the bot did."""

    name: str
    """`POST /channels/{channel_id}/messages`."""
    path: str
    body: Any
    status: int


@dataclass(eq=False, slots=True)
class Fault:
    """An answer that a test puts before a route's own, a number of times."""

    route: str
    times: int
    status: int
    payload: Json
    headers: dict[str, str]

    def meets(self, operation: Operation) -> bool:
        """Whether it stands before this route; the names in braces do not matter."""
        return self.times > 0 and _plain(self.route) == _plain(operation.name)


def _plain(name: str) -> str:
    return re.sub(r"\{\w*\}", "{}", name)


@dataclass(eq=False, slots=True)
class Core:
    """The server's state."""

    world: World
    gateway: Gateway
    token: str
    acknowledge_within: float
    token_seconds: float
    checks_itself: bool = True
    api_url: str = ""
    cdn_url: str = ""
    gateway_url: str = ""
    shards: int = 1
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    """Token -> interaction."""
    talks: list[Exchange] = field(default_factory=list)
    """Plain messages by people."""
    commands: dict[int | None, list[Json]] = field(default_factory=dict)
    """Registered commands; those of None are global."""
    granted: set[tuple[int, int, str]] = field(default_factory=set)
    """(server, user, command) that a server's administrator let through."""
    blocked: set[int] = field(default_factory=set)
    """Direct message channels that take nothing from the bot."""
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def payload(self, message: Message) -> Json:
        """A message as REST answers it."""
        return message_payload(message, self.cdn_url)

    def publish(self, event: str, message: Message) -> None:
        """Tell the gateway of a message that stands in a channel, as far as the bot may read it."""
        guild = message.channel.guild
        if message.ephemeral or (guild is not None and self.world.bot.id not in guild.members):
            return
        if guild is None and self.world.bot not in message.channel.recipients:
            return
        payload = self.payload(message)
        if guild is not None:
            payload["guild_id"] = str(guild.id)
            if message.author.id in guild.members:
                payload["member"] = member_payload(guild.members[message.author.id], with_user=False)
        self.gateway.dispatch(
            event,
            lambda intents: seen_by(
                payload, message, self.world.bot, may_read=bool(intents & Intent.MESSAGE_CONTENT)
            ),
            guild=guild,
            needs=Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES,
        )

    def withdraw(self, message: Message) -> None:
        """Take a message out of its channel."""
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        guild = message.channel.guild
        if message.ephemeral:
            return
        self.gateway.dispatch(
            "MESSAGE_DELETE",
            {
                "id": str(message.id),
                "channel_id": str(message.channel.id),
                **({"guild_id": str(guild.id)} if guild else {}),
            },
            guild=guild,
            needs=Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES,
        )

    def talk_of(self, channel: Channel, reference: Message | None) -> Exchange | None:
        """The person's message that the bot reacts to, when it acts in a channel."""
        for talk in reversed(self.talks):
            sent = talk.message
            if sent is not None and (
                reference is sent
                or (sent.thread is not None and sent.thread is channel)
                or (reference is None and talk.channel is channel)
            ):
                return talk
        return None

    def blame(self, kind: str, detail: str) -> None:
        """Note something that the bot must never do."""
        self.violations.append(Violation(kind, detail))

    def own_fault(self, operation: Operation, problems: list[Problem]) -> None:
        """Note that this server answered what Discord never would."""
        if problems:
            detail = "; ".join(map(str, problems))
            self.blame("the server itself", f"{operation.name} answers wrongly: {detail}")


def limited(retry_after: float, *, is_global: bool) -> tuple[Json, dict[str, str]]:
    """The body and headers of a 429."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
    headers = {
        "Via": "1.1 google",  # without it discord.py takes it for a ban by Cloudflare
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": "global" if is_global else "user",
        **({"X-RateLimit-Global": "true"} if is_global else {}),
    }
    return body, headers


def authorised(core: Core, header: str | None, *, needed: bool) -> None:
    """Refuse a request without the bot's token where one is needed, and with a wrong one anywhere."""
    if header == f"Bot {core.token}" or (header is None and not needed):
        return
    raise Refusal(401, 0, "401: Unauthorized")


def bot_of(core: Core) -> User:
    """The bot's own user."""
    return core.world.bot
