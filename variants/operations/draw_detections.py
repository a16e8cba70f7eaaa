"""draw-detections: boxes around what was found, with class and score, to see what a model sees."""

import zlib

import pyvips

from variants.detected import of_classes
from variants.findings import Shares
from variants.operations.marks import Mark, marked
from variants.operations.operation import Operation
from variants.options.amounts import Classes
from variants.options.classes import FACE, sought
from variants.options.option import Option, Options
from variants.plan import Plan

COLOURS = ("#16a34a", "#2563eb", "#e11d48", "#9333ea", "#b45309", "#0e7490", "#be185d", "#4d7c0f")


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """The surest one is drawn last. Raises ``NotSeen``."""
    found = sorted(of_classes(plan.findings, options.draw_detections), key=lambda one: one.score)
    return marked(
        image, (Mark(Shares(*one[:4]), f"{one.label} {one.score:.2f}", colour_of(one.label)) for one in found)
    )


def colour_of(label: str) -> str:
    """The same for the same class in every picture."""
    return COLOURS[zlib.crc32(label.encode()) % len(COLOURS)]


draw_detections = Operation(
    "draw-detections",
    run,
    lambda options: bool(options.draw_detections),
    (
        Option(
            "draw-detections",
            Classes(FACE),
            "Boxes around faces, or around objects of the classes that are named, with class and score.",
            example=True,
            default=(),
        ),
    ),
    needs=lambda options: sought(options.draw_detections),
)
