"""trim: cut off edges, or a border of one colour."""

from collections.abc import Callable

import pyvips

from variants import trimming
from variants.geometry import Box
from variants.operations.colour import to_srgb
from variants.operations.operation import Operation
from variants.options.colour import channels
from variants.options.option import Options
from variants.plan import Plan

TOLERANCE = 10


def border_of(read: Callable[[], pyvips.Image], options: Options) -> Box | None:
    """What lies inside the border of the picture that ``read`` opens; None when nothing does: all is one colour.

    It is opened twice, as a stream gives its pixels once: for the corner and for the rest. Where the corner is
    transparent the border is what is transparent.
    """
    ink: tuple[float, ...]
    corner = to_srgb(read().crop(0, 0, 1, 1))(0, 0)
    image = to_srgb(read())
    if image.hasalpha() and options.trim_border_color is None and corner[-1] == 0:
        image, ink = image[image.bands - 1], (0,)
    else:
        ink = channels(options.trim_border_color)[:3] if options.trim_border_color else tuple(corner[:3])
        image = image.flatten(background=list(ink)) if image.hasalpha() else image
    tolerance = TOLERANCE if options.trim_border_tolerance is None else options.trim_border_tolerance
    # line_art: without the median filter, which would take thin lines for noise.
    left, top, width, height = image.find_trim(threshold=tolerance, background=list(ink), line_art=True)
    if not width or not height:
        return None
    return _wider(Box(left, top, width, height), image, round((options.trim_border_keep or 0) * options.dpr))


def _wider(box: Box, image: pyvips.Image, by: int) -> Box:
    left, top = max(0, box.left - by), max(0, box.top - by)
    right, bottom = min(image.width, box.left + box.width + by), min(image.height, box.top + box.height + by)
    return Box(left, top, right - left, bottom - top)


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Cut what the plan cuts of the stored picture."""
    return image.crop(*plan.trim) if plan.trim else image


trim = Operation("trim", run, trimming.trims, trimming.OPTIONS, exact=True)
