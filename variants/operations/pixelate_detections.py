"""pixelate-detections: faces, or objects of some classes, as a few squares."""

import pyvips

from variants.detected import suspected
from variants.geometry import Size
from variants.operations.operation import Operation
from variants.operations.pixelate import LARGEST, squares
from variants.operations.regions import PARTS, changed, covering
from variants.options.amounts import AmountOf
from variants.options.classes import FACE, sought
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Every box becomes squares of the mean of their pixels. Raises ``NotSeen``."""
    side, labels = options.pixelate_detections
    boxes = covering(suspected(plan.findings, labels), Size(image.width, image.height))
    return changed(image, boxes, lambda part: squares(part, side_of(part, side)))


def side_of(part: pyvips.Image, side: int) -> int:
    """At least a sixth of the longer side of what is hidden."""
    least: int = -(-max(part.width, part.height) // PARTS)
    return max(side, least)


def acts(options: Options) -> bool:
    """Whether anything is to be hidden."""
    return bool(options.pixelate_detections and options.pixelate_detections.amount)


pixelate_detections = Operation(
    "pixelate-detections",
    run,
    acts,
    (
        Option(
            "pixelate-detections",
            AmountOf(Number(0, LARGEST, whole=True), "side", FACE),
            "Squares of one colour, of that side, over faces, or objects of the classes that are named, doubtful ones "
            "too, and 15 % around them; at most six across a box, whatever the side. 0 does nothing. Where nobody "
            "could look for them there is no picture.",
            example="10;person;car",
            protects=True,
        ),
    ),
    needs=lambda options: sought(options.pixelate_detections.labels) if acts(options) else frozenset(),
)
