"""The bridge to Django: the environ, bodies of every kind, answers that stream, bounds."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from pytest_django import Settings

from config.bridge import Bridge, Message

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


def scope(path: bytes = b"/a%2Fb", query: bytes = b"x=%20", headers: tuple[tuple[bytes, bytes], ...] = ()) -> Message:
    return {
        "type": "http",
        "method": "POST",
        "path": "/a/b",
        "raw_path": path,
        "query_string": query,
        "headers": [(b"host", b"pictures"), *headers],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("10.0.0.9", 4711),
    }


def answer(respond: Callable[[dict[str, Any]], HttpResponse | StreamingHttpResponse], asked: Message,
           messages: list[Message] | None = None) -> list[Message]:  # fmt: skip
    """What the bridge sends for a request, with a WSGI application that answers as Django's handler does."""
    received = iter(messages or [{"type": "http.request", "body": b"", "more_body": False}])
    sent: list[Message] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        response = respond(environ)
        start_response(f"{response.status_code} x", list(response.items()))
        return response

    async def receive() -> Message:
        message = next(received, None)
        if message is None:
            await asyncio.sleep(60)
        return message or {}

    async def send(message: Message) -> None:
        sent.append(message)

    bridge = Bridge(application)
    asyncio.run(bridge.answer(asked, receive, send))
    bridge.close()
    return sent


def environ_of(asked: Message, messages: list[Message] | None = None) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def respond(environ: dict[str, Any]) -> HttpResponse:
        seen.update(environ, body=environ["wsgi.input"].read())
        return HttpResponse()

    answer(respond, asked, messages)
    return seen


def test_the_environ_is_the_request_and_nothing_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_KEY", "hush")
    seen = environ_of(scope())
    assert seen["PATH_INFO"] == "/a/b"
    assert seen["RAW_URI"] == "/a%2Fb?x=%20"
    assert (seen["QUERY_STRING"], seen["CONTENT_LENGTH"]) == ("x=%20", "0")
    assert seen["HTTP_HOST"] == "pictures"
    assert not seen.keys() & os.environ.keys()


def test_utf_8_in_a_path_travels_as_wsgi_wants_it() -> None:
    assert environ_of(scope(path=b"/%C3%A9"))["PATH_INFO"].encode("latin-1").decode() == "/é"


def test_a_body_in_pieces_gets_its_length() -> None:
    pieces = [{"type": "http.request", "body": b"x" * 700_000, "more_body": number < 2} for number in range(3)]
    seen = environ_of(scope(headers=((b"transfer-encoding", b"chunked"),)), pieces)
    assert seen["CONTENT_LENGTH"] == "2100000"
    assert seen["body"] == b"x" * 2_100_000


def test_headers_cannot_pose_as_others() -> None:
    seen = environ_of(scope(headers=((b"x_forwarded_for", b"1"), (b"cookie", b"a=1"), (b"cookie", b"b=2"))))
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert not any("FORWARDED" in name for name in seen)


def test_what_a_proxy_says_is_believed_only_where_there_is_one(settings: Settings) -> None:
    settings.BEHIND_PROXY = False
    headers = ((b"x-forwarded-for", b"6.6.6.6, 7.7.7.7"), (b"x-forwarded-proto", b"https"))
    seen = environ_of(scope(headers=headers))
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("10.0.0.9", "http")
    assert not any("FORWARDED" in name for name in seen)
    settings.BEHIND_PROXY = True
    seen = environ_of(scope(headers=headers))
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("7.7.7.7", "https")


def test_a_whole_answer_is_sent_at_once() -> None:
    start, body = answer(lambda _: HttpResponse(b"hello", status=201, headers={"X-A": "b"}), scope())
    assert start["status"] == 201
    assert (b"x-a", b"b") in start["headers"]
    assert body == {"type": "http.response.body", "body": b"hello"}


def test_a_stream_is_sent_a_piece_at_a_time_and_closed() -> None:
    closed = threading.Event()

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.set()

    _, *bodies = answer(lambda _: StreamingHttpResponse(pieces()), scope())
    assert [body["body"] for body in bodies] == [b"one", b"two", b""]
    assert [body.get("more_body", False) for body in bodies] == [True, True, False]
    assert closed.is_set()


def test_a_file_is_streamed(tmp_path: Any) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1_000_000)
    _, *bodies = answer(lambda _: FileResponse((tmp_path / "file").open("rb")), scope())
    assert sum(len(body["body"]) for body in bodies) == 1_000_000
    assert 3 <= len(bodies) <= 6


@pytest.mark.parametrize("length", [11, 5_000])
def test_a_body_that_is_too_long_is_refused_in_the_envelope(settings: Settings, length: int) -> None:
    settings.MAX_REQUEST_BYTES = 10
    pieces = [{"type": "http.request", "body": b"x" * length, "more_body": False}]
    start, body = answer(lambda _: HttpResponse(), scope(), pieces)
    assert start["status"] == 413
    assert b'"code": 7011' in body["body"]


def test_a_body_without_an_end_is_not_read_for_ever(settings: Settings) -> None:
    settings.MAX_REQUEST_BYTES = 10
    pieces = [{"type": "http.request", "body": b"x" * 2**20, "more_body": True}] * 70
    assert answer(lambda _: HttpResponse(), scope(), pieces)[0]["status"] == 413


def test_a_slow_body_is_given_up(settings: Settings) -> None:
    settings.REQUEST_SECONDS = 0.05
    start, body = answer(lambda _: HttpResponse(), scope(), [{"type": "http.request", "body": b"", "more_body": True}])
    assert start["status"] == 408
    assert b'"code": 5408' in body["body"]


def test_a_body_that_ends_too_early_reaches_no_application() -> None:
    start, body = answer(lambda _: pytest.fail("called"), scope(), [{"type": "http.disconnect"}])
    assert start["status"] == 400
    assert b'"code": 5433' in body["body"]


def test_more_requests_than_may_be_inside_are_told_to_come_again(settings: Settings) -> None:
    settings.DJANGO_QUEUE = 0
    start, _ = answer(lambda _: HttpResponse(), scope())
    assert start["status"] == 503
    assert (b"retry-after", b"2") in start["headers"]
