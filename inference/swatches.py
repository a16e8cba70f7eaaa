"""Six colours of a picture for buttons, headings and grounds beside it: vivid and quiet ones, light, normal and dark.

Each kind has bounds and an aim of saturation and lightness (HSL); of the colours within the bounds the one that comes
nearest and fills most of the picture is taken. The numbers are those of Android's Palette library, which other
services follow too (https://developer.android.com/reference/androidx/palette/graphics/Target).
"""

import colorsys
from typing import NamedTuple

from inference.colours import LEVELS, Coloured
from inference.palette import Colour, palette

COLOURS = 16  # that a picture is reduced to before
SATURATION, LIGHTNESS, SHARE = 0.24, 0.52, 0.24  # weights of nearness, and of the share beside the largest one


class Bounds(NamedTuple):
    """The lowest value, the one that is wished for, and the highest."""

    low: float
    aim: float
    high: float


VIVID, QUIET = Bounds(0.35, 1, 1), Bounds(0, 0.3, 0.4)
LIGHT, NORMAL, DARK = Bounds(0.55, 0.74, 1), Bounds(0.3, 0.5, 0.7), Bounds(0, 0.26, 0.45)
KINDS = {
    "vibrant": (VIVID, NORMAL),
    "light_vibrant": (VIVID, LIGHT),
    "dark_vibrant": (VIVID, DARK),
    "muted": (QUIET, NORMAL),
    "light_muted": (QUIET, LIGHT),
    "dark_muted": (QUIET, DARK),
}


def swatches(picture: Coloured) -> dict[str, Colour | None]:
    """A colour for each of ``KINDS``, None where the picture has none; no colour is taken twice."""
    tones, found = palette(picture, COLOURS), dict[str, Colour | None]()
    largest = max((tone.share for tone in tones), default=1)
    left = {tone.colour: tone.share / largest for tone in tones}
    for name, bounds in KINDS.items():
        fitting = [colour for colour in left if _fits(colour, bounds)]
        found[name] = max(fitting, key=lambda colour: _score(colour, left[colour], bounds), default=None)
        left = {colour: share for colour, share in left.items() if colour != found[name]}
    return found


def _fits(colour: Colour, bounds: tuple[Bounds, Bounds]) -> bool:
    return all(one.low <= value <= one.high for value, one in zip(_hsl(colour), bounds, strict=True))


def _score(colour: Colour, share: float, bounds: tuple[Bounds, Bounds]) -> float:
    near = [1 - abs(value - one.aim) for value, one in zip(_hsl(colour), bounds, strict=True)]
    return SATURATION * near[0] + LIGHTNESS * near[1] + SHARE * share


def _hsl(colour: Colour) -> tuple[float, float]:
    """Saturation and lightness, 0 to 1."""
    red, green, blue = (value / LEVELS for value in colour)
    _, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    return saturation, lightness
