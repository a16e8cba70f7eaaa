"""One render per key: in this process, on this host, across hosts.

All who ask for a key while it is being made wait for the same answer. Who gets the lock looks into the cache again
first. The last waiter that leaves cancels the work.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from django.conf import settings

from variants.errors import Busy
from variants.locks import hold

T = TypeVar("T")

log = logging.getLogger(__name__)


class _Flight(Generic[T]):
    """Work under way for one key, and how many wait for it."""

    def __init__(self) -> None:
        self.landed: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None
        self.waiters = 0


class Flights(Generic[T]):
    """The work of this process by key. ``seconds``: how long others are waited for; ``floor``: see ``hold``."""

    def __init__(self, seconds: float | None = None, floor: str = "") -> None:
        self._seconds, self._floor = seconds, floor
        self._under_way: dict[str, _Flight[T]] = {}
        self._waiters = 0

    async def once(
        self,
        key: str,
        look: Callable[[], Awaitable[T | None]],
        make: Callable[[], Awaitable[T]],
        keep: Callable[[T], Awaitable[None]],
    ) -> T:
        """What ``look`` finds or ``make`` makes for ``key`` (begins with hexadecimal digits).

        Waiters have their answer before ``keep`` stores it; the key stays locked until it has. Raises ``Busy`` when too
        many wait already, and whatever ``make`` raises, for every waiter.
        """
        if self._waiters >= settings.RENDER_WAITERS:
            raise Busy("too many requests wait for pictures that are being made; try again")
        flight = self._under_way.get(key) or self._start(key, look, make, keep)
        return await self._wait(key, flight)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait([flight.task for flight in self._under_way.values() if flight.task])

    def _start(
        self,
        key: str,
        look: Callable[[], Awaitable[T | None]],
        make: Callable[[], Awaitable[T]],
        keep: Callable[[T], Awaitable[None]],
    ) -> _Flight[T]:
        flight: _Flight[T] = _Flight()

        async def fly() -> None:
            try:
                async with hold(key, self._seconds or settings.RENDER_SECONDS * 2, self._floor):
                    found = await look()
                    result = await make() if found is None else found
                    flight.landed.set_result(result)
                    if found is None:
                        await keep(result)
            except asyncio.CancelledError:
                flight.landed.cancel()
                raise
            except Exception as fault:
                if flight.landed.done():
                    log.exception("a picture was made but could not be kept")
                else:
                    flight.landed.set_exception(fault)
                    flight.landed.exception()  # seen, though every waiter may have left
            finally:
                if self._under_way.get(key) is flight:
                    del self._under_way[key]

        self._under_way[key] = flight
        flight.task = asyncio.get_running_loop().create_task(fly())
        return flight

    async def _wait(self, key: str, flight: _Flight[T]) -> T:
        flight.waiters += 1
        self._waiters += 1
        try:
            return await asyncio.shield(flight.landed)
        finally:
            flight.waiters -= 1
            self._waiters -= 1
            if not flight.waiters and not flight.landed.done() and flight.task:
                if self._under_way.get(key) is flight:
                    del self._under_way[key]  # who comes next starts anew
                flight.task.cancel()
