"""One service that can be asked: its address, the connections to it that are open, and how it did lately."""

import os
import time
from dataclasses import dataclass, field

from inference.connection import Address, BadAnswer, Connection, Reply, Request

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0
"""Seconds for which a replica that failed is left alone: they double with every failure in a row."""
WEIGHT = 0.2
"""Of the last answer in the average of latencies."""
HALF_LIFE = 10.0
"""Seconds after which an average counts half: who was slow once is tried again."""
IDLE = 8
"""Connections that are kept open while nobody uses them."""


class Unreachable(Exception):
    """Nobody listens there; nothing was sent."""


class Broken(Exception):
    """The answer did not come, or not in time."""


@dataclass(slots=True, eq=False)
class Replica:
    """``url``: as of ``Address``. Who holds several of them guards the counts with a lock of its own."""

    url: str
    connect_seconds: float
    outstanding: int = 0
    _seconds: dict[str, tuple[float, float]] = field(default_factory=dict)
    _pause: float = 0.0
    _aside_until: float = 0.0
    _idle: list[Connection] = field(default_factory=list)
    _process: int = field(default_factory=os.getpid)
    _address: Address = field(init=False)

    def __post_init__(self) -> None:
        self._address = Address.of(self.url)

    def ask(self, request: Request, deadline: float) -> Reply:
        """``deadline``: of ``time.monotonic()``. Raises ``Unreachable``, ``Broken``."""
        connection = self._connection(deadline)
        try:
            reply = connection.exchange(request, deadline)
        except (OSError, BadAnswer) as fault:
            connection.close()
            raise Broken(f"{self.url}: {str(fault) or type(fault).__name__}") from fault
        if reply.headers.get("connection", "") != "close" and len(self._idle) < IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    def is_aside(self, now: float) -> bool:
        """Whether it is left alone for the moment."""
        return now < self._aside_until

    def cost(self, path: str, now: float) -> float:
        """Seconds to expect of one more request for ``path``; 0 while that is not known."""
        seconds, at = self._seconds.get(path, (0.0, now))
        faded: float = 0.5 ** ((now - at) / HALF_LIFE)
        return (self.outstanding + 1) * seconds * faded

    def answered(self, path: str, seconds: float | None, now: float) -> None:
        """Note an answer; None where the time says nothing, as of one that was refused."""
        if seconds is not None:
            average, _ = self._seconds.get(path, (seconds, now))
            self._seconds[path] = (average + WEIGHT * (seconds - average), now)
        self._pause = self._aside_until = 0.0

    def failed(self, now: float) -> None:
        """Leave it alone for a while; failures of one moment count once."""
        if not self.is_aside(now):
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self._aside_until = now + self._pause

    def _connection(self, deadline: float) -> Connection:
        if self._process != os.getpid():
            self._idle, self._process = [], os.getpid()  # a fork shares no connections with its parent
        while kept := self._kept():
            if kept.is_alive():
                return kept
            kept.close()
        try:
            return Connection(self._address, max(0.001, min(self.connect_seconds, deadline - time.monotonic())))
        except OSError as fault:
            raise Unreachable(f"{self.url}: {fault.strerror or fault}") from fault

    def _kept(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # another thread took the last one
            return None
