"""The EXIF orientation, flip and rotate: one turn, taken when the picture has its final, smaller size."""

import pyvips

from variants.operations.operation import Operation
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
        Option("flip", Choice(("h", "v", "hv")), "Mirror left to right (h), upside down (v) or both.", "h", default=""),
        Option(
            "rotate",
            Choice(("0", "90", "180", "270"), same=(("360", "0"),)),
            "Rotate clockwise by right angles, after flip and before width and height are applied.",
            example=90,
            default="0",
        ),
    ),
)
