"""What may be looked at."""

import numpy as np

from inference.errors import PictureRefused
from inference.results import LONGEST, Picture


def check(picture: Picture) -> None:
    """Raise ``PictureRefused`` unless this is height x width x 3 bytes with sides of 1 to ``LONGEST`` pixels."""
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise PictureRefused(f"a picture is height x width x 3 bytes, not {picture.shape} of {picture.dtype}")
    check_size(*picture.shape[1::-1])


def check_size(width: int, height: int) -> None:
    """Raise ``PictureRefused`` unless both sides are 1 to ``LONGEST`` pixels."""
    if not (1 <= width <= LONGEST and 1 <= height <= LONGEST):
        raise PictureRefused(f"{width}x{height} pixels are not 1 to {LONGEST} per side")
