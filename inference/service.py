"""The service: pictures in, results out (docs/inference.md)."""

import hmac
import json
import logging
import time

import pyvips

from inference import arena, wire
from inference.batch import Limits
from inference.configuration import Configuration
from inference.errors import InferenceFault
from inference.listener import REASONS, Answer, Asked
from inference.memory import Tidy
from inference.models import find
from inference.pool import Pool
from inference.session import Tuning
from inference.status import Status

LOOK = "/look/"
METRICS = [("content-type", "text/plain; version=0.0.4; charset=utf-8")]

log = logging.getLogger(__name__)


class Refused(Exception):
    """The request is none of ours; ``status`` says how, ``str()`` why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Looking:
    """Answers requests with the models of ``pool``; ``status`` counts them."""

    def __init__(self, token: str, pool: Pool, status: Status) -> None:
        self._token, self._pool, self._status = token.encode(), pool, status
        self._tidy = Tidy(arena.give_back)

    def answer(self, asked: Asked) -> Answer:
        """As ``listener.Service``."""
        begun, path = time.perf_counter(), asked.target
        status, headers, body = self._answer(asked, path)
        self._tidy.later()
        if path.startswith(LOOK):
            self._status.request(self._label(path), status, time.perf_counter() - begun)
        return status, headers, body

    def _answer(self, asked: Asked, path: str) -> Answer:
        try:
            return self._route(asked, path)
        except Refused as refusal:
            return refusal.status, *wire.problem("Refused", str(refusal), refusal.status)
        except InferenceFault as fault:
            return wire.write_fault(fault)
        except Exception as fault:
            log.exception("%s %s", asked.command, path)
            return wire.write_fault(fault)

    def _route(self, asked: Asked, path: str) -> Answer:
        what = asked.command, path
        if what == ("GET", "/health"):
            body = json.dumps(self._status.health(self._pool)).encode()
            return 200, [("content-type", "application/json")], body
        self._require_token(asked.headers.get("authorization", ""))
        if what == ("GET", "/metrics"):
            return 200, METRICS, self._status.metrics(self._pool).encode()
        if path.startswith(LOOK):
            return self._look(asked, path[len(LOOK) :])
        raise Refused(404, f"there is nothing at {path}; see /health, /metrics and {LOOK}<model>")

    def _require_token(self, shown: str) -> None:
        if self._token and not hmac.compare_digest(shown.encode(), b"Bearer " + self._token):
            raise Refused(401, "the bearer token is missing or wrong")

    def _look(self, asked: Asked, model: str) -> Answer:
        if asked.command != "POST":
            raise Refused(405, f"{LOOK}<model> takes POST")
        if "content-length" not in asked.headers:
            raise Refused(411, REASONS[411])
        width, height = wire.size_of(asked.headers)
        try:
            picture = wire.picture_of(asked.body(), width, height)
        except TimeoutError:
            raise Refused(408, "the picture did not come in time") from None
        return 200, *wire.write(self._pool.look(model, picture, asked.is_waiting))

    def _label(self, path: str) -> str:
        """The model's name, for metrics; what strangers make up is no label."""
        try:
            return find(path[len(LOOK) :], self._pool.folder).name
        except InferenceFault:
            return ""


def service_of(configuration: Configuration) -> Looking:
    """The service as configured; nothing is loaded before it is needed."""
    pyvips.cache_set_max(0)  # no picture comes twice
    status = Status()
    bound = configuration.memory if configuration.provider != "cpu" else 0
    tuning = Tuning(configuration.provider, configuration.threads, bound, configuration.models / ".engines")
    limits = Limits(configuration.most, configuration.queue)
    pool = Pool(configuration.models, tuning, limits, configuration.memory, status.batch)
    return Looking(configuration.token, pool, status)
