"""The kinds of values that speak of objects in a picture: which of them, and where they are to lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from variants.options import classes
from variants.options.compass import EDGES
from variants.options.drawing import Offset
from variants.options.kinds import Number
from variants.options.numbers import plain

OBJECTS = "objects"
WEIGHT = Number(0, 1000)
SHARE = Number(0, 1)
OFFSET = Offset()
POINT, PROPORTIONAL = "point", "prop"


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects by class and weight, in the order of the alphabet; none: all of them, each with weight 1.

    Only the classes that are named count. ``all`` names every other class of object; ``face`` is one only by its name.
    """

    weights: tuple[tuple[str, float], ...] = ()

    def weight(self, label: str) -> float:
        """How much an object of that label counts, 0 for not at all."""
        weights, label = dict(self.weights or ((classes.ALL, 1.0),)), label.lower()
        if label == classes.FACE:
            return weights.get(label, 0)
        return weights.get(label, weights.get(classes.ALL, 0))

    @property
    def sought(self) -> frozenset[Literal["faces", "objects"]]:
        """What must be looked for."""
        return classes.sought(label for label, _ in self.weights or ((classes.ALL, 1),))


def parse(text: str) -> Objects:
    """``objects``, ``objects;cat``, ``objects;all;cat=2``. Raises ``ValueError``."""
    word, *parts = text.split(";")
    if word != OBJECTS:
        raise ValueError(text)
    pairs = [part.partition("=") for part in parts]
    return _objects([(label, WEIGHT.parse(weight.strip()) if equals else 1) for label, equals, weight in pairs])


def check(value: object) -> Objects:
    """Labels in a list, or with their weights in an object. Raises ``ValueError``."""
    if isinstance(value, Mapping) and value:
        return _objects([(label, WEIGHT.check(weight)) for label, weight in value.items()])
    if isinstance(value, list) and value:
        return _objects([(label, 1) for label in value])
    raise ValueError(value)


def _objects(pairs: list[tuple[Any, float]]) -> Objects:
    if not pairs:
        return Objects()
    labels = [classes.label_of(label) for label, _ in pairs]
    weights = dict(zip(labels, (weight for _, weight in pairs), strict=True))
    return Objects(tuple((label, weights[label]) for label in classes.labels_of(labels)))


def write(value: Objects) -> str:
    """Weights of 1 are left out."""
    return ";".join([OBJECTS, *(classes.in_url(label) + _weight(weight) for label, weight in value.weights)])


def _weight(weight: float) -> str:
    return "" if weight == 1 else f"={plain(weight)}"


def schema() -> dict[str, Any]:
    """A list, or an object of weights."""
    weights = {"type": "object", "additionalProperties": WEIGHT.schema(), "minProperties": 1}
    named = {OBJECTS: {"anyOf": [classes.schema(), weights]}}
    return {"type": "object", "properties": named, "required": [OBJECTS], "additionalProperties": False}


class Position(NamedTuple):
    """Where in the result objects lie. ``where`` is a point of the compass, then x and y lead away from the edges;
    ``point``, then they are shares of the result from the left and from the top; or ``prop``: as in the picture."""

    where: str
    x: float = 0
    y: float = 0


MIDDLE = Position("ce")


@dataclass(frozen=True, slots=True)
class Placement:
    """The kind of a ``Position``."""

    def parse(self, text: str) -> Position:
        """``ce``, ``no;0;10``, ``0.5x0.3`` or ``prop``."""
        where, *offsets = (part.strip() for part in text.split(";"))
        if where in EDGES and len(offsets) <= 2:
            return Position(where, *(OFFSET.parse(offset or "0") for offset in offsets))
        if text == PROPORTIONAL:
            return Position(PROPORTIONAL)
        x, _, y = text.partition("x")
        return Position(POINT, SHARE.parse(x), SHARE.parse(y))

    def check(self, value: object) -> Position:
        """The same text, or ``{"x": 0.5, "y": 0.3}``, of which a missing one is the middle."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, Mapping) or not value or not set(value) <= {"x", "y"}:
            raise ValueError(value)
        return Position(POINT, SHARE.check(value.get("x", 0.5)), SHARE.check(value.get("y", 0.5)))

    def write(self, value: Position) -> str:
        """Offsets of 0 are left out."""
        if value.where == PROPORTIONAL:
            return PROPORTIONAL
        if value.where == POINT:
            return f"{plain(value.x)}x{plain(value.y)}"
        offsets = (value.x, value.y) if value.y else (value.x,) if value.x else ()
        return ";".join((value.where, *map(plain, offsets)))

    def expected(self) -> str:
        """Words and form."""
        return f"one of {', '.join(EDGES)}, with offsets as in no;0;10, or XxY such as 0.5x0.3, or {PROPORTIONAL}"

    def schema(self) -> dict[str, Any]:
        """Text or a point."""
        point = {"x": SHARE.schema(), "y": SHARE.schema()}
        return {
            "anyOf": [
                {"type": "string", "maxLength": 40},
                {"type": "object", "properties": point, "additionalProperties": False, "minProperties": 1},
            ]
        }
