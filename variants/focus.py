"""Where a picture is to be looked at: gravity and what was seen in it, to a region and a point. Arithmetic only.

A point that a person chose comes before what any model saw. Without either the pixels decide (``attention.py``), or
the middle.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from variants import outline
from variants.findings import EMPTY, Findings, Found, Shares, Sought
from variants.geometry import Box, Size
from variants.options.classes import ALL, FACE, sought
from variants.options.gravity import Point
from variants.options.objects import OBJECTS, Objects
from variants.options.option import Options

CUTTING = ("cover", "crop", "aspect-crop")
# Shares of the long side: smaller faces, which only a crowd far behind has, do not count beside larger ones.
SMALLEST_FACE = 0.02
# What gravity may leave to whoever looks at the picture.
LEFT_OPEN = frozenset({"auto", "face", "entropy", OBJECTS})


class Aim(NamedTuple):
    """The point of a picture, in shares, that the middle of the cut-out is laid on, and the rule that found it."""

    point: Point
    rule: str


def needs(options: Options) -> frozenset[Sought]:
    """What must be known of the picture before it is cut."""
    cuts, needed = options.fit in CUTTING and options.width and options.height, EMPTY
    if options.gravity == "face" and (options.zoom or cuts):
        needed |= {"faces"}
    if options.gravity == "auto" and cuts:
        needed |= {"saliency", "mask", "faces"}
    if isinstance(options.gravity, Objects) and cuts:
        needed |= options.gravity.sought
    if options.crop_objects:
        needed |= sought(options.crop_objects.labels)
    return needed


def region(seen: Findings, picture: Size, options: Options) -> Box | None:
    """The part of ``picture`` that is shown at most, None for all of it.

    With ``gravity=face`` it is the box around all faces, divided by ``zoom``, moved inside the picture
    (https://developers.cloudflare.com/images/optimization/features/#zoom); with ``crop-objects`` the box around those,
    which grows to the shape that is wanted where something would be cut off.
    """
    if options.crop_objects:
        return _around_objects(seen, picture, options)
    if options.gravity == "face" and options.zoom and not seen.point:
        box = outline.around(counting(seen.faces or (), picture))
        return box and _pixels(outline.scaled(box, 1 / options.zoom), picture)
    return None


def aim(seen: Findings, options: Options, picture: Size, window: Size) -> Aim | None:
    """What a ``window`` of ``picture`` is to be laid around; None where gravity names a place, or nothing was seen."""
    if seen.point and _word(options) in LEFT_OPEN:
        return Aim(seen.point, "chosen by hand")
    if options.gravity == "face":
        box = outline.around(counting(seen.faces or (), picture))
        return box and Aim(outline.middle(box), "faces")
    if options.gravity == "auto":
        return _most_seen(seen, picture, window)
    if isinstance(options.gravity, Objects):
        return _objects(seen, options, picture, window)
    return None


def counting(faces: tuple[Found, ...], picture: Size) -> tuple[Found, ...]:
    """The faces that a cut-out is laid around: all, but for those far smaller than others."""
    least = SMALLEST_FACE * max(picture)
    large = tuple(face for face in faces if _longest(face, picture) >= least)
    return large or faces


def _most_seen(seen: Findings, picture: Size, window: Size) -> Aim | None:
    if (seen.saliency, seen.mask, seen.faces) == (None, None, None):
        return None
    from variants.windows import most_seen  # numpy takes 0.07 s and 9 MB to load

    across, down = min(1.0, window.width / picture.width), min(1.0, window.height / picture.height)
    point = most_seen(seen, across, down)
    return point and Aim(point, "saliency, subject and faces")


def _objects(seen: Findings, options: Options, picture: Size, window: Size) -> Aim | None:
    found = (*(seen.faces or ()), *(seen.objects or ()))
    if not found:
        return None
    from variants.arrangement import middle

    mode = options.objects_mode
    point = middle(found, options.gravity, mode, options.objects_position, picture, window, options.dpr)
    return point and Aim(point, f"objects, {mode}")


def _around_objects(seen: Findings, picture: Size, options: Options) -> Box | None:
    factor, labels = options.crop_objects
    box = outline.around(_of(seen, labels))
    if box is None:
        return None
    box = outline.scaled(box, factor)
    if options.fit in CUTTING and options.width and options.height:
        box = outline.shaped(box, options.width / options.height * picture.height / picture.width)
    return _pixels(box, picture)


def _of(seen: Findings, labels: Iterable[str]) -> Iterator[Found]:
    """What was seen of these classes, as far as anybody looked."""
    wanted = frozenset(labels)
    for one in (*(seen.faces or ()), *(seen.objects or ())):
        label = one.label.lower()
        if label in wanted or (ALL in wanted and label != FACE):
            yield one


def _longest(face: Found, picture: Size) -> float:
    return max((face.right - face.left) * picture.width, (face.bottom - face.top) * picture.height)


def _word(options: Options) -> str:
    return OBJECTS if isinstance(options.gravity, Objects) else str(options.gravity)


def _pixels(box: Shares, picture: Size) -> Box:
    """In whole pixels, at least one."""
    left, width = _side(box.left, box.right, picture.width)
    top, height = _side(box.top, box.bottom, picture.height)
    return Box(left, top, width, height)


def _side(start: float, end: float, side: int) -> tuple[int, int]:
    first = min(round(start * side), side - 1)
    return first, max(1, round(end * side) - first)
