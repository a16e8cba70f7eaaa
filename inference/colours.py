"""Colours of pixels: sRGB values, linear light (IEC 61966-2-1), and OKLab, in which distances are what eyes see."""

import numpy as np
from numpy.typing import NDArray

Coloured = NDArray[np.uint8]
"""Height x width x 3 or 4: sRGB values, and an alpha that they were not multiplied with."""
Values = NDArray[np.float64]

LEVELS = 255
TOE, TOE_LIGHT, SLOPE = 0.04045, 0.0031308, 12.92
OFFSET, EXPONENT = 0.055, 2.4
# https://bottosson.github.io/posts/oklab/: linear light to the response of three cones, and its root to lightness,
# green to red and blue to yellow.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_linear(values: NDArray[np.uint8]) -> Values:
    """Light from 0 to 1 of sRGB values."""
    share = values / LEVELS
    return np.where(share <= TOE, share / SLOPE, ((share + OFFSET) / (1 + OFFSET)) ** EXPONENT)


def from_linear(light: Values) -> NDArray[np.uint8]:
    """sRGB values of light, which is cut to 0 … 1."""
    light = np.clip(light, 0, 1)
    share = np.where(light <= TOE_LIGHT, light * SLOPE, (1 + OFFSET) * light ** (1 / EXPONENT) - OFFSET)
    return np.floor(share * LEVELS + 0.5).astype(np.uint8)


def to_oklab(values: NDArray[np.uint8]) -> Values:
    """Lightness 0 to 1 and the two opponents, of sRGB values (… x 3)."""
    cones: Values = np.cbrt(to_linear(values) @ CONES.T)
    places: Values = cones @ OPPONENTS.T
    return places


def opacity(picture: Coloured) -> Values:
    """Height x width, 0 to 1."""
    return picture[..., 3] / LEVELS if picture.shape[2] == 4 else np.ones(picture.shape[:2])


def mean(values: Values, weights: Values) -> Values:
    """The mean of height x width x 3 by the weights of height x width; 0 where all of them are."""
    total = weights.sum()
    return (values * weights[..., None]).sum((0, 1)) / total if total else np.zeros(3)


def filled(values: Values, weights: Values) -> Values:
    """``values`` with their mean behind what is transparent."""
    if (weights == 1).all():
        return values
    behind = mean(values, weights)
    return behind + (values - behind) * weights[..., None]
