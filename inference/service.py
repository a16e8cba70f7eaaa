"""The service: HTTP in, results out (docs/inference.md). An RSGI application of granian, in one worker process.

RSGI hands over the whole body as one object, and the picture is a view of it. One event loop receives and answers; the
hands of each model (``batch``) do the work.
"""

import asyncio
import contextlib
import hmac
import json
import logging
import time
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Protocol

import pyvips
from granian.rsgi import ProtocolClosed, Scope  # type: ignore[attr-defined]

from inference import memory, wire
from inference.batch import Limits
from inference.configuration import Configuration
from inference.errors import InferenceFault
from inference.models import find
from inference.pool import Pool
from inference.results import LONGEST, Result
from inference.session import Tuning
from inference.status import Status

LARGEST = LONGEST * LONGEST * wire.CHANNELS
"""Bytes of a body, at most."""
BODY_SECONDS = 30.0
PATIENCE = 0.05
"""Seconds before it is watched whether the client leaves: watching costs more than a quick answer."""
QUIET_SECONDS = 5.0
LOOK = "/look/"
METRICS = [("content-type", "text/plain; version=0.0.4; charset=utf-8")]
CLOSED = 499
"""The status of requests whose client left, as nginx counts them."""

log = logging.getLogger(__name__)
Answer = tuple[int, wire.Headers, bytes]


class Exchange(Protocol):
    """What RSGI gives besides the scope: the body, and the ways to answer."""

    def __call__(self) -> Coroutine[Any, Any, bytes]:
        """The whole body."""

    async def client_disconnect(self) -> None:
        """Returns when the client has left."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class Refused(Exception):
    """The request is none of ours; ``status`` says how, ``str()`` why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Service:
    """Answers requests with the models of ``pool``; ``status`` counts them."""

    def __init__(self, configuration: Configuration, pool: Pool, status: Status) -> None:
        self._token = configuration.token.encode()
        self._pool, self._status = pool, status
        self._last = 0.0
        self._tidying: asyncio.TimerHandle | None = None

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The worker stops."""
        self._pool.close()

    async def __rsgi__(self, scope: Scope, protocol: Exchange) -> None:
        """One request."""
        if scope.proto != "http":
            return
        begun = time.perf_counter()
        status, headers, body = await self._answer(scope, protocol)
        protocol.response_bytes(status, headers, body)
        self._tidy_later()
        if scope.path.startswith(LOOK):
            self._status.request(self._label(scope.path), status, time.perf_counter() - begun)

    async def _answer(self, scope: Scope, protocol: Exchange) -> Answer:
        try:
            return await self._route(scope, protocol)
        except Refused as refusal:
            await _drained(scope, protocol)
            return refusal.status, *wire.problem("Refused", str(refusal), refusal.status)
        except InferenceFault as fault:
            return wire.write_fault(fault)
        except Exception as fault:
            log.exception("%s %s", scope.method, scope.path)
            return wire.write_fault(fault)

    async def _route(self, scope: Scope, protocol: Exchange) -> Answer:
        asked = scope.method, scope.path
        if asked == ("GET", "/health"):
            body = json.dumps(self._status.health(self._pool)).encode()
            return 200, [("content-type", "application/json")], body
        self._require_token(scope.headers.get("authorization") or "")
        if asked == ("GET", "/metrics"):
            return 200, METRICS, self._status.metrics(self._pool).encode()
        if scope.path.startswith(LOOK):
            return await self._look(scope, protocol)
        raise Refused(404, f"there is nothing at {scope.path}; see /health, /metrics and {LOOK}<model>")

    def _require_token(self, shown: str) -> None:
        if self._token and not hmac.compare_digest(shown.encode(), b"Bearer " + self._token):
            raise Refused(401, "the bearer token is missing or wrong")

    async def _look(self, scope: Scope, protocol: Exchange) -> Answer:
        """Refuse by the headers alone what can be refused so: nothing is held for it."""
        if scope.method != "POST":
            raise Refused(405, f"{LOOK}<model> takes POST")
        _require_length(scope.headers.get("content-length") or "")
        body = await _body(protocol)
        width, height = wire.size_of(scope.headers)
        picture = wire.picture_of(body, width, height)
        answer = self._pool.ask(scope.path[len(LOOK) :], picture)
        return 200, *wire.write(await _unless_gone(answer, protocol))

    def _tidy_later(self) -> None:
        """Give memory back once it has been quiet for a while: what the allocator keeps makes the next run quicker."""
        self._last = time.monotonic()
        if self._tidying is None:
            self._tidying = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._tidy)

    def _tidy(self) -> None:
        self._tidying = None
        if time.monotonic() - self._last < QUIET_SECONDS:
            self._tidying = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._tidy)
        else:
            asyncio.get_running_loop().run_in_executor(None, memory.give_back)

    def _label(self, path: str) -> str:
        """The model's name, for metrics; what strangers make up is no label."""
        try:
            return find(path[len(LOOK) :], self._pool.folder).name
        except InferenceFault:
            return ""


def application(configuration: Configuration) -> Service:
    """The service as configured; nothing is loaded before it is needed."""
    pyvips.cache_set_max(0)  # no picture comes twice
    status = Status()
    bound = configuration.memory if configuration.provider != "cpu" else 0
    tuning = Tuning(configuration.provider, configuration.threads, bound, configuration.models / ".engines")
    limits = Limits(configuration.most, configuration.queue, configuration.hands)
    pool = Pool(configuration.models, tuning, limits, configuration.memory, status.batch)
    return Service(configuration, pool, status)


def _require_length(header: str) -> None:
    """Raise ``Refused`` unless the body is as long as it says, and no longer than a picture may be."""
    if not (header.isascii() and header.isdigit()):
        raise Refused(411, "the length of the picture must be said in content-length")
    if int(header) > LARGEST:
        raise Refused(413, f"{header} bytes are more than {LARGEST}, {LONGEST}x{LONGEST} pixels of RGB")


async def _body(protocol: Exchange) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await protocol()
    except TimeoutError:
        raise Refused(408, f"the picture did not come within {BODY_SECONDS:g} seconds") from None
    except ProtocolClosed:
        raise Refused(CLOSED, "the client has left") from None


async def _drained(scope: Scope, protocol: Exchange) -> None:
    """Read what is left of a picture that is refused: a client that cannot finish sending hardly reads why."""
    length = scope.headers.get("content-length") or ""
    if length.isascii() and length.isdigit() and 0 < int(length) <= LARGEST:
        with contextlib.suppress(Refused, RuntimeError):  # it has come, or never will
            await _body(protocol)


async def _unless_gone(answer: Future[Result], protocol: Exchange) -> Result:
    """The result; when the client leaves before there is one, the work is given up unless it has begun."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    answer.add_done_callback(lambda _: loop.call_soon_threadsafe(done.set))
    watchers: list[asyncio.Task[None]] = []
    timer = loop.call_later(PATIENCE, lambda: watchers.append(loop.create_task(_watch(protocol, answer))))
    try:
        await done.wait()
        return answer.result()
    except CancelledError:
        raise Refused(CLOSED, "the client has left") from None
    finally:
        timer.cancel()
        for watcher in watchers:
            watcher.cancel()


async def _watch(protocol: Exchange, answer: Future[Result]) -> None:
    await protocol.client_disconnect()
    answer.cancel()
