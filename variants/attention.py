"""The part of a picture that should be seen, where gravity leaves the choice to the pixels and no model has looked.

``entropy`` takes the cut-out in which most happens; ``auto`` the one that draws the eye: libvips' attention, which
looks for edges, for strong colours and for skin; so does ``objects`` where none was found. Both look at a small copy.
"""

from collections.abc import Callable
from dataclasses import replace

import pyvips

from variants.focus import Aim
from variants.geometry import Box, Size
from variants.operations.colour import colour
from variants.operations.resize import resize
from variants.operations.trim import trim
from variants.operations.turn import turn
from variants.options.gravity import Point
from variants.options.objects import Objects
from variants.options.option import Options
from variants.plan import Plan

LONGEST = 256  # pixels of a side of the copy
INTERESTING = {"auto": "attention", "entropy": "entropy"}


def found(read: Callable[[Plan], pyvips.Image], options: Options, plan: Plan) -> Aim | None:
    """Where the middle of the cut-out should lie, as shares of the scaled, turned picture.

    ``read`` gives the first frame as stored, at the scale of a plan if it can. None where gravity names the place or
    nothing is cut off.
    """
    interesting = "attention" if isinstance(options.gravity, Objects) else INTERESTING.get(options.gravity)
    if plan.aim or interesting is None or not plan.crops:
        return None
    if plan.narrowed:
        return Aim((0.5, 0.5), "the middle of the region")
    factor = min(1, LONGEST / max(plan.scaled))
    small = _smaller(plan.scaled, factor)
    copy = replace(plan, scaled=small, crop=Box(0, 0, *small))
    image = read(copy)
    for step in (trim, resize, colour, turn):
        image = step.run(image, options, copy)
    return Aim(_middle(image.copy_memory(), _smaller(plan.size, factor), interesting), interesting)


def _smaller(size: Size, factor: float) -> Size:
    return Size(max(1, round(size.width * factor)), max(1, round(size.height * factor)))


def _middle(image: pyvips.Image, size: Size, interesting: str) -> Point:
    width, height = min(size.width, image.width), min(size.height, image.height)
    part = image.smartcrop(width, height, interesting=interesting)
    return (width / 2 - part.xoffset) / image.width, (height / 2 - part.yoffset) / image.height
