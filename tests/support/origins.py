"""A web server of the tests' own, whose pictures are transformed."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyvips

Handler = http.server.BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


def picture(width: int = 64, height: int = 48, suffix: str = ".png", shade: int = 90) -> bytes:
    """Bytes of a picture of one colour."""
    body: bytes = (pyvips.Image.black(width, height, bands=3) + [shade, 20, 30]).cast("uchar").write_to_buffer(suffix)
    return body


def sends(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    """Answers so; ``content_length="…"`` becomes a header."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drips(seconds: float) -> Answer:
    """A byte now and then, for so long."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            handler.close_connection = True

    return answer


def tagged(body: bytes, etag: str, **headers: str) -> Answer:
    """Answers 304 to who has ``etag`` already."""

    def answer(handler: Handler) -> None:
        if handler.headers.get("if-none-match") == etag:
            sends(b"", 304, etag=etag, **headers)(handler)
        else:
            sends(body, 200, etag=etag, **headers)(handler)

    return answer


class WebServer:
    """``answers`` by path with query, ``asked``: what came, with headers by lower-case name."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        web = self

        class Asked(Handler):
            def do_GET(self) -> None:
                web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                web.answers.get(self.path, sends(b"", 404))(self)

            def log_message(self, *args: Any) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *args: Any) -> None:
                pass

        self.server = Quiet(("127.0.0.1", 0), Asked)
        self.authority = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.authority}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving() -> Iterator[WebServer]:
    web = WebServer()
    thread = threading.Thread(target=web.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.server.shutdown()
        thread.join()
        web.server.server_close()
