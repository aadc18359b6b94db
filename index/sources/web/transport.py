"""The way to a server: the name is resolved once, its addresses checked, and one of these connected to."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpcore2

from .address import Reach
from .links import Refused

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses; raises OSError."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system, as every program on this machine does."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class Network:
    """The machine's way out, as a seam: tests put names and servers of their own behind it."""

    resolve: Resolve = resolve
    backend: httpcore2.NetworkBackend = field(default_factory=httpcore2.SyncBackend)
    trust: ssl.SSLContext = field(default_factory=httpcore2.default_ssl_context)


class Deadline:
    """The time that the network may take for one link; waiting one's turn does not count."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time spent in here."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._left = self._remaining()
            self._since = None

    def remaining(self) -> float:
        """The seconds left; TimeoutException when there are none."""
        left = self._remaining()
        if left <= 0:
            raise httpcore2.TimeoutException
        return left

    def _remaining(self) -> float:
        return self._left - (0 if self._since is None else time.monotonic() - self._since)


class Guard(httpcore2.NetworkBackend):
    """Connects to nothing that has not been checked.

    This is the last gate before a socket opens: whatever was made of the link before, what is checked
    here is what is connected to, on every redirect anew.
    """

    def __init__(self, network: Network, reach: Reach, deadline: Deadline) -> None:
        self._network = network
        self._reach = reach
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Open a connection to an address of `host`; Refused when any of them is not to be visited."""
        self._reach.check_port(host, port)
        addresses = self._resolve(host, port)
        for address in addresses:
            self._reach.check_address(host, address)
        failure: Exception = httpcore2.ConnectError("the host has no address")
        for address in addresses:
            try:
                stream = self._network.backend.connect_tcp(
                    address, port, self._deadline.remaining(), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Timed(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Never: a link leads to a host."""
        raise Refused("it leads to a socket of this machine")

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        """Resolve in a thread of its own, because the system's resolver knows no deadline."""
        found: list[Sequence[str] | socket.gaierror] = []

        def work() -> None:
            try:
                found.append(self._network.resolve(host, port))
            except (OSError, UnicodeError) as error:
                found.append(socket.gaierror(socket.EAI_NONAME, str(error)))

        thread = threading.Thread(target=work, name="resolve", daemon=True)
        thread.start()
        thread.join(self._deadline.remaining())
        if not found:
            raise httpcore2.ConnectTimeout
        (answer,) = found
        if isinstance(answer, socket.gaierror):
            raise httpcore2.ConnectError(answer)
        return answer


class _Timed(httpcore2.NetworkStream):
    """A connection on which everything together ends in time, however slowly each byte comes."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining())
        return _Timed(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
