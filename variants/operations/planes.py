"""Pictures as planes of numbers and back: one array of rows for each band, 0 to 1 for what is 0 to 255."""

from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

Plane = NDArray[np.floating[Any]]  # of 32 bits, but where a step needs more
Planes = list[Plane]


def planes(image: pyvips.Image) -> Planes:
    """The bands of an 8-bit picture."""
    array = image.numpy().reshape(image.height, image.width, image.bands)
    return [array[:, :, band].astype(np.float32) / np.float32(255) for band in range(image.bands)]


def picture(*bands: Plane) -> pyvips.Image:
    """A picture of these bands, floats from 0 to 255."""
    return pyvips.Image.new_from_array(np.stack(bands, axis=-1) * np.float32(255))
