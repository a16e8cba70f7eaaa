"""sharpen: bring out edges, in lightness alone so that no colours appear at them."""

import pyvips

from variants.operations.operation import Operation
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.plan import Plan

SLOPE = 1.5  # strength 2 is libvips' own default


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Unsharp mask; flat parts stay as they are, so that noise is not brought out."""
    return image.sharpen(sigma=1, m1=0, m2=SLOPE * options.sharpen)


sharpen = Operation(
    "sharpen",
    run,
    lambda options: bool(options.sharpen),
    (Option("sharpen", Number(0, 10), "Strength; 1 suits pictures that were scaled down.", example=3, default=0),),
)
