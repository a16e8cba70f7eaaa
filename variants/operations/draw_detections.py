"""draw-detections: boxes around what was found, with class and score, to see what a model sees."""

import zlib
from collections.abc import Iterable

import pyvips

from variants.detected import of_classes
from variants.findings import Found
from variants.geometry import Box, Size
from variants.operations.lettering import lettered
from variants.operations.operation import Operation
from variants.operations.regions import covering
from variants.options.amounts import Classes
from variants.options.classes import FACE, sought
from variants.options.colour import channels
from variants.options.lettering import Words
from variants.options.option import Option, Options
from variants.plan import Plan

COLOURS = ("#00b894", "#e17055", "#0984e3", "#d63031", "#6c5ce7", "#b8860b", "#e84393", "#00838f")
LINES, LETTERS = 300, 36  # parts of the longest side: one is the width of a line, the height of letters
SMALLEST, LARGEST = 10, 48  # pixels of letters
GAP = 5  # part of their height that is left around them


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Raises ``NotSeen``."""
    return drawn(image, of_classes(plan.findings, options.draw_detections))


def drawn(image: pyvips.Image, found: Iterable[Found]) -> pyvips.Image:
    """A box and a label for each; the surest on top."""
    size = Size(image.width, image.height)
    image = image.copy(interpretation="srgb").copy_memory()
    for one in sorted(found, key=lambda one: one.score):
        for box in covering([one], size, margin=0):
            image = _labelled(_framed(image, box, one.label), box, one)
    return image


def colour_of(label: str) -> str:
    """The same for the same class in every picture."""
    return COLOURS[zlib.crc32(label.encode()) % len(COLOURS)]


def _framed(image: pyvips.Image, box: Box, label: str) -> pyvips.Image:
    dot = pyvips.Image.black(1, 1).new_from_image(_ink(label, image.bands)).cast("uchar")
    for left, top, width, height in _edges(box, max(1, round(max(image.width, image.height) / LINES))):
        image = image.insert(dot.embed(0, 0, width, height, extend="copy"), left, top)
    return image


def _labelled(image: pyvips.Image, box: Box, one: Found) -> pyvips.Image:
    """Above the box, or inside where the picture ends; moved to the left where it would end beyond the picture."""
    size = min(max(SMALLEST, round(max(image.width, image.height) / LETTERS)), LARGEST)
    label = _label(Words(f"{one.label} {one.score:.2f}", "sans", size, "#ffffff"), _ink(one.label, image.bands))
    top = box.top - label.height if box.top >= label.height else box.top
    return image.insert(label, max(0, min(box.left, image.width - label.width)), top)


def _ink(label: str, bands: int) -> list[int]:
    return list(channels(colour_of(label)))[:bands]


def _edges(box: Box, width: int) -> tuple[Box, ...]:
    """Inside the box."""
    across, down = min(width, box.width), min(width, box.height)
    right, bottom = box.left + box.width - across, box.top + box.height - down
    return (
        Box(box.left, box.top, box.width, down),
        Box(box.left, bottom, box.width, down),
        Box(box.left, box.top, across, box.height),
        Box(right, box.top, across, box.height),
    )


def _label(words: Words, ink: list[int]) -> pyvips.Image:
    """White on a patch of the colour."""
    letters = lettered(words)[3]
    gap = max(1, round(words.size / GAP))
    letters = letters.embed(gap, gap, letters.width + 2 * gap, letters.height + 2 * gap)
    return letters.ifthenelse([255] * len(ink), ink, blend=True).cast("uchar").copy_memory()


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
        ),
    ),
    needs=lambda options: sought(options.draw_detections or ()),
)
