"""What a process holds so that it need not be read again: the values used last, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """``size``: bytes of a value. ``limit``: of all together. ``share``: of the limit that one may take; a larger value
    would push out too many. For several threads.
    """

    def __init__(self, size: Callable[[Value], int], limit: Callable[[], int], share: float) -> None:
        self._size, self._limit, self._share = size, limit, share
        self._held: OrderedDict[str, Value] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def fits(self, size: int) -> bool:
        """Whether a value of ``size`` bytes may be held."""
        return size <= self._limit() * self._share

    def get(self, key: str) -> Value | None:
        """What is held under ``key``."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, value: Value) -> None:
        """Hold ``value`` unless it is too large; what was not used for longest goes."""
        if not self.fits(self._size(value)):
            return
        with self._lock:
            self._bytes += self._size(value) - (self._size(self._held.pop(key)) if key in self._held else 0)
            self._held[key] = value
            while self._bytes > self._limit():
                self._bytes -= self._size(self._held.popitem(last=False)[1])

    def clear(self) -> None:
        """Hold nothing."""
        with self._lock:
            self._held.clear()
            self._bytes = 0
