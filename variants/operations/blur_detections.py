"""blur-detections: faces, or objects of some classes, made unrecognisable."""

import pyvips

from variants.detected import suspected
from variants.geometry import Size
from variants.operations.blur import SIGMA_PER_RADIUS, softened
from variants.operations.operation import Operation
from variants.operations.regions import PARTS, changed, covering
from variants.options.amounts import AmountOf
from variants.options.classes import FACE, sought
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Every box becomes what a Gaussian leaves of its own pixels. Raises ``NotSeen``."""
    radius, labels = options.blur_detections
    boxes = covering(suspected(plan.findings, labels), Size(image.width, image.height))
    return changed(image, boxes, lambda part: softened(part, sigma_of(part, radius)))


def sigma_of(part: pyvips.Image, radius: float) -> float:
    """At least a sixth of the longer side: of waves shorter than a third of it less than a level of 255 is left."""
    least: float = max(part.width, part.height) / PARTS
    return max(radius * SIGMA_PER_RADIUS, least)


def acts(options: Options) -> bool:
    """Whether anything is to be blurred."""
    return bool(options.blur_detections and options.blur_detections.amount)


blur_detections = Operation(
    "blur-detections",
    run,
    acts,
    (
        Option(
            "blur-detections",
            AmountOf(Number(0, 250), "radius", FACE),
            "Blurs faces, or objects of the classes that are named, doubtful ones too, and 15 % around them; with that "
            "radius, or with the one that makes a box of that size unrecognisable where it is larger. 0 does nothing. "
            "Where nobody could look for them there is no picture.",
            example=20,
            protects=True,
        ),
    ),
    needs=lambda options: sought(options.blur_detections.labels) if acts(options) else frozenset(),
)
