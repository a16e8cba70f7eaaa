"""Angles in degrees."""

from dataclasses import dataclass
from typing import Any

from variants.options.numbers import number_of, plain, real, tidy

LARGEST = 36_000


@dataclass(frozen=True, slots=True)
class Angle:
    """Any number of degrees, clockwise; the value lies from 0 to below 360."""

    def parse(self, text: str) -> float:
        """A decimal number; 360 is 0 and -90 is 270."""
        return self._turned(number_of(text))

    def check(self, value: object) -> float:
        """The same as text or as a number."""
        return self.parse(value) if isinstance(value, str) else self._turned(real(value))

    @staticmethod
    def _turned(degrees: float) -> float:
        if not -LARGEST <= degrees <= LARGEST:
            raise ValueError(degrees)
        return tidy(tidy(degrees) % 360) % 360

    def write(self, value: float) -> str:
        """Digits."""
        return plain(value)

    def expected(self) -> str:
        """What is taken."""
        return f"a number of degrees from {-LARGEST} to {LARGEST}"

    def schema(self) -> dict[str, Any]:
        """A number, or its text."""
        number = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
        return {"anyOf": [number, {"type": "string", "pattern": "^[+-]?[0-9.]+$"}]}
