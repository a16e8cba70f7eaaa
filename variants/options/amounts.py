"""The kinds of values that name classes of what was detected, with an amount or without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from variants.options import classes
from variants.options.kinds import Number


class Marked(NamedTuple):
    """An amount, and the classes that it holds for."""

    amount: float
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AmountOf:
    """An amount with classes behind it; ``usual`` is the class when none is named. ``name`` is the amount's."""

    number: Number
    name: str
    usual: str

    def parse(self, text: str) -> Marked:
        """``20`` or ``20;person;car``."""
        amount, *labels = text.split(";")
        return Marked(self.number.parse(amount.strip()), classes.labels_of(labels or [self.usual]))

    def check(self, value: object) -> Marked:
        """The same text, the amount alone, or an object of it and ``classes``."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, Mapping):
            value = {self.name: value}
        if not {self.name} <= set(value) <= {self.name, "classes"}:
            raise ValueError(value)
        return Marked(self.number.check(value[self.name]), _listed(value.get("classes", [self.usual])))

    def write(self, value: Marked) -> str:
        """The usual class is left out."""
        labels = () if value.labels == (self.usual,) else value.labels
        return ";".join((self.number.write(value.amount), *map(classes.in_url, labels)))

    def expected(self) -> str:
        """Form."""
        return f"{self.number.expected()}, and classes such as person;car behind it ({self.usual} when none is named)"

    def schema(self) -> dict[str, Any]:
        """The amount, text, or an object."""
        whole = {
            "type": "object",
            "properties": {self.name: self.number.schema(), "classes": classes.schema()},
            "required": [self.name],
            "additionalProperties": False,
        }
        return {"anyOf": [self.number.schema(), {"type": "string", "maxLength": 2000}, whole]}


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes alone; ``true`` is ``usual``, ``false`` is none. The value is a tuple of labels."""

    usual: str

    def parse(self, text: str) -> tuple[str, ...]:
        """``true``, ``false`` or ``person;car``."""
        if text == "false":
            return ()
        return (self.usual,) if text == "true" else classes.labels_of(text.split(";"))

    def check(self, value: object) -> tuple[str, ...]:
        """The same text, a boolean, or a list."""
        if isinstance(value, bool):
            return (self.usual,) if value else ()
        return self.parse(value) if isinstance(value, str) else _listed(value)

    def write(self, value: tuple[str, ...]) -> str:
        """``true`` for the usual class."""
        if not value:
            return "false"
        return "true" if value == (self.usual,) else ";".join(map(classes.in_url, value))

    def expected(self) -> str:
        """Words and form."""
        return f"true ({self.usual}), false or classes such as person;car"

    def schema(self) -> dict[str, Any]:
        """A boolean, text or a list."""
        return {"anyOf": [{"type": "boolean"}, {"type": "string", "maxLength": 2000}, classes.schema()]}


def _listed(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(value)
    return classes.labels_of(value)
