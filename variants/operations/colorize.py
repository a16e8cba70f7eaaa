"""colorize and gradient: a colour laid over the picture, everywhere or growing towards one side.

Both stay within the picture's shape: alpha is left as it is.
"""

import pyvips

from variants.operations.operation import Operation
from variants.options.colour import Colour, channels
from variants.options.kinds import Choice, Number
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts
from variants.plan import Plan

SHARE = Number(0, 1)
TOWARDS = ("bottom", "top", "left", "right")


def run_colorize(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Colours · (1 − opacity) + colour · opacity."""
    *ink, alpha = channels(options.colorize)
    opacity, bands = alpha / 255, image.bands
    keep = [1 - opacity] * 3 + [1] * (bands - 3)
    add = [value * opacity for value in ink] + [0] * (bands - 3)
    return image.linear(keep, add).rint().cast("uchar")


def run_gradient(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """The same with an opacity that grows from 0 at ``start`` to the colour's own at ``end``."""
    colour, towards, start, end = options.gradient
    *ink, alpha = channels(colour)
    opacity = ramp(image, towards, start, end) * (alpha / 255)
    colours = (image[:3] * (1 - opacity) + opacity * ink).rint().cast("uchar").copy(interpretation="srgb")
    return colours.bandjoin(image[3]) if image.hasalpha() else colours


def ramp(image: pyvips.Image, towards: str, start: float, end: float) -> pyvips.Image:
    """0 to 1 across the picture, of the same size, counted at the middle of every pixel."""
    across = towards in ("left", "right")
    length = image.width if across else image.height
    place = pyvips.Image.xyz(length, 1)[0] if across else pyvips.Image.xyz(1, length)[1]
    share = (place + 0.5) / length
    share = 1 - share if towards in ("left", "top") else share
    line = share.linear(1 / (end - start), -start / (end - start)) if end != start else (share >= end) / 255.0
    line = (line > 1).ifthenelse(1, (line < 0).ifthenelse(0, line)).copy_memory()
    return line.replicate(1, image.height) if across else line.replicate(image.width, 1)


colorize = Operation(
    "colorize",
    run_colorize,
    lambda options: options.colorize is not None,
    (Option("colorize", Colour(), "A colour over the whole picture, as strong as it is opaque.", "#ff000066"),),
)
gradient = Operation(
    "gradient",
    run_gradient,
    lambda options: options.gradient is not None,
    (
        Option(
            "gradient",
            Parts(
                (
                    Part("color", Colour()),
                    Part("to", Choice(TOWARDS), "bottom"),
                    Part("start", SHARE, 0),
                    Part("end", SHARE, 1),
                )
            ),
            "A colour over the picture that grows from nothing towards one side, between start and end of the way.",
            example="#000000cc;bottom;0.4;1",
        ),
    ),
)
