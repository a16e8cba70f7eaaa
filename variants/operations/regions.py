"""Boxes of what was found, in whole pixels of a frame."""

import math
from collections.abc import Callable, Iterable

import pyvips

from variants.findings import Found
from variants.geometry import Box, Size

MARGIN = 0.15  # of the box, beyond each of its sides: a detector's box cuts off hair, ears and chin
PARTS = 6  # how many details across a box that is hidden may keep


def covering(found: Iterable[Found], size: Size, margin: float = MARGIN) -> list[Box]:
    """A box around each, grown by ``margin`` and rounded outward, as far as it lies in the frame; the largest last."""
    boxes = (_box(one, size, margin) for one in found)
    return sorted((box for box in boxes if box.width > 0 and box.height > 0), key=lambda box: (max(box[2:]), box))


def changed(image: pyvips.Image, boxes: Iterable[Box], change: Callable[[pyvips.Image], pyvips.Image]) -> pyvips.Image:
    """``image`` with each of its boxes changed.

    Each is made of the picture as it was, and the largest comes last: what is hidden coarsely is not seen finer where a
    smaller box lies on it.
    """
    image = image.copy_memory()
    done = image
    for box in boxes:
        done = done.insert(change(image.crop(*box)).copy_memory(), box.left, box.top)
    return done


def _box(found: Found, size: Size, margin: float) -> Box:
    left, right = _side(found.left, found.right, size.width, margin)
    top, bottom = _side(found.top, found.bottom, size.height, margin)
    return Box(left, top, right - left, bottom - top)


def _side(low: float, high: float, length: int, margin: float) -> tuple[int, int]:
    more = (high - low) * margin
    first, last = math.floor((low - more) * length), math.ceil((high + more) * length)
    return min(max(0, first), length), min(max(0, last), length)
