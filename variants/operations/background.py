"""background: a colour underneath transparent pixels, and around the picture with fit=pad."""

import pyvips

from variants.operations.operation import Operation
from variants.options.colour import Colour, channels
from variants.options.option import Option, Options
from variants.plan import Plan

WHITE = "#ffffff"


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Lay the colour underneath, then extend the picture with it to the size of its sheet."""
    if options.background and image.hasalpha():
        image = _underneath(image, options.background)
    return image if plan.sheet == plan.size else _padded(image, options.background or WHITE, plan)


def _underneath(image: pyvips.Image, colour: str) -> pyvips.Image:
    red, green, blue, alpha = channels(colour)
    if alpha == 255:
        return image.flatten(background=[red, green, blue])
    sheet = image.new_from_image([red, green, blue, alpha]).copy(interpretation="srgb")
    return sheet.composite2(image, "over").cast("uchar")


def _padded(image: pyvips.Image, colour: str, plan: Plan) -> pyvips.Image:
    red, green, blue, alpha = channels(colour)
    if alpha < 255 and not image.hasalpha():
        image = image.bandjoin(255)
    ink = [red, green, blue, alpha][: image.bands]
    left, top = plan.place
    return image.embed(left, top, *plan.sheet, extend="background", background=ink)


background = Operation(
    "background",
    run,
    lambda options: bool(options.background) or options.fit == "pad",
    (
        Option(
            "background",
            Colour(),
            "Underneath transparent pixels and around the picture with fit=pad; white where one is needed.",
            example="#ff8800",
            section="Frame",
        ),
    ),
    lambda options: options.fit == "pad" and options.background is not None and channels(options.background)[3] < 255,
)
