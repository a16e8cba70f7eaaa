"""Which part of the scaled picture is shown when something must be cut off: arithmetic.

``focus.py`` knows what was seen in the picture, ``attention.py`` looks at pixels where gravity leaves it to them.
"""

from variants.geometry import MILLI, Box, Size, rounded
from variants.options.gravity import BOX_CENTER, Gravity, Place, Point
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts

SHIFT = Number(-12_000, 12_000)
OPTIONS = (
    Option(
        "gravity",
        Gravity(),
        "What stays when cover, crop or aspect-crop cut something off: a side; the point that cut-out and picture "
        "share; with box-center the point in the middle of the cut-out; auto: what draws the eye; entropy: where most "
        "happens.",
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
    x, y, *mode = (0.5, 0.5) if isinstance(gravity, str) else gravity
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
