"""padding: room around the picture, on every side as much as is asked for."""

import pyvips

from variants import framing
from variants.operations.masks import CLEAR
from variants.operations.operation import Operation
from variants.options.colour import channels
from variants.options.option import Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Of the background's colour, else transparent."""
    return surrounded(image, framing.padding(options), options.background or CLEAR)


def surrounded(image: pyvips.Image, widths: framing.Widths, colour: str) -> pyvips.Image:
    """The picture with so many pixels of the colour at its top, right, bottom and left."""
    top, right, bottom, left = widths
    *ink, alpha = channels(colour)
    if alpha < 255 and not image.hasalpha():
        image = image.bandjoin(255)
    return image.embed(
        left,
        top,
        image.width + left + right,
        image.height + top + bottom,
        extend="background",
        background=[*ink, alpha][: image.bands],
    )


padding = Operation(
    "padding",
    run,
    lambda options: any(framing.padding(options)),
    (framing.PADDING,),
    transparent=lambda options: any(framing.padding(options)),
)
