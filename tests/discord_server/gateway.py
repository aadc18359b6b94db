"""The gateway, version 10: hello, identify, heartbeat, dispatch, resume with replay."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from .errors import Violation
from .payloads import guild_payload, member_payload, user_payload
from .sessions import KNOWN, PRIVILEGED, Close, Connection, Intent, Op, Session
from .world import Guild, World

Json = dict[str, Any]
PER_MINUTE = 120
"""More than these from one connection, and Discord closes it with 4008."""


class Gateway:
    """All sessions, and what each is told."""

    def __init__(self, world: World, token: str, granted: Intent, heartbeat_seconds: float) -> None:
        self.world = world
        self.token = token
        self.granted = granted
        self.heartbeat_seconds = heartbeat_seconds
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.violations: list[Violation] = []
        self.identified = asyncio.Event()
        self.is_up = asyncio.Event()
        """While it is not set, nobody who connects is greeted."""
        self.is_up.set()
        self.resumes = 0
        self.beat_gaps: list[float] = []
        """Seconds between a heartbeat and the one before, of all connections."""
        self._connections: set[Connection] = set()

    def dispatch(
        self,
        event: str,
        payload: Json | Callable[[Intent], Json],
        *,
        guild: Guild | None = None,
        needs: Intent = Intent(0),  # noqa: B008 (an IntFlag is immutable)
    ) -> Session | None:
        """Tell the sessions that cover the server and asked for it; the last of them is returned."""
        told = None
        for session in self.sessions.values():
            if session.covers(guild) and (not needs or session.intents & needs):
                session.dispatch(event, payload(session.intents) if callable(payload) else payload)
                told = session
        return told

    def announce(self, guild: Guild, *, joined: bool = False) -> None:
        """Send a server whole: at start, after an outage, or because the bot was invited."""

        def payload(intents: Intent) -> Json:
            whole = bool(intents & Intent.GUILD_MEMBERS)
            created = guild_payload(guild, for_gateway=True, whole=whole)
            if joined:
                # By this key alone discord.py tells an invitation from the end of an outage.
                del created["unavailable"]
            return created

        self.dispatch("GUILD_CREATE", payload, guild=guild, needs=Intent.GUILDS)

    async def drop(self, code: int = 4000) -> None:
        """Close every connection as a bad network would; the sessions can be resumed."""
        for connection in list(self._connections):
            self._lost(connection)
            await connection.socket.close(code=code)

    def forget_sessions(self) -> None:
        """Nothing can be resumed any more."""
        self.sessions.clear()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=4096 * 16, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request.query.get("compress"))
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            if request.query.get("v") != "10" or request.query.get("encoding") != "json":
                raise Close(4012, f"gateway asked for as {dict(request.query)}")
            await self.is_up.wait()
            connection.last_beat = time.monotonic()
            connection.send(Op.HELLO, {"heartbeat_interval": round(self.heartbeat_seconds * 1000)})
            await self._read(connection)
        except Close as close:
            if close.is_violation:
                self.violations.append(Violation("gateway", str(close)))
            await socket.close(code=close.code, message=close.reason.encode()[:120])
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._lost(connection)
        return socket

    def _lost(self, connection: Connection) -> None:
        self._connections.discard(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            session.lost_at = time.monotonic()

    async def _read(self, connection: Connection) -> None:
        limit = self.heartbeat_seconds * 1.5 + 1
        while True:
            try:
                async with asyncio.timeout(connection.last_beat + limit - time.monotonic()):
                    message = await connection.socket.receive()
            except TimeoutError:
                raise Close(4009, f"no heartbeat for {limit:.1f} s") from None
            if message.type is WSMsgType.TEXT:
                self._received(connection, message.data)
            elif message.type is WSMsgType.BINARY:
                raise Close(4002, "a binary frame")
            else:
                return

    def _received(self, connection: Connection, text: str) -> None:
        try:
            frame = json.loads(text)
            op, data = Op(frame["op"]), frame["d"]
        except json.JSONDecodeError:
            raise Close(4002, f"not JSON: {text:.80}") from None
        except (KeyError, TypeError, ValueError):
            raise Close(4001, f"not a frame: {text:.80}") from None
        now = time.monotonic()
        connection.received = [at for at in connection.received if now - at < 60] + [now]
        if len(connection.received) > PER_MINUTE:
            raise Close(4008, f"over {PER_MINUTE} frames in a minute")
        if op is Op.HEARTBEAT:
            self.beat_gaps.append(now - connection.last_beat)
            connection.last_beat = now
            connection.send(Op.ACK)
        elif op is Op.IDENTIFY:
            self._identify(connection, data)
        elif op is Op.RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            raise Close(4003, f"op {op} before identifying")
        elif op is Op.MEMBERS:
            self._members(connection.session, data)
        elif op is not Op.PRESENCE:
            raise Close(4001, f"op {op} is not for clients, or not for this bot")

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            raise Close(4005, "identified twice")
        if data.get("token") != self.token:
            raise Close(4004, "wrong token", is_violation=False)
        shard, shards = data.get("shard", (0, 1))
        if not 0 <= shard < shards:
            raise Close(4010, f"shard {shard} of {shards}")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN:
            raise Close(4013, f"intents {intents!r}")
        if refused := Intent(intents) & PRIVILEGED & ~self.granted:
            raise Close(4014, f"privileged intents that are not granted: {refused!r}", is_violation=False)
        # A process that identifies again will not come back for what its shard held before.
        for old in [one for one in self.sessions.values() if one.shard == shard and one.connection is None]:
            del self.sessions[old.id]
        session = Session(shard, shards, Intent(intents), connection=connection)
        self.sessions[session.id] = session
        connection.session = session
        self._ready(session)
        self.identified.set()

    def _ready(self, session: Session) -> None:
        guilds = [guild for guild in self.world.bot_guilds() if session.covers(guild)]
        bot = self.world.bot
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": user_payload(bot) | {"verified": True, "mfa_enabled": True, "email": None},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": f"{self.url}/resume",
                "shard": [session.shard, session.shards],
                "application": {"id": str(bot.id), "flags": 0},
            },
        )
        for guild in guilds:
            if session.intents & Intent.GUILDS and not guild.unavailable:
                whole = bool(session.intents & Intent.GUILD_MEMBERS)
                session.dispatch("GUILD_CREATE", guild_payload(guild, for_gateway=True, whole=whole))

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if data.get("token") != self.token:
            raise Close(4004, "wrong token", is_violation=False)
        if session is None or connection.session is not None:
            connection.send(Op.INVALID_SESSION, data=False)
            return
        if not isinstance(data["seq"], int) or data["seq"] > len(session.sent):
            raise Close(4007, f"resumes at {data['seq']} of {len(session.sent)}")
        connection.session = session
        session.connection, session.lost_at = connection, None
        for number, frame in session.sent:
            if number > data["seq"]:
                connection.frames.put_nowait(frame)
        self.resumes += 1
        session.dispatch("RESUMED", {"_trace": []})

    def _members(self, session: Session, data: Json) -> None:
        """Answer a request for members; all of them only to who holds the intent."""
        guild = self.world.guilds[int(data["guild_id"])]
        wanted = [int(one) for one in data.get("user_ids") or ()]
        if not wanted and not data.get("query") and not session.intents & Intent.GUILD_MEMBERS:
            raise Close(4014, "all members asked for without the intent")
        found = [
            member
            for member in guild.members.values()
            if (member.user.id in wanted if wanted else member.user.name.startswith(data.get("query") or ""))
        ]
        session.dispatch(
            "GUILD_MEMBERS_CHUNK",
            {
                "guild_id": str(guild.id),
                "members": [member_payload(member) for member in found],
                "chunk_index": 0,
                "chunk_count": 1,
                "not_found": [],
                "nonce": data.get("nonce"),
            },
        )
