"""Boxes with words, drawn on a picture for who wants to see what was found in it."""

from collections.abc import Iterable
from typing import NamedTuple

import pyvips

from variants.findings import Shares
from variants.geometry import Box
from variants.operations.lettering import lettered
from variants.options.colour import channels
from variants.options.lettering import Words

FONT = "sans bold"
SMALLEST, LARGEST = 9, 28  # pixels of letters
LONGEST = 80  # characters


class Mark(NamedTuple):
    """The edges of a part of the picture, and what is written at its upper left corner."""

    box: Shares
    text: str
    colour: str


def marked(image: pyvips.Image, marks: Iterable[Mark]) -> pyvips.Image:
    """``image`` (sRGB) with all marks on it, the last one on top; lines and letters grow with the picture."""
    image = image.copy(interpretation="srgb").copy_memory()
    for mark in marks:
        image = _written(_lined(image, mark), mark)
    return image


def _lined(image: pyvips.Image, mark: Mark) -> pyvips.Image:
    ink = channels(mark.colour)[: image.bands] if image.bands >= 3 else [255] * image.bands
    box = _pixels(mark.box, image)
    for inset in range(_line(image)):
        width, height = box.width - 2 * inset, box.height - 2 * inset
        if width > 0 and height > 0:
            image = image.draw_rect(list(ink), box.left + inset, box.top + inset, width, height)
    return image


def _written(image: pyvips.Image, mark: Mark) -> pyvips.Image:
    """The words on a plate of the mark's colour, above the box where there is room, and never beyond the picture."""
    if not mark.text:
        return image
    size = min(LARGEST, max(SMALLEST, max(image.width, image.height) // 40))
    letters = lettered(Words(mark.text[:LONGEST], FONT, size, "#ffffff"))
    gap, box = max(2, size // 5), _pixels(mark.box, image)
    plate = letters.embed(gap, gap, letters.width + 2 * gap, letters.height + 2 * gap)
    plate = plate.flatten(background=list(channels(mark.colour)[:3])).bandjoin(255)
    plate = plate.crop(0, 0, min(plate.width, image.width), min(plate.height, image.height))
    left = min(box.left, image.width - plate.width)
    top = box.top - plate.height if box.top >= plate.height else min(box.top, image.height - plate.height)
    return image.composite2(plate.copy(interpretation="srgb"), "over", x=left, y=top).extract_band(0, n=image.bands)


def _line(image: pyvips.Image) -> int:
    return max(2, int(max(image.width, image.height)) // 300)


def _pixels(box: Shares, image: pyvips.Image) -> Box:
    left, right = (min(max(0, round(x * image.width)), image.width) for x in (box.left, box.right))
    top, bottom = (min(max(0, round(y * image.height)), image.height) for y in (box.top, box.bottom))
    left, top = min(left, image.width - 1), min(top, image.height - 1)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
