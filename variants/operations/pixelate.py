"""pixelate: squares of one colour, that hide what the picture shows."""

import pyvips

from variants.operations.operation import Operation
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.plan import Plan

LARGEST = 12_000


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Every square is the mean of its pixels, those of transparent ones left out; the last ones may be cut."""
    return squares(image, options.pixelate)


def squares(image: pyvips.Image, side: int) -> pyvips.Image:
    """``side`` is in pixels, above 0."""
    across, down = min(side, image.width), min(side, image.height)
    pixels = image.premultiply() if image.hasalpha() else image
    small = pixels.shrink(across, down, ceil=True)
    small = small.unpremultiply() if image.hasalpha() else small
    small = small.rint().cast("uchar").copy_memory()
    return small.zoom(across, down).crop(0, 0, image.width, image.height)


pixelate = Operation(
    "pixelate",
    run,
    lambda options: options.pixelate > 1,
    (
        Option(
            "pixelate",
            Number(0, LARGEST, whole=True),
            "Side of squares of one colour, in pixels of the result; 0 and 1 do nothing.",
            example=10,
            default=0,
            protects=True,
        ),
    ),
)
