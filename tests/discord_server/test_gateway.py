"""The gateway's own rules, spoken to by hand."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from . import FakeDiscord

Socket = aiohttp.ClientWebSocketResponse


async def say(socket: Socket, op: int, data: Any = None) -> None:
    """Send a frame."""
    await socket.send_str(json.dumps({"op": op, "d": data}))


async def identify(discord: FakeDiscord, socket: Socket, **fields: Any) -> None:
    """Introduce a bot."""
    properties = {"os": "linux", "browser": "test", "device": "test"}
    await say(socket, 2, {"token": discord.token, "intents": 1 << 9, "properties": properties, **fields})


async def closed(socket: Socket) -> int | None:
    """The code with which the connection ends, after whatever comes before."""
    async for _ in socket:
        pass
    return socket.close_code


async def wrong_token(discord: FakeDiscord, socket: Socket) -> None:
    await identify(discord, socket, token="wrong")


async def privileged(discord: FakeDiscord, socket: Socket) -> None:
    await identify(discord, socket, intents=1 << 15)


async def unknown_intents(discord: FakeDiscord, socket: Socket) -> None:
    await identify(discord, socket, intents=1 << 40)


async def wrong_shard(discord: FakeDiscord, socket: Socket) -> None:
    await identify(discord, socket, shard=[2, 2])


async def twice(discord: FakeDiscord, socket: Socket) -> None:
    await identify(discord, socket)
    await identify(discord, socket)


async def too_early(discord: FakeDiscord, socket: Socket) -> None:
    await say(socket, 8, {"guild_id": "1"})


async def unknown_op(discord: FakeDiscord, socket: Socket) -> None:
    await say(socket, 99)


async def no_json(discord: FakeDiscord, socket: Socket) -> None:
    await socket.send_str("hello")


async def too_much(discord: FakeDiscord, socket: Socket) -> None:
    for _ in range(121):
        await say(socket, 1)


async def silence(discord: FakeDiscord, socket: Socket) -> None:
    pass


@pytest.mark.parametrize(
    ("act", "code", "violations"),
    [
        (wrong_token, 4004, 0),
        (privileged, 4014, 0),
        (unknown_intents, 4013, 1),
        (wrong_shard, 4010, 1),
        (twice, 4005, 1),
        (too_early, 4003, 1),
        (unknown_op, 4001, 1),
        (no_json, 4002, 1),
        (too_much, 4008, 1),
        pytest.param(silence, 4009, 1, marks=pytest.mark.slow),
    ],
)
def test_misuse_closes_the_connection(
    act: Callable[[FakeDiscord, Socket], Awaitable[None]], code: int, violations: int
) -> None:
    """Each misuse has its code; what an operator can get wrong is no violation of the bot's."""

    async def scene() -> None:
        async with (
            FakeDiscord(heartbeat_seconds=0.1) as discord,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket,
        ):
            await act(discord, socket)
            assert await closed(socket) == code
            assert len(discord.forgive()) == violations

    asyncio.run(scene())


def test_heartbeats_are_acknowledged_and_counted() -> None:
    """Each beat has its answer, and its distance from the one before is kept."""

    async def scene() -> None:
        async with (
            FakeDiscord() as discord,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket,
        ):
            assert await socket.receive_json() == {
                "op": 10,
                "d": {"heartbeat_interval": 41250},
                "s": None,
                "t": None,
            }
            for _ in range(3):
                await say(socket, 1)
                assert (await socket.receive_json())["op"] == 11
            assert len(discord.beat_gaps) == 3

    asyncio.run(scene())


def test_compressed_frames_are_one_stream() -> None:
    """With zlib-stream every frame ends in a sync flush of the same stream."""

    async def scene() -> None:
        async with (
            FakeDiscord() as discord,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json&compress=zlib-stream") as socket,
        ):
            inflate = zlib.decompressobj()
            ops = []
            for _ in range(2):
                frame = await socket.receive_bytes()
                assert frame.endswith(b"\x00\x00\xff\xff")
                ops.append(json.loads(inflate.decompress(frame))["op"])
                await say(socket, 1)
            assert ops == [10, 11]

    asyncio.run(scene())


def test_only_version_10_is_spoken() -> None:
    """Another version is closed with 4012."""

    async def scene() -> None:
        async with (
            FakeDiscord() as discord,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{discord.gateway_url}?v=9&encoding=json") as socket,
        ):
            assert await closed(socket) == 4012
            assert [violation.kind for violation in discord.forgive()] == ["gateway"]

    asyncio.run(scene())
