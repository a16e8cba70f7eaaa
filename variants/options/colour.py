"""Colours as CSS writes them."""

import re
from dataclasses import dataclass
from typing import Any

HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{8})")
SHORT_HEX = re.compile(r"#[0-9a-f]{3,4}")
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Colour:
    """Any CSS colour; the value is ``#rrggbb``, or ``#rrggbbaa`` where it lets something through."""

    def parse(self, text: str) -> str:
        """Hexadecimal digits, a name, ``rgb()``, ``hsl()`` and the other functions of CSS Color 4."""
        text = text.lower()
        if SHORT_HEX.fullmatch(text):
            text = "#" + "".join(digit * 2 for digit in text[1:])
        if not HEX.fullmatch(text):
            text = _hexadecimal(text)
        return text[:7] if text.endswith("ff") else text

    def check(self, value: object) -> str:
        """The same text."""
        if not isinstance(value, str):
            raise ValueError(value)
        return self.parse(value.strip())

    def write(self, value: str) -> str:
        """``%23rrggbb``: the sign would begin a fragment."""
        return "%23" + value[1:]

    def expected(self) -> str:
        """Two forms that show the rest."""
        return "a CSS colour, such as #ff8800 or rgb(255 136 0 / 50%)"

    def schema(self) -> dict[str, Any]:
        """Text."""
        return {"type": "string", "maxLength": LONGEST}


def channels(colour: str) -> tuple[int, int, int, int]:
    """Red, green, blue and alpha, each 0 to 255, of a value of ``Colour``."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, int(colour[7:9] or "ff", 16)


def over(colour: str, under: str | None) -> str:
    """``colour`` as it looks on top of ``under``, in sRGB values; itself where nothing lies underneath."""
    if under is None or len(colour) == 7:
        return colour
    (*top, alpha), (*bottom, behind) = channels(colour), channels(under)
    share, rest = alpha / 255, behind / 255 * (1 - alpha / 255)
    total = share + rest
    mixed = (
        [round((one * share + other * rest) / total) for one, other in zip(top, bottom, strict=True)] if total else top
    )
    text = "#" + "".join(f"{value:02x}" for value in (*mixed, round(total * 255)))
    return text[:7] if text.endswith("ff") else text


def _hexadecimal(text: str) -> str:
    """Loaded when the first colour comes that is not plain hexadecimal: the library takes 0.2 s to import."""
    from coloraide import Color

    if len(text) > LONGEST:
        raise ValueError(text[:LONGEST])
    try:
        # Colours outside sRGB lose what cannot be shown, as browsers do it.
        written: str = Color(text).convert("srgb").to_string(hex=True, fit="clip", upper=False)
    except ArithmeticError:
        raise ValueError(text) from None  # numbers beyond any colour
    if not HEX.fullmatch(written):
        raise ValueError(text)
    return written
