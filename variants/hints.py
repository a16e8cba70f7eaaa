"""What a browser tells of its screen and its connection: ``width=auto`` and ``slow-connection-quality``.

Both are settled before anything else is asked: a rendition is named by the width and the quality that came out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from variants.bounds import AUTO, LENGTH
from variants.options.option import Option, Options
from variants.quality.levels import Quality

WIDTHS = (320, 768, 960, 1200)
MOBILE, DESKTOP = 768, 1200
SLOW_RTT, SLOW_DOWNLINK = 150, 5  # milliseconds, megabits a second
SLOW_TYPES = frozenset({"slow-2g", "2g", "3g"})
SCREEN_HINTS = ("Sec-CH-Viewport-Width", "Sec-CH-DPR", "Viewport-Width", "DPR")
NETWORK_HINTS = ("RTT", "Save-Data", "ECT", "Downlink")
NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")
PHONE = re.compile(r"Mobi|Android|iPhone|iPod", re.IGNORECASE)
MOST_WIDTHS = 20


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Widths to choose from; the value is a tuple in ascending order."""

    def parse(self, text: str) -> tuple[int, ...]:
        """Whole numbers between semicolons."""
        return self._sorted(LENGTH.parse(part.strip()) for part in text.split(";"))

    def check(self, value: object) -> tuple[int, ...]:
        """The same text, or a list of numbers."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, list):
            raise ValueError(value)
        return self._sorted(LENGTH.check(width) for width in value)

    @staticmethod
    def _sorted(widths: Any) -> tuple[int, ...]:
        found = tuple(sorted({int(width) for width in widths}))
        if len(found) > MOST_WIDTHS:
            raise ValueError(found)
        return found

    def write(self, value: tuple[int, ...]) -> str:
        """Numbers between semicolons."""
        return ";".join(str(width) for width in value)

    def expected(self) -> str:
        """Form."""
        return f"up to {MOST_WIDTHS} widths such as {self.write(WIDTHS)}"

    def schema(self) -> dict[str, Any]:
        """Text or a list."""
        text = {"type": "string", "pattern": "^[0-9]+(;[0-9]+)*$"}
        return {"anyOf": [text, {"type": "array", "items": LENGTH.schema(), "minItems": 1, "maxItems": MOST_WIDTHS}]}


OPTIONS = (
    Option(
        "wbreakpoints",
        Breakpoints(),
        "Widths that width=auto chooses from: the smallest that covers the screen that client hints tell of.",
        example="400;800",
        default=WIDTHS,
        group="delivery",
        label="Widths to choose from",
    ),
    Option(
        "wmobile",
        LENGTH,
        "width=auto on phones without hints.",
        example=400,
        default=MOBILE,
        group="delivery",
        label="Width on phones",
    ),
    Option(
        "wdesktop",
        LENGTH,
        "width=auto on other browsers without hints.",
        example=1600,
        default=DESKTOP,
        group="delivery",
        label="Width on desktops",
    ),
    Option(
        "slow-connection-quality",
        Quality(),
        "Quality in place of any other when the browser tells of a slow connection: rtt above 150 ms, save-data, ect "
        "up to 3g, downlink below 5 Mbit/s.",
        example=40,
        aliases=("scq",),
        group="delivery",
    ),
)


class Seen(NamedTuple):
    """What came out for one browser: the width of each transformation that asks (0 for others), whether the connection
    is slow, and the names of the headers that were looked at."""

    widths: tuple[int, ...] = ()
    slow: bool = False
    vary: tuple[str, ...] = ()
    accept_ch: tuple[str, ...] = ()


NOTHING = Seen()


def asks(chain: tuple[Options, ...]) -> bool:
    """Whether ``chain`` depends on the browser."""
    return any(_asks_width(step) or step.slow_connection_quality is not None for step in chain)


def seen(chain: tuple[Options, ...], headers: Mapping[str, str]) -> Seen:
    """What ``headers`` (names in lower case) say where ``chain`` asks; ``chain`` may be empty."""
    if not asks(chain):
        return NOTHING
    read = _Read(headers)
    widths: tuple[int, ...] = ()
    wanted: tuple[str, ...] = ()
    if any(_asks_width(step) for step in chain):
        pixels, phone = _screen(read)
        widths, wanted = tuple(_width(step, pixels, phone) for step in chain), SCREEN_HINTS
    slow = False
    if any(step.slow_connection_quality is not None for step in chain):
        slow, wanted = _is_slow(read), (*wanted, *NETWORK_HINTS)
    return Seen(widths, slow, tuple(read.names), wanted)


def applied(chain: tuple[Options, ...], found: Seen) -> tuple[Options, ...]:
    """``chain`` with what came out in the place of what was asked."""
    if found is NOTHING:
        return chain
    widths = found.widths or (0,) * len(chain)
    return tuple(_applied(step, width, found.slow) for step, width in zip(chain, widths, strict=True))


def _applied(step: Options, width: int, slow: bool) -> Options:
    values = dict(step)
    if width:
        values["width"] = width
    if slow and step.slow_connection_quality is not None:
        for name in [name for name in values if name == "auto-quality" or name.startswith("quality.")]:
            del values[name]
        values["quality"] = step.slow_connection_quality
    return step.other(values)


class _Read:
    """Headers, and the names of those that were asked for."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self.names: dict[str, None] = {}

    def text(self, name: str) -> str:
        self.names[name] = None
        return self._headers.get(name, "").strip()

    def number(self, *names: str) -> float | None:
        """The first of ``names`` that is a number."""
        for name in names:
            text = self.text(name)
            if NUMBER.fullmatch(text):
                return float(text)
        return None


def _asks_width(step: Options) -> bool:
    return step.width is not None and step.width == AUTO


def _screen(read: _Read) -> tuple[float | None, bool]:
    """Pixels across the window where hints tell, else whether it is a phone."""
    width = read.number("sec-ch-viewport-width", "viewport-width")
    if width:
        return width * (read.number("sec-ch-dpr", "dpr") or 1), False
    told = read.text("sec-ch-ua-mobile")
    return None, told == "?1" if told else bool(PHONE.search(read.text("user-agent")[:500]))


def _width(step: Options, pixels: float | None, phone: bool) -> int:
    if not _asks_width(step):
        return 0
    if pixels is None:
        return int(step.wmobile if phone else step.wdesktop)
    widths: tuple[int, ...] = step.wbreakpoints
    return next((width for width in widths if width >= pixels), widths[-1])


def _is_slow(read: _Read) -> bool:
    if read.text("save-data").lower() == "on" or read.text("ect").lower() in SLOW_TYPES:
        return True
    rtt, downlink = read.number("rtt"), read.number("downlink")
    return (rtt is not None and rtt > SLOW_RTT) or (downlink is not None and downlink < SLOW_DOWNLINK)
