"""The order in which pixels are changed.

Orientation, flip and rotate by right angles are meant to come before scaling and plan.py counts with that; done after
it they give the same picture from fewer pixels. So with the profile, and with what depends on what was seen in the
picture: that is known in shares of the frame as it is from the turn to the padding. What hides comes first, so that
nothing is left of it in what others make. Free angles come last, as they turn what was laid around the picture with it.
"""

from variants.operations.background import background
from variants.operations.blur import blur
from variants.operations.blur_detections import blur_detections
from variants.operations.border import border
from variants.operations.colorize import colorize, gradient
from variants.operations.colour import colour
from variants.operations.corners import corners
from variants.operations.draw_detections import draw_detections
from variants.operations.mixing import mixing
from variants.operations.negative import negative
from variants.operations.operation import Operation
from variants.operations.overlay import overlay
from variants.operations.padding import padding
from variants.operations.pixelate import pixelate
from variants.operations.pixelate_detections import pixelate_detections
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
    blur_detections,
    pixelate_detections,
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
    draw_detections,
    background,
    padding,
    border,
    corners,
    tilt,
    overlay,
)
