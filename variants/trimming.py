"""What trimming leaves of a picture: arithmetic; ``operations/trim.py`` finds borders and cuts."""

import math

from variants.errors import TooLarge
from variants.geometry import Box, Size
from variants.options.colour import Colour
from variants.options.kinds import AMOUNT, BORDER, Flag, Number, Sides
from variants.options.option import Option, Options

OPTIONS = (
    Option(
        "trim",
        Sides(),
        "What to cut off before everything else; border finds it by colour.",
        example="20;30;20;0",
        section="Crop & turn",
    ),
    Option("trim.top", AMOUNT, "Cut off at the top.", example=10, section="Crop & turn"),
    Option("trim.right", AMOUNT, "Cut off at the right.", example=10, section="Crop & turn"),
    Option("trim.bottom", AMOUNT, "Cut off at the bottom.", example=0.1, section="Crop & turn"),
    Option("trim.left", AMOUNT, "Cut off at the left.", example=0.25, section="Crop & turn"),
    Option(
        "trim.width",
        AMOUNT,
        "Width to keep, counted from the left edge after trim.left.",
        example=50,
        section="Crop & turn",
    ),
    Option(
        "trim.height",
        AMOUNT,
        "Height to keep, counted from the top edge after trim.top.",
        example=50,
        section="Crop & turn",
    ),
    Option(
        "trim.border", Flag(), "Cut off a border of one colour.", example=True, default=False, section="Crop & turn"
    ),
    Option(
        "trim.border.color",
        Colour(),
        "The border's colour; that of the first corner when left out.",
        "#ffffff",
        section="Crop & turn",
    ),
    Option(
        "trim.border.tolerance",
        Number(0, 255),
        "How far a channel may be off the border's colour.",
        example=40,
        section="Crop & turn",
    ),
    Option(
        "trim.border.keep",
        Number(0, 10_000, whole=True),
        "Pixels of the border to leave.",
        example=5,
        section="Crop & turn",
    ),
)
BORDER_OPTIONS = tuple(option.name for option in OPTIONS if option.name.startswith("trim.border"))


def finds_border(options: Options) -> bool:
    """Whether pixels must be looked at before the plan is known."""
    return options.trim == BORDER or any(name in options for name in BORDER_OPTIONS)


def trims(options: Options) -> bool:
    """Whether anything is cut off."""
    return any(name.startswith("trim") for name in options)


def kept(size: Size, options: Options, border: Box | None) -> Box:
    """The part of an upright picture that stays; ``border`` is what border trimming left, the rest counts from it.

    Raises ``TooLarge`` (the number for sizes) when nothing stays.
    """
    whole = border or Box(0, 0, size.width, size.height)
    sides = options.trim if isinstance(options.trim, tuple) else (0, 0, 0, 0)
    top, right, bottom, left = (
        _pixels(amount if own is None else own, side, options.dpr)
        for amount, own, side in zip(
            sides,
            (options.trim_top, options.trim_right, options.trim_bottom, options.trim_left),
            (whole.height, whole.width, whole.height, whole.width),
            strict=True,
        )
    )
    width = _length(whole.width - left - right, whole.width - left, options.trim_width, whole.width, options.dpr)
    height = _length(whole.height - top - bottom, whole.height - top, options.trim_height, whole.height, options.dpr)
    if width < 1 or height < 1:
        raise TooLarge(f"trim leaves nothing of a picture of {size.width} x {size.height}")
    return Box(whole.left + left, whole.top + top, width, height)


def _length(rest: int, most: int, keep: float | None, side: int, dpr: float) -> int:
    """What is kept of a side: ``rest``, or the length that was asked for, which ends where the picture ends."""
    return rest if keep is None else min(_pixels(keep, side, dpr), most)


def _pixels(amount: float, side: int, dpr: float) -> int:
    """An amount in pixels; fractions are of ``side``, pixels are multiplied by ``dpr``."""
    return math.floor(amount * (side if 0 < amount < 1 else dpr) + 0.5)
