"""Lengths around a picture, in the order of CSS: top, right, bottom, left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from variants.options.colour import Colour
from variants.options.kinds import Number

LENGTH = Number(0, 12_000)
SIDES = ("top", "right", "bottom", "left")
CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")
# Which of the given values holds for which of the four, as in CSS: one for all; vertical and horizontal; and so on.
SPREAD = {1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1), 4: (0, 1, 2, 3)}
Lengths = tuple[float, float, float, float]
MAX = "max"


@dataclass(frozen=True, slots=True)
class Around:
    """One to four lengths in pixels between semicolons; the value is four of them. ``word`` may stand in their place.

    JSON may name them: ``names``.
    """

    names: tuple[str, str, str, str] = SIDES
    word: str = ""

    def parse(self, text: str) -> Lengths | str:
        """``10``, ``10;20``, ``10;20;30`` or ``10;20;30;40``, or the word."""
        if self.word and text == self.word:
            return text
        return _spread([LENGTH.parse(part.strip()) for part in text.split(";")])

    def check(self, value: object) -> Lengths | str:
        """The same text, a number, or an object in which sides that are left out are 0."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, Mapping):
            return _spread([LENGTH.check(value)])
        if not value or not set(value) <= set(self.names):
            raise ValueError(value)
        return _spread([LENGTH.check(value.get(name, 0)) for name in self.names])

    def write(self, value: Lengths | str) -> str:
        """As few numbers as say the same."""
        return value if isinstance(value, str) else _short(value)

    def expected(self) -> str:
        """The order."""
        return f"{';'.join(self.names)} in pixels, or fewer as in CSS" + (f", or {self.word}" if self.word else "")

    def schema(self) -> dict[str, Any]:
        """A number, text, or an object."""
        words = f"{self.word}|" if self.word else ""
        return {
            "anyOf": [
                LENGTH.schema(),
                {"type": "string", "pattern": f"^({words}[0-9.]+(;[0-9.]+){{0,3}})$"},
                _object(self.names),
            ]
        }


Line = tuple[float, float, float, float, str]


@dataclass(frozen=True, slots=True)
class Border:
    """Widths and a colour: ``4;#ff0000``; the value is four widths and the colour, black when it is left out."""

    def parse(self, text: str) -> Line:
        """One to four widths between semicolons, then a colour."""
        parts = [part.strip() for part in text.split(";")]
        colour = BLACK
        if parts[-1] and not (parts[-1][0].isdigit() or parts[-1][0] in "+-."):
            colour = Colour().parse(parts.pop())
        return (*_spread([LENGTH.parse(part) for part in parts]), colour)

    def check(self, value: object) -> Line:
        """The same text, a width, ``{"color": "red", "width": 4}``, or widths of sides in the place of ``width``."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, Mapping):
            return (*_spread([LENGTH.check(value)]), BLACK)
        sides = {name: width for name, width in value.items() if name != "color"}
        if not sides or not (set(sides) == {"width"} or set(sides) <= set(SIDES)):
            raise ValueError(value)
        widths = [LENGTH.check(sides.get("width", sides.get(name, 0))) for name in SIDES]
        return (*_spread(widths), Colour().check(value.get("color", BLACK)))

    def write(self, value: Line) -> str:
        """As few widths as say the same, and the colour."""
        return f"{_short(value[:4])};{Colour().write(value[4])}"

    def expected(self) -> str:
        """Form and example."""
        return "width;colour, such as 4;#ff0000, or one to four widths as in CSS and a colour"

    def schema(self) -> dict[str, Any]:
        """A width, text, or an object."""
        color = {"color": Colour().schema()}
        return {
            "anyOf": [
                LENGTH.schema(),
                {"type": "string", "maxLength": 200},
                _object(("width",), color, ["width"]),
                _object(SIDES, color),
            ]
        }


BLACK = "#000000"


def _object(
    names: tuple[str, ...], more: Mapping[str, Any] | None = None, required: list[str] | None = None
) -> dict[str, Any]:
    properties = {**{name: LENGTH.schema() for name in names}, **(more or {})}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "required": required or [],
    }


def _spread(given: list[float]) -> Lengths:
    if len(given) not in SPREAD:
        raise ValueError(given)
    top, right, bottom, left = (given[at] for at in SPREAD[len(given)])
    return top, right, bottom, left


def _short(lengths: tuple[float, ...]) -> str:
    for count in SPREAD:
        if _spread(list(lengths[:count])) == lengths:
            break
    return ";".join(LENGTH.write(length) for length in lengths[:count])
