"""Sizes, boxes and the eight turns of a rectangle: whole numbers of pixels, arithmetic only."""

from dataclasses import dataclass
from typing import NamedTuple

MILLI = 10_000  # dpr is kept to four decimals: as a whole number of these all sizes are exact
Ratio = tuple[int, int]


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int


class Box(NamedTuple):
    """A part of a picture, in pixels from its left and its top."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Mirrored left to right first if ``mirror``, then rotated clockwise by ``angle`` (0, 90, 180, 270)."""

    mirror: bool = False
    angle: int = 0

    def then(self, other: "Turn") -> "Turn":
        """This turn and the other after it, as one. (Mirroring after a rotation is rotating back after mirroring.)"""
        angle = -self.angle if other.mirror else self.angle
        return Turn(self.mirror != other.mirror, (angle + other.angle) % 360)

    def inverse(self) -> "Turn":
        """What undoes it. A mirrored turn undoes itself."""
        return self if self.mirror else Turn(False, -self.angle % 360)

    def size(self, size: Size) -> Size:
        """The size of a picture after it."""
        return Size(size.height, size.width) if self.angle % 180 else size

    def box(self, box: Box, size: Size) -> Box:
        """Where ``box`` of a picture of ``size`` lies after it."""
        left, top, width, height = box
        if self.mirror:
            left = size.width - left - width
        right, bottom = size.width - left - width, size.height - top - height
        if self.angle == 90:
            return Box(bottom, left, height, width)
        if self.angle == 180:
            return Box(right, bottom, width, height)
        if self.angle == 270:
            return Box(top, right, height, width)
        return Box(left, top, width, height)


# EXIF orientation → what makes the picture upright (CIPA DC-008, tag 274).
ORIENTATIONS = {
    1: Turn(),
    2: Turn(True),
    3: Turn(False, 180),
    4: Turn(True, 180),
    5: Turn(True, 270),
    6: Turn(False, 90),
    7: Turn(True, 90),
    8: Turn(False, 270),
}


def rounded(number: int, divisor: int) -> int:
    """``number / divisor`` rounded half up, exactly: a float would tip some halves the wrong way."""
    return (2 * number + divisor) // (2 * divisor)


def device(length: int, dpr: float) -> int:
    """A side in pixels of the result, at least 1."""
    return max(1, rounded(length * round(dpr * MILLI), MILLI))


def scaled_by(size: Size, ratio: Ratio) -> Size:
    """``size`` times a fraction, at least 1 x 1."""
    return Size(max(1, rounded(size.width * ratio[0], ratio[1])), max(1, rounded(size.height * ratio[0], ratio[1])))
