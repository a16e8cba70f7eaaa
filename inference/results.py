"""What a look at a picture tells: plain values, in pixels of the picture that was looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x 3, RGB, upright."""
LONGEST = 1024
"""Pixels of a side of a picture that is looked at, at most."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A box around something: ``left`` < ``right`` and ``top`` < ``bottom``, inside the picture; ``score`` 0 to 1.

    What is not ``sure`` may be something else: who hides what was found hides it too, everybody else passes it over.
    ``landmarks`` of a face: left eye, right eye, nose, left and right corner of the mouth, as seen.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float
    label: str
    landmarks: tuple[tuple[float, float], ...] = ()
    sure: bool = True


Detections = tuple[Detection, ...]
"""The surest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """How much of each cell is the subject: height x width, 0 to 255. The grid covers the whole picture."""

    values: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Saliency:
    """How likely each cell is looked at: height x width, float32, sum 1. The grid covers the whole picture."""

    values: NDArray[np.float32]


Result = Detections | Mask | Saliency
