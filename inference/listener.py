"""HTTP/1.1 on a socket: the standard library's server, with a thread for every connection.

The thread that reads a picture looks at it and answers. Behind an event loop or a pool of threads, waking one thread
for another took longer than all the rest (docs/decisions/0010).
"""

import io
import logging
import math
import select
import socket
import threading
import time
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Protocol
from urllib.parse import unquote

from inference import wire
from inference.errors import Abandoned

CONNECTIONS = 256
"""Open at most; each may hold one picture. Further ones wait until the system accepts them."""
REQUEST_SECONDS = 30.0
"""For a request to come whole. Who was answered a look may be idle before the next for as long as it likes."""
KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""Seconds until it is asked whether the other end is there, between questions, and how many remain unanswered."""
DIGITS = 12
"""Of a length that is read at all."""
REASONS = {
    411: "the length of the picture must be said in content-length",
    413: f"a picture has {wire.LARGEST} bytes at most",
}
GRACE_SECONDS = 1.0
"""So long clients have to use a connection once more before a process that stops hangs up."""
STOP_SECONDS = 8.0

log = logging.getLogger(__name__)
Answer = tuple[int, wire.Headers, bytes]


class Asked(Protocol):
    """A request, as a service sees it."""

    command: str
    headers: Message

    @property
    def target(self) -> str:
        """The path, decoded."""

    def body(self) -> bytes:
        """The whole body. Raises ``TimeoutError``, ``Abandoned``."""

    def is_waiting(self) -> bool:
        """Whether the client is still there."""


class Service(Protocol):
    """What answers requests, in many threads at a time. It raises nothing."""

    def answer(self, asked: Asked) -> Answer:
        """Status, headers and body."""


class Reading(io.RawIOBase):
    """What comes on a connection until ``deadline`` (of ``time.monotonic()``); then ``TimeoutError``."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self.deadline = connection, math.inf

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:  # anything that can be written to; it has no name before Python 3.12
        """What is there, as soon as there is something; 0 at the end."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not come in time")
        self._connection.settimeout(left if left < math.inf else None)
        return self._connection.recv_into(buffer)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    server: "Server"
    unread = 0
    is_known = False
    """Whether it was answered a look: who was not is not waited for without end."""

    def setup(self) -> None:
        """Read with deadlines."""
        super().setup()
        self.rfile.close()
        self._reading = Reading(self.connection)
        self.rfile = io.BufferedReader(self._reading)

    @property
    def target(self) -> str:
        """As ``Asked``."""
        return unquote(self.path)

    def body(self) -> bytes:
        """As ``Asked``."""
        length, self.unread = self.unread, 0
        try:
            data = self.rfile.read(length)
        except OSError:
            self.close_connection = True
            raise
        if len(data) < length:
            raise Abandoned("the client left before its picture was complete")
        return data

    def is_waiting(self) -> bool:
        """As ``Asked``."""
        watch = select.poll()
        watch.register(self.connection, select.POLLIN)
        try:
            return not watch.poll(0) or self.connection.recv(1, socket.MSG_PEEK) != b""
        except OSError:
            return False

    def handle_one_request(self) -> None:
        """Wait for a request, and answer it."""
        self._reading.deadline = math.inf if self.is_known else time.monotonic() + REQUEST_SECONDS
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the head; False when it was none, and that was answered."""
        self._reading.deadline = time.monotonic() + REQUEST_SECONDS
        if not super().parse_request():
            return False
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers:
            self.send_error(411)
        elif not (length.isascii() and length.isdigit()):
            self.send_error(400, f"content-length cannot be {length!r}")
        elif len(length) > DIGITS or int(length) > wire.LARGEST:
            self.send_error(413)
        else:
            self.unread = int(length)
            return True
        return False

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that cannot be read further, and hang up."""
        self.close_connection, self.request_version = True, self.protocol_version  # until it is read, it is HTTP/0.9
        text = message or REASONS.get(code) or self.responses[code][1]
        self._send(code, *wire.problem("Refused", text, code))

    def log_message(self, *args: Any) -> None:
        """Requests are counted (/metrics), not logged."""

    def _exchange(self) -> None:
        status, headers, body = self.server.service.answer(self)
        self._discard()
        self.is_known |= self.command == "POST" and status == 200
        self.close_connection |= self.server.stopping
        self._send(status, headers, body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _exchange  # noqa: N815 - the library's names

    def _discard(self) -> None:
        """Read what nobody wanted: a client that cannot finish sending hardly reads why."""
        while self.unread and (data := self.rfile.read(min(self.unread, 65536))):
            self.unread -= len(data)

    def _send(self, status: int, headers: wire.Headers, body: bytes) -> None:
        self.connection.settimeout(REQUEST_SECONDS)
        self.send_response_only(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _notice_absence(connection: socket.socket) -> None:
    """Have a connection end some minutes after the machine at its other end is gone, however idle it is."""
    if connection.family != socket.AF_UNIX:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if option := getattr(socket, name, None):  # macOS has not all of them
                connection.setsockopt(socket.IPPROTO_TCP, option, value)


class Server(ThreadingMixIn, TCPServer):
    """Answers with ``service`` whoever connects to ``listening``, a socket of any family."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, service: Service) -> None:
        super().__init__(("", 0), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.service = listening, service
        self.stopping = False
        self._open, self._change = set[socket.socket](), threading.Condition()

    def finish(self) -> None:
        """Answer who asks still, for the last time, and hang up on who is idle. Takes some seconds at most."""
        self.stopping = True
        with self._change:
            self._change.wait_for(lambda: not self._open, GRACE_SECONDS)
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
            self._change.wait_for(lambda: not self._open, STOP_SECONDS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread, as soon as there is room for it."""
        _notice_absence(request)
        with self._change:
            self._change.wait_for(lambda: len(self._open) < CONNECTIONS)
            self._open.add(request)
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread can be started
            self._closed(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """In that thread: as long as the connection is open."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._closed(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is none of our faults."""
        log.debug("a connection broke", exc_info=True)

    def _closed(self, connection: socket.socket) -> None:
        with self._change:
            self._open.discard(connection)
            self._change.notify_all()
