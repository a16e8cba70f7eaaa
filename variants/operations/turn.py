"""The EXIF orientation, flip and rotate by right angles: one turn, taken when the picture is scaled and small.

tilt.py turns by other angles.
"""

import pyvips

from variants.operations.operation import Operation
from variants.options.angle import Angle
from variants.options.kinds import Choice
from variants.options.option import Option, Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Mirror and rotate."""
    if plan.turn.mirror:
        image = image.fliphor()
    if plan.turn.angle:
        # Rows become columns: a stream that is read once from the top must be in memory for that.
        image = image.copy_memory().rot(f"d{plan.turn.angle}")
    return image


turn = Operation(
    "turn",
    run,
    options=(
        Option(
            "flip",
            Choice(("h", "v", "hv")),
            "Mirror left to right (h), upside down (v) or both.",
            "h",
            default="",
            section="Crop & turn",
        ),
        Option(
            "rotate",
            Angle(),
            "Degrees clockwise, after flip. 90, 180 and 270 come before width and height are applied; any other "
            "angle turns the finished picture, and its corners get the colour of background, else are transparent.",
            example=90,
            default=0,
            section="Crop & turn",
        ),
    ),
    exact=True,
)
