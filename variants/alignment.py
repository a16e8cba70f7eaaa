"""Where along a side of a picture a window begins that shows objects as ``objects-position`` asks: arithmetic.

All lengths are shares of that side of the picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from variants.options.compass import EDGES
from variants.options.objects import POINT, PROPORTIONAL, Position

NEAR = 1e-9  # edges that are no further apart meet
Values = NDArray[np.float64]
FIRST, LAST = ("left", "top"), ("right", "bottom")


@dataclass(frozen=True, slots=True)
class Axis:
    """One side: 0 across, 1 down. ``length`` of the window; ``pixel``: how much one before dpr is."""

    number: int
    length: float
    pixel: float

    def start(self, place: Position, low: float, high: float) -> float:
        """Where the window begins if ``low`` to ``high`` is to lie in it as ``place`` says."""
        middle, offset = (low + high) / 2, self._offset(place)
        if place.where == POINT:
            return middle - (place.x, place.y)[self.number] * self.length
        if place.where == PROPORTIONAL:
            return middle * (1 - self.length)
        if FIRST[self.number] in EDGES[place.where]:
            return low - offset
        if LAST[self.number] in EDGES[place.where]:
            return high + offset - self.length
        return middle - self.length / 2 - offset

    def _offset(self, place: Position) -> float:
        amount = (place.x, place.y)[self.number]
        return amount * (self.length if -1 < amount < 1 else self.pixel)

    def within(self, start: float, low: float = 0, high: float = 1) -> float:
        """``start``, from ``low`` on, and so that the window lies in the picture."""
        return min(max(start, low, 0), high, max(0, 1 - self.length))

    def freedom(self, start: float, low: Values, high: Values) -> tuple[float, float]:
        """From where to where the window may begin while it covers as much of every box as from ``start`` on."""
        end = start + self.length
        first, last = np.full(len(low), start), np.full(len(low), start)  # a box that is cut holds it
        for lies, frm, to in (
            (high <= start + NEAR, high, np.inf),
            (low >= end - NEAR, -np.inf, low - self.length),
            ((low <= start + NEAR) & (high >= end - NEAR), low, high - self.length),
            ((low >= start - NEAR) & (high <= end + NEAR), high - self.length, low),
        ):
            first, last = np.where(lies, frm, first), np.where(lies, to, last)
        return min(start, float(first.max(initial=-np.inf))), max(start, float(last.min(initial=np.inf)))
