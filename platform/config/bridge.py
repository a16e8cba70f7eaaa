"""Django behind the ASGI entry: its WSGI handler in threads of its own, the body read to the end before it is called.

Reading first gives every request a ``CONTENT_LENGTH`` (Django loses a chunked form without one), keeps slow clients out
of the threads, and bounds the size before anything is parsed. Answers that stream are streamed, a piece at a time.
"""

import asyncio
import json
import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.conf import settings

from config.environ import environ_of

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]

IN_MEMORY = 2**20
FILE_PIECE = 2**18
# A client that sends too much is listened to a little longer, or it would see a broken connection and no answer.
LISTEN_ON = 64 * 2**20

log = logging.getLogger(__name__)


class BodyTooLong(Exception):
    """More bytes than a request may have."""


class ClientGone(Exception):
    """The client left before its request was complete."""


class Bridge:
    """Hands requests to a WSGI application; bounded in threads and in requests that are inside at a time."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(settings.DJANGO_THREADS, "django")
        self._inside = 0

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what goes wrong before the application sees it is told in the API's envelope."""
        if self._inside >= settings.DJANGO_QUEUE:
            return await refuse(send, 503, 5503, "The server is busy; try again in a moment.")
        self._inside += 1
        try:
            await self._answer(scope, receive, send)
        except BodyTooLong as fault:
            await refuse(send, 413, 7011, f"Request entity is too large: at most {fault} bytes.")
        except TimeoutError:
            await refuse(send, 408, 5408, f"The request took longer than {settings.REQUEST_SECONDS} s to arrive.")
        except ClientGone:
            # Nobody reads this, unless the body was framed wrongly: that looks the same from here.
            await refuse(send, 400, 5433, "The request ended before its body was complete; send it again.")
        finally:
            self._inside -= 1

    def close(self) -> None:
        """Wait for what runs and end the threads."""
        self._threads.shutdown()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            length = await read_body(receive, body, most_bytes(scope))
            start, whole, stream = await self._in_thread(self._call, environ_of(scope, body, length))
            await send(start)
            if stream is None:
                return await send({"type": "http.response.body", "body": whole})
            try:
                await self._stream(stream, send)
            finally:
                await self._in_thread(stream.close)

    async def _stream(self, stream: Any, send: Send) -> None:
        pieces = iter(stream)
        while (piece := await self._in_thread(next, pieces, None)) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _call(self, environ: dict[str, Any]) -> tuple[Message, bytes, Any]:
        """Run the application; the start of its answer, and either its whole body or a stream that is still open."""
        starts: list[Message] = []

        def start_response(status: str, headers: Iterable[tuple[str, str]], exc_info: object = None) -> None:
            raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            starts.append({"type": "http.response.start", "status": int(status[:3]), "headers": raw})

        response = self._application(environ, start_response)
        if getattr(response, "streaming", False):
            response.block_size = FILE_PIECE  # of a file answer: fewer turns through the threads
            return starts[-1], b"", response
        try:
            return starts[-1], b"".join(response), None
        finally:
            response.close()


def most_bytes(scope: Scope) -> int:
    """How long the body of a request may be: calls of the binding carry several pictures."""
    path: str = scope["path"]
    at_root = bool(settings.BINDING_TRUSTED_HOST) and path in ("/info", "/transform")
    return settings.BINDING_REQUEST_BYTES if at_root or path.startswith("/binding/") else settings.MAX_REQUEST_BYTES


async def read_body(receive: Receive, body: IO[bytes], most: int) -> int:
    """Write the body of a request to ``body`` and rewind it; its length in bytes, at most ``most``.

    Raises ``BodyTooLong``, ``ClientGone``, and ``TimeoutError`` for a client that is too slow.
    """
    length, more = 0, True
    async with asyncio.timeout(settings.REQUEST_SECONDS):
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece, more = message.get("body", b""), message.get("more_body", False)
            length += len(piece)
            if length > most + LISTEN_ON:
                raise BodyTooLong(most)
            if length <= most:
                body.write(piece)
    if length > most:
        raise BodyTooLong(most)
    body.seek(0)
    return length


async def refuse(send: Send, status: int, code: int, message: str) -> None:
    """Answer with one error in the API's envelope. The connection ends, since part of the request may be unread."""
    errors = [{"code": code, "message": message}]
    body = json.dumps({"success": False, "errors": errors, "messages": [], "result": None}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        # A page that uploads straight to us must be able to read why it was refused; there is nothing secret in it.
        (b"access-control-allow-origin", b"*"),
        (b"connection", b"close"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
