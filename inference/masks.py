"""What networks that cut out the subject share: a square input, and a map that becomes a mask.

All of them were trained with the picture stretched to a square and divided by its brightest value, and read by
spreading the map from its least to its greatest value (as U-2-Net's and rembg's programs do).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from inference.errors import WeightsDamaged
from inference.model import Array, Prepared
from inference.results import Mask, Picture
from inference.tensors import Channels, Tensor, resized, rgb


def squared(picture: Picture, side: int, mean: Channels, deviation: Channels, crisp: float = 0) -> Prepared:
    """The picture stretched to ``side`` x ``side``, over its greatest value, less ``mean``, over ``deviation``.

    ``crisp``: so many times what a blur takes away is added to the small picture.
    """
    small = resized(picture, side, side, "lanczos3")
    small = _sharpened(small, crisp) if crisp else small
    greatest = max(float(small.max()), 1e-6)
    scale, offset = 1 / (greatest * np.asarray(deviation)), -np.asarray(mean) / np.asarray(deviation)
    return Prepared(rgb(small, scale, offset))


def _sharpened(picture: NDArray[Any], amount: float) -> NDArray[Any]:
    """An unsharp mask of one pixel's deviation; 0 to 255."""
    image = pyvips.Image.new_from_array(picture)
    fine = image - image.gaussblur(1)
    return np.asarray(np.clip((image + fine * amount).numpy(), 0, 255))


def first_map(outputs: Mapping[str, Array]) -> Tensor:
    """The first output as height x width: the others are the same map at earlier stages. Raises ``WeightsDamaged``."""
    first: Tensor = np.asarray(next(iter(outputs.values())), np.float32)
    if first.ndim != 3 or len(first) != 1:
        raise WeightsDamaged(f"no map of one channel but {first.shape} comes out of these weights")
    return first.reshape(first.shape[1:])


def spread(values: Tensor, subject: float) -> Mask:
    """Probabilities from the least to the greatest as 0 to 255; nothing where the greatest is below ``subject``.

    Without that floor a picture without a subject would get one.
    """
    least, greatest = float(values.min()), float(values.max())
    if greatest < subject or greatest - least < 1e-6:
        return Mask(np.zeros(values.shape, np.uint8))
    return Mask(((values - least) * np.float32(255 / (greatest - least)) + np.float32(0.5)).astype(np.uint8))
