"""What a hostile server does, each a behaviour for `Web.pages`."""

from __future__ import annotations

import gzip
import zlib

from .web import Behaviour, Connection, Seen, reply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def redirect(location: str, status: int = 302) -> bytes:
    """Send whoever asks somewhere else."""
    return reply(b"", status, {"Location": location})


def slow_head(connection: Connection, _: Seen) -> None:
    """Slow-loris: the head never ends, a byte at a time, each well within any read timeout."""
    connection.drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, 0.01)


def slow_body(connection: Connection, _: Seen) -> None:
    """The same in the body, of which there is always a little more."""
    connection.send(HEAD + b"Content-Length: 1000000\r\n\r\n")
    connection.drip(b"<p>slow" * 100_000, 0.01)


def silent(connection: Connection, _: Seen) -> None:
    """Takes the request and never says a word."""
    connection.closing.wait(10)


def endless_body(connection: Connection, _: Seen) -> None:
    """A body without a length, and without an end."""
    connection.send(HEAD + b"\r\n")
    connection.repeat(b"<p>and on and on</p>" * 1000)


def endless_chunks(connection: Connection, _: Seen) -> None:
    """The same in chunks."""
    connection.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    connection.repeat(b"2710\r\n" + b"x" * 10_000 + b"\r\n")


def endless_head(connection: Connection, _: Seen) -> None:
    """Header after header."""
    connection.send(b"HTTP/1.1 200 OK\r\n")
    connection.repeat(b"X-More: " + b"y" * 1000 + b"\r\n")


def endless_hints(connection: Connection, _: Seen) -> None:
    """Informational answers, of which any number may come before the real one."""
    connection.repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")


def gzip_bomb(connection: Connection, _: Seen) -> None:
    """200 MB of zeros in 200 kB."""
    packer = zlib.compressobj(1, wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    connection.send(HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode())
    connection.send(packed)


def many_members(connection: Connection, _: Seen) -> None:
    """A gzip stream of very many empty pieces."""
    packed = gzip.compress(b"") * 200_000
    connection.send(HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode())
    connection.send(packed)


def packed(body: bytes, packing: str) -> bytes:
    """An answer whose body is said to be packed."""
    return reply(body, headers={"Content-Encoding": packing})


def breaks_off(connection: Connection, _: Seen) -> None:
    """Promises more than it sends."""
    connection.send(HEAD + b"Content-Length: 1000\r\n\r\n<p>half of")


def garbage(connection: Connection, _: Seen) -> None:
    """Speaks something else."""
    connection.send(b"220 mail.example ESMTP\r\n" * 10)


def injected(connection: Connection, _: Seen) -> None:
    """Two answers in one: the second must not be taken for anything."""
    connection.send(reply(b"<p>first</p>") + reply(b"<p>second</p>"))


def many(behaviours: list[Behaviour | bytes]) -> Behaviour:
    """A different answer each time, the last one for ever."""
    left = list(behaviours)

    def act(connection: Connection, seen: Seen) -> None:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, bytes):
            connection.send(now)
        else:
            now(connection, seen)

    return act
