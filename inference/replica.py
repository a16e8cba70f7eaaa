"""One service that can be asked: its address, the connections to it that are open, and how it did lately."""

import http.client
import os
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0
"""Seconds for which a replica that failed is left alone: they double with every failure in a row."""
WEIGHT = 0.2
"""Of the last answer in the average of latencies."""
HALF_LIFE = 10.0
"""Seconds after which an average counts half: who was slow once is tried again."""
IDLE = 8
"""Connections that are kept open while nobody uses them."""
HOST = "inference"


class Unreachable(Exception):
    """Nobody listens there; nothing was sent."""


class Broken(Exception):
    """The answer did not come, or not in time."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request."""

    method: str
    path: str
    headers: dict[str, str]
    body: memoryview | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection(http.client.HTTPConnection):
    """HTTP over TCP or a unix socket, with limits on connecting and on the whole exchange."""

    def __init__(self, address: tuple[str, int] | str, connect_seconds: float) -> None:
        host, port = (HOST, 80) if isinstance(address, str) else address
        super().__init__(host, port, timeout=connect_seconds)
        self._path = address if isinstance(address, str) else None

    def connect(self) -> None:
        """Open the socket. Raises ``OSError``."""
        if self._path is None:
            return super().connect()
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def is_alive(self) -> bool:
        """Whether the other side has left an idle connection open: one that can be read from was closed."""
        watch = select.poll()
        watch.register(self.sock, select.POLLIN)
        return not watch.poll(0)

    def exchange(self, request: Request, deadline: float) -> Reply:
        """Send a request, read its answer. Raises ``OSError`` and ``http.client.HTTPException``."""
        self.sock.settimeout(_left(deadline))
        self.request(request.method, request.path, body=request.body, headers=request.headers)
        self.sock.settimeout(_left(deadline))
        answer = self.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, names, answer.read())


@dataclass(slots=True, eq=False)
class Replica:
    """``url``: unix:PATH or http://HOST:PORT. Who holds several of them guards the counts with a lock of its own."""

    url: str
    connect_seconds: float
    outstanding: int = 0
    _seconds: dict[str, tuple[float, float]] = field(default_factory=dict)
    _pause: float = 0.0
    _aside_until: float = 0.0
    _idle: list[Connection] = field(default_factory=list)
    _process: int = field(default_factory=os.getpid)

    def __post_init__(self) -> None:
        _address(self.url)

    def ask(self, request: Request, deadline: float) -> Reply:
        """``deadline``: of ``time.monotonic()``. Raises ``Unreachable``, ``Broken``."""
        connection = self._connection(deadline)
        try:
            reply = connection.exchange(request, deadline)
        except (OSError, http.client.HTTPException) as fault:
            connection.close()
            raise Broken(f"{self.url}: {str(fault) or type(fault).__name__}") from fault
        if connection.sock is not None and len(self._idle) < IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    def is_aside(self, now: float) -> bool:
        """Whether it is left alone for the moment."""
        return now < self._aside_until

    def cost(self, path: str, now: float) -> float:
        """Seconds to expect of one more request for ``path``; 0 while that is not known."""
        seconds, at = self._seconds.get(path, (0.0, now))
        faded: float = 0.5 ** ((now - at) / HALF_LIFE)
        return (self.outstanding + 1) * seconds * faded

    def answered(self, path: str, seconds: float | None, now: float) -> None:
        """Note an answer; None where the time says nothing, as of one that was refused."""
        if seconds is not None:
            average, _ = self._seconds.get(path, (seconds, now))
            self._seconds[path] = (average + WEIGHT * (seconds - average), now)
        self._pause = self._aside_until = 0.0

    def failed(self, now: float) -> None:
        """Leave it alone for a while; failures of one moment count once."""
        if not self.is_aside(now):
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self._aside_until = now + self._pause

    def _connection(self, deadline: float) -> Connection:
        if self._process != os.getpid():
            self._idle, self._process = [], os.getpid()  # a fork shares no connections with its parent
        while self._idle:
            if (kept := self._idle.pop()).is_alive():
                return kept
            kept.close()
        connection = Connection(_address(self.url), min(self.connect_seconds, _left(deadline)))
        try:
            connection.connect()
        except OSError as fault:
            connection.close()
            raise Unreachable(f"{self.url}: {fault.strerror or fault}") from fault
        return connection


def _address(url: str) -> tuple[str, int] | str:
    """A path, or host and port. Raises ``ValueError``."""
    if url.startswith("unix:") and url[5:]:
        return url[5:]
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname and parts.path in ("", "/"):
        return parts.hostname, parts.port or 80
    raise ValueError(f"{url!r} is neither unix:PATH nor http://HOST:PORT")


def _left(deadline: float) -> float:
    """Seconds until then; never 0, which sockets take for no waiting at all."""
    return max(deadline - time.monotonic(), 0.001)
