"""Where a picture is to be looked at: gravity and what was seen in it, to a region and a point. Arithmetic only.

A point that a person chose comes before what any model saw. Without either the pixels decide (``attention.py``), or
the middle.
"""

from collections.abc import Iterable
from typing import NamedTuple

from variants.detected import known
from variants.findings import EMPTY, Findings, Found, Shares, Sought
from variants.geometry import Box, Size
from variants.options import classes
from variants.options.gravity import Point
from variants.options.objects import Objects
from variants.options.option import Options
from variants.outline import shaped

FITS = ("cover", "crop", "aspect-crop")
# Shares of the long side: smaller faces, which only a crowd far behind has, do not count beside larger ones.
SMALLEST_FACE = 0.02
MANUAL = frozenset({"auto", "face", "entropy", "objects"})


class Aim(NamedTuple):
    """The point of a picture, in shares, that the middle of the cut-out is laid on, and the rule that found it."""

    point: Point
    rule: str


def needs(options: Options) -> frozenset[Sought]:
    """What must be known of the picture before it is cut."""
    return _for_gravity(options).union(classes.sought(options.crop_objects.labels) if options.crop_objects else ())


def _for_gravity(options: Options) -> frozenset[Sought]:
    if options.gravity == "face" and (options.zoom or fills(options)):
        return frozenset({"faces"})
    if options.gravity == "auto" and fills(options):
        return frozenset({"saliency", "mask", "faces"})
    if isinstance(options.gravity, Objects) and fills(options):
        return EMPTY.union(options.gravity.sought)
    return EMPTY


def fills(options: Options) -> bool:
    """Whether something may have to be cut off, so that the rest fills a box."""
    return bool(options.fit in FITS and options.width and options.height)


def region(seen: Findings, picture: Size, options: Options) -> Box | None:
    """The part of ``picture`` that is shown at most, None for all of it.

    With ``crop-objects`` it is the box around them, times its scale; with ``gravity=face`` the box around all faces,
    divided by ``zoom`` (https://developers.cloudflare.com/images/optimization/features/#zoom). Both are moved inside
    the picture.
    """
    if options.crop_objects and (objects := known(seen, options.crop_objects.labels)):
        part = _around(outer(objects), 1 / options.crop_objects.amount, picture)
        return shaped(part, Size(options.width, options.height), picture) if fills(options) else part
    if options.gravity == "face" and options.zoom and seen.faces and not seen.point:
        return _around(outer(counting(seen.faces, picture)), options.zoom, picture)
    return None


def aim(seen: Findings, options: Options, picture: Size, window: Size | None = None) -> Aim | None:
    """What a cut-out as large as ``window`` of ``picture`` is to be laid around; None where gravity names a place, or
    nothing was seen."""
    if _word(options) not in MANUAL:
        return None
    if seen.point:
        return Aim(seen.point, "chosen by hand")
    if options.gravity == "face" and seen.faces:
        return Aim(middle(outer(counting(seen.faces, picture))), "faces")
    return _best(seen, options, picture, window) if window and window != picture else None


def _best(seen: Findings, options: Options, picture: Size, window: Size) -> Aim | None:
    """By what a window shows. Loaded when it is asked for: numpy takes 0.07 s and 9 MB."""
    from variants import arrangement, windows

    if options.gravity == "auto":
        point = windows.most_seen(seen, window.width / picture.width, window.height / picture.height)
        return point and Aim(point, "what draws the eye")
    if not isinstance(options.gravity, Objects):
        return None
    found = (*(seen.faces or ()), *(seen.objects or ()))
    place, mode = options.objects_position, options.objects_mode
    point = arrangement.middle(found, options.gravity, mode, place, picture, window, options.dpr)
    return point and Aim(point, f"objects, {mode}")


def counting(faces: tuple[Found, ...], picture: Size) -> tuple[Found, ...]:
    """The faces that a cut-out is laid around: all, but for those far smaller than others."""
    least = SMALLEST_FACE * max(picture)
    large = tuple(face for face in faces if _longest(face, picture) >= least)
    return large or faces


def outer(found: Iterable[Found]) -> Shares:
    """The smallest box around all boxes."""
    left, top, right, bottom = zip(*(one[:4] for one in found), strict=True)
    return Shares(min(left), min(top), max(right), max(bottom))


def middle(box: Shares) -> Point:
    """The middle of a box."""
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _longest(face: Found, picture: Size) -> float:
    return max((face.right - face.left) * picture.width, (face.bottom - face.top) * picture.height)


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
