"""Where a window of a picture is laid to show objects: arithmetic, in shares of the picture.

The rules are ours, after what imgproxy says of its modes. An object counts s = weight · score · √area.

``max_score_area``: the window with the largest sum of s · c², where c is how much of the object's box it covers: one
that is cut counts less than what is left of it. Of several the one nearest to the mean of the middles, weighted by s;
then to the middle of the picture; then the left, then the upper one. It is moved to where ``objects-position`` wants
it, as far as it covers as much of every object as before.

``one_best``: the object with the largest s, ``one_best_centermost``: with the largest s · (1 − d), where d is its
distance from the middle by half the diagonal; the window is laid as ``objects-position`` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from variants.alignment import NEAR, Axis, Values
from variants.findings import Found
from variants.geometry import Size
from variants.options.gravity import Point
from variants.options.objects import Objects, Position

ALIKE = 1e-9  # windows and objects whose values differ by no more are equally good
MOST = 100  # objects that are looked at, the best ones


@dataclass(frozen=True, slots=True)
class Counted:
    """Objects that count: edges across and down, and s of each."""

    low: tuple[Values, Values]
    high: tuple[Values, Values]
    value: Values

    def middle(self, axis: int) -> Values:
        """Of each box."""
        return (self.low[axis] + self.high[axis]) / 2

    def covered(self, axis: Axis, starts: Values) -> Values:
        """How much of each box lies in windows from ``starts`` on, along one side: starts x boxes."""
        low, high = self.low[axis.number], self.high[axis.number]
        ends = np.minimum(high, starts[:, None] + axis.length) - np.maximum(low, starts[:, None])
        return np.clip(ends / (high - low), 0, 1)


def middle(
    found: Iterable[Found], wanted: Objects, mode: str, place: Position, picture: Size, window: Size, dpr: float = 1
) -> Point | None:
    """Where the middle of the window is to lie; None where nothing was found that counts.

    ``picture`` and ``window`` are sizes in the same pixels; ``mode`` is one of ``cutout.MODES``.
    """
    counted = _counted(found, wanted)
    if counted is None:
        return None
    axes = [Axis(number, min(1, window[number] / picture[number]), dpr / picture[number]) for number in range(2)]
    lay = _most if mode == "max_score_area" else _best
    left, top = lay(counted, axes, place, picture, mode)
    return left + axes[0].length / 2, top + axes[1].length / 2


def _counted(found: Iterable[Found], wanted: Objects) -> Counted | None:
    rows = sorted(
        (wanted.weight(label) * score * ((right - left) * (bottom - top)) ** 0.5, left, top, right, bottom)
        for left, top, right, bottom, score, label in map(_inside, found)
        if right - left > NEAR and bottom - top > NEAR
    )[-MOST:]
    rows = [row for row in rows if row[0] > 0]
    if not rows:
        return None
    value, left, top, right, bottom = np.array(rows).T
    return Counted((left, top), (right, bottom), value)


def _inside(found: Found) -> Found:
    left, top, right, bottom = (min(max(0.0, edge), 1.0) for edge in found[:4])
    return Found(left, top, right, bottom, found.score, found.label)


def _best(counted: Counted, axes: list[Axis], place: Position, picture: Size, mode: str) -> tuple[float, float]:
    off = np.hypot(*((counted.middle(axis) - 0.5) * picture[axis] for axis in range(2)))
    nearness = 1 - off / (np.hypot(*picture) / 2) if mode == "one_best_centermost" else 1
    at = _first(-counted.value * nearness, off, counted.low[0], counted.low[1])
    left, top = (
        axis.within(axis.start(place, counted.low[axis.number][at], counted.high[axis.number][at])) for axis in axes
    )
    return left, top


def _most(counted: Counted, axes: list[Axis], place: Position, picture: Size, mode: str) -> tuple[float, float]:
    lefts, tops = (_candidates(counted, axis) for axis in axes)
    across, down = counted.covered(axes[0], lefts) ** 2, counted.covered(axes[1], tops) ** 2
    sums = (across * counted.value) @ down.T
    means = [float(np.average(counted.middle(axis), weights=counted.value)) for axis in range(2)]
    starts = np.meshgrid(lefts, tops, indexing="ij")
    off_mean, off_middle = (
        np.hypot(*((starts[axis] + axes[axis].length / 2 - to[axis]) * picture[axis] for axis in range(2)))
        for to in (means, (0.5, 0.5))
    )
    at = _first(-sums.ravel(), off_mean.ravel(), off_middle.ravel())
    return _slid(counted, axes, place, [float(start.ravel()[at]) for start in starts])


def _candidates(counted: Counted, axis: Axis) -> Values:
    """Where an edge of the window meets one of a box, or its middle that of a box or the mean of all; in order."""
    low, high, half = counted.low[axis.number], counted.high[axis.number], axis.length / 2
    middles = counted.middle(axis.number)
    mean = [np.average(middles, weights=counted.value) - half]
    starts = np.concatenate([low, high, low - axis.length, high - axis.length, middles - half, mean])
    return np.unique(np.clip(starts, 0, max(0.0, 1 - axis.length)))


def _slid(counted: Counted, axes: list[Axis], place: Position, starts: list[float]) -> tuple[float, float]:
    """``starts`` moved to where ``place`` wants the objects that are covered whole, else those that are covered."""
    shares = [counted.covered(axis, np.array([start]))[0] for axis, start in zip(axes, starts, strict=True)]
    whole = (shares[0] * shares[1]) >= 1 - ALIKE
    held = whole if whole.any() else shares[0] * shares[1] > 0
    for axis, other in zip(axes, axes[::-1], strict=True):
        low, high, start = counted.low[axis.number], counted.high[axis.number], starts[axis.number]
        touched = counted.covered(other, np.array([starts[other.number]]))[0] > 0
        first, last = axis.freedom(start, low[touched], high[touched])
        wanted = axis.start(place, float(low[held].min()), float(high[held].max())) if held.any() else start
        starts[axis.number] = axis.within(wanted, first, last)
    return starts[0], starts[1]


def _first(*keys: Values) -> int:
    """The place of the smallest of the first key, of those equally small that of the smallest of the next, …"""
    left = np.arange(len(keys[0]))
    for key in keys:
        least = key[left].min()
        left = left[key[left] <= least + ALIKE * abs(least)]
    return int(left[0])
