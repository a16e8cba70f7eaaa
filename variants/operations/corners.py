"""radius: rounded corners, up to a circle or an ellipse."""

import pyvips

from variants import framing
from variants.operations.masks import CLEAR, Radii, mixed, rounded
from variants.operations.operation import Operation
from variants.options.edges import CORNERS, MAX, Around
from variants.options.option import Option, Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """What is cut off shows the background's colour, else nothing."""
    mask = rounded(image.width, image.height, radii(options, image.width, image.height))
    return mixed(image, mask, options.background or CLEAR)


def radii(options: Options, width: int, height: int) -> Radii:
    """Radii across and down of a picture, smaller by one factor where they would overlap (CSS Backgrounds 5.5)."""
    if options.radius == MAX:
        middle = width / 2, height / 2
        return middle, middle, middle, middle
    nw, ne, se, sw = framing.pixels(options.radius, options.dpr)
    sums = ((nw + ne, width), (sw + se, width), (nw + sw, height), (ne + se, height))
    factor = min([1.0, *(side / both for both, side in sums if both)])
    first, second, third, fourth = ((radius * factor, radius * factor) for radius in (nw, ne, se, sw))
    return first, second, third, fourth


def _rounds(options: Options) -> bool:
    return options.radius is not None and options.radius != (0, 0, 0, 0)


corners = Operation(
    "corners",
    run,
    _rounds,
    (
        Option(
            "radius",
            Around(CORNERS, MAX),
            "Radius of the corners, in the order of CSS, times dpr; max makes a circle of a square and an ellipse of "
            "anything else. What is cut off gets the colour of background, else it is transparent.",
            example="20",
            section="Frame",
        ),
    ),
    transparent=_rounds,
)
