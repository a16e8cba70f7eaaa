"""Drawings as JSON writes them: the options of one drawing, and back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from variants.errors import BadOption
from variants.notation.body import flat
from variants.options.drawing import Draws, Share
from variants.options.lettering import Words
from variants.options.option import Option, Options
from variants.table import TABLE, make, option

MOST = 8  # drawings of one list
DEEPEST = 3  # lists inside each other
SIDES = (("left", "right"), ("top", "bottom"))
SIZES = frozenset({"width", "height"})  # of a drawing these may be shares of the picture below


def option_of(name: str) -> Option | None:
    """The option of that name or alias that a drawing takes."""
    known = option(name)
    if known is None or known.group not in ("transform", "draw"):
        return None
    return replace(known, kind=Share()) if known.name in SIZES else known


OPTIONS = tuple(known for name in TABLE if (known := option_of(name)))


def check(value: object, depth: int = 1) -> tuple[Options, ...]:
    """A list of drawings. Raises ``ValueError`` for another shape, ``BadOption`` for what is wrong inside."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST:
        raise ValueError(value)
    if depth > DEEPEST:
        raise BadOption("draw.draw", "another list", f"at most {DEEPEST} lists of drawings inside each other")
    return tuple(_drawing(one, depth) for one in value)


def _drawing(value: object, depth: int) -> Options:
    if not isinstance(value, Mapping):
        raise ValueError(value)
    values: dict[str, Any] = {}
    for name, given in flat(value, ""):
        known = option_of(name)
        if known is None or known.name in values:
            raise BadOption(f"draw.{name}", given, "the name of an option that a drawing takes, once")
        values[known.name] = _value(known, given, depth)
    if ("image" in values) == ("text" in values):
        raise BadOption("draw", value, "an image or a text in each drawing")
    for one, other in SIDES:
        if one in values and other in values:
            raise BadOption(f"draw.{one}", values[one], f"{one} or {other}, not both")
    return make(values)


def _value(known: Option, given: object, depth: int) -> Any:
    try:
        return check(given, depth + 1) if isinstance(known.kind, Draws) else known.kind.check(given)
    except ValueError:
        raise BadOption(f"draw.{known.name}", given, known.kind.expected()) from None


def plain(drawing: Options) -> dict[str, Any]:
    """The object again: ``check`` gives the drawing back."""
    return {name: _plain(name, value) for name, value in drawing.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Words):
        return value._asdict()
    kind = TABLE[name].kind
    return kind.plain(value) if isinstance(kind, Draws) else unquote(kind.write(value))
