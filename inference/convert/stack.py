"""The stack of the machine that reads pickles: values, and marks that say where a group of them begins."""

from typing import Any


class Stack:
    """Plain values only. ``IndexError`` where there are too few, ``TypeError`` where one is of the wrong kind."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._marks: list[int] = []

    def push(self, value: Any) -> None:
        """Lay a value on top."""
        self._values.append(value)

    def pop(self) -> Any:
        """Take the value on top."""
        return self._values.pop()

    def drop(self) -> None:
        """Take the value on top and forget it."""
        self._values.pop()

    def look(self) -> Any:
        """The value on top, which stays."""
        return self._values[-1]

    def mark(self) -> None:
        """What is pushed from now on is a group."""
        self._marks.append(len(self._values))

    def group(self) -> list[Any]:
        """Take the values of the latest group."""
        return self.take(len(self._values) - self._marks.pop())

    def take(self, count: int) -> list[Any]:
        """Take the last values, in the order in which they came."""
        start = len(self._values) - count
        if not 0 <= start <= len(self._values):
            raise IndexError("not as many values")
        values, self._values[start:] = self._values[start:], []
        return values

    def extend(self, values: list[Any]) -> None:
        """Add to the list on top."""
        target = self.look()
        if not isinstance(target, list):
            raise TypeError("not a list")
        target.extend(values)

    def update(self, flat: list[Any]) -> None:
        """Add keys and values in turn to the dictionary on top; a key is a text or a number."""
        target, keys = self.look(), flat[::2]
        if not isinstance(target, dict) or not all(isinstance(key, str | int) for key in keys):
            raise TypeError("not a dictionary with plain keys")
        target.update(zip(keys, flat[1::2], strict=True))
