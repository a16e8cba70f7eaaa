"""tint and duotone: the picture's luma, painted with a scale of colours.

Luma has the weights of mixing.py. duotone goes straight from its first colour (black parts) to its second (white
ones). tint goes from black through its colour to white, and passes the colour at the colour's own luma, so that every
pixel keeps its luma. Shades of one colour from black on are duotone with black.
"""

import pyvips

from variants.operations.mixing import LUMA
from variants.operations.operation import Operation
from variants.options.colour import Colour, channels
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts
from variants.plan import Plan

Scale = list[tuple[float, tuple[int, ...]]]  # colours and the luma at which they stand, 0 to 1
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Alpha stays."""
    scale = _duotone(options.duotone) if options.duotone else _tint(options.tint)
    luma = image[:3].recomb(pyvips.Image.new_from_array([LUMA])).rint().cast("uchar")
    painted = luma.maplut(_table(scale)).copy(interpretation="srgb")
    return painted.bandjoin(image[3]) if image.hasalpha() else painted


def _duotone(colours: tuple[str, str]) -> Scale:
    dark, light = colours
    return [(0, channels(dark)[:3]), (1, channels(light)[:3])]


def _tint(colour: str) -> Scale:
    middle = channels(colour)[:3]
    luma = sum(weight * value for weight, value in zip(LUMA, middle, strict=True)) / 255
    ends = [(0.0, BLACK), (luma, middle), (1.0, WHITE)]
    return [ends[0], *(step for step in ends[1:2] if 0 < luma < 1), ends[2]]


def _table(scale: Scale) -> pyvips.Image:
    colours = bytes(value for level in range(256) for value in _at(level / 255, scale))
    return pyvips.Image.new_from_memory(colours, 256, 1, 3, "uchar")


def _at(luma: float, scale: Scale) -> tuple[int, ...]:
    """The colour between the two that ``luma`` lies between."""
    above = next(at for at in range(1, len(scale)) if luma <= scale[at][0] or at == len(scale) - 1)
    (low, dark), (high, light) = scale[above - 1 : above + 1]
    share = (luma - low) / (high - low)
    return tuple(int(one + (other - one) * share + 0.5) for one, other in zip(dark, light, strict=True))


tint = Operation(
    "tint",
    run,
    lambda options: bool(options.tint or options.duotone),
    (
        Option(
            "tint", Colour(), "All colours become shades of this one; light and dark stay.", "#3366cc", section="Colour"
        ),
        Option(
            "duotone",
            Parts((Part("dark", Colour()), Part("light", Colour()))),
            "Two colours: one for what is black, one for what is white, the rest between them; wins over tint.",
            "#1a0033;#ffcc00",
            section="Colour",
        ),
    ),
)
