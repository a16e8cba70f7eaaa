"""Connections to the service: what is read, how long is waited, and how it ends. A real socket."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inference import listener
from inference.connection import Address, Connection, Request
from inference.listener import Answer, Asked, Server

WAIT = 30


class Counting:
    """Answers with the length of the body, or without reading it; ``hold`` keeps answers back."""

    def __init__(self) -> None:
        self.hold, self.begun = threading.Event(), threading.Semaphore(0)
        self.hold.set()

    def answer(self, asked: Asked) -> Answer:
        self.begun.release()
        self.hold.wait(WAIT)
        if asked.target == "/unread":
            return 403, [], b"no"
        try:
            return 200, [("target", asked.target)], str(len(asked.body())).encode()
        except TimeoutError:
            return 408, [], b"late"


class Place:
    """A server that listens at ``path``."""

    def __init__(self, path: Path) -> None:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        listening.listen()
        self.path, self.service = path, Counting()
        self.server = Server(listening, self.service)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.finish()
        self._thread.join(WAIT)
        self.server.server_close()

    def connect(self) -> Connection:
        return Connection(Address(path=str(self.path)), WAIT)

    def say(self, text: bytes) -> socket.socket:
        """A connection on which ``text`` was sent."""
        raw = socket.socket(socket.AF_UNIX)
        raw.settimeout(WAIT)
        raw.connect(str(self.path))
        raw.sendall(text)
        return raw


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Place]]:
    places: list[Place] = []

    def making(**settings: float) -> Place:
        for name, value in settings.items():
            monkeypatch.setattr(listener, name, value)
        places.append(Place(tmp_path_factory.mktemp("s") / "s"))
        return places[-1]

    yield making
    for place in places:
        place.service.hold.set()
        place.stop()


def ask(connection: Connection, path: str = "/look/a", body: bytes = b"abc") -> tuple[int, bytes]:
    reply = connection.exchange(Request("POST", path, {}, memoryview(body)), time.monotonic() + WAIT)
    return reply.status, reply.body


def test_a_connection_serves_one_request_after_the_other(make: Callable[..., Place]) -> None:
    connection = make().connect()
    assert [ask(connection, body=bytes(length))[1] for length in (0, 7, 2**20, 1)] == [b"0", b"7", b"1048576", b"1"]


def test_a_picture_that_nobody_reads_does_not_stand_in_the_way(make: Callable[..., Place]) -> None:
    connection = make().connect()
    assert ask(connection, "/unread", bytes(2**21)) == (403, b"no")
    assert ask(connection) == (200, b"3")


def test_names_are_decoded(make: Callable[..., Place]) -> None:
    reply = make().connect().exchange(Request("GET", "/look/a%20b", {}), time.monotonic() + WAIT)
    assert reply.headers["target"] == "/look/a b"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 1e3\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: \xb2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 3145729\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\ncontent-length: " + b"9" * 5000 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n", 411),
        (b"POST /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"POST / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", 431),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
        (b"POST / HTTP/3.0\r\n\r\n", 505),
    ],
)
def test_what_cannot_be_read_is_refused_and_hung_up_on(make: Callable[..., Place], text: bytes, status: int) -> None:
    with make().say(text) as raw:
        answer = b""
        while data := raw.recv(65536):
            answer += data
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b'"error": "Refused"' in answer


def test_who_stops_in_the_middle_of_a_picture_is_not_waited_for(make: Callable[..., Place]) -> None:
    place = make(REQUEST_SECONDS=0.2)
    with place.say(b"POST /look/a HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc") as raw:
        assert raw.recv(4096).startswith(b"HTTP/1.1 408 ")
        assert raw.recv(4096) == b""


def test_who_stops_in_the_middle_of_a_head_is_not_waited_for(make: Callable[..., Place]) -> None:
    place = make(REQUEST_SECONDS=0.2)
    with place.say(b"POST /look/a HTTP/1.1\r\nhost") as raw:
        assert raw.recv(4096) == b""


def test_who_sends_a_byte_now_and_then_is_not_waited_for(make: Callable[..., Place]) -> None:
    place = make(REQUEST_SECONDS=0.5)
    with place.say(b"POST /look/a HTTP/1.1\r\nhost: ") as raw, pytest.raises(OSError):
        for _ in range(WAIT * 10):
            raw.sendall(b"a")
            time.sleep(0.1)


def test_who_was_never_answered_a_look_may_not_be_idle(make: Callable[..., Place]) -> None:
    place = make(REQUEST_SECONDS=0.2)
    silent, refused = place.connect(), place.connect()
    assert ask(refused, "/unread") == (403, b"no")
    deadline = time.monotonic() + WAIT
    while (silent.is_alive() or refused.is_alive()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not silent.is_alive() and not refused.is_alive()


def test_an_idle_connection_stays_open(make: Callable[..., Place]) -> None:
    connection = make(REQUEST_SECONDS=0.2).connect()
    assert ask(connection) == (200, b"3")
    time.sleep(0.5)
    assert connection.is_alive()
    assert ask(connection) == (200, b"3")


def test_so_many_connections_and_no_more(make: Callable[..., Place]) -> None:
    place = make(CONNECTIONS=2)
    first, second = place.connect(), place.connect()
    assert ask(first) == ask(second) == (200, b"3")
    answers = list[tuple[int, bytes]]()
    third = threading.Thread(target=lambda: answers.append(ask(place.connect())))
    third.start()
    time.sleep(0.2)
    assert answers == []
    first.close()
    third.join(WAIT)
    assert answers == [(200, b"3")]


def test_whoever_has_asked_is_answered_before_the_end(make: Callable[..., Place]) -> None:
    place = make(GRACE_SECONDS=0.2)
    idle, busy = place.connect(), place.connect()
    assert ask(idle) == (200, b"3")
    place.service.begun.acquire()
    place.service.hold.clear()
    replies = []
    request = Request("POST", "/look/a", {}, memoryview(b"abcd"))
    asking = threading.Thread(target=lambda: replies.append(busy.exchange(request, time.monotonic() + WAIT)))
    asking.start()
    place.service.begun.acquire()
    ending = threading.Thread(target=place.stop)
    ending.start()
    time.sleep(0.5)
    assert ending.is_alive()
    place.service.hold.set()
    asking.join(WAIT)
    ending.join(WAIT)
    assert [(reply.body, reply.headers["connection"]) for reply in replies] == [(b"4", "close")]
    assert not idle.is_alive()


def test_a_machine_that_is_gone_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening, Counting())
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        connection = Connection(Address(*listening.getsockname()), WAIT)
        assert ask(connection) == (200, b"3")
        (served,) = server._open  # noqa: SLF001 - nobody else sees the other end
        assert served.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        connection.close()
        server.shutdown()
        server.finish()
        thread.join(WAIT)
