"""The order in which pixels are changed.

Orientation, flip and rotate are meant to come before scaling and plan.py counts with that; done after it they give the
same picture from fewer pixels. So with the profile.
"""

from variants.operations.background import background
from variants.operations.blur import blur
from variants.operations.colour import colour
from variants.operations.operation import Operation
from variants.operations.resize import resize
from variants.operations.sharpen import sharpen
from variants.operations.trim import trim
from variants.operations.turn import turn

PIPELINE: tuple[Operation, ...] = (
    trim,
    resize,
    colour,
    turn,
    sharpen,
    blur,
    background,
)
