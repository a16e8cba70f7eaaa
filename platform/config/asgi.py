"""The entry, under granian: delivery paths go to ``variants.delivery``, everything else to Django.

Delivery sees the path as it travelled, which no WSGI server gives, and waits for a render without holding a thread.
"""

import logging
import os

from django.core.wsgi import get_wsgi_application

from config.bridge import Bridge, Receive, Scope, Send
from config.disconnect import unless_gone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
bridge = Bridge(get_wsgi_application())

from variants import delivery  # noqa: E402  (models can be imported only after Django has been set up)

PLAIN = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]

log = logging.getLogger(__name__)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One request, or the life of the worker."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    if scope["type"] != "http":
        return None  # no websockets here
    try:
        request = _request_of(scope)
        if await delivery.is_for(request):
            await _deliver(request, scope, receive, send)
        else:
            await bridge.answer(scope, receive, send)
    except Exception:
        log.exception("%s %s", scope["method"], scope["path"])
        await send({"type": "http.response.start", "status": 500, "headers": PLAIN})
        await send({"type": "http.response.body", "body": b"Internal error. It was logged.\n"})


def _request_of(scope: Scope) -> delivery.Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if len(headers) < len(scope["headers"]):
        headers |= _joined(scope["headers"])
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return delivery.Request(scope["method"], headers.get("host", ""), path, query, headers)


def _joined(lines: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers of which lists may come in several lines."""
    found = {}
    for name in (b"accept", b"if-none-match"):
        if values := [value.decode("latin-1") for key, value in lines if key == name]:
            found[name.decode()] = ", ".join(values)
    return found


async def _deliver(request: delivery.Request, scope: Scope, receive: Receive, send: Send) -> None:
    answer = await unless_gone(delivery.deliver(request), receive)
    if answer is None:
        return
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.file is None or request.method == "HEAD":
        await send({"type": "http.response.body", "body": answer.body})
    else:
        await send({"type": "http.response.pathsend", "path": str(answer.file)})


async def _live(receive: Receive, send: Send) -> None:
    """Start and stop with the worker: afterwards no thread, child or connection is left."""
    await receive()
    await delivery.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    try:
        await delivery.stop()
        bridge.close()
    except Exception:
        log.exception("stopping")
    await send({"type": "lifespan.shutdown.complete"})
