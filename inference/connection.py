"""HTTP/1.1 as far as the service needs it (RFC 9112): a request with a body of known length, an answer with one.

``http.client`` costs 0.25 ms of CPU per answer, most of it for reading headers as those of a mail.
"""

import select
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
SEND_BUFFER = 2**22
"""Bytes, as far as the system allows: a picture goes out in few steps."""
CHUNK = 65536
LARGEST_HEAD, LARGEST_BODY = 65536, 64 * 2**20


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port, with TLS where ``secure``; or the path of a unix socket."""

    host: str = ""
    port: int = 0
    secure: bool = False
    path: str = ""

    @classmethod
    def of(cls, url: str) -> "Address":
        """Read unix:PATH, http://HOST:PORT, https://HOST:PORT. Raises ``ValueError``."""
        if url.startswith("unix:") and url[5:]:
            return cls(path=url[5:])
        parts = urlsplit(url)
        if parts.scheme in PORTS and parts.hostname and parts.path in ("", "/"):
            return cls(parts.hostname, parts.port or PORTS[parts.scheme], parts.scheme == "https")
        raise ValueError(f"{url!r} is none of unix:PATH, http://HOST:PORT, https://HOST:PORT")

    def opened(self, seconds: float) -> socket.socket:
        """A connection, made in so many seconds. Raises ``OSError``."""
        if self.path:
            return _on_unix(self.path, seconds)
        plain = socket.create_connection((self.host, self.port), seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # wrap_socket takes the plain one over, also when it fails.
        return _trust().wrap_socket(plain, server_hostname=self.host) if self.secure else plain

    def __str__(self) -> str:
        """As in a Host header (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if host else "localhost"


class BadAnswer(Exception):
    """What came back is no answer that could be read."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: memoryview = memoryview(b"")

    def head(self, host: str) -> bytes:
        """The lines before the body."""
        lines = (f"{name}: {value}" for name, value in self.headers.items())
        first = (f"{self.method} {self.path} HTTP/1.1", f"host: {host}", f"content-length: {self.body.nbytes}")
        return "\r\n".join((*first, *lines, "", "")).encode("latin-1")


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """An open connection; may be used again after each answer while it ``is_alive``."""

    def __init__(self, address: Address, seconds: float) -> None:
        """Open it, in so many seconds. Raises ``OSError``."""
        self._host = str(address)
        self._socket = address.opened(seconds)

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def __del__(self) -> None:
        # Who drops a client has its idle connections closed.
        if hasattr(self, "_socket"):
            self._socket.close()

    def is_alive(self) -> bool:
        """Whether the other side has left it open while it was idle: one that can be read from was closed."""
        watch = select.poll()
        watch.register(self._socket, select.POLLIN)
        return not watch.poll(0)

    def exchange(self, request: Request, deadline: float) -> Reply:
        """Send, and wait for the answer until ``deadline`` (of ``time.monotonic()``).

        Raises ``OSError``, ``BadAnswer``.
        """
        self._wait_at_most_until(deadline)
        self._socket.sendall(request.head(self._host))
        with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse by the head alone, and hang up
            self._socket.sendall(request.body)
        status, headers, body = self._head(deadline)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= LARGEST_BODY):
            raise BadAnswer(f"no usable content-length: {length!r}")
        return Reply(status, headers, self._body(body, int(length), deadline))

    def _head(self, deadline: float) -> tuple[int, dict[str, str], bytes]:
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > LARGEST_HEAD:
                raise BadAnswer("the head does not end")
            data += self._received(CHUNK, deadline)
        first, *lines = data[:end].decode("latin-1").split("\r\n")
        if not first.startswith("HTTP/1.1 ") or not first[9:12].isdigit():
            raise BadAnswer(f"no HTTP/1.1: {first[:80]!r}")
        pairs = (line.partition(":") for line in lines)
        return int(first[9:12]), {name.lower(): value.strip() for name, _, value in pairs}, data[end + 4 :]

    def _body(self, begun: bytes, length: int, deadline: float) -> bytes:
        parts, missing = [begun], length - len(begun)
        while missing > 0:
            parts.append(self._received(min(missing, LARGEST_BODY), deadline))
            missing -= len(parts[-1])
        if missing < 0:
            raise BadAnswer("there is more than the answer")
        return b"".join(parts)

    def _received(self, most: int, deadline: float) -> bytes:
        self._wait_at_most_until(deadline)
        data = self._socket.recv(most)
        if not data:
            raise BadAnswer("the connection was closed before the answer was complete")
        return data

    def _wait_at_most_until(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("there was no answer in time")
        self._socket.settimeout(left)


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that this machine trusts, read once."""
    return ssl.create_default_context()


def _on_unix(path: str, seconds: float) -> socket.socket:
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        opened.settimeout(seconds)
        opened.connect(path)
    except OSError:
        opened.close()
        raise
    return opened
