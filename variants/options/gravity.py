"""Where a picture is cut: a side, a point, or a way to look for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from variants.options import objects
from variants.options.numbers import number_of, plain, real, tidy
from variants.options.objects import OBJECTS, Objects

SIDES = {"left": (0, 0.5), "right": (1, 0.5), "top": (0.5, 0), "bottom": (0.5, 1), "center": (0.5, 0.5)}
SIDE_OF = {point: side for side, point in SIDES.items()}
SOUGHT = ("auto", "face", "entropy")
REMAINDER, BOX_CENTER = "remainder", "box-center"
Point = tuple[float, float]
Place = tuple[float, float] | tuple[float, float, str] | str | Objects


@dataclass(frozen=True, slots=True)
class Gravity:
    """A side, ``center``, ``XxY``, or ``auto``, ``face``, ``entropy`` and ``objects``, which look at pixels.

    The value is a point (x, y), 0 to 1 from the left and from the top, that the cut-out and the picture share; with
    ``box-center`` as its third member the point of the picture that the middle of the cut-out is laid on; a word of
    ``SOUGHT``; or ``Objects``.
    """

    def parse(self, text: str) -> Place:
        """A word, ``0.3x0.7``, ``0.3x0.7;box-center`` or ``objects;cat;dog=2``."""
        if text in SOUGHT:
            return text
        if text in SIDES:
            return SIDES[text]
        if text.startswith(OBJECTS):
            return objects.parse(text)
        point, _, mode = text.partition(";")
        x, _, y = point.partition("x")
        return self._place(number_of(x), number_of(y), mode or REMAINDER)

    def check(self, value: object) -> Place:
        """The same text, ``{"x": 0.3, "y": 0.7, "mode": "box-center"}``, in which a missing coordinate is the middle,
        or ``{"objects": {"cat": 1, "dog": 2}}``."""
        if isinstance(value, str):
            return self.parse(value)
        if isinstance(value, Mapping) and set(value) == {OBJECTS}:
            return objects.check(value[OBJECTS])
        if not isinstance(value, Mapping) or not value or not set(value) <= {"x", "y", "mode"}:
            raise ValueError(value)
        return self._place(real(value.get("x", 0.5)), real(value.get("y", 0.5)), value.get("mode", REMAINDER))

    @staticmethod
    def _place(x: float, y: float, mode: object) -> Place:
        if not (0 <= x <= 1 and 0 <= y <= 1) or mode not in (REMAINDER, BOX_CENTER):
            raise ValueError((x, y, mode))
        return (tidy(x), tidy(y), BOX_CENTER) if mode == BOX_CENTER else (tidy(x), tidy(y))

    def write(self, value: Place) -> str:
        """The word where there is one."""
        if isinstance(value, str):
            return value
        if isinstance(value, Objects):
            return objects.write(value)
        point = f"{plain(value[0])}x{plain(value[1])}"
        return f"{point};{value[2]}" if len(value) == 3 else SIDE_OF.get(value) or point

    def expected(self) -> str:
        """Words and form."""
        return (
            f"{', '.join((*SIDES, *SOUGHT))}, XxY with numbers from 0 to 1, such as 0.3x0.7 or 0.3x0.7;{BOX_CENTER}, "
            f"or {OBJECTS}, also with classes and weights such as {OBJECTS};person;dog=2"
        )

    def schema(self) -> dict[str, Any]:
        """Text or an object."""
        share = {"type": "number", "minimum": 0, "maximum": 1}
        point = {"x": share, "y": share, "mode": {"enum": [REMAINDER, BOX_CENTER]}}
        words = "|".join((*SIDES, *SOUGHT))
        return {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": f"^({words}|{OBJECTS}(;.+)?|[0-9.]+x[0-9.]+(;({REMAINDER}|{BOX_CENTER}))?)$",
                },
                {"type": "object", "properties": point, "additionalProperties": False, "minProperties": 1},
                objects.schema(),
            ]
        }
