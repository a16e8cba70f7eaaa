"""From pictures to tensors: sizes, resizing, padding, order of channels. What the architectures share.

A picture is height x width x 3, RGB, uint8; a tensor is 3 x height x width, float32. Resizing keeps the edges of the
picture on the edges of the result, so a coordinate goes back by the ratio of the sizes alone.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from inference.results import Picture

Tensor = NDArray[np.float32]
Channels = Sequence[float] | NDArray[np.floating[Any]]
"""A number for each of the three channels."""
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
"""Of the photos of ImageNet, 0 to 1, R, G, B."""


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """Width and height scaled, up or down, so that the long side is ``longest``; neither is less than 1."""
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def resized(values: NDArray[Any], width: int, height: int, kernel: str = "linear") -> NDArray[Any]:
    """``values`` (height x width, or height x width x channels) at another size, of the same type.

    ``kernel``: nearest, linear, cubic, lanczos3 … of libvips, which widens it when it shrinks (no aliasing).
    """
    if values.shape[:2] == (height, width):
        return values
    image = pyvips.Image.new_from_array(np.ascontiguousarray(values))
    scaled = image.resize(width / image.width, vscale=height / image.height, kernel=kernel, gap=0)
    return np.asarray(scaled.numpy()).reshape(height, width, *values.shape[2:])


def up_to_multiple(length: int, step: int) -> int:
    """The least multiple of ``step`` that is not below ``length``."""
    return -(-length // step) * step


def bgr(picture: Picture, mean: Channels = (0, 0, 0), step: int = 1) -> Tensor:
    """The picture as a tensor with its channels turned round, ``mean`` (of B, G, R) taken off.

    Right and bottom are padded with 0 up to multiples of ``step``.
    """
    height, width = picture.shape[:2]
    tensor = np.zeros((3, up_to_multiple(height, step), up_to_multiple(width, step)), np.float32)
    for channel in range(3):
        np.subtract(picture[..., 2 - channel], np.float32(mean[channel]), out=tensor[channel, :height, :width])
    return tensor


def rgb(picture: Picture, scale: Channels, offset: Channels) -> Tensor:
    """The picture as a tensor: every channel times ``scale`` plus ``offset`` (of R, G, B)."""
    tensor = np.empty((3, *picture.shape[:2]), np.float32)
    for channel in range(3):
        np.multiply(picture[..., channel], np.float32(scale[channel]), out=tensor[channel])
        tensor[channel] += np.float32(offset[channel])
    return tensor


def letterboxed(picture: Picture, side: int, value: float) -> Tensor:
    """A ``side`` x ``side`` BGR tensor: the picture at the top left, the rest ``value``."""
    height, width = picture.shape[:2]
    tensor = np.full((3, side, side), value, np.float32)
    tensor[:, :height, :width] = picture[..., ::-1].transpose(2, 0, 1)
    return tensor
