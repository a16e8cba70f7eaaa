"""What an encoder is, and the options that say how a result is written."""

from collections.abc import Callable
from dataclasses import dataclass

import pyvips

from variants.limits import Limits
from variants.options.kinds import Choice, Number
from variants.options.option import Option, Options

DEFAULT_QUALITY = 85
LEVELS = (("high", 90), ("medium-high", 70), ("medium-low", 50), ("low", 35))

OPTIONS = (
    Option(
        "quality",
        Number(1, 100, whole=True, clamp=True, words=LEVELS),
        f"How close to the original JPEG, WebP and AVIF are ({DEFAULT_QUALITY} when left out); 100 makes WebP "
        "lossless; below 100 PNG is reduced to a palette.",
        example=50,
        aliases=("q",),
        group="output",
    ),
    Option(
        "metadata",
        Choice(("keep", "copyright", "none")),
        "What JPEG keeps of EXIF: all of it, the copyright alone, or nothing. Other formats keep nothing.",
        example="none",
        default="copyright",
        group="output",
    ),
)


@dataclass(frozen=True, slots=True)
class Encoder:
    """``save`` writes 8-bit sRGB pixels, with alpha or without, the frames of an animation below each other.

    ``longest`` is the longest side the format can hold. ``version`` goes up with every change that alters a byte.
    """

    format: str
    mime: str
    save: Callable[[pyvips.Image, Options, Limits], bytes]
    longest: int
    animates: bool = False
    alpha: bool = True
    version: int = 1


def quality(options: Options) -> int:
    """1 to 100."""
    return options.quality or DEFAULT_QUALITY
