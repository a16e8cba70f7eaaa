"""The focal point of an image: what a person chose for the middle of a cut-out.

A point is (x, y), 0 to 1 from the left and from the top of the upright original. On the wire it is
``{"x": 0.3, "y": 0.7}``, in a form the same as text.
"""

import json
from collections.abc import Mapping

from images.errors import FieldInvalid

Point = tuple[float, float]
NAME = "focalPoint"
EXPECTED = f'{NAME}: expected {{"x": 0.3, "y": 0.7}} with numbers from 0 to 1, or null'


def from_text(text: str) -> Point | None:
    """The point that ``text`` of a form writes. Raises ``FieldInvalid``."""
    try:
        return from_json(json.loads(text))
    except (ValueError, RecursionError):
        raise _refused(text) from None


def from_json(value: object) -> Point | None:
    """The point that a JSON value writes; null is none. Raises ``FieldInvalid``."""
    if value is None:
        return None
    if not isinstance(value, Mapping) or set(value) != {"x", "y"}:
        raise _refused(value)
    return check((value["x"], value["y"]))


def written(point: Point) -> dict[str, float]:
    """``point`` as JSON writes it."""
    return {"x": point[0], "y": point[1]}


def check(point: Point | None) -> Point | None:
    """``point`` as it is kept. Raises ``FieldInvalid`` for what is no number, or lies outside of the picture."""
    if point is None:
        return None
    if not all(_is_share(number) for number in point):
        raise _refused(point)
    return abs(float(point[0])), abs(float(point[1]))  # -0 is 0: one point has one text


def _is_share(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= 1


def _refused(value: object) -> FieldInvalid:
    return FieldInvalid(f"{EXPECTED}, got {value!r:.60}")
