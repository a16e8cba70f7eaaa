"""brightness, contrast and gamma: one table of 256 levels for all three.

Levels are counted from 0 to 1: times brightness, then (x − 0.5) · contrast + 0.5 (both as in CSS Filter Effects), then
x ^ (1 / gamma), so that gamma 2 lightens. What leaves the range is clipped between the steps.
"""

from functools import lru_cache

import pyvips

from variants.operations.operation import Operation
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.plan import Plan

FACTOR = Number(0, 100)


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """A factor of 0 does nothing, as in Cloudflare's API; alpha stays."""
    return image.maplut(table(levels(options.brightness or 1, options.contrast or 1, options.gamma or 1), image))


@lru_cache(maxsize=256)
def levels(brightness: float, contrast: float, gamma: float) -> bytes:
    """The 256 new levels."""
    return bytes(int(_level(level / 255, brightness, contrast, gamma) * 255 + 0.5) for level in range(256))


def _level(x: float, brightness: float, contrast: float, gamma: float) -> float:
    x = min(x * brightness, 1)
    x = min(max((x - 0.5) * contrast + 0.5, 0), 1)
    return float(x ** (1 / gamma))


def table(levels: bytes, image: pyvips.Image) -> pyvips.Image:
    """The table for the colours of ``image``; its alpha is left as it is."""
    colours = pyvips.Image.new_from_memory(levels, 256, 1, 1, "uchar")
    same = [pyvips.Image.identity()] if image.hasalpha() else []
    return colours.bandjoin([colours, colours, *same]).copy(interpretation="srgb")


tone = Operation(
    "tone",
    run,
    lambda options: any((options[name] or 1) != 1 for name in ("brightness", "contrast", "gamma") if name in options),
    (
        Option(
            "brightness",
            FACTOR,
            "A factor: 0.5 is half as bright, 2 twice; 0 does nothing.",
            1.5,
            default=1,
            section="Colour",
        ),
        Option(
            "contrast",
            FACTOR,
            "A factor: below 1 weaker, above 1 stronger; 0 does nothing.",
            1.5,
            default=1,
            section="Colour",
        ),
        Option(
            "gamma", FACTOR, "An exponent: 0.5 darkens, 2 lightens; 0 does nothing.", 2, default=1, section="Colour"
        ),
    ),
)
