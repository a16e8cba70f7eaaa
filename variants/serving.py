"""How a result is handed over: until when, under which name, and what happens when there is none."""

import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from variants.errors import Expired
from variants.options.kinds import Choice, Flag
from variants.options.option import Option, Options, merged

LAST_MOMENT = 99_999_999_999  # in the year 5138
LONGEST_NAME = 200
EXTENSIONS = {"image/jpeg": "jpg", "image/svg+xml": "svg"}
UNSAFE_ASCII = re.compile(r'[^ !#-$&-\[\]-~]|["\\]')


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time; the value is Unix time in seconds."""

    def parse(self, text: str) -> int:
        """Digits."""
        if not (text.isascii() and text.isdigit() and len(text) <= 11):
            raise ValueError(text)
        return self._within(int(text))

    def check(self, value: object) -> int:
        """A whole number."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(value)
        return self._within(value)

    @staticmethod
    def _within(moment: int) -> int:
        if not 1 <= moment <= LAST_MOMENT:
            raise ValueError(moment)
        return moment

    def write(self, value: int) -> str:
        """Digits."""
        return str(value)

    def expected(self) -> str:
        """Form."""
        return "a Unix time in seconds"

    def schema(self) -> dict[str, Any]:
        """A whole number."""
        return {"type": "integer", "minimum": 1, "maximum": LAST_MOMENT}


@dataclass(frozen=True, slots=True)
class FileName:
    """A name for a file: text without slashes and control characters."""

    def parse(self, text: str) -> str:
        """The name."""
        return self.check(text)

    def check(self, value: object) -> str:
        """The same text."""
        if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_NAME or value.strip(" .") == "":
            raise ValueError(value)
        if not value.isprintable() or "/" in value or "\\" in value:
            raise ValueError(value)
        return value

    def write(self, value: str) -> str:
        """Percent-encoded."""
        return quote(value, safe="")

    def expected(self) -> str:
        """Form."""
        return f"a file name of at most {LONGEST_NAME} characters, without slashes"

    def schema(self) -> dict[str, Any]:
        """Text."""
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}


OPTIONS = (
    Option(
        "expires",
        Moment(),
        "From this moment on the URL answers 404; until then browsers keep the result no longer.",
        example=4_102_444_800,
        group="delivery",
    ),
    Option(
        "filename",
        FileName(),
        "Name under which browsers save the result; an ending is added where it has none.",
        example="cat.jpg",
        group="delivery",
        label="File name",
    ),
    Option("download", Flag(), "Browsers save the result in place of showing it.", True, (), False, "delivery"),
    Option(
        "onerror",
        Choice(("redirect",)),
        "redirect: where the result cannot be made, browsers are sent to the original.",
        example="redirect",
        group="delivery",
        label="On an error",
    ),
)


@dataclass(frozen=True, slots=True)
class Serving:
    """The options above. ``raw``: what is delivered is an original that was not looked into."""

    expires: int | None = None
    filename: str | None = None
    download: bool = False
    redirects: bool = False
    raw: bool = False


PLAIN = Serving()


@lru_cache(maxsize=4096)
def serving_of(chain: tuple[Options, ...]) -> Serving:
    """What a chain says; the last word counts."""
    options = merged(chain)
    attached = options.download or options.raw
    found = Serving(options.expires, options.filename, attached, options.onerror == "redirect", options.raw)
    return PLAIN if found == PLAIN else found


def check_time(serving: Serving) -> None:
    """Raises ``Expired`` where the time is over."""
    if serving.expires is not None and serving.expires <= time.time():
        raise Expired("the URL has expired")


def disposition(serving: Serving, mime: str) -> str | None:
    """The value of ``Content-Disposition`` (RFC 6266), None where nothing is to be said."""
    if serving.filename is None and not serving.download:
        return None
    ending = EXTENSIONS.get(mime) or mime.rpartition("/")[2]
    name = serving.filename or "picture"
    if "." not in name.strip("."):
        name = f"{name}.{ending}"
    plain = UNSAFE_ASCII.sub("_", name)
    spelled = f'filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}")
    return f"{'attachment' if serving.download else 'inline'}; {spelled}"
