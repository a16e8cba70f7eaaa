"""Eyes: what looks at pictures, in this process (``Here``) or over HTTP (``Remote``). Both give the same answers."""

import json
import random
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import numpy as np

from inference import wire
from inference.connection import Reply, Request
from inference.errors import InferenceFault, Unavailable
from inference.picture import check
from inference.replica import Broken, Replica, Unreachable
from inference.results import Picture, Result

CONNECT_SECONDS, TOTAL_SECONDS, HEALTH_SECONDS = 0.5, 30.0, 2.0
BUSY = 503
TRIES = 2


class Eyes(Protocol):
    """What can look at a picture. ``look`` may be called from any thread."""

    def look(self, model: str, picture: Picture) -> Result:
        """What the model of that name says of ``picture``: height x width x 3, uint8, RGB, sides of 1 to 1024; the
        result is in its pixels.

        Raises ``PictureRefused``, ``ModelUnknown``, ``ModelMissing``, ``WeightsDamaged``, ``Busy``, ``Unavailable``.
        """


class Here:
    """Looks in this process, with the weights in ``folder``. Needs onnxruntime, which ``Remote`` does not."""

    def __init__(self, folder: Path) -> None:
        from inference.pool import Pool  # onnxruntime is optional, and large

        self.pool = Pool(folder)

    def look(self, model: str, picture: Picture) -> Result:
        """As ``Eyes``."""
        return self.pool.look(model, picture)

    def close(self) -> None:
        """Let the models go."""
        self.pool.close()


class Remote:
    """Asks one of several services, the one that will probably answer first: by what it has to do and did lately.

    ``urls``: unix:PATH, http://HOST:PORT or https://…. ``connect``, ``total``: seconds for reaching one, for a look.
    One that fails is left alone for a moment, and another is tried; where nobody listens that is said at once.
    """

    def __init__(
        self, urls: Sequence[str], token: str = "", connect: float = CONNECT_SECONDS, total: float = TOTAL_SECONDS
    ) -> None:
        self._replicas = [Replica(url, connect) for url in urls]
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._total = total
        self._lock = threading.Lock()

    def look(self, model: str, picture: Picture) -> Result:
        """As ``Eyes``."""
        check(picture)
        height, width = picture.shape[:2]
        headers = self._headers | {wire.WIDTH: str(width), wire.HEIGHT: str(height)}
        body = np.ascontiguousarray(picture).data.cast("B")
        reply = self._ask(Request("POST", f"/look/{quote(model)}", headers, body))
        if reply.status != 200:
            raise wire.read_fault(reply.status, reply.body)
        return wire.read(reply.headers, reply.body)

    def health(self) -> dict[str, Any]:
        """What each service says of itself, by URL; ``{"status": "unavailable", "reason": …}`` of one that is away."""
        return {replica.url: self._health(replica) for replica in self._replicas}

    def _ask(self, request: Request) -> Reply:
        """The first answer of a service that is not busy. A request that broke in the middle is tried once more
        elsewhere and then no more: it may be what breaks them. Raises ``Busy``, ``Unavailable``.
        """
        deadline, tries = time.monotonic() + self._total, TRIES
        fault: InferenceFault = Unavailable("there is no service that could look at the picture at the moment")
        for replica in self._order(request.path):
            try:
                reply = self._try(replica, request, deadline)
            except (Unreachable, Broken) as away:
                fault = Unavailable(f"the service that looks at pictures does not answer: {away}")
                tries -= isinstance(away, Broken)
                if not tries or time.monotonic() > deadline:
                    break
                continue
            if reply.status != BUSY:
                return reply
            fault = wire.read_fault(reply.status, reply.body)
        raise fault

    def _order(self, path: str) -> list[Replica]:
        """Those that may be asked, the best first; of equals at random, so that not all start with the same."""
        now = time.monotonic()
        with self._lock:
            able = [replica for replica in self._replicas if not replica.is_aside(now)]
            random.shuffle(able)
            return sorted(able, key=lambda replica: (replica.cost(path, now), replica.outstanding))

    def _try(self, replica: Replica, request: Request, deadline: float) -> Reply:
        begun = time.monotonic()
        with self._lock:
            replica.outstanding += 1
        try:
            reply = replica.ask(request, deadline)
        except (Unreachable, Broken):
            with self._lock:
                replica.outstanding -= 1
                replica.failed(time.monotonic())
            raise
        now = time.monotonic()
        with self._lock:
            replica.outstanding -= 1
            replica.answered(request.path, now - begun if reply.status == 200 else None, now)
        return reply

    def _health(self, replica: Replica) -> dict[str, Any]:
        try:
            reply = replica.ask(Request("GET", "/health", self._headers), time.monotonic() + HEALTH_SECONDS)
            told: dict[str, Any] = json.loads(reply.body)
        except (Unreachable, Broken, ValueError) as fault:
            return {"status": "unavailable", "reason": str(fault)}
        return told
