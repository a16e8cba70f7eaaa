"""What a process remembers of the database: each value together with the moment it was read under.

At another moment it is read again, one by one, as it is asked for. What is absent is never remembered.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from variants.threads import in_database

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The last ``size`` values of a function that asks the database, each as new as the moment it is asked at."""

    def __init__(self, read: Callable[[K], V | None], size: int) -> None:
        self._read, self._size = read, size
        self._held: OrderedDict[K, tuple[Hashable, V]] = OrderedDict()
        self._reading: dict[tuple[K, Hashable], asyncio.Task[V | None]] = {}

    async def get(self, key: K, moment: Hashable) -> V | None:
        """The value at ``moment``; None when there is none."""
        held = self._held.get(key)
        if held is not None and held[0] == moment:
            self._held.move_to_end(key)
            return held[1]
        reading = self._reading.get((key, moment))
        if reading is None:
            reading = asyncio.get_running_loop().create_task(self._renew(key, moment))
            self._reading[key, moment] = reading
        return await asyncio.shield(reading)

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self._reading.clear()

    async def _renew(self, key: K, moment: Hashable) -> V | None:
        try:
            value = await in_database(self._read, key)
        finally:
            self._reading.pop((key, moment), None)
        if value is None:
            self._held.pop(key, None)
            return None
        return self.put(key, moment, value)

    def put(self, key: K, moment: Hashable, value: V) -> V:
        """Remember ``value`` as it is at ``moment``; the object that is remembered."""
        held = self._held.pop(key, None)
        if held is not None and held[1] == value:
            value = held[1]  # the same object: what was worked out from it still holds
        self._held[key] = (moment, value)
        if len(self._held) > self._size:
            self._held.popitem(last=False)
        return value
