"""Which part of the scaled picture is shown when something must be cut off: arithmetic.

``focus.py`` knows what was seen in the picture, ``attention.py`` looks at pixels where gravity leaves it to them.
"""

from variants.geometry import MILLI, Box, Size, rounded
from variants.options.amounts import AmountOf
from variants.options.classes import ALL
from variants.options.gravity import BOX_CENTER, Gravity, Place, Point
from variants.options.kinds import Choice, Number
from variants.options.objects import MIDDLE, Objects, Placement
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts

SHIFT = Number(-12_000, 12_000)
MODES = ("max_score_area", "one_best", "one_best_centermost")
OPTIONS = (
    Option(
        "gravity",
        Gravity(),
        "What stays when cover, crop or aspect-crop cut something off: a side; the point that cut-out and picture "
        "share; with box-center the point in the middle of the cut-out; auto: what draws the eye; face: all faces, the "
        "middle where there is none; entropy: where most happens; objects: as many as fit, or those of the classes "
        "that are named, by weight (all stands for every class that is not named).",
        example="0.3x0.7",
        aliases=("g",),
        default=(0.5, 0.5),
        section="Crop & turn",
    ),
    Option(
        "offset",
        Parts((Part("x", SHIFT), Part("y", SHIFT, 0))),
        "How far the cut-out is moved to the right and down from where gravity lays it: pixels of the result before "
        "dpr, or from -1 to 1 a share of the scaled picture.",
        example="20;-10",
        section="Crop & turn",
    ),
    Option(
        "zoom",
        Number(0, 1),
        "With gravity=face: how close, from 0, the whole picture, to 1, nothing but the faces.",
        example=0.5,
        aliases=("face-zoom",),
        default=0,
        section="Crop & turn",
    ),
    Option(
        "objects-mode",
        Choice(MODES, same=tuple((mode.replace("_", "-"), mode) for mode in MODES)),
        "With gravity=objects: the cut-out that shows most of all, or the one around the best, which is large, sure "
        "and of great weight; centermost: and near the middle.",
        example="one_best",
        default="max_score_area",
        section="Crop & turn",
    ),
    Option(
        "objects-position",
        Placement(),
        "Where in the cut-out the objects lie as far as the picture reaches: at a point of the compass, which offsets "
        "lead away from (pixels before dpr, or a share of the cut-out), with their middle at a point, or prop: as they "
        "lie in the picture.",
        example="no;0;10",
        default=MIDDLE,
        section="Crop & turn",
    ),
    Option(
        "crop-objects",
        AmountOf(Number(0.1, 100), "scale", ALL),
        "Cut out the box around all objects of these classes, that many times as large, before fit acts; nothing "
        "where there is none.",
        example="1.2;person",
        section="Crop & turn",
    ),
)


def placed(scaled: Size, size: Size, options: Options, point: Point | None) -> Box:
    """The box of ``size`` in a picture of ``scaled``; its middle lies at ``point`` where one was found."""
    box = _aligned(scaled, size, (*point, BOX_CENTER) if point else options.gravity)
    if not options.offset:
        return box
    left, top = (
        min(max(0, start + _shift(amount, whole, options.dpr)), whole - part)
        for start, amount, whole, part in zip(box[:2], options.offset, scaled, size, strict=True)
    )
    return Box(left, top, *size)


def _aligned(scaled: Size, size: Size, gravity: Place) -> Box:
    """The box whose point ``gravity`` lies on the same point of the picture, or whose middle lies there."""
    x, y, *mode = (0.5, 0.5) if isinstance(gravity, str | Objects) else gravity
    start = _centred if mode else _shared
    return Box(start(x, scaled.width, size.width), start(y, scaled.height, size.height), *size)


def _shared(share: float, whole: int, part: int) -> int:
    return rounded(round(share * MILLI) * (whole - part), MILLI)


def _centred(share: float, whole: int, part: int) -> int:
    return min(max(0, rounded(2 * round(share * MILLI) * whole - part * MILLI, 2 * MILLI)), whole - part)


def _shift(amount: float, whole: int, dpr: float) -> int:
    """Pixels of an amount, which between -1 and 1 is a share of the side ``whole``."""
    if -1 < amount < 1:
        return rounded(round(amount * MILLI) * whole, MILLI)
    return rounded(round(amount * MILLI) * round(dpr * MILLI), MILLI * MILLI)
