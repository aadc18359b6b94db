"""FakeDiscord: the whole server, and what people do in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from aiohttp import web

from .acting import unanswered
from .core import Core, Fault, Request, limited
from .errors import Violation
from .exchange import Exchange
from .gateway import Gateway, Intent, Op
from .people import People
from .rest import PREFIX, Rest
from .world import EPHEMERAL, Message, User, World

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabCdE.0123456789abcdefghijklmnopqrstuvwxyz012"  # of nobody's bot


class FakeDiscord(People):
    """A strict Discord on loopback, for one bot.

    Leaving the context fails when the bot did what it must never do (`violations`).
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        granted: Iterable[str] = (),
        acknowledge_within: float = 3.0,
        token_seconds: float = 900.0,
        heartbeat_seconds: float = 41.25,
        shards: int = 1,
        attachment_size_limit: int = 10 * 2**20,
        checks_itself: bool = True,
    ) -> None:
        """`granted` names privileged intents, as `message_content`."""
        self.bot = User("Byline", bot=True)
        self.attachment_size_limit = attachment_size_limit
        intents = Intent(0)
        for name in granted:
            intents |= Intent[name.upper()]
        world = World(self.bot)
        gateway = Gateway(world, token, intents, heartbeat_seconds)
        core = Core(world, gateway, token, acknowledge_within, token_seconds, checks_itself, shards=shards)
        super().__init__(core)
        self._runner: web.AppRunner | None = None
        self._forgiven = 0

    async def __aenter__(self) -> Self:
        """Listen on a free port of loopback."""
        self._runner = web.AppRunner(Rest(self.core).application(), shutdown_timeout=1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.core.api_url = f"http://{host}:{port}{PREFIX}"
        self.core.cdn_url = f"http://{host}:{port}/cdn"
        self.core.gateway_url = self.core.gateway.url = f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; AssertionError names every violation unless the test failed by itself."""
        found = self.violations
        await self.core.gateway.drop(1001)
        assert self._runner is not None
        await self._runner.cleanup()
        if error is None:
            assert not found, "\n".join(["the bot did what it must not:", *map(str, found)])

    @property
    def url(self) -> str:
        """The address of the REST API, for `discord.api_url`."""
        return self.core.api_url

    @property
    def gateway_url(self) -> str:
        """The address of the gateway, for `discord.gateway_url`."""
        return self.core.gateway_url

    @property
    def cdn_url(self) -> str:
        """The address of the CDN, for `discord.cdn_url`."""
        return self.core.cdn_url

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.core.token

    @property
    def violations(self) -> list[Violation]:
        """Everything the bot did that it must never do, oldest first."""
        late = [
            Violation("never acknowledged", one.state())
            for one in unanswered(self.core.exchanges.values(), self.core.acknowledge_within)
            if time.monotonic() - one.started > self.core.acknowledge_within
        ]
        return (self.core.violations + self.core.gateway.violations + late)[self._forgiven :]

    def forgive(self) -> list[Violation]:
        """Take the violations so far, for a test that provoked them."""
        found = self.violations
        self._forgiven += len(found)
        return found

    @property
    def requests(self) -> list[Request]:
        """Every request the bot made, oldest first."""
        return self.core.requests

    def asked(self, name: str) -> list[Request]:
        """The requests of one route, as `PUT /applications/{application_id}/commands`."""
        return [request for request in self.requests if request.name == name]

    @property
    def beat_gaps(self) -> list[float]:
        """Seconds between heartbeats."""
        return self.core.gateway.beat_gaps

    async def connected(self, timeout: float = 10) -> None:
        """Wait until a bot has identified since the last call; its READY and servers are on their way."""
        async with asyncio.timeout(timeout):
            await self.core.gateway.identified.wait()
        self.core.gateway.identified.clear()

    async def drop_gateway(self, *, resumable: bool = True) -> None:
        """Cut every gateway connection; the bot resumes, or must identify anew."""
        if not resumable:
            self.core.gateway.forget_sessions()
        await self.core.gateway.drop()

    @asynccontextmanager
    async def offline(self) -> AsyncIterator[None]:
        """Cut every gateway connection and let none be made inside the context; REST goes on."""
        gateway = self.core.gateway
        gateway.is_up.clear()
        try:
            await gateway.drop()
            yield
        finally:
            gateway.is_up.set()

    def ask_reconnect(self) -> None:
        """Ask every connection to come again, as Discord does before maintenance."""
        for session in self.core.gateway.sessions.values():
            if session.connection is not None:
                session.connection.send(Op.RECONNECT)

    def rate_limit(self, route: str, retry_after: float, *, times: int = 1, is_global: bool = False) -> None:
        """Answer the next requests of a route (`PATCH /channels/{}/messages/{}`) with 429."""
        body, headers = limited(retry_after, is_global=is_global)
        self.core.faults.append(Fault(route, times, 429, body, headers))

    def fail(self, route: str, status: int, code: int = 0, text: str = "", *, times: int = 1) -> None:
        """Answer the next requests of a route with an error."""
        self.core.faults.append(Fault(route, times, status, {"code": code, "message": text}, {}))

    def expire(self, exchange: Exchange, code: int = 50027) -> None:
        """From now on its callback answers 10062 and its webhook 50027 (401), or 10015 (404)."""
        text = {50027: "Invalid Webhook Token", 10015: "Unknown Webhook"}[code]
        exchange.expired = (code, text)

    def delete(self, message: Message) -> None:
        """Somebody deletes a message."""
        self.core.withdraw(message)

    def dismiss(self, message: Message) -> None:
        """The person dismisses an ephemeral message."""
        assert message.flags & EPHEMERAL
        message.deleted = True
