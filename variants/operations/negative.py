"""negative: every colour its opposite."""

import pyvips

from variants.operations.operation import Operation
from variants.operations.tone import table
from variants.options.kinds import Flag
from variants.options.option import Option, Options
from variants.plan import Plan

OPPOSITES = bytes(range(255, -1, -1))


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Alpha stays."""
    return image.maplut(table(OPPOSITES, image))


negative = Operation(
    "negative",
    run,
    lambda options: bool(options.negative),
    (
        Option(
            "negative", Flag(), "Every colour its opposite.", True, aliases=("invert",), default=False, section="Colour"
        ),
    ),
)
