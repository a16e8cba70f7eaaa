"""GET /healthz: 200 when this process can serve, 503 with the names of what is wrong."""

import functools
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from images.box import the_box
from images.errors import BoxBusy
from images.storage import storage
from variants import eyesight

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 2.0
SERVICE_SECONDS = 3.0
BUSY_SECONDS = 1.0
PROBE_GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")
PROBE_LIMITS = {"max_pixels": 1, "max_side": 1, "max_animation_pixels": 1}
PROBE_KEY = "health/{}"
EXTRA = frozenset({"inference"})  # the rest is served without it


class Unfit(Exception):
    """A part does not do its work; ``str()`` is a sentence that may be shown to anybody."""


@dataclass(frozen=True)
class Health:
    """What was found when: name of a part → "ok" or what is wrong with it."""

    parts: dict[str, str]
    at: float

    @property
    def fit(self) -> bool:
        """Whether every part does its work that must."""
        return all(text == "ok" for name, text in self.parts.items() if name not in EXTRA)


def check_database() -> None:
    """The database answers, and every migration has run."""
    if not _migrated():
        raise Unfit("migrations are missing: run manage.py migrate")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_storage() -> None:
    """An object can be stored, read and removed."""
    key, body = PROBE_KEY.format(secrets.token_hex(8)), secrets.token_bytes(16)
    storage().put(key, body, "application/octet-stream")
    same = storage().get(key) == body
    storage().delete_prefix(key)
    if not same:
        raise Unfit("storage gave back other bytes than it was given")


def check_redis() -> None:
    """Redis answers."""
    _redis(settings.REDIS_URL).ping()


def check_box() -> None:
    """A child of the render box decodes a picture of one pixel, or is there and has too much else to do."""
    box = the_box()
    try:
        ticket = box.submit("images.decode:probe", PROBE_LIMITS, PROBE_GIF)
    except BoxBusy:
        return
    try:
        ticket.future.result(BUSY_SECONDS)
    except (TimeoutError, BoxBusy):
        box.cancel(ticket)
        if not box.pids():
            raise Unfit("no render child could be started; see the log of the server") from None


def check_inference() -> None:
    """Somebody looks at pictures, and has models for every task."""
    if (text := eyesight.remembered()) != eyesight.OK:
        raise Unfit(text)


def examine(now: float) -> Health:
    """Look at every part. What a part says in detail goes to the log, not to the visitor."""
    checks: dict[str, Callable[[], None]] = {"database": check_database, "storage": check_storage, "render": check_box}
    if settings.REDIS_URL:
        checks["redis"] = check_redis
    if settings.INFERENCE_URLS:
        checks["inference"] = check_inference
    return Health({name: _outcome(name, check) for name, check in checks.items()}, now)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer from what was found in the last two seconds, so that asking often costs little."""
    global _last
    now = time.monotonic()
    if now - _last.at > REMEMBERED_SECONDS:
        _last = examine(now)
    body = {"status": "ok" if _last.fit else "unfit", "parts": _last.parts}
    return JsonResponse(body, status=200 if _last.fit else 503, headers={"Cache-Control": "no-store"})


_last = Health({}, float("-inf"))


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Unfit as fault:
        return str(fault)
    except Exception:
        log.exception("health: %s does not answer", name)
        return "does not answer; see the log of the server"
    return "ok"


def _migrated() -> bool:
    """Whether nothing is left to migrate; asked of the database until it was so once."""
    try:
        return _migrated_once()
    except Unfit:
        return False


@functools.cache
def _migrated_once() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unfit
    return True


@functools.cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=SERVICE_SECONDS, socket_connect_timeout=SERVICE_SECONDS)
