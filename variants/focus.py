"""Where a picture is to be looked at: gravity and what was seen in it, to a region and a point. Arithmetic only.

A point that a person chose comes before what any model saw. Without either the pixels decide (``attention.py``), or
the middle.
"""

from collections.abc import Iterable
from typing import NamedTuple

from variants.findings import EMPTY, Findings, Found, Shares, Sought
from variants.geometry import Box, Size
from variants.options.gravity import Point
from variants.options.objects import Objects
from variants.options.option import Options

FITS = ("cover", "crop", "aspect-crop")
MANUAL = frozenset({"auto", "face", "entropy", "objects"})


class Aim(NamedTuple):
    """The point of a picture, in shares, that the middle of the cut-out is laid on, and the rule that found it."""

    point: Point
    rule: str


def needs(options: Options) -> frozenset[Sought]:
    """What must be known of the picture before it is cut."""
    if options.gravity == "face" and (options.zoom or options.fit in FITS):
        return frozenset({"faces"})
    if options.gravity == "auto" and options.fit in FITS:
        return frozenset({"saliency", "mask", "faces"})
    if isinstance(options.gravity, Objects) and options.fit in FITS:
        return options.gravity.sought
    return EMPTY


def region(seen: Findings, picture: Size, options: Options) -> Box | None:
    """The part of ``picture`` that is shown at most, None for all of it.

    With ``gravity=face`` it is the box around all faces, divided by ``zoom``, moved inside the picture
    (https://developers.cloudflare.com/images/optimization/features/#zoom).
    """
    if options.gravity == "face" and options.zoom and seen.faces and not seen.point:
        return _around(outer(seen.faces), options.zoom, picture)
    return None


def aim(seen: Findings, options: Options) -> Aim | None:
    """What the cut-out is to be laid around; None where gravity names a place, or nothing was seen."""
    if _word(options) not in MANUAL:
        return None
    if seen.point:
        return Aim(seen.point, "chosen by hand")
    if options.gravity == "face" and seen.faces:
        return Aim(middle(outer(seen.faces)), "faces")
    return None


def outer(found: Iterable[Found]) -> Shares:
    """The smallest box around all boxes."""
    left, top, right, bottom = zip(*(one[:4] for one in found), strict=True)
    return Shares(min(left), min(top), max(right), max(bottom))


def middle(box: Shares) -> Point:
    """The middle of a box."""
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _word(options: Options) -> str:
    return "objects" if isinstance(options.gravity, Objects) else str(options.gravity)


def _around(box: Shares, zoom: float, picture: Size) -> Box:
    """``box`` divided by ``zoom``, each side no longer than the picture's, in whole pixels inside it."""
    left, width = _along(box.left, box.right, zoom, picture.width)
    top, height = _along(box.top, box.bottom, zoom, picture.height)
    return Box(left, top, width, height)


def _along(start: float, end: float, zoom: float, side: int) -> tuple[int, int]:
    length = min(float(side), (end - start) * side / zoom)
    first = min(max(0.0, (start + end) / 2 * side - length / 2), side - length)
    left, right = round(first), round(first + length)
    return min(left, side - 1), max(1, right - min(left, side - 1))
