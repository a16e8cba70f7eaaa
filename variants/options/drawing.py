"""The kinds of values that say what is drawn on a picture, and where."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from images.text import is_plain
from variants.options.numbers import number_of, plain, real, tidy
from variants.options.option import Options

LONGEST_ID = 1024
LARGEST = 12_000
# In a string of JSON these would be taken for a part of the URL's own notation.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOTATION = re.compile(r"[()\[\]{},~=%;]")


def in_url(text: str) -> str:
    """``text`` percent-encoded whole; ``~`` too, which joins transformations."""
    return quote(text, safe="").replace("~", "%7E")


def json_in_url(value: Any) -> str:
    """``value`` as JSON, percent-encoded, its strings free of anything that the notation of URLs reads."""
    text = json.dumps(value, separators=(",", ":"))
    text = _STRING.sub(lambda string: _NOTATION.sub(lambda sign: f"\\u{ord(sign[0]):04x}", string[0]), text)
    return in_url(text)


@dataclass(frozen=True, slots=True)
class ImageId:
    """The id of an image of the account. ``without``: characters that must not occur where it stands."""

    without: str = ""

    def parse(self, text: str) -> str:
        """The decoded id."""
        if not 0 < len(text) <= LONGEST_ID or not is_plain(text) or set(text) & set(self.without):
            raise ValueError(text)
        return text

    def check(self, value: object) -> str:
        """The same text."""
        if not isinstance(value, str):
            raise ValueError(value)
        return self.parse(value)

    def write(self, value: str) -> str:
        """Percent-encoded."""
        return in_url(value)

    def expected(self) -> str:
        """In words."""
        return "the id of an image of the account" + (f" without {self.without!r}" if self.without else "")

    def schema(self) -> dict[str, Any]:
        """Text."""
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}


@dataclass(frozen=True, slots=True)
class Offset:
    """Pixels, or a fraction of the picture's side; negative ones hang over the edge."""

    def parse(self, text: str) -> float:
        """A whole number, or a decimal fraction between -1 and 1."""
        return self._offset(number_of(text))

    def check(self, value: object) -> float:
        """The same as a JSON number."""
        return self._offset(real(value))

    @staticmethod
    def _offset(number: float) -> float:
        number = tidy(number)
        if abs(number) > LARGEST or (abs(number) >= 1 and number != int(number)):
            raise ValueError(number)
        return number

    def write(self, value: float) -> str:
        """Digits."""
        return plain(value)

    def expected(self) -> str:
        """Both readings."""
        return f"a whole number of pixels from -{LARGEST} to {LARGEST}, or a fraction of the side between -1 and 1"

    def schema(self) -> dict[str, Any]:
        """A number."""
        return {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}


@dataclass(frozen=True, slots=True)
class Share:
    """A length in pixels, or a fraction of the side of the picture that is drawn on."""

    def parse(self, text: str) -> float:
        """A whole number of pixels, or a decimal fraction below 1."""
        return self._share(number_of(text))

    def check(self, value: object) -> float:
        """The same as a JSON number."""
        return self._share(real(value))

    @staticmethod
    def _share(number: float) -> float:
        number = tidy(number)
        if not 0 < number <= LARGEST or (number > 1 and number != int(number)):
            raise ValueError(number)
        return number

    def write(self, value: float) -> str:
        """Digits."""
        return plain(value)

    def expected(self) -> str:
        """Both readings."""
        return f"a whole number of pixels from 1 to {LARGEST}, or a fraction of that side of the picture below 1"

    def schema(self) -> dict[str, Any]:
        """A number above 0."""
        return {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}


@dataclass(frozen=True, slots=True)
class Repeat:
    """Whether a drawing is repeated; the value is a word, empty for once."""

    def parse(self, text: str) -> str:
        """``true``, ``false``, ``x`` or ``y``."""
        if text not in ("true", "false", "x", "y"):
            raise ValueError(text)
        return "" if text == "false" else text

    def check(self, value: object) -> str:
        """A boolean or a word."""
        if isinstance(value, bool):
            return "true" if value else ""
        if not isinstance(value, str):
            raise ValueError(value)
        return self.parse(value)

    def write(self, value: str) -> str:
        """The word."""
        return value or "false"

    def expected(self) -> str:
        """All values."""
        return "true, false, x or y"

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": ["boolean", "string"], "enum": [True, False, "true", "false", "x", "y"]}


@dataclass(frozen=True, slots=True)
class Draws:
    """A list of drawings; the value is a tuple of ``Options``, each with those of group ``draw`` and its own."""

    def parse(self, text: str) -> tuple[Options, ...]:
        """JSON as text."""
        try:
            return self.check(json.loads(text))
        except RecursionError:
            raise ValueError(text[:40]) from None

    def check(self, value: object) -> tuple[Options, ...]:
        """A list of objects. What is wrong inside one of them is named as ``draw.<option>``."""
        from variants.notation import drawings  # it asks the table of options, which this kind is part of

        return drawings.check(value)

    def write(self, value: tuple[Options, ...]) -> str:
        """JSON, percent-encoded."""
        return json_in_url(self.plain(value))

    @staticmethod
    def plain(value: tuple[Options, ...]) -> list[dict[str, Any]]:
        """The list of objects again."""
        from variants.notation import drawings

        return [drawings.plain(one) for one in value]

    def expected(self) -> str:
        """Form."""
        return 'a list of drawings, such as [{"image": "logo", "right": 10, "bottom": 10, "opacity": 0.5}]'

    def schema(self) -> dict[str, Any]:
        """A list of the drawings that ``notation/schema.py`` describes."""
        return {"type": "array", "items": {"$ref": "#/components/schemas/Drawing"}, "minItems": 1}
