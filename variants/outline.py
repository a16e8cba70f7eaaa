"""The box around what was found, larger or of another shape: arithmetic, in shares of the picture."""

from collections.abc import Iterable
from typing import NamedTuple

from variants.findings import Found
from variants.options.gravity import Point


class Region(NamedTuple):
    """Edges, 0 to 1 from the left and from the top."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> Point:
        """Across and down."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def around(found: Iterable[Found]) -> Region | None:
    """The smallest box around all, as far as it lies in the picture; None where there is nothing."""
    boxes = [tuple(min(max(0.0, edge), 1.0) for edge in one[:4]) for one in found]
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Region(min(lefts), min(tops), max(rights), max(bottoms))


def scaled(region: Region, factor: float) -> Region:
    """As large as ``factor`` times the region, with the same middle; no larger than the picture, and moved into it."""
    (left, right), (top, bottom) = (
        _side(middle, factor * (high - low))
        for middle, low, high in zip(region.middle, region[:2], region[2:], strict=True)
    )
    return Region(left, top, right, bottom)


def shaped(region: Region, ratio: float) -> Region:
    """Wider or higher until its share of the width is ``ratio`` times that of the height, as far as the picture goes.

    So nothing of it is lost where a window of that ratio is cut out of it.
    """
    across, down = region.right - region.left, region.bottom - region.top
    (left, right), (top, bottom) = (
        _side(middle, length)
        for middle, length in zip(region.middle, (max(across, down * ratio), max(down, across / ratio)), strict=True)
    )
    return Region(left, top, right, bottom)


def _side(middle: float, length: float) -> tuple[float, float]:
    length = min(1, length)
    start = min(max(0, middle - length / 2), 1 - length)
    return start, start + length
