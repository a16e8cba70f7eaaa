"""rotate by an angle that is no right one: the finished picture is turned, the result holds all of it."""

import math
from collections.abc import Sequence

import pyvips

from variants import framing
from variants.geometry import Size
from variants.operations.masks import CLEAR
from variants.operations.operation import Operation
from variants.options.colour import channels
from variants.options.option import Options
from variants.plan import Plan


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Corners get the background's colour, else are transparent; edges are smooth."""
    angle = framing.tilt(options)
    *ink, alpha = channels(options.background or CLEAR)
    if alpha < 255 and not image.hasalpha():
        image = image.bandjoin(255)
    if not image.hasalpha():
        return _turned(image.copy_memory(), angle, ink).cast("uchar")
    clear = [value * alpha / 255 for value in ink] + [alpha]
    return _turned(image.premultiply().copy_memory(), angle, clear).unpremultiply().rint().cast("uchar")


def _turned(image: pyvips.Image, angle: float, ink: Sequence[float]) -> pyvips.Image:
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    size = framing.tilted(Size(image.width, image.height), angle)
    return image.affine(
        [cosine, -sine, sine, cosine],
        interpolate=pyvips.Interpolate.new("bicubic"),
        oarea=[0, 0, *size],
        idx=0.5 - image.width / 2,  # the middle of the picture stays the middle of the result
        idy=0.5 - image.height / 2,
        odx=size.width / 2 - 0.5,
        ody=size.height / 2 - 0.5,
        extend="background",
        background=ink,
        premultiplied=True,
    )


tilt = Operation(
    "tilt", run, lambda options: bool(framing.tilt(options)), transparent=lambda options: bool(framing.tilt(options))
)
