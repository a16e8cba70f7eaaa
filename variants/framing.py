"""What is laid around a picture that has its size, and how large it is then: arithmetic.

Padding goes around the picture, the border around both, as in CSS; turned by a free angle it is all of it, and the
result is the smallest upright rectangle that holds it.
"""

import math

from variants.geometry import Size
from variants.options.edges import Around, Border
from variants.options.option import Option, Options

NONE = (0, 0, 0, 0)
RIGHT_ANGLE = 90
ROUNDING = 6  # decimals at which a length is taken for what it means: 0.5 and not 0.49999999999999994

PADDING = Option(
    "padding",
    Around(),
    "Pixels added around the picture, in the order of CSS, times dpr; of the colour of background, else transparent.",
    example="10;20",
    section="Frame",
)
BORDER = Option(
    "border",
    Border(),
    "A border added around the picture and its padding; widths are multiplied by dpr.",
    example="4;#ff0000",
    section="Frame",
)
OPTIONS = (PADDING, BORDER)
Widths = tuple[int, int, int, int]


def padding(options: Options) -> Widths:
    """Pixels at the top, right, bottom and left."""
    return pixels(options.padding or NONE, options.dpr)


def border(options: Options) -> Widths:
    """Pixels at the top, right, bottom and left."""
    return pixels((options.border or NONE)[:4], options.dpr)


def pixels(lengths: tuple[float, ...], dpr: float) -> Widths:
    """Four lengths in whole pixels of the result."""
    top, right, bottom, left = (math.floor(round(length * dpr, ROUNDING) + 0.5) for length in lengths)
    return top, right, bottom, left


def framed(size: Size, options: Options) -> Size:
    """The size of the result, for a picture of ``size``."""
    for top, right, bottom, left in (padding(options), border(options)):
        size = Size(size.width + left + right, size.height + top + bottom)
    return tilted(size, tilt(options))


def tilt(options: Options) -> float:
    """The angle that is no multiple of a right one, clockwise in degrees, or 0."""
    angle: float = options.rotate
    return angle if angle % RIGHT_ANGLE else 0


def right_turn(options: Options) -> int:
    """The right angle, clockwise in degrees, or 0."""
    return 0 if tilt(options) else int(options.rotate)


def tilted(size: Size, angle: float) -> Size:
    """The upright rectangle around one of ``size`` that was turned."""
    if not angle:
        return size
    cosine, sine = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    return Size(
        max(1, math.floor(round(size.width * cosine + size.height * sine, ROUNDING) + 0.5)),
        max(1, math.floor(round(size.width * sine + size.height * cosine, ROUNDING) + 0.5)),
    )
