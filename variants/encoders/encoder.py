"""What an encoder is, and the options that several encoders read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyvips

from variants.limits import Limits
from variants.options.kinds import Choice, Flag, Number
from variants.options.option import Option, Options
from variants.quality.levels import LEVELS, Goal, Quality, goal_of

DEFAULT_QUALITY = 85
EXACT = 100

OPTIONS = (
    Option(
        "quality",
        Quality(),
        f"How close to the original JPEG, WebP and AVIF are ({DEFAULT_QUALITY} when left out). A name is a loss, for "
        "which the lowest number is searched. 100 makes WebP lossless; below 100 PNG is reduced to a palette.",
        example=50,
        aliases=("q",),
        group="output",
    ),
    Option(
        "lossless",
        Flag(),
        "Write every pixel exactly: WebP and PNG where the format is free, AVIF where it is asked for.",
        example=True,
        default=False,
        group="output",
    ),
    Option(
        "effort",
        Number(0, 9, whole=True),
        "How long WebP (up to 6) and AVIF look for a smaller file.",
        example=4,
        group="output",
    ),
    Option(
        "chroma",
        Choice(("auto", "420", "444")),
        "Colour of JPEG and AVIF at a quarter of the pixels or at all; auto: at all from quality 90 on. With 444 WebP, "
        "which always has a quarter, chooses it with more care.",
        example="444",
        default="auto",
        group="output",
    ),
    Option(
        "progressive",
        Flag(),
        "A first impression of JPEG, PNG and GIF while they load. JPEG does so unless it is very small or very large.",
        example=True,
        group="output",
    ),
    Option(
        "palette",
        Number(2, 256, whole=True),
        "Colours of PNG and GIF, rounded up to 2, 4, 16 or 256. When left out, PNG gets as many as the palette of the "
        "original has, if it has one, and at least 16 where colours were mixed; lossless=true or quality=100 keep "
        "others too.",
        example=4,
        group="output",
    ),
)


@dataclass(frozen=True, slots=True)
class Encoder:
    """``save`` writes 8-bit RGB pixels, with alpha or without, the frames of an animation below each other, at a
    quality from 1 to 100.

    ``lossy`` tells whether the quality matters under these options. ``bounds`` are those of ``auto-quality``, None
    where loss cannot be searched. ``longest`` and ``shortest`` are the sides the format can hold. ``version`` goes up
    with every change that alters a byte.
    """

    format: str
    mime: str
    save: Callable[[pyvips.Image, Options, Limits, int], bytes]
    longest: int
    lossy: Callable[[Options], bool]
    bounds: tuple[int, int] | None = None
    quality: int = DEFAULT_QUALITY
    shortest: int = 1
    options: tuple[Option, ...] = ()
    animates: bool = False
    alpha: bool = True
    version: int = 1

    def wanted(self, options: Options) -> int | Goal:
        """The number, or the goal of a search where one makes sense."""
        own = options.get(f"quality.{self.format}")
        if own is None and options.auto_quality is not None and self.bounds:
            goal = goal_of(options.auto_quality, self.bounds)
            return goal if self.lossy(options) else goal.start
        value: int | str = own or options.quality or self.quality
        if isinstance(value, int):
            return value
        return LEVELS[value] if self.bounds and self.lossy(options) else LEVELS[value].start


def own_quality(form: str, name: str) -> Option:
    """``quality`` for one format alone."""
    return Option(
        f"quality.{form}",
        Quality(),
        f"Quality of {name}, before any other.",
        example=30,
        group="output",
    )


SUBSAMPLING = {"auto": "auto", "420": "on", "444": "off"}


def kept(options: Options, *more: str) -> dict[str, Any]:
    """What of the file around the pixels is written: the profile where it was kept, and ``more``."""
    fields = [*more, *(("icc",) if options.profile == "keep" else ())]
    return {"keep": "|".join(fields) or "none"}


def bits(colours: int) -> int:
    """Of a palette's index."""
    return next(bits for bits in (1, 2, 4, 8) if colours <= 1 << bits)
