"""Scale the picture and cut out what is shown of it.

Scaled down it goes through libvips' thumbnail (Lanczos 3, colours premultiplied by alpha), which has already happened
while loading where the loader can do it. Scaled up it is interpolated with Catmull-Rom, only the part that is shown.
"""

import math

import pyvips

from variants.geometry import Box, Size
from variants.operations.operation import Operation
from variants.options.option import Options
from variants.plan import Plan

REACH = 4  # pixels that the interpolation looks beyond its own, with room to spare


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """``image`` is the trimmed picture as stored, or that picture at its planned scale already."""
    size = Size(image.width, image.height)
    if size != plan.scaled:
        if plan.scaled.width >= size.width and plan.scaled.height >= size.height:
            return _enlarged(image, plan.scaled, plan.crop)
        image = image.thumbnail_image(plan.scaled.width, height=plan.scaled.height, size="force", no_rotate=True)
    return image if plan.crop == (0, 0, *plan.scaled) else image.crop(*plan.crop)


def _enlarged(image: pyvips.Image, scaled: Size, crop: Box) -> pyvips.Image:
    """``crop`` of the picture enlarged to ``scaled``, without ever making the rest of it."""
    across, down = scaled.width / image.width, scaled.height / image.height
    left, width = _source_range(crop.left, crop.width, across, image.width)
    top, height = _source_range(crop.top, crop.height, down, image.height)
    # Kept in memory: a stream cannot be read the way interpolation asks for pixels. It is smaller than the result.
    part = image.crop(left, top, width, height).copy_memory()
    pixels = part.premultiply() if part.hasalpha() else part
    large = pixels.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new("bicubic"),
        oarea=list(crop),
        idx=0.5 - 0.5 / across + left,  # centres of pixels stay centres
        idy=0.5 - 0.5 / down + top,
        extend="copy",
        premultiplied=True,
    )
    return large.unpremultiply().cast(part.format) if part.hasalpha() else large


def _source_range(start: int, length: int, scale: float, side: int) -> tuple[int, int]:
    """First pixel and number of pixels of the source that ``length`` pixels of the result from ``start`` on need."""
    first = max(0, math.floor(start / scale) - REACH)
    last = min(side, math.ceil((start + length) / scale) + REACH)
    return first, last - first


resize = Operation("resize", run, exact=True)
