"""border: a line around the picture, outside of it; with rounded corners it follows them, as in CSS."""

import pyvips

from variants import framing
from variants.operations.corners import radii
from variants.operations.masks import CLEAR, mixed, rounded
from variants.operations.operation import Operation
from variants.operations.padding import surrounded
from variants.options.colour import channels, over
from variants.options.option import Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Drawn over the background where the colour lets something through."""
    widths, colour = framing.border(options), over(options.border[4], options.background)
    if options.radius is None:
        return surrounded(image, widths, colour)
    top, right, bottom, left = widths
    width, height = image.width + left + right, image.height + top + bottom
    (nw, ne, se, sw) = radii(options, width, height)
    inner = (
        (nw[0] - left, nw[1] - top),
        (ne[0] - right, ne[1] - top),
        (se[0] - right, se[1] - bottom),
        (sw[0] - left, sw[1] - bottom),
    )
    mask = rounded(image.width, image.height, inner).embed(left, top, width, height)
    return mixed(surrounded(image, widths, CLEAR if image.hasalpha() else colour), mask, colour)


border = Operation(
    "border",
    run,
    lambda options: any(framing.border(options)),
    (framing.BORDER,),
    transparent=lambda options: any(framing.border(options)) and channels(options.border[4])[3] < 255,
)
