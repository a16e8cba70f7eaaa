"""What a description tells besides sizes: ``faces;palette:8;blurhash:4x3``."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple


class Item(NamedTuple):
    """One thing to be told, and the numbers that go with it."""

    name: str
    numbers: tuple[int, ...] = ()

    @property
    def member(self) -> str:
        """Its name in the JSON that tells it."""
        return self.name.replace("-", "_")


Items = tuple[Item, ...]


class _Numbers(NamedTuple):
    """The numbers when none are said, and the range of each."""

    usual: tuple[int, ...] = ()
    low: int = 0
    high: int = 0


# In the order in which they are told.
ITEMS = {
    "faces": _Numbers(),
    "objects": _Numbers(),
    "saliency": _Numbers(),
    "focal-point": _Numbers(),
    "palette": _Numbers((8,), 2, 256),
    "average": _Numbers(),
    "dominant-color": _Numbers(),
    "dominant-colors": _Numbers(),
    "blurhash": _Numbers((4, 3), 1, 9),
    "thumbhash": _Numbers(),
}
TOGETHER = {"detections": ("faces", "objects")}
MOST = 2 * len(ITEMS)
FORM = re.compile(r"([a-z_-]+)(?::(\d{1,3}(?:x\d{1,3})*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Include:
    """Names of ``ITEMS``, each once; the value is a tuple of ``Item`` in their order."""

    def parse(self, text: str) -> Items:
        """Names between semicolons, with numbers after a colon; ``_`` is as good as ``-``."""
        return self._ordered(text.split(";"))

    def check(self, value: object) -> Items:
        """The same text, or a list of names."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(value)
        return self._ordered(value)

    def _ordered(self, texts: list[str]) -> Items:
        if not 1 <= len(texts) <= MOST:
            raise ValueError(len(texts))
        items = {item for text in texts for item in _items(text.strip())}
        found = {item.name: item for item in items}
        if len(items) != len(found):  # one of them with different numbers
            raise ValueError(texts)
        return tuple(found[name] for name in ITEMS if name in found)

    def write(self, value: Items) -> str:
        """Names between semicolons, numbers included."""
        return ";".join(_written(item) for item in value)

    def expected(self) -> str:
        """All names."""
        names = ", ".join(_written(Item(name, numbers.usual)) for name, numbers in ITEMS.items())
        return f"names between semicolons, out of {names} and {', '.join(TOGETHER)}"

    def schema(self) -> dict[str, Any]:
        """Text or a list."""
        pattern = "[a-z_-]+(:[0-9]+(x[0-9]+)*)?"
        names = {"type": "array", "items": {"type": "string", "pattern": f"^{pattern}$"}, "minItems": 1}
        return {"anyOf": [{"type": "string", "pattern": f"^{pattern}(;{pattern})*$"}, names]}


def _items(text: str) -> Items:
    form = FORM.fullmatch(text)
    if form is None:
        raise ValueError(text)
    name = form[1].replace("_", "-")
    told = tuple(int(number) for number in form[2].split("x")) if form[2] else ()
    if name in TOGETHER and not told:
        return tuple(Item(one) for one in TOGETHER[name])
    return (Item(name, _numbers(name, told)),)


def _numbers(name: str, told: tuple[int, ...]) -> tuple[int, ...]:
    if name not in ITEMS:
        raise ValueError(name)
    usual, low, high = ITEMS[name]
    if told and (len(told) != len(usual) or not all(low <= number <= high for number in told)):
        raise ValueError(told)
    return told or usual


def _written(item: Item) -> str:
    numbers = "x".join(str(number) for number in item.numbers)
    return f"{item.name}:{numbers}" if numbers else item.name
