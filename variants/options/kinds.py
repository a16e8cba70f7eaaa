"""The kinds of values that options take.

Text of a URL is read forgivingly (numbers are rounded or clamped where that is documented); JSON exactly.
"""

import math
from dataclasses import dataclass
from typing import Any

from variants.options.numbers import number_of, plain, real, tidy


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``.

    ``whole``: text is rounded half up. ``clamp``: text out of range becomes the nearest end. ``url_high``: how far
    above ``high`` text may go where something later decides whether that is too much. ``words``: names of numbers.
    """

    low: float
    high: float
    whole: bool = False
    clamp: bool = False
    url_high: float | None = None
    words: tuple[tuple[str, int], ...] = ()

    def parse(self, text: str) -> float:
        """A decimal number or a word."""
        for word, named in self.words:
            if text == word:
                return named
        number: float = math.floor(number_of(text) + 0.5) if self.whole else tidy(number_of(text))
        if self.clamp:
            number = min(max(number, self.low), self.high)
        return self._within(number, self.url_high or self.high)

    def check(self, value: object) -> float:
        """A number of the range, or a word."""
        if isinstance(value, str) and value in dict(self.words):
            return dict(self.words)[value]
        number = real(value)
        if self.whole and number != int(number):
            raise ValueError(value)
        return self._within(tidy(number), self.high)

    def _within(self, number: float, high: float) -> float:
        if not self.low <= number <= high:
            raise ValueError(number)
        return number

    def write(self, value: float) -> str:
        """Digits, or the word of a number that is outside of the range."""
        named = [word for word, number in self.words if number == value and not self.low <= value <= self.high]
        return named[0] if named else plain(value)

    def expected(self) -> str:
        """The range in words."""
        text = f"a {'whole ' if self.whole else ''}number from {plain(self.low)} to {plain(self.high)}"
        return text + "".join(f", {word}" for word, _ in self.words)

    def schema(self) -> dict[str, Any]:
        """A number with bounds, or one of the words."""
        number = {"type": "integer" if self.whole else "number", "minimum": self.low, "maximum": self.high}
        if not self.words:
            return number
        return {"anyOf": [number, {"type": "string", "enum": [word for word, _ in self.words]}]}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words. ``same`` leads further spellings to one of them."""

    words: tuple[str, ...]
    same: tuple[tuple[str, str], ...] = ()

    def parse(self, text: str) -> str:
        """The word, or the word of another spelling."""
        word = dict(self.same).get(text, text)
        if word not in self.words:
            raise ValueError(text)
        return word

    def check(self, value: object) -> str:
        """A string; a whole number where the word is one (``rotate: 90``)."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValueError(value)
        return self.parse(value)

    def write(self, value: str) -> str:
        """The word itself."""
        return value

    def expected(self) -> str:
        """All words."""
        return "one of " + ", ".join(self.words)

    def schema(self) -> dict[str, Any]:
        """An enumeration; numbers stand beside their spelling."""
        words = [*self.words, *(spelling for spelling, _ in self.same)]
        numbers = [int(word) for word in words if word.isdecimal()]
        return {"type": ["string", "integer"] if numbers else "string", "enum": [*words, *numbers]}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def parse(self, text: str) -> bool:
        """``true`` or ``false``."""
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"

    def check(self, value: object) -> bool:
        """A JSON boolean."""
        if not isinstance(value, bool):
            raise ValueError(value)
        return value

    def write(self, value: bool) -> str:
        """``true`` or ``false``."""
        return "true" if value else "false"

    def expected(self) -> str:
        """Both words."""
        return "true or false"

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A part of a side: an int is pixels, a float below 1 a fraction of that side."""

    def parse(self, text: str) -> float:
        """A whole number of pixels, or a decimal fraction."""
        return self._amount(number_of(text))

    def check(self, value: object) -> float:
        """The same as a JSON number."""
        return self._amount(real(value))

    @staticmethod
    def _amount(number: float) -> float:
        number = tidy(number)
        if not 0 <= number <= 1_000_000 or (number > 1 and number != int(number)):
            raise ValueError(number)
        return number

    def write(self, value: float) -> str:
        """Digits."""
        return plain(value)

    def expected(self) -> str:
        """Both readings."""
        return "a whole number of pixels, or a fraction of that side between 0 and 1"

    def schema(self) -> dict[str, Any]:
        """A number that is not negative."""
        return {"type": "number", "minimum": 0, "maximum": 1_000_000}


AMOUNT = Amount()
BORDER = "border"
Edges = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sides:
    """``top;right;bottom;left`` as four amounts, or ``border``."""

    def parse(self, text: str) -> Edges | str:
        """Four amounts between semicolons, or the word."""
        if text == BORDER:
            return BORDER
        top, right, bottom, left = (AMOUNT.parse(part.strip()) for part in text.split(";"))
        return top, right, bottom, left

    def check(self, value: object) -> Edges | str:
        """The same text."""
        if not isinstance(value, str):
            raise ValueError(value)
        return self.parse(value)

    def write(self, value: Edges | str) -> str:
        """The same text."""
        return value if isinstance(value, str) else ";".join(AMOUNT.write(amount) for amount in value)

    def expected(self) -> str:
        """Form and word."""
        return "top;right;bottom;left in pixels or fractions, such as 20;30;20;0, or border"

    def schema(self) -> dict[str, Any]:
        """Text."""
        return {"type": "string", "pattern": "^(border|[0-9.]+;[0-9.]+;[0-9.]+;[0-9.]+)$"}
