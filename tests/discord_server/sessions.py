"""What the gateway keeps of each shard of a bot, and what it can be told."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

from aiohttp import web

from .streams import stream_for
from .world import Guild


class Op(IntEnum):
    """What a frame is."""

    DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE = 0, 1, 2, 3, 4
    RESUME, RECONNECT, MEMBERS, INVALID_SESSION, HELLO, ACK = 6, 7, 8, 9, 10, 11


class Intent(IntFlag):
    """What a bot asks to be told; the privileged ones must be granted to it."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
KNOWN = (1 << 26) - 1


class Close(Exception):
    """The connection is closed with a code."""

    def __init__(self, code: int, reason: str, *, is_violation: bool = True) -> None:
        self.code = code
        self.reason = reason
        self.is_violation = is_violation
        super().__init__(f"{code} {reason}")


@dataclass(eq=False, slots=True)
class Session:
    """What was sent to one shard of one process; it outlives its connections."""

    shard: int
    shards: int
    intents: Intent
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sent: list[tuple[int, str]] = field(default_factory=list)
    """Every numbered event, for replay."""
    connection: Connection | None = None
    lost_at: float | None = None
    """Since when it has no connection."""

    def dispatch(self, event: str, payload: Any) -> None:
        """Number an event, keep it, and send it if there is a connection."""
        number = len(self.sent) + 1
        frame = json.dumps({"op": Op.DISPATCH, "t": event, "s": number, "d": payload})
        self.sent.append((number, frame))
        if self.connection is not None:
            self.connection.frames.put_nowait(frame)

    def covers(self, guild: Guild | None) -> bool:
        """Whether this shard is told of a server; what belongs to none goes to the first."""
        return self.shard == (0 if guild is None else (guild.id >> 22) % self.shards)


class Connection:
    """One WebSocket and the frames that wait to be sent over it."""

    def __init__(self, socket: web.WebSocketResponse, compression: str | None) -> None:
        self.socket = socket
        self.frames: asyncio.Queue[str] = asyncio.Queue()
        self.session: Session | None = None
        self.last_beat = time.monotonic()
        self.received: list[float] = []
        self._compress = stream_for(compression)

    def send(self, op: Op, data: Any = None) -> None:
        """Queue a frame that is no event."""
        self.frames.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def write(self) -> None:
        """Send what is queued, in order, for ever."""
        while True:
            frame = await self.frames.get()
            if self._compress is None:
                await self.socket.send_str(frame)
            else:
                await self.socket.send_bytes(self._compress(frame.encode()))
