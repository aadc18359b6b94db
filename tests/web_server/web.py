"""Names with addresses of the real internet, all of which lead to one server on loopback.

What is connected to is noted as it was asked for, before it is led to the server: a test sees the very
addresses. Nothing leaves the machine.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpcore2

from index.sources.web.transport import Network

HERE = Path(__file__).parent
PUBLIC = "93.184.215.14"
"""What a name resolves to unless a test says otherwise: a public address."""


@dataclass(frozen=True)
class Seen:
    """A request as the server got it."""

    host: str
    path: str
    headers: Mapping[str, str]


class Connection:
    """The server's end of a connection, after the request was read."""

    def __init__(self, stream: socket.socket, closing: threading.Event) -> None:
        self._stream = stream
        self.closing = closing

    def send(self, data: bytes) -> bool:
        """Send; False when the other side has gone."""
        try:
            self._stream.sendall(data)
        except OSError:
            return False
        return not self.closing.is_set()

    def drip(self, data: bytes, seconds: float) -> None:
        """Send a byte at a time, until the other side or the test has had enough."""
        for byte in data:
            if not self.send(bytes([byte])) or self.closing.wait(seconds):
                return

    def repeat(self, data: bytes) -> int:
        """Send the same for ever; how many bytes the other side took."""
        sent = 0
        while self.send(data):
            sent += len(data)
        return sent


Behaviour = Callable[[Connection, Seen], object]


def reply(body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer, as an honest server sends it."""
    fields = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


class Web:
    """The small internet; a context manager, because its server must stop."""

    def __init__(self) -> None:
        self.names: dict[str, list[Sequence[str]]] = {}
        """What each name resolves to: one list of addresses a query, the last one for ever."""
        self.pages: dict[str, Behaviour | bytes] = {}
        """What is at `host/path`: bytes that are sent as they are, or a function that does what it wants."""
        self.seen: list[Seen] = []
        self.connected: list[tuple[str, int]] = []
        """The addresses and ports that were asked for, in order."""
        self.queries: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(HERE / "certificate.pem", HERE / "key.pem")
        trust = ssl.create_default_context(cafile=str(HERE / "certificate.pem"))
        self.network = Network(self._resolve, _Streets(self), trust)

    def __enter__(self) -> Web:
        self._plain = self._listen(secure=False)
        self._secure = self._listen(secure=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for listener in (self._plain, self._secure):
            # Closing alone does not wake a thread that waits in accept().
            with socket.create_connection(listener.getsockname()):
                pass
        for thread in self._threads:
            thread.join(10)
        for listener in (self._plain, self._secure):
            listener.close()

    def page(
        self, place: str, body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Put an honest page at `host/path`."""
        self.pages[place] = reply(body.encode() if isinstance(body, str) else body, status, headers)

    def paths(self, host: str) -> list[str]:
        """What was asked of a host, in order, its robots.txt left out."""
        return [seen.path for seen in self.seen if seen.host == host and seen.path != "/robots.txt"]

    def port(self, *, secure: bool = False) -> int:
        """Where the server really listens, for programs that take the real way."""
        return int((self._secure if secure else self._plain).getsockname()[1])

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        with self._lock:
            number = self.queries[host]
            self.queries[host] += 1
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        except OSError:
            if not host.endswith(".example") and host not in self.names:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
            answers = self.names.get(host, [[PUBLIC]])
            return answers[min(number, len(answers) - 1)]
        return [host]

    def _listen(self, *, secure: bool) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", 0))
        self._start(lambda: self._accept(listener, secure))
        return listener

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, secure: bool) -> None:
        while True:
            stream, _ = listener.accept()
            if self._closing.is_set():
                stream.close()
                return
            stream.settimeout(10)
            self._start(lambda stream=stream: self._serve(stream, secure))  # type: ignore[misc]

    def _serve(self, stream: socket.socket, secure: bool) -> None:
        with stream:
            try:
                talking = self._tls.wrap_socket(stream, server_side=True) if secure else stream
            except (OSError, ssl.SSLError):
                return
            with talking:
                self._answer(talking)

    def _answer(self, stream: socket.socket) -> None:
        try:
            seen = _read_request(stream)
        except OSError:
            return
        except ValueError:
            stream.sendall(reply(b"", 400))
            return
        with self._lock:
            self.seen.append(seen)
        found = self.pages.get(seen.host + seen.path, reply(b"nothing here", 404))
        connection = Connection(stream, self._closing)
        if isinstance(found, bytes):
            connection.send(found)
        else:
            found(connection, seen)


class _Streets(httpcore2.NetworkBackend):
    """Leads every address to the server, and notes which was asked for."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._real = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        self._web.connected.append((host, port))
        if host.endswith(".99"):
            raise httpcore2.ConnectError("nobody is there")
        led = self._web.port(secure=port in (443, 8443))
        return self._real.connect_tcp("127.0.0.1", led, timeout, local_address, socket_options)


def _read_request(stream: socket.socket) -> Seen:
    head = b""
    while b"\r\n\r\n" not in head:
        part = stream.recv(65536)
        if not part:
            raise OSError("gone")
        head += part
        if not head.startswith(b"GET "[: len(head)]):
            raise ValueError("no request")
    first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    return Seen(headers["host"].split(":")[0], first.split(" ")[1], headers)
