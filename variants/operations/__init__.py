"""The order in which pixels are changed.

Orientation, flip and rotate by right angles are meant to come before scaling and plan.py counts with that; done after
it they give the same picture from fewer pixels. So with the profile. Free angles come last, as they turn what was laid
around the picture with it.
"""

from variants.operations.background import background
from variants.operations.blur import blur
from variants.operations.border import border
from variants.operations.colorize import colorize, gradient
from variants.operations.colour import colour
from variants.operations.corners import corners
from variants.operations.mixing import mixing
from variants.operations.negative import negative
from variants.operations.operation import Operation
from variants.operations.overlay import overlay
from variants.operations.padding import padding
from variants.operations.pixelate import pixelate
from variants.operations.resize import resize
from variants.operations.segment import segment
from variants.operations.sharpen import sharpen
from variants.operations.tilt import tilt
from variants.operations.tint import tint
from variants.operations.tone import tone
from variants.operations.trim import trim
from variants.operations.turn import turn
from variants.operations.unsharp import unsharp

PIPELINE: tuple[Operation, ...] = (
    trim,
    resize,
    colour,
    turn,
    segment,
    tone,
    mixing,
    negative,
    tint,
    sharpen,
    unsharp,
    blur,
    pixelate,
    colorize,
    gradient,
    background,
    padding,
    border,
    corners,
    tilt,
    overlay,
)
