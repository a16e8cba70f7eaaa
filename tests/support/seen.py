"""What was seen in a drawn picture, for whatever depends on it: places are shares of the picture."""

from collections.abc import Sequence
from typing import Any

import numpy
import pyvips

from variants.findings import Findings, Found

FACE = Found(0.6, 0.14, 0.86, 0.48, 0.99, "face")
OBJECTS = (
    Found(0.05, 0.5, 0.4, 0.95, 0.8, "person"),
    Found(0.45, 0.75, 0.62, 0.9, 0.7, "car"),
    Found(0.7, 0.75, 0.9, 0.95, 0.6, "car"),
)


def mask_of(shape: Any) -> pyvips.Image:
    """A mask of rows of numbers from 0 to 1."""
    return pyvips.Image.new_from_array((numpy.asarray(shape, "float32") * 255).round().astype("uint8"))


def everything(mask: pyvips.Image | None = None) -> Findings:
    """A face, three objects, and a subject on the left, where nothing else is said."""
    if mask is None:
        mask = mask_of(numpy.repeat([[1] * 8 + [0] * 12], 16, axis=0))
    return Findings(faces=(FACE,), objects=OBJECTS, mask=mask)


def boxes(*places: Sequence[float], label: str = "face") -> tuple[Found, ...]:
    """Found at these edges: left, top, right, bottom."""
    return tuple(Found(*place, 0.9, label) for place in places)
