"""The kind of value that says what is written on a picture."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from images.text import is_plain
from variants.options.colour import Colour
from variants.options.drawing import json_in_url
from variants.options.kinds import Number

LONGEST = 1000
FONT = re.compile(r"[\w ,.+-]{1,100}")
SIZE, COLOUR = Number(1, 1000), Colour()


class Words(NamedTuple):
    """A text, the name of an installed font as Pango reads it, its size in pixels, and a colour."""

    text: str
    font: str = "sans"
    size: float = 24
    color: str = "#000000"


@dataclass(frozen=True, slots=True)
class Lettering:
    """Text with font, size and colour; the value is ``Words``."""

    def parse(self, text: str) -> Words:
        """The text alone, or an object in JSON."""
        return self.check(json.loads(text) if text.startswith("{") else text)

    def check(self, value: object) -> Words:
        """The text alone, or an object."""
        if isinstance(value, str):
            value = {"text": value}
        if not isinstance(value, Mapping) or not set(value) <= {"text", "font", "size", "color"}:
            raise ValueError(value)
        known = Words("")
        return Words(
            _text(value.get("text")),
            _font(value.get("font", known.font)),
            SIZE.check(value.get("size", known.size)),
            COLOUR.check(value.get("color", known.color)),
        )

    def write(self, value: Words) -> str:
        """JSON, percent-encoded."""
        return json_in_url(value._asdict())

    def expected(self) -> str:
        """Form."""
        return (
            f"a text of at most {LONGEST} characters, or an object of text, font (the name of an installed one, "
            f"such as Sans Bold), size ({SIZE.expected()}) and color"
        )

    def schema(self) -> dict[str, Any]:
        """Text or an object."""
        text = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        parts = {
            "text": text,
            "font": {"type": "string", "maxLength": 100},
            "size": SIZE.schema(),
            "color": COLOUR.schema(),
        }
        whole = {"type": "object", "properties": parts, "required": ["text"], "additionalProperties": False}
        return {"anyOf": [text, whole]}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise ValueError(value)
    if not is_plain(value.replace("\n", "")):
        raise ValueError(value)
    return value


def _font(value: object) -> str:
    if not isinstance(value, str) or not FONT.fullmatch(value):
        raise ValueError(value)
    return value
