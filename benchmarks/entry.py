"""The platform's entry, and beside it an answer without any work: what the server itself costs."""

from config.asgi import application as platform
from config.bridge import Receive, Scope, Send

EMPTY = "/empty"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer ``/empty`` with nothing, everything else as the platform does."""
    if scope["type"] != "http" or scope["path"] != EMPTY:
        return await platform(scope, receive, send)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
